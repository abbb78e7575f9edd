#include "common/core/files/name_collision.hpp"

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/files/name_collision") {
    TEST_CASE("tells how a name collides, and with which") {
        NameSet names;
        CHECK_FALSE(names.add("config.json").has_value());
        CHECK_FALSE(names.add("a/b/c").has_value());
        const auto collision = [&](std::string_view name) {
            const auto found = names.add(name);
            REQUIRE(found.has_value());
            return *found;
        };
        CHECK(collision("config.json").how == Collision::same);
        CHECK(collision("CONFIG.json").how == Collision::letters);
        CHECK(collision("a/b/C").other == 1);
        CHECK(collision("a").how == Collision::folder);
        CHECK(collision("A/B").how == Collision::folder);
        CHECK(collision("Config.JSON/x").how == Collision::beneath);
        CHECK(collision("config.json/x/y").other == 0);
    }

    TEST_CASE("lets names stand beside each other that only begin alike") {
        NameSet names;
        for (const auto* name : {"a", "a.txt", "a b", "b/a", "b/a.txt", "ab/c", "a-b"}) {
            CHECK_FALSE(names.add(name).has_value());
        }
    }
}

}  // namespace modelseal::core
