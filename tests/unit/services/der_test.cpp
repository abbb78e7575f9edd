#include "common/services/der.hpp"

#include "common/core/bytes.hpp"
#include "common/core/encoding.hpp"
#include "common/core/text.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace modelseal;

namespace {

/// The content of the element at the front and what stands behind it, as "content|rest"; "none".
std::string taken(std::string_view hex) {
    const core::Bytes bytes = core::from_hex(hex).value();
    std::span<const std::byte> rest = bytes;
    const auto content = services::take_der(rest, services::der_tags::sequence);
    if (!content) {
        CHECK(rest.size() == bytes.size());
        return "none";
    }
    return core::concat(core::to_hex(*content), '|', core::to_hex(rest));
}

std::string times(std::size_t count, std::string_view hex) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += hex;
    }
    return text;
}

}  // namespace

TEST_SUITE("services/der") {
    TEST_CASE("takes elements with lengths of each form") {
        CHECK(taken("3000") == "|");
        CHECK(taken("3002aabbcc") == "aabb|cc");
        CHECK(taken("307f" + times(127, "aa")) == times(127, "aa") + "|");
        CHECK(taken("308180" + times(128, "aa") + "bb") == times(128, "aa") + "|bb");
        CHECK(taken("30820100" + times(256, "aa")) == times(256, "aa") + "|");
    }

    TEST_CASE("refuses other tags, lengths that could be shorter, and bytes that are not there") {
        for (const std::string& hex : {std::string(),
                                       std::string("30"),
                                       std::string("3100"),
                                       std::string("3001"),
                                       std::string("3081"),
                                       std::string("308102aabb"),
                                       std::string("30820002aabb"),
                                       std::string("3080aabb0000"),
                                       std::string("3085000000000100"),
                                       std::string("30ff"),
                                       "308180" + times(127, "aa"),
                                       "3082007f" + times(127, "aa"),
                                       std::string("3084ffffffff00")}) {
            CAPTURE(hex);
            CHECK(taken(hex) == "none");
        }
    }
}
