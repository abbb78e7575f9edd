#include "common/seal/model_version.hpp"

#include "common/core/error.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::seal {

TEST_SUITE("seal/model_version") {
    TEST_CASE("orders versions by their numbers, not by their letters") {
        const std::vector<std::string> ascending = {"v0.9",
                                                    "1.0.0-alpha",
                                                    "1.0.0-alpha.1",
                                                    "1.0.0-alpha.beta",
                                                    "1.0.0-beta",
                                                    "1.0.0-beta.2",
                                                    "1.0.0-beta.11",
                                                    "1.0.0-rc.1",
                                                    "1.0.0",
                                                    "v2.3",
                                                    "v2.10",
                                                    "2.10.1",
                                                    "v10",
                                                    "18446744073709551616"};
        for (std::size_t i = 0; i < ascending.size(); ++i) {
            for (std::size_t j = 0; j < ascending.size(); ++j) {
                CAPTURE(ascending[i]);
                CAPTURE(ascending[j]);
                CHECK((ModelVersion::parse(ascending[i]) <=> ModelVersion::parse(ascending[j])) ==
                      std::weak_ordering(i <=> j));
            }
        }
    }

    TEST_CASE("a v, missing zeros, leading zeros and the build make no difference") {
        for (const char* text : {"2.3", "V2.3", "v2.3.0", "2.03", "2.3+build.5", "2.3.0.0"}) {
            CAPTURE(text);
            CHECK(ModelVersion::parse(text) == ModelVersion::parse("v2.3"));
        }
    }

    TEST_CASE("refuses what has no order") {
        for (const char* text : {"",
                                 "v",
                                 "latest",
                                 "1.",
                                 ".1",
                                 "1..2",
                                 "1.x",
                                 "1.0-",
                                 "1.0-a..b",
                                 "1.0+",
                                 "1.0 ",
                                 " 1.0",
                                 "-1",
                                 "1.0-a_b",
                                 "vv1",
                                 "1.0+a b"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(ModelVersion::parse(text)), core::Error);
        }
        CHECK_THROWS_AS(static_cast<void>(ModelVersion::parse(std::string(200, '1'))), core::Error);
    }
}

}  // namespace modelseal::seal
