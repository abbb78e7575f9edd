#include "common/core/termination.hpp"

#include "common/core/error.hpp"
#include "common/core/subprocess.hpp"

#include <csignal>
#include <functional>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

/// The exit code of a child that runs `body`; a child without an end of its own exits with 0.
int exit_code_of(const std::function<void()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            handle_termination_signals();
            body();
        } catch (const Error& error) {
            ::_exit(error.kind() == ErrorKind::interrupted ? 1 : 2);
        }
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_SUITE("core/termination") {
    TEST_CASE("a signal ends the process at once when there is nothing to clean up") {
        CHECK(exit_code_of([] { ::raise(SIGINT); }) == 130);
        CHECK(exit_code_of([] { ::raise(SIGTERM); }) == 143);
    }

    TEST_CASE("a deferred signal becomes an error, so that destructors run") {
        const auto deferred = [](int signal) {
            const TerminationDeferral deferral;
            check_termination();
            ::raise(signal);
            check_termination();
        };
        CHECK(exit_code_of([&] { deferred(SIGINT); }) == 1);
        CHECK(exit_code_of([&] { deferred(SIGTERM); }) == 2);
    }

    TEST_CASE("a second signal, and unwinding that takes too long, end the process all the same") {
        CHECK(exit_code_of([] {
                  const TerminationDeferral deferral;
                  ::raise(SIGTERM);
                  ::raise(SIGINT);
              }) == 130);
        CHECK(exit_code_of([] {
                  const TerminationDeferral deferral;
                  ::raise(SIGTERM);
                  ::raise(SIGALRM);
              }) == 143);
    }

    TEST_CASE("no program is started, or waited for, once a signal came") {
        CHECK(exit_code_of([] {
                  const TerminationDeferral deferral;
                  ::raise(SIGTERM);
                  replace_process({"true"});
              }) == 2);
        CHECK(exit_code_of([] {
                  const TerminationDeferral deferral;
                  ::raise(SIGINT);
                  static_cast<void>(SystemSubprocess().run({"sleep", "5"}, "", 60));
              }) == 1);
    }

    TEST_CASE("an alarm does not follow the program that this process becomes") {
        CHECK(exit_code_of([] {
                  ::alarm(1);
                  replace_process({"sleep", "2"});
              }) == 0);
    }

    TEST_CASE("a deferral that moved is still one") {
        CHECK(exit_code_of([] {
                  TerminationDeferral first;
                  { const TerminationDeferral second(std::move(first)); }
                  ::raise(SIGINT);
              }) == 0);
    }

    TEST_CASE("a signal that was ignored stays ignored") {
        CHECK(exit_code_of([] {
                  std::signal(SIGINT, SIG_IGN);
                  handle_termination_signals();
                  ::raise(SIGINT);
              }) == 0);
    }
}

}  // namespace modelseal::core
