#include "common/cli/suggestion.hpp"

#include <doctest/doctest.h>

namespace modelseal::cli {

TEST_SUITE("cli/suggestion") {
    TEST_CASE("finds the name that takes the fewest changes") {
        const std::vector<std::string> names = {"push", "pull", "copy", "inspect"};
        CHECK(nearest("pus", names) == "push");
        CHECK(nearest("pul", names) == "pull");
        CHECK(nearest("inspct", names) == "inspect");
        CHECK(nearest("cppy", names) == "copy");
        CHECK(nearest("psuh", names) == "push");
        CHECK(nearest("--kye", {"--model", "--key"}) == "--key");
    }

    TEST_CASE("finds nothing where a third of the characters would have to change") {
        const std::vector<std::string> names = {"push", "inspect"};
        CHECK_FALSE(nearest("remove", names));
        CHECK_FALSE(nearest("", names));
        CHECK_FALSE(nearest(std::string(100000, 'p'), names));
        CHECK_FALSE(nearest("push", {}));
    }
}

}  // namespace modelseal::cli
