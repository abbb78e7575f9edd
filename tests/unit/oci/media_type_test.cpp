#include "common/oci/media_type.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

namespace modelseal::oci {

TEST_SUITE("oci/media_type") {
    TEST_CASE("accepts restricted names of up to 127 characters, and parameters") {
        const std::string longest(127, 'a');
        for (const std::string& text : {std::string("application/json"),
                                        std::string("application/vnd.ml.model"),
                                        std::string("a/b"),
                                        longest + '/' + longest,
                                        std::string("application/x.y+json;version=0.3"),
                                        std::string("text/plain; charset=utf-8;a=b")}) {
            CAPTURE(text);
            CHECK(MediaType::parse(text).to_string() == text);
        }
    }

    TEST_CASE("refuses anything else") {
        const std::string too_long(128, 'a');
        for (const std::string& text : {std::string(),
                                        std::string("json"),
                                        std::string("/json"),
                                        std::string("application/"),
                                        std::string("application//json"),
                                        std::string("application/json/x"),
                                        std::string(".a/b"),
                                        std::string("a/-b"),
                                        std::string("a/b c"),
                                        std::string("a/b\n"),
                                        std::string("a/b\0", 4),
                                        too_long + "/b",
                                        "a/" + too_long,
                                        std::string("a/b;"),
                                        std::string("a/b;x"),
                                        std::string("a/b;x="),
                                        std::string("a/b;=x"),
                                        std::string("a/b;x=\"quoted\""),
                                        "a/b;x=" + std::string(300, 'y')}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(MediaType::parse(text)), core::Error);
        }
    }
}

}  // namespace modelseal::oci
