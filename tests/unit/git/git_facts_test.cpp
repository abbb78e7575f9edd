// Repositories of every kind, made by the real git.
#include "common/git/git_facts.hpp"

#include "common/core/error.hpp"
#include "common/core/subprocess.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

namespace modelseal::git {

namespace {

using test::TemporaryFolder;

/// A folder for repositories that is also git's home: no setting of this machine applies.
class GitFolder {
  public:
    GitFolder() {
        for (const auto& [name, value] : {std::pair("GIT_AUTHOR_NAME", "A"),
                                          std::pair("GIT_AUTHOR_EMAIL", "a@example.com"),
                                          std::pair("GIT_COMMITTER_NAME", "A"),
                                          std::pair("GIT_COMMITTER_EMAIL", "a@example.com"),
                                          std::pair("GIT_COMMITTER_DATE", "2026-04-21T02:00:00Z"),
                                          std::pair("GIT_CONFIG_NOSYSTEM", "1"),
                                          std::pair("HOME", home().path().c_str())}) {
            ::setenv(name, value, 1);
        }
        home().write(".gitconfig",
                     "[protocol \"file\"]\n\tallow = always\n[init]\n\tdefaultBranch = main\n");
    }

    /// Runs git in a folder below this one and returns what it prints, without the line end.
    std::string git(std::string_view folder, std::vector<std::string> arguments) const {
        std::vector<std::string> command = {"git", "-C", (folder_ / folder).string()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const core::SubprocessResult result = core::SystemSubprocess().run(command, "", 60);
        REQUIRE_MESSAGE(result.exit_code == 0, core::join(command, " "));
        return std::string(core::trim(result.output));
    }

    /// A repository with one commit of two files.
    void make_repository(std::string_view name) const {
        git(".", {"init", "--quiet", std::string(name)});
        folder_.write(core::concat(name, "/a.txt"), "a");
        folder_.write(core::concat(name, "/deep/b.txt"), "b");
        git(name, {"add", "."});
        git(name, {"commit", "--quiet", "-m", "first"});
    }

    /// Replaces git's settings of this user.
    static void configure(std::string_view text) { home().write(".gitconfig", text); }

    [[nodiscard]] std::string url(std::string_view name) const {
        return core::concat("file://", (folder_ / name).string());
    }

    [[nodiscard]] std::optional<GitFacts> facts(std::string_view name) const {
        return read_facts(folder_ / name);
    }

    const TemporaryFolder& operator*() const { return folder_; }

  private:
    /// One for all: libgit2 looks for it once only.
    static const TemporaryFolder& home() {
        static const TemporaryFolder folder;
        return folder;
    }

    TemporaryFolder folder_;
};

core::Error error_of(const std::filesystem::path& folder) {
    return test::error_of([&] { return read_facts(folder); });
}

}  // namespace

TEST_SUITE("git/git_facts") {
    TEST_CASE("reads commit, time, branch, tag and remote, from any folder or file inside") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"remote", "add", "origin", "https://me:s3cret@host.example/org/r.git"});
        folder.git("r", {"tag", "v1"});
        for (const char* place : {"r", "r/deep", "r/deep/b.txt"}) {
            CAPTURE(place);
            const auto facts = folder.facts(place);
            REQUIRE(facts);
            CHECK(facts->commit.to_string() == folder.git("r", {"rev-parse", "HEAD"}));
            REQUIRE(facts->commit_time);
            CHECK(facts->commit_time->to_string() == "2026-04-21T02:00:00Z");
            CHECK(facts->branch == "main");
            CHECK(facts->tag == "v1");
            CHECK(facts->source_url == "https://host.example/org/r.git");
            CHECK_FALSE(facts->dirty);
            CHECK(facts->work_tree == std::filesystem::canonical(*folder / "r"));
        }
    }

    TEST_CASE("knows nothing outside of a repository and before the first commit") {
        const GitFolder folder;
        (*folder).write("plain/file", "");
        CHECK_FALSE(folder.facts("plain"));
        folder.git(".", {"init", "--quiet", "unborn"});
        CHECK_FALSE(folder.facts("unborn"));
        CHECK(error_of(*folder / "missing").kind() == core::ErrorKind::not_found);
    }

    TEST_CASE("calls tracked changes dirty, staged or not, and untracked files not") {
        const GitFolder folder;
        folder.make_repository("r");
        (*folder).write("r/untracked", "x");
        CHECK_FALSE(folder.facts("r")->dirty);
        SUBCASE("changed") {
            (*folder).write("r/a.txt", "changed");
        }
        SUBCASE("changed, of the same size") {
            (*folder).write("r/a.txt", "z");
        }
        SUBCASE("deleted") {
            std::filesystem::remove(*folder / "r/a.txt");
        }
        SUBCASE("added to the index") {
            folder.git("r", {"add", "untracked"});
        }
        SUBCASE("removed from the index") {
            folder.git("r", {"rm", "--quiet", "--cached", "a.txt"});
        }
        SUBCASE("made executable") {
            std::filesystem::permissions(*folder / "r/a.txt",
                                         std::filesystem::perms::owner_exec,
                                         std::filesystem::perm_options::add);
        }
        CHECK(folder.facts("r")->dirty);
    }

    TEST_CASE("is not misled by a new time stamp on the same bytes") {
        const GitFolder folder;
        folder.make_repository("r");
        std::filesystem::last_write_time(*folder / "r/a.txt",
                                         std::filesystem::file_time_type::clock::now());
        CHECK_FALSE(folder.facts("r")->dirty);
    }

    TEST_CASE("names no branch when HEAD is detached") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"checkout", "--quiet", "--detach"});
        const auto facts = folder.facts("r");
        REQUIRE(facts);
        CHECK_FALSE(facts->branch);
        CHECK_FALSE(facts->tag);
    }

    TEST_CASE("prefers the branch's own remote to origin, and takes the only one") {
        const GitFolder folder;
        folder.make_repository("r");
        CHECK_FALSE(folder.facts("r")->source_url);
        folder.git("r", {"remote", "add", "backup", "git@backup.example:r"});
        CHECK(folder.facts("r")->source_url == "backup.example:r");
        folder.git("r", {"remote", "add", "other", "https://other.example/r"});
        CHECK_FALSE(folder.facts("r")->source_url);
        folder.git("r", {"remote", "add", "origin", "https://origin.example/r"});
        CHECK(folder.facts("r")->source_url == "https://origin.example/r");
        folder.git("r", {"config", "branch.main.remote", "other"});
        CHECK(folder.facts("r")->source_url == "https://other.example/r");
    }

    TEST_CASE("reads shallow clones, partial clones and sparse checkouts") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"config", "uploadpack.allowFilter", "true"});
        folder.git(".", {"clone", "--quiet", "--depth=1", folder.url("r"), "shallow"});
        folder.git(".", {"clone", "--quiet", "--filter=blob:none", folder.url("r"), "partial"});
        folder.git(
            ".", {"clone", "--quiet", "--filter=blob:none", "--sparse", folder.url("r"), "sparse"});
        REQUIRE_FALSE(std::filesystem::exists(*folder / "sparse/deep"));
        for (const char* name : {"shallow", "partial", "sparse"}) {
            CAPTURE(name);
            const auto facts = folder.facts(name);
            REQUIRE(facts);
            CHECK(facts->commit.to_string() == folder.git("r", {"rev-parse", "HEAD"}));
            CHECK_FALSE(facts->dirty);
            std::filesystem::remove(*folder / core::concat(name, "/a.txt"));
            CHECK(folder.facts(name)->dirty);
        }
    }

    TEST_CASE("says what to do about a sparse index, which libgit2 cannot read") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"sparse-checkout", "set", "--cone", "--sparse-index", "elsewhere"});
        const core::Error error = error_of(*folder / "r");
        CHECK(error.reason() == core::Reason::unsupported);
        CHECK(error.message().find("git sparse-checkout reapply --no-sparse-index") !=
              std::string::npos);
    }

    TEST_CASE("reads linked working trees, also with settings of their own") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"config", "extensions.worktreeConfig", "true"});
        folder.git("r", {"worktree", "add", "--quiet", "../linked", "-b", "side"});
        const auto facts = folder.facts("linked/deep");
        REQUIRE(facts);
        CHECK(facts->branch == "side");
        CHECK_FALSE(facts->dirty);
        (*folder).write("linked/a.txt", "changed");
        CHECK(folder.facts("linked")->dirty);
        CHECK_FALSE(folder.facts("r")->dirty);
    }

    TEST_CASE("reads bare repositories, which are never dirty") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git(".", {"clone", "--quiet", "--bare", "r", "bare.git"});
        const auto facts = folder.facts("bare.git");
        REQUIRE(facts);
        CHECK(facts->branch == "main");
        CHECK_FALSE(facts->dirty);
    }

    TEST_CASE("counts a submodule's commit and tracked files, not its untracked ones") {
        const GitFolder folder;
        folder.make_repository("inner");
        folder.make_repository("outer");
        folder.git("outer", {"submodule", "--quiet", "add", folder.url("inner"), "sub"});
        folder.git("outer", {"commit", "--quiet", "-m", "submodule"});
        CHECK_FALSE(folder.facts("outer")->dirty);
        CHECK(folder.facts("outer/sub")->commit.to_string() ==
              folder.git("inner", {"rev-parse", "HEAD"}));
        (*folder).write("outer/sub/untracked", "x");
        CHECK_FALSE(folder.facts("outer")->dirty);
        SUBCASE("another commit") {
            folder.git("outer/sub", {"commit", "--quiet", "--allow-empty", "-m", "ahead"});
        }
        SUBCASE("a changed file") {
            (*folder).write("outer/sub/a.txt", "changed");
        }
        CHECK(folder.facts("outer")->dirty);
    }

    TEST_CASE("takes a submodule that was not checked out for unchanged") {
        const GitFolder folder;
        folder.make_repository("inner");
        folder.make_repository("outer");
        folder.git("outer", {"submodule", "--quiet", "add", folder.url("inner"), "sub"});
        folder.git("outer", {"commit", "--quiet", "-m", "submodule"});
        folder.git(".", {"clone", "--quiet", "outer", "copy"});
        CHECK_FALSE(folder.facts("copy")->dirty);
    }

    TEST_CASE("says that SHA-256 repositories cannot be read") {
        const GitFolder folder;
        folder.git(".", {"init", "--quiet", "--object-format=sha256", "r"});
        const core::Error error = error_of(*folder / "r");
        CHECK(error.kind() == core::ErrorKind::malformed);
        CHECK(error.reason() == core::Reason::unsupported);
        CHECK(error.message().find("SHA-256") != std::string::npos);
    }

    TEST_CASE("names an extension that nobody knows") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"config", "core.repositoryFormatVersion", "1"});
        folder.git("r", {"config", "extensions.surprise", "true"});
        const core::Error error = error_of(*folder / "r");
        CHECK(error.reason() == core::Reason::unsupported);
        CHECK(error.message().find("surprise") != std::string::npos);
    }

    TEST_CASE("refuses a damaged repository") {
        const GitFolder folder;
        folder.make_repository("r");
        (*folder).write("r/.git/refs/heads/main", std::string(40, '1') + "\n");
        CHECK(error_of(*folder / "r").kind() == core::ErrorKind::malformed);
    }

    TEST_CASE("leaves out a remote URL that would break a line") {
        const GitFolder folder;
        folder.make_repository("r");
        folder.git("r", {"config", "remote.origin.url", "https://host.example/\n::error::"});
        CHECK_FALSE(folder.facts("r")->source_url);
    }
}

