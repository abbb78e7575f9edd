// Replacing a small folder as a whole, and removing what interrupted writers left behind.
#pragma once

#include "common/core/files/folder.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::core {

/// A file of a few MiB at most: its name, one component, and its content.
struct SmallFile {
    std::string name;
    std::string content;
    bool operator==(const SmallFile&) const = default;
};

/// Replaces the folder `name` (one component) in `parent` by one that holds exactly `files`; it is
/// created when missing. One step where the file system can exchange two names; elsewhere an
/// interruption leaves no folder of that name. A mixture of old and new is never seen.
/// Errors: malformed (unsafe_path) for an unsafe name, or anything but a folder in its place;
/// denied, io. On an error the old folder is untouched.
void replace_folder(const Folder& parent,
                    std::string_view name,
                    const std::vector<SmallFile>& files);

/// Removes the folder `name` (one component) with all it holds; one that does not exist is fine.
/// It is gone in one step, whatever interrupts what follows.
/// Errors: malformed (unsafe_path) for an unsafe name; denied, io.
void remove_folder(const Folder& parent, std::string_view name);

/// Removes temporary files and folders in `folder` (not below it) that no running process holds,
/// but for partial content with an id of `kept_ids` and a journal, and that journal.
/// Errors: denied, io.
void remove_stale_temporaries(const Folder& folder,
                              const std::set<std::string, std::less<>>& kept_ids = {});

}  // namespace modelseal::core
