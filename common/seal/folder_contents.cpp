#include "common/seal/folder_contents.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/core/text.hpp"
#include "common/seal/seal.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace modelseal::seal {

namespace {

using core::concat;
using core::EntryKind;
using core::Error;
using core::ErrorKind;
using core::FolderEntry;
using core::in_quotes;
using core::Reason;

bool is_at_or_below(std::string_view path, std::string_view name) {
    return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
}

std::string_view kind_in_words(EntryKind kind) {
    switch (kind) {
        case EntryKind::file:
            return "a file";
        case EntryKind::folder:
            return "a folder";
        case EntryKind::unreadable_folder:
            return "a folder that cannot be read";
        case EntryKind::symbolic_link:
            return "a symbolic link";
        case EntryKind::special:
            return "a special file";
    }
    return "";
}

/// At most this many names stand in one error: the sentence must fit into a termination message.
constexpr std::size_t names_shown = 5;

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i) {
        text += concat(i == 0 ? "" : ", ", in_quotes(names[i]));
    }
    if (names.size() > names_shown) {
        text += concat(" and ", names.size() - names_shown, " more");
    }
    return text;
}

class ContentCheck {
  public:
    ContentCheck(std::span<const FolderEntry> entries,
                 std::span<const SealedFile> sealed,
                 std::span<const std::string> allowed_extra)
        : entries_(entries), sealed_(sealed), allowed_extra_(allowed_extra) {
        for (const SealedFile& file : sealed) {
            sealed_paths_.insert(file.path);
        }
    }

    [[nodiscard]] std::vector<std::string> run() {
        for (const FolderEntry& entry : entries_) {
            kinds_.emplace(entry.path, entry.kind);
            if (!sealed_paths_.contains(entry.path)) {
                judge_unlisted(entry);
            }
        }
        require_sealed_files();
        require_no_extra();
        return std::move(notes_);
    }

  private:
    void judge_unlisted(const FolderEntry& entry) {
        if (is_at_or_below(entry.path, folder_name)) {
            return;  // read_seal() is strict about it
        }
        if (is_made_by_file_system(entry)) {
            notes_.push_back(
                concat("not verified, made by the file system: ", in_quotes(entry.path)));
            return;
        }
        if (entry.kind == EntryKind::folder) {
            return;  // what it holds is judged by itself
        }
        const auto allowed = std::find_if(
            allowed_extra_.begin(), allowed_extra_.end(), [&](const std::string& name) {
                return is_at_or_below(entry.path, name);
            });
        if (allowed != allowed_extra_.end()) {
            notes_.push_back(concat("not verified, allowed by name: ", in_quotes(entry.path)));
        } else {
            extra_.push_back(entry);
        }
    }

    [[nodiscard]] bool is_made_by_file_system(const FolderEntry& entry) const {
        if (entry.path != "lost+found" && entry.path != ".snapshot") {
            return false;
        }
        if (entry.kind == EntryKind::unreadable_folder) {
            return true;
        }
        const auto is_inside = [&](const FolderEntry& other) {
            return other.path.starts_with(entry.path + '/');
        };
        return entry.kind == EntryKind::folder &&
               std::none_of(entries_.begin(), entries_.end(), is_inside);
    }

    void require_sealed_files() const {
        std::vector<std::string> missing;
        for (const SealedFile& file : sealed_) {
            const auto found = kinds_.find(file.path);
            if (found == kinds_.end()) {
                missing.push_back(file.path);
            } else if (found->second != EntryKind::file) {
                throw Error(ErrorKind::mismatch,
                            Reason::unsafe_path,
                            concat(in_quotes(file.path),
                                   " is ",
                                   kind_in_words(found->second),
                                   " where the manifest lists a file"));
            }
        }
        if (!missing.empty()) {
            throw Error(ErrorKind::mismatch,
                        Reason::missing_file,
                        concat("the manifest lists ", listed(missing), ", missing here"));
        }
    }

    void require_no_extra() const {
        if (extra_.empty()) {
            return;
        }
        std::vector<std::string> names;
        std::string_view kind;
        for (const FolderEntry& entry : extra_) {
            if (!core::is_temporary_name(core::name_of(entry.path))) {
                names.push_back(entry.path);
                kind = kind_in_words(entry.kind);
            }
        }
        if (names.empty()) {
            refuse_unfinished(extra_.front().path);
        }
        const std::string what_to_do =
            names.size() == 1 ? concat(" (", kind, "); remove it, or name it with --allow-extra")
                              : "; remove them, or name each with --allow-extra";
        throw Error(ErrorKind::mismatch,
                    Reason::extra_file,
                    concat("the manifest does not list ", listed(names), what_to_do));
    }

    /// The same pull goes on with it, or removes it.
    [[noreturn]] static void refuse_unfinished(const std::string& path) {
        const bool is_partial = core::is_partial_name(core::name_of(path));
        throw Error(ErrorKind::mismatch,
                    Reason::extra_file,
                    concat(in_quotes(path),
                           is_partial ? " is a partial download" : " is an unfinished file",
                           " that was left by an interrupted pull; run the pull again, remove it, "
                           "or name it with --allow-extra"));
    }

    std::span<const FolderEntry> entries_;
    std::span<const SealedFile> sealed_;
    std::span<const std::string> allowed_extra_;
    std::set<std::string_view> sealed_paths_;
    std::map<std::string_view, EntryKind> kinds_;
    std::vector<FolderEntry> extra_;
    std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> check_contents(std::span<const FolderEntry> entries,
                                        std::span<const SealedFile> sealed,
                                        std::span<const std::string> allowed_extra) {
    return ContentCheck(entries, sealed, allowed_extra).run();
}

}  // namespace modelseal::seal
