#include "common/core/secret.hpp"

#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

namespace modelseal::core {

namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

}  // namespace

TEST_SUITE("core/secret") {
    TEST_CASE("gives its text only when asked to reveal it") {
        static_assert(Printable<std::string>);
        static_assert(!Printable<Secret>);
        static_assert(!std::is_convertible_v<Secret, std::string>);
        CHECK(Secret("pass").reveal() == "pass");
        CHECK(Secret().empty());
    }

    TEST_CASE("copies keep the text, moves take it away") {
        Secret first("a secret that is too long for the small string buffer");
        const Secret copy = first;
        Secret moved = std::move(first);
        CHECK(copy.reveal() == moved.reveal());
        CHECK(first.empty());  // NOLINT(bugprone-use-after-move): what is left behind is the point
        Secret assigned("short");
        assigned = copy;
        CHECK(assigned.reveal() == copy.reveal());
        assigned = std::move(moved);
        CHECK(assigned.reveal() == copy.reveal());
        CHECK(moved.empty());  // NOLINT(bugprone-use-after-move)
    }

    TEST_CASE("leaves nothing of a short text in the object it was moved from") {
        Secret first("hunter2");
        const char* characters = first.reveal().data();
        const Secret second = std::move(first);
        CHECK(std::string(characters, 7) == std::string(7, '\0'));
    }

    TEST_CASE("wipes what stood in the buffer before, too") {
        std::string text = "a long first secret, longer than the second";
        text.assign("short");
        const char* characters = text.data();
        const std::size_t capacity = text.capacity();
        wipe(text);
        CHECK(text.empty());
        CHECK(std::string(characters, capacity) == std::string(capacity, '\0'));
    }
}

}  // namespace modelseal::core
