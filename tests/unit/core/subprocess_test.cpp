#include "common/core/subprocess.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::core {

namespace {

using test::error_of;

SubprocessResult shell(const std::string& script,
                       std::string_view input = "",
                       unsigned timeout_seconds = 60) {
    std::signal(SIGPIPE, SIG_IGN);  // as in run_main()
    return SystemSubprocess().run({"sh", "-c", script}, input, timeout_seconds);
}

}  // namespace

TEST_SUITE("core/subprocess") {
    TEST_CASE("passes input, gives output and the exit code") {
        const SubprocessResult result = shell("cat; exit 3", "hello");
        CHECK(result.output == "hello");
        CHECK(result.exit_code == 3);
        CHECK_FALSE(result.killed);
    }

    TEST_CASE("passes arguments as they are, without a shell") {
        const auto result =
            SystemSubprocess().run({"printf", "%s|", "a b", "$HOME", "", "*"}, "", 60);
        CHECK(result.output == "a b|$HOME||*|");
    }

    TEST_CASE("feeds and drains at the same time") {
        const std::string input(500'000, 'x');
        CHECK(shell("cat", input).output == input);
    }

    TEST_CASE("does not mind a program that ignores its input") {
        CHECK(shell("exec <&-; echo done", std::string(500'000, 'x')).output == "done\n");
    }

    TEST_CASE("reports the signal that ended a program") {
        const SubprocessResult result = shell("kill -9 $$");
        CHECK(result.killed);
        CHECK(result.exit_code == 137);
    }

    TEST_CASE("lets the program have SIGPIPE, which this process ignores") {
        CHECK(shell("kill -PIPE $$; echo survived").output.empty());
    }

    TEST_CASE("gives the program the variables of this process, but no password of a key") {
        ::setenv("COSIGN_PASSWORD", "secret", 1);
        ::setenv("COSIGN_REPOSITORY", "elsewhere", 1);
        CHECK(shell("echo $COSIGN_PASSWORD-$COSIGN_REPOSITORY").output == "-elsewhere\n");
        ::unsetenv("COSIGN_PASSWORD");
        ::unsetenv("COSIGN_REPOSITORY");
    }

    TEST_CASE("says that there is no such program") {
        const Error error =
            error_of([] { return SystemSubprocess().run({"modelseal-no-such-program"}, "", 60); });
        CHECK(error.kind() == ErrorKind::not_found);
        CHECK(error.message().find("\"modelseal-no-such-program\"") != std::string::npos);
    }

    TEST_CASE("stops a program that prints without end") {
        const Error error = error_of([] { return shell("yes"); });
        CHECK(error.reason() == Reason::limit_exceeded);
    }

    TEST_CASE("stops a program that takes too long, whether or not it still listens") {
        std::vector<std::future<Error>> stopped;
        // Each shell becomes the sleep: one that outlived it would hold this test's own streams.
        for (const char* script : {"exec sleep 60", "exec sleep 60 >&-", "exec sleep 60 <&- >&-"}) {
            stopped.push_back(std::async(std::launch::async, [script] {
                return error_of([script] { return shell(script, "x", 1); });
            }));
        }
        const auto start = std::chrono::steady_clock::now();
        for (auto& error : stopped) {
            CHECK(error.get().kind() == ErrorKind::unavailable);
        }
        CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
    }
}

}  // namespace modelseal::core
