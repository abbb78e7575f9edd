#include "common/core/late_library.hpp"

#include "tests/support/error_of.hpp"

#include <cmath>
#include <cstddef>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::core {

namespace {

const LateLibrary& mathematics() {
    static const LateLibrary library("libm.so.6");
    return library;
}

const LateLibrary& standard() {
    static const LateLibrary library("libc.so.6");
    return library;
}

inline constexpr LateFunction<mathematics, "pow", double(double, double)> power;
inline constexpr LateFunction<standard, "snprintf", int(char*, std::size_t, const char*, ...)>
    print;
inline constexpr LateFunction<standard, "modelseal_none", void()> none;

}  // namespace

TEST_SUITE("core/late_library") {
    TEST_CASE("calls the functions of a library, also those with any number of arguments") {
        CHECK(power(2.0, 10) == 1024.0);
        std::string text(32, '\0');
        const int size = print(text.data(), text.size(), "%d %s %.1f", 7, "of", 9.5);
        CHECK(std::string(text.c_str()) == "7 of 9.5");
        CHECK(size == 8);
    }

    TEST_CASE("a library or a function that is not there is an error with its name") {
        const Error library = test::error_of([] { return LateLibrary("libmodelseal-none.so.1"); });
        CHECK(library.kind() == ErrorKind::io);
        CHECK(library.message().find("the library libmodelseal-none.so.1 cannot be loaded") == 0);
        const Error function = test::error_of([] {
            none();
            return 0;
        });
        CHECK(function.kind() == ErrorKind::io);
        CHECK(function.message().find("modelseal_none of the library libc.so.6 cannot") == 0);
    }
}

}  // namespace modelseal::core
