// Names that cannot be beside each other on every file system.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::core {

/// How a name collides with another.
enum class Collision {
    same,     // byte by byte
    letters,  // letters of different case aside, as fold_case() makes them equal
    folder,   // it is the folder that the other one lies in
    beneath,  // it lies in a folder that the other one is
};

struct NameCollision {
    Collision how;
    std::size_t other;  // which add() the other name came with, from 0
};

/// The names of files that are to be in one folder: relative, '/'-separated.
class NameSet {
  public:
    /// Adds `name`, unless it collides with one that is there: nothing, or that collision.
    std::optional<NameCollision> add(std::string_view name);

  private:
    struct Entry {
        std::string name;
        std::size_t number;
    };

    std::map<std::string, Entry, std::less<>> entries_;  // by folded name
    std::size_t count_ = 0;
};

}  // namespace modelseal::core