TEST_SUITE("git/git_facts: a repository of another user") {
    /// Gives everything in a folder to the user "nobody".
    void give_away(const std::filesystem::path& folder) {
        constexpr ::uid_t nobody = 65534;
        REQUIRE(::lchown(folder.c_str(), nobody, nobody) == 0);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            REQUIRE(::lchown(entry.path().c_str(), nobody, nobody) == 0);
        }
    }

    TEST_CASE("is refused by name, unless safe.directory lists it" *
              doctest::skip(::geteuid() != 0)) {
        const GitFolder folder;
        folder.make_repository("r");
        give_away(*folder / "r");
        const std::string path = (*folder / "r").string();
        const auto list = [](std::string_view values) {
            GitFolder::configure(core::concat("[safe]\n", values));
        };

        SUBCASE("no safe.directory at all") {
            GitFolder::configure("");
        }
        SUBCASE("another one") {
            list("\tdirectory = /somewhere/else\n");
        }
        SUBCASE("one whose name only begins alike") {
            list(core::concat("\tdirectory = ", path.substr(0, path.size() - 1), "\n"));
        }
        SUBCASE("an empty value that takes the earlier ones back") {
            list("\tdirectory = *\n\tdirectory =\n");
        }
        const core::Error error = error_of(*folder / "r/deep");
        CHECK(error.kind() == core::ErrorKind::denied);
        CHECK(error.message().find("safe.directory") != std::string::npos);
        CHECK(error.message().find(path) != std::string::npos);

        list(core::concat("\tdirectory = ", path, "\n"));
        CHECK(folder.facts("r"));
        list("\tdirectory = *\n");
        CHECK(folder.facts("r/deep"));
        list(core::concat("\tdirectory = ", (*folder).path().string(), "/*\n"));
        CHECK(folder.facts("r"));
    }
}

}  // namespace modelseal::git
