#include "common/git/git_facts.hpp"

#include "common/core/text.hpp"
#include "common/git/open_repository.hpp"
#include "common/git/remote_url.hpp"
#include "common/git/work_tree.hpp"

#include <array>

namespace modelseal::git {

namespace {

constexpr const char* reading = "reading the git repository";

/// Names and URLs go into JSON and onto terminals: what is not clean text is left out.
std::optional<std::string> if_printable(std::string text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return std::nullopt;
        }
    }
    return core::is_utf8(text) ? std::optional(std::move(text)) : std::nullopt;
}

GitCommit commit_name(const git_oid& id) {
    std::array<char, GIT_OID_HEXSZ + 1> text{};
    git_oid_tostr(text.data(), text.size(), &id);
    return GitCommit::parse(text.data());
}

/// Nothing when there is no such setting.
std::optional<std::string> setting(git_config* config, const std::string& name) {
    Buffer value;
    const int result = git_config_get_string_buf(value.out(), config, name.c_str());
    if (result == GIT_ENOTFOUND) {
        return std::nullopt;
    }
    check(result, reading);
    return value.text();
}

std::optional<std::string> only_remote(git_repository* repository) {
    git_strarray names{};
    check(git_remote_list(&names, repository), reading);
    const Remotes owner(&names);
    return names.count == 1 ? std::optional<std::string>(names.strings[0]) : std::nullopt;
}

/// The address as it is configured: url.*.insteadOf may add a token, and is a matter of one
/// machine.
std::optional<std::string> source_url(git_repository* repository,
                                      const std::optional<std::string>& branch) {
    Config config;
    check(git_repository_config_snapshot(core::out(config), repository), reading);
    const auto url_of = [&](const std::optional<std::string>& remote) {
        return remote ? setting(config.get(), core::concat("remote.", *remote, ".url"))
                      : std::nullopt;
    };
    auto url = branch ? url_of(setting(config.get(), core::concat("branch.", *branch, ".remote")))
                      : std::nullopt;
    if (!url) {
        url = url_of("origin");
    }
    if (!url) {
        url = url_of(only_remote(repository));
    }
    return url ? if_printable(redact_url(*url)) : std::nullopt;
}

/// A tag on exactly this commit, annotated ones first.
std::optional<std::string> tag_on(git_object* commit) {
    git_describe_options options = GIT_DESCRIBE_OPTIONS_INIT;
    options.describe_strategy = GIT_DESCRIBE_TAGS;
    options.max_candidates_tags = 0;  // an exact match or nothing
    DescribeResult described;
    if (git_describe_commit(core::out(described), commit, &options) != 0) {
        return std::nullopt;
    }
    Buffer text;
    check(git_describe_format(text.out(), described.get(), nullptr), reading);
    return if_printable(text.text());
}

}  // namespace

std::optional<GitFacts> read_facts(const std::filesystem::path& folder) {
    std::error_code error;
    const auto status = std::filesystem::status(folder, error);
    if (!std::filesystem::exists(status)) {
        throw core::Error(core::ErrorKind::not_found,
                          core::concat("there is no folder ", core::in_quotes(folder.string())));
    }
    const Repository repository =
        open_repository(std::filesystem::is_directory(status) ? folder : folder.parent_path());
    if (!repository) {
        return std::nullopt;
    }
    Reference head;
    const int result = git_repository_head(core::out(head), repository.get());
    if (result == GIT_EUNBORNBRANCH) {
        return std::nullopt;
    }
    check(result, reading);
    Object commit;
    check(git_reference_peel(core::out(commit), head.get(), GIT_OBJECT_COMMIT), reading);
    const auto* as_commit = reinterpret_cast<const git_commit*>(commit.get());

    GitFacts facts{.commit = commit_name(*git_object_id(commit.get()))};
    facts.commit_time = core::Timestamp::from_unix(git_commit_time(as_commit));
    if (git_reference_is_branch(head.get()) == 1) {
        facts.branch = git_reference_shorthand(head.get());
    }
    facts.source_url = source_url(repository.get(), facts.branch);
    facts.branch = facts.branch ? if_printable(*facts.branch) : std::nullopt;
    facts.tag = tag_on(commit.get());
    facts.dirty = has_tracked_changes(repository.get());
    if (const char* work_tree = git_repository_workdir(repository.get())) {
        facts.work_tree = std::filesystem::path(work_tree).parent_path();  // ends with '/'
    }
    return facts;
}

}  // namespace modelseal::git
