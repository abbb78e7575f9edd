#include "common/commands/store_options.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_environment.hpp"

#include <filesystem>

#include <doctest/doctest.h>

using namespace modelseal;
using commands::Access;
using core::Error;
using core::ErrorKind;
using test::TemporaryFolder;

namespace {

/// open_store() as a command with these words would call it.
class CommandLine {
  public:
    explicit CommandLine(const std::vector<std::string>& words, const std::string& input = "")
        : environment_({}, input) {
        cli::Command command;
        command.options = commands::store_options();
        command.options.push_back(commands::concurrency_option());
        command.options.insert(command.options.end(),
                               commands::upload_options().begin(),
                               commands::upload_options().end());
        arguments_ = cli::parse_arguments(command, words);
    }

    commands::OpenedStore open(Access access = Access::read) {
        return commands::open_store(
            *environment_, arguments_, arguments_.positional().at(0), access);
    }

    Error failure() {
        return test::error_of([&] { return open(); });
    }

    [[nodiscard]] const cli::Arguments& arguments() const { return arguments_; }

  private:
    test::TestEnvironment environment_;
    cli::Arguments arguments_;
};

/// Tests that need a current folder of their own.
class InFolder {
  public:
    explicit InFolder(const std::filesystem::path& path) { std::filesystem::current_path(path); }

    InFolder(const InFolder&) = delete;
    InFolder& operator=(const InFolder&) = delete;
    InFolder(InFolder&&) = delete;
    InFolder& operator=(InFolder&&) = delete;

    ~InFolder() { std::filesystem::current_path(before_); }

  private:
    std::filesystem::path before_ = std::filesystem::current_path();
};

}  // namespace

TEST_SUITE("commands/store_options") {
    TEST_CASE("a reference opens a registry, without sending anything") {
        CommandLine line({"--plain-http", "registry.invalid/team/m:v1"});
        const auto opened = line.open();
        CHECK(opened.store->repository().to_string() == "registry.invalid/team/m");
        CHECK(opened.reference.tags.at(0).to_string() == "v1");
    }

    TEST_CASE("--oci-layout opens a folder, and makes one only to write") {
        const TemporaryFolder folder;
        const std::string layout = (folder / "layout").string();
        CHECK(CommandLine({"--oci-layout", layout + ":v1"}).failure().kind() ==
              ErrorKind::not_found);
        CommandLine line({"--oci-layout", layout + ":v1"});
        const auto opened = line.open(Access::write);
        CHECK(opened.store->repository().layout == layout);
    }

    TEST_CASE("a local path without --oci-layout is refused and the option named") {
        for (const char* path : {"/models/m", "./m", "../m", ".", ".."}) {
            CAPTURE(path);
            const Error error = CommandLine({path}).failure();
            CHECK(error.kind() == ErrorKind::usage);
            CHECK(error.message().find("--oci-layout") != std::string::npos);
        }
    }

    TEST_CASE("a name that is a folder, too, is refused with both spellings") {
        const TemporaryFolder folder;
        std::filesystem::create_directories(folder / "models/m");
        const InFolder here(folder.path());
        const Error error = CommandLine({"models/m"}).failure();
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(error.message().find("\"./models/m\"") != std::string::npos);
        CHECK(error.message().find("\"models/m:TAG\"") != std::string::npos);
        CHECK_NOTHROW(CommandLine({"models/m:v1"}).open());
    }

    TEST_CASE("the password comes from the option or from one line of standard input") {
        CHECK_NOTHROW(CommandLine({"-u", "user", "-p", "pw", "r.invalid/m:v1"}).open());
        CHECK_NOTHROW(
            CommandLine({"-u", "user", "--password-stdin", "r.invalid/m:v1"}, "pw\r\n").open());
        CHECK(CommandLine({"-u", "user", "--password-stdin", "r.invalid/m:v1"}, "")
                  .failure()
                  .kind() == ErrorKind::usage);
    }

    TEST_CASE("options that contradict each other are refused") {
        using Words = std::vector<std::string>;
        for (const Words& words :
             {Words{"-u", "user", "r.invalid/m:v1"},
              Words{"-p", "pw", "r.invalid/m:v1"},
              Words{"--password-stdin", "r.invalid/m:v1"},
              Words{"-u", "u", "-p", "p", "--password-stdin", "r.invalid/m:v1"},
              Words{"--plain-http", "--insecure", "r.invalid/m:v1"},
              Words{"--plain-http", "--ca-file", "f", "r.invalid/m:v1"},
              Words{"--insecure", "--ca-file", "f", "r.invalid/m:v1"},
              Words{"--oci-layout", "--plain-http", "layout:v1"},
              Words{"--oci-layout", "--mount-from", "r", "layout:v1"},
              Words{"m:v1"}}) {
            CHECK(CommandLine(words).failure().kind() == ErrorKind::usage);
        }
    }

    TEST_CASE("a CA file that is not there is an error before anything is sent") {
        CHECK(
            CommandLine({"--ca-file", "/nonexistent/ca.pem", "r.invalid/m:v1"}).failure().kind() ==
            ErrorKind::not_found);
    }

    TEST_CASE("concurrency has a default and limits") {
        CHECK(commands::concurrency(CommandLine({}).arguments()) == 5);
        CHECK(commands::concurrency(CommandLine({"--concurrency", "2"}).arguments()) == 2);
        for (const char* number : {"0", "65", "-1", "x", ""}) {
            const CommandLine line({"--concurrency", number});
            CHECK_THROWS_AS(static_cast<void>(commands::concurrency(line.arguments())), Error);
        }
    }

    TEST_CASE("how often and how long to try again is checked") {
        for (const std::vector<std::string>& words : {std::vector<std::string>{"--retries", "0"},
                                                      {"--retries", "1000"},
                                                      {"--timeout", "0s"},
                                                      {"--timeout", "1h30m"}}) {
            std::vector<std::string> all = words;
            all.emplace_back("registry.invalid/m:v1");
            CHECK_NOTHROW(static_cast<void>(CommandLine(all).open()));
        }
        for (const std::vector<std::string>& words : {std::vector<std::string>{"--retries", "-1"},
                                                      {"--retries", "1001"},
                                                      {"--timeout", "90"},
                                                      {"--timeout", ""}}) {
            std::vector<std::string> all = words;
            all.emplace_back("registry.invalid/m:v1");
            CHECK(CommandLine(all).failure().kind() == ErrorKind::usage);
        }
    }
}
