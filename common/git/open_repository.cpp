#include "common/git/open_repository.hpp"

#include "common/core/text.hpp"

#include <mutex>
#include <string>

namespace modelseal::git {

namespace {

/// Switches libgit2's ownership check off while it exists. The switch is one for the process.
class WithoutOwnerCheck {
  public:
    WithoutOwnerCheck() : lock_(mutex()) { git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); }

    WithoutOwnerCheck(const WithoutOwnerCheck&) = delete;
    WithoutOwnerCheck& operator=(const WithoutOwnerCheck&) = delete;
    WithoutOwnerCheck(WithoutOwnerCheck&&) = delete;
    WithoutOwnerCheck& operator=(WithoutOwnerCheck&&) = delete;

    ~WithoutOwnerCheck() { git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1); }

    static std::mutex& mutex() {
        static std::mutex one;
        return one;
    }

  private:
    std::lock_guard<std::mutex> lock_;
};

std::filesystem::path without_final_slash(const std::filesystem::path& path) {
    return path.has_filename() ? path : path.parent_path();
}

std::filesystem::path root_of(git_repository* repository) {
    const char* work_tree = git_repository_workdir(repository);
    return without_final_slash(work_tree == nullptr ? git_repository_path(repository) : work_tree);
}

bool is_inside_repository(const std::filesystem::path& folder) {
    Buffer found;
    return git_repository_discover(found.out(), folder.c_str(), 0, nullptr) == 0;
}

/// One value of safe.directory against the repository, as git-config(1) describes it.
bool names(std::string_view value, const std::filesystem::path& root) {
    if (value == "*") {
        return true;
    }
    if (value.ends_with("/*")) {
        value.remove_suffix(1);
        return root.string().starts_with(value);
    }
    return without_final_slash(std::filesystem::path(value).lexically_normal()) == root;
}

/// libgit2 1.5 compares safe.directory with the whole path only, so "*" is decided here.
bool declared_safe(const std::filesystem::path& root) {
    constexpr const char* doing = "reading git's configuration";
    Config config;
    check(git_config_open_default(core::out(config)), doing);
    ConfigIterator values;
    check(git_config_multivar_iterator_new(
              core::out(values), config.get(), "safe.directory", nullptr),
          doing);
    bool safe = false;
    git_config_entry* entry = nullptr;
    while (git_config_next(&entry, values.get()) == 0) {
        const std::string_view value = entry->value;
        // An empty value forgets the ones before it.
        safe = !value.empty() && (safe || names(value, root));
    }
    return safe;
}

Repository open_foreign(const std::filesystem::path& folder) {
    const WithoutOwnerCheck unchecked;
    Repository repository;
    check(git_repository_open_ext(core::out(repository), folder.c_str(), 0, nullptr),
          core::concat("opening the git repository at ", core::in_quotes(folder.string())));
    const std::filesystem::path root = root_of(repository.get());
    if (!declared_safe(root)) {
        throw core::Error(core::ErrorKind::denied,
                          core::concat("the git repository at ",
                                       core::in_quotes(root.string()),
                                       " belongs to another user; if you trust it, run: "
                                       "git config --global --add safe.directory ",
                                       core::in_quotes(root.string())));
    }
    return repository;
}

/// libgit2's words for an extension it does not know are all there is to tell it by.
core::Error why_not_opened(const std::filesystem::path& folder) {
    const git_error* error = git_error_last();
    const std::string_view message = error == nullptr ? "" : error->message;
    const std::string where =
        core::concat("the git repository at ", core::in_quotes(folder.string()));
    if (message.find("extensions.objectformat") != std::string_view::npos) {
        return {core::ErrorKind::malformed,
                core::Reason::unsupported,
                core::concat(where,
                             " names its objects by SHA-256, which libgit2 ",
                             LIBGIT2_VERSION,
                             " cannot read; run this in a folder outside of it")};
    }
    if (message.find("unsupported extension") != std::string_view::npos) {
        return {core::ErrorKind::malformed,
                core::Reason::unsupported,
                core::concat(where,
                             " cannot be read by libgit2 ",
                             LIBGIT2_VERSION,
                             ": ",
                             core::in_quotes(message))};
    }
    return last_error(core::concat("opening ", where));
}

}  // namespace

Repository open_repository(const std::filesystem::path& folder) {
    require_library();
    Repository repository;
    const int result = [&] {
        const std::lock_guard lock(WithoutOwnerCheck::mutex());
        return git_repository_open_ext(core::out(repository), folder.c_str(), 0, nullptr);
    }();
    // libgit2 1.5 also answers "not found" for a foreign repository when safe.directory is not set.
    if (result == GIT_ENOTFOUND && !is_inside_repository(folder)) {
        return nullptr;
    }
    if (result == GIT_ENOTFOUND || result == GIT_EOWNER) {
        return open_foreign(folder);
    }
    if (result < 0) {
        throw why_not_opened(folder);
    }
    return repository;
}

}  // namespace modelseal::git
