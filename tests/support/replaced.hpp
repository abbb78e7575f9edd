// A good document with one thing wrong in it.
#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace modelseal::test {

/// `text` with its first occurrence of `from` replaced; fails the test case when there is none.
[[nodiscard]] inline std::string replaced(std::string text,
                                          std::string_view from,
                                          std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace modelseal::test
