#include "common/core/byte_size.hpp"

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/byte_size") {
    TEST_CASE("reads sizes in binary units") {
        CHECK(parse_size("0") == 0);
        CHECK(parse_size("1000000") == 1'000'000);
        CHECK(parse_size("1K") == 1024);
        CHECK(parse_size("50G") == std::uint64_t{50} << 30U);
        CHECK(parse_size("50Gi") == std::uint64_t{50} << 30U);
        CHECK(parse_size("50GiB") == std::uint64_t{50} << 30U);
        CHECK(parse_size("16383P") == std::uint64_t{16383} << 50U);
        for (const char* text :
             {"", "G", "-1G", "1g", "1GB", "1.5G", "1 G", "1GiBs", "16384P", "01K"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_size(text));
        }
    }
}

}  // namespace modelseal::core
