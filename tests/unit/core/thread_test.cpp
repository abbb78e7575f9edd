#include "common/core/thread.hpp"

#include "common/core/background_sink.hpp"
#include "common/core/error.hpp"
#include "common/core/files/streamed_access.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/no_more_threads.hpp"

#include <array>

#include <doctest/doctest.h>

namespace modelseal::core {

namespace {

void check_says_why(const Error& error) {
    CHECK(error.kind() == ErrorKind::io);
    CHECK(error.reason() == Reason::limit_exceeded);
    CHECK(error.message().find("no more threads") != std::string::npos);
}

}  // namespace

TEST_SUITE("core/thread") {
    TEST_CASE("runs the body on another thread, which can be asked to stop") {
        std::thread::id worker;
        bool stopped = false;
        {
            const std::jthread thread = start_thread([&](const std::stop_token& stop) {
                worker = std::this_thread::get_id();
                while (!stop.stop_requested()) {
                    std::this_thread::yield();
                }
                stopped = true;
            });
        }
        CHECK(stopped);
        CHECK(worker != std::this_thread::get_id());
    }

    TEST_CASE("where no thread can be started, the error says so") {
        StringSink to(1);
        const StreamedAccess streamed(1, [](ByteSink& sink) { sink.write(as_bytes("x")); });
        std::array<std::byte, 1> buffer{};
        {
            const test::NoMoreThreads limit;
            check_says_why(test::error_of(
                [] { static_cast<void>(start_thread([](const std::stop_token& /*stop*/) {})); }));
            check_says_why(test::error_of([&] { const BackgroundSink sink(to); }));
            check_says_why(test::error_of([&] { streamed.read_at(0, buffer); }));
        }
        CHECK(streamed.read_at(0, buffer) == 1);  // once there are threads again
    }
}

}  // namespace modelseal::core
