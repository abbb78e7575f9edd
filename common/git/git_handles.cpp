#include "common/git/git_handles.hpp"

#include "common/core/text.hpp"

#include <array>

namespace modelseal::git {

namespace {

/// git itself ignores these where it only reads. libgit2 refuses what it was not told about.
std::array<const char*, 3> harmless_extensions = {
    "worktreeconfig", "partialclone", "preciousobjects"};

class Library {
  public:
    Library() {
        if (git_libgit2_init() < 0 || git_libgit2_opts(GIT_OPT_SET_EXTENSIONS,
                                                       harmless_extensions.data(),
                                                       harmless_extensions.size()) < 0) {
            throw core::Error(core::ErrorKind::internal, "libgit2 does not start");
        }
    }

    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    Library(Library&&) = delete;
    Library& operator=(Library&&) = delete;

    ~Library() { git_libgit2_shutdown(); }
};

}  // namespace

const core::LateLibrary& git_library() {
    static const core::LateLibrary library(MODELSEAL_LIBGIT2);
    return library;
}

void require_library() {
    static const Library library;
}

core::Error last_error(std::string_view doing) {
    const git_error* error = git_error_last();
    return {core::ErrorKind::malformed,
            core::concat(doing,
                         ": libgit2 says ",
                         core::in_quotes(error == nullptr ? "nothing" : error->message))};
}

void check(int result, std::string_view doing) {
    if (result < 0) {
        throw last_error(doing);
    }
}

}  // namespace modelseal::git
