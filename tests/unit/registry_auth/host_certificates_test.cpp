#include "common/registry/auth/host_certificates.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

#include <doctest/doctest.h>

using namespace modelseal;
using registry::find_host_certificates;

TEST_SUITE("registry/auth/host_certificates") {
    TEST_CASE("finds the authorities and the client's certificate of one registry") {
        const test::TemporaryFolder folder;
        const std::filesystem::path host = folder / "registry.example:5000";
        std::filesystem::create_directories(host);
        for (const char* name :
             {"ca.crt", "other.crt", "client.cert", "client.key", "z.cert", "notes.txt"}) {
            std::ofstream(host / name) << name;
        }
        const std::vector<std::filesystem::path> folders{folder / "none", folder / "."};
        const auto found = find_host_certificates(folders, "registry.example:5000");
        CHECK(found.authorities.size() == 2);
        REQUIRE(found.client.has_value());
        CHECK(found.client->certificate.filename() == "client.cert");
        CHECK(found.client->key.filename() == "client.key");
        const auto none = find_host_certificates(folders, "registry.example");
        CHECK(none.authorities.empty());
        CHECK_FALSE(none.client.has_value());
    }

    TEST_CASE("a client certificate without its key is an error") {
        const test::TemporaryFolder folder;
        std::filesystem::create_directories(folder / "r");
        std::ofstream(folder / "r" / "client.cert") << "x";
        CHECK(test::error_of([&] { return find_host_certificates({folder / "."}, "r"); }).kind() ==
              core::ErrorKind::not_found);
    }

    TEST_CASE("looks where podman and docker keep them") {
        const auto folders = registry::default_certificate_folders(
            core::Variables(std::map<std::string, std::string, std::less<>>{{"HOME", "/home/u"}}));
        REQUIRE(folders.size() == 3);
        CHECK(folders[0] == "/home/u/.config/containers/certs.d");
        CHECK(folders[2] == "/etc/docker/certs.d");
    }
}
