#include "common/registry/mirror.hpp"

#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using registry::MirrorAddress;

namespace {

const oci::Repository origin{.registry = "r.example", .name = "team/model", .layout = {}};

}  // namespace

TEST_SUITE("registry/mirror") {
    TEST_CASE("the repository has the origin's name, behind the prefix") {
        CHECK(MirrorAddress::parse("m.example:5000", origin).repository.to_string() ==
              "m.example:5000/team/model");
        CHECK(MirrorAddress::parse("m.example/cache/hub/", origin).repository.to_string() ==
              "m.example/cache/hub/team/model");
    }

    TEST_CASE("a scheme says whether there is TLS") {
        const auto unsaid = MirrorAddress::parse("m.example", origin);
        CHECK_FALSE(unsaid.plain_http);
        CHECK_FALSE(unsaid.tls_only);
        CHECK(MirrorAddress::parse("http://m.example/x", origin).plain_http);
        CHECK(MirrorAddress::parse("https://m.example/x", origin).tls_only);
        CHECK(MirrorAddress::parse("http://m.example", origin).repository == unsaid.repository);
    }

    TEST_CASE("refuses what is no host with a prefix, without showing a password") {
        for (const char* text : {"",
                                 "/",
                                 "http://",
                                 "ftp://m.example",
                                 "m.example/UPPER",
                                 "m.example/x:tag",
                                 "m.example/x@sha256:00",
                                 "m.example//x",
                                 "m.example?x",
                                 "user:pass@m.example"}) {
            CAPTURE(text);
            const auto error = test::error_of([&] { return MirrorAddress::parse(text, origin); });
            CHECK(error.kind() == core::ErrorKind::usage);
            CHECK(error.message().find("pass@") == std::string::npos);
        }
    }
}
