#include "common/sigstore/model_version.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

ModelVersion version(std::string_view text) {
    const auto parsed = ModelVersion::parse(text);
    REQUIRE_MESSAGE(parsed.has_value(), text);
    return *parsed;
}

}  // namespace

TEST_SUITE("sigstore/model_version") {
    TEST_CASE("orders versions by number, then by pre-release") {
        const char* const ascending[] = {"0.9",
                                         "1.0.0-alpha",
                                         "1.0.0-alpha.1",
                                         "1.0.0-alpha.beta",
                                         "1.0.0-beta.2",
                                         "1.0.0-beta.11",
                                         "1.0.0-rc.1",
                                         "1.0.0",
                                         "v1.2",
                                         "v1.10",
                                         "2.0",
                                         "2026.04.21"};
        for (std::size_t i = 1; i < std::size(ascending); ++i) {
            CAPTURE(ascending[i]);
            CHECK(version(ascending[i - 1]) < version(ascending[i]));
        }
    }

    TEST_CASE("missing numbers are zero, and build metadata and a leading v do not count") {
        CHECK(version("1") == version("v1.0.0"));
        CHECK(version("1.0+abc") == version("1.0+def"));
        CHECK(version("0") == version("0.0"));
    }

    TEST_CASE("text without an order is no version") {
        for (const auto* text :
             {"", "latest", "v", "1.x", "1..2", "-1", "1.0 ", "18446744073709551616"}) {
            CAPTURE(text);
            CHECK_FALSE(ModelVersion::parse(text).has_value());
        }
    }

    TEST_CASE("what is longer than a version is none") {
        CHECK(ModelVersion::parse("1-" + std::string(126, 'a')));
        CHECK_FALSE(ModelVersion::parse("1-" + std::string(127, 'a')));
    }
}

}  // namespace modelseal::sigstore
