#include "common/registry/upload/known_registries.hpp"

#include <doctest/doctest.h>

using modelseal::registry::upload_traits_of;
using modelseal::registry::UploadTraits;

TEST_SUITE("registry/upload/known_registries") {
    TEST_CASE("hosts of the table have their limits, by name or by domain") {
        CHECK(upload_traits_of("ghcr.io").largest_chunk == std::uint64_t{4} << 20U);
        CHECK(upload_traits_of("quay.io").largest_request < std::uint64_t{20'000'000'000});
        for (const char* const host : {"gcr.io",
                                       "eu.gcr.io",
                                       "europe-docker.pkg.dev",
                                       "1.dkr.ecr.eu-west-1.amazonaws.com"}) {
            CHECK_FALSE(upload_traits_of(host).takes_chunks);
        }
    }

    TEST_CASE("other hosts have none, however similar their names") {
        for (const char* const host : {"",
                                       "localhost",
                                       "registry.example.com",
                                       "notgcr.io",
                                       "gcr.io.example.com",
                                       "pkg.dev"}) {
            CHECK(upload_traits_of(host) == UploadTraits());
        }
    }
}
