#include "common/registry/client/endpoint.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/registry/connection_options.hpp"

#include <doctest/doctest.h>

using modelseal::oci::Repository;
using modelseal::registry::ConnectionOptions;
using modelseal::registry::Endpoint;

namespace {

Repository repository(std::string registry) {
    return {.registry = std::move(registry), .name = "team/model", .layout = {}};
}

}  // namespace

TEST_SUITE("registry/client/endpoint") {
    TEST_CASE("builds the URLs of a repository") {
        const Endpoint endpoint(repository("r.example:8443"), false);
        const auto digest = modelseal::digest::sha256_of({});
        const std::string name = "https://r.example:8443/v2/team/model";
        CHECK(endpoint.manifest("v1").to_string() == name + "/manifests/v1");
        CHECK(endpoint.blob(digest).to_string() == name + "/blobs/" + digest.to_string());
        CHECK(endpoint.uploads().to_string() == name + "/blobs/uploads/");
        CHECK(endpoint.referrers(digest).to_string() == name + "/referrers/" + digest.to_string());
        CHECK(endpoint.tags().to_string() == name + "/tags/list");
    }

    TEST_CASE("Docker Hub's API has another host than its name") {
        CHECK(Endpoint(repository("docker.io"), false).base().to_string() ==
              "https://registry-1.docker.io/");
    }

    TEST_CASE("tells a mirror whose content is meant") {
        const Endpoint endpoint(repository("m.example"), false, "r.example:5000");
        CHECK(endpoint.manifest("v1").to_string() ==
              "https://m.example/v2/team/model/manifests/v1?ns=r.example%3A5000");
    }

    TEST_CASE("follows to its own origin only") {
        const Endpoint endpoint(repository("r.example"), false);
        const auto asked = endpoint.uploads();
        CHECK(endpoint.follow(asked, "/u?x=1", "Location").to_string() ==
              "https://r.example/u?x=1");
        for (const char* reference :
             {"http://r.example/u", "https://r.example:8443/u", "//other.example/u"}) {
            CAPTURE(reference);
            CHECK_THROWS_AS(static_cast<void>(endpoint.follow(asked, reference, "Location")),
                            modelseal::core::Error);
        }
    }

    TEST_CASE("localhost has TLS where that is demanded") {
        CHECK_FALSE(ConnectionOptions{.tls_only = true}.is_plain_for("localhost:5000"));
    }

    TEST_CASE("only localhost is plain without being asked, and not when TLS is asked for") {
        ConnectionOptions options;
        CHECK(options.is_plain_for("localhost"));
        CHECK(options.is_plain_for("localhost:5000"));
        CHECK_FALSE(options.is_plain_for("127.0.0.1:5000"));
        CHECK_FALSE(options.is_plain_for("localhost.example"));
        options.ca_file = "ca.pem";
        CHECK_FALSE(options.is_plain_for("localhost:5000"));
        options = {};
        options.insecure = true;
        CHECK_FALSE(options.is_plain_for("localhost:5000"));
        options = {};
        options.plain_http = true;
        CHECK(options.is_plain_for("r.example"));
    }
}
