#include "common/cli/progress.hpp"

#include "common/cli/terminal_line.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/test_environment.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::cli {

namespace {

using core::Task;
using core::Work;
using std::chrono::milliseconds;
using test::TestEnvironment;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

/// A terminal of some size, a clock that moves when it is told to, and what is shown on the first
/// at the times of the second.
class Screen {
  public:
    explicit Screen(ProgressForm form = ProgressForm::automatic,
                    TestEnvironment::Map variables = {{"TERM", "xterm"}})
        : environment_(std::move(variables)) {
        environment_->err_is_terminal = true;
        environment_->err_size = [this] {
            return size;
        };
        progress_ = make_progress(*environment_, form, [this] { return time_; });
    }

    void move(milliseconds by) { time_ += by; }

    core::Progress& progress() { return *progress_; }

    [[nodiscard]] std::string written() const { return environment_.err(); }

    /// What was written after the first `before` bytes of it.
    [[nodiscard]] std::string written_since(std::size_t before) const {
        return environment_.err().substr(before);
    }

    TestEnvironment& environment() { return environment_; }

    void end() { progress_.reset(); }

    TerminalSize size{};

  private:
    TestEnvironment environment_;
    std::chrono::steady_clock::time_point time_{std::chrono::hours(1)};
    std::unique_ptr<core::Progress> progress_;
};

Work hashing(std::string name, std::uint64_t size) {
    return {.action = "hashing", .name = std::move(name), .size = size};
}

std::size_t count(std::string_view text, char c) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
}

/// The events that were written, each on a line of its own.
std::vector<core::Json> events_of(const Screen& screen) {
    std::vector<core::Json> events;
    std::istringstream text(screen.written());
    for (std::string line; std::getline(text, line);) {
        events.push_back(core::Json::parse(line));
    }
    return events;
}

}  // namespace

TEST_SUITE("cli/progress") {
    TEST_CASE("says nothing when asked to be quiet, by either option") {
        const Command command{.options = {progress_option()}};
        CHECK(progress_form(parse_arguments(command, {"-q"})) == ProgressForm::quiet);
        CHECK(progress_form(parse_arguments(command, {"-q", "--progress", "json"})) ==
              ProgressForm::quiet);
        CHECK(progress_form(parse_arguments(command, {"--progress=quiet"})) == ProgressForm::quiet);
        CHECK(progress_form(parse_arguments(command, {})) == ProgressForm::automatic);
        Screen screen(ProgressForm::quiet);
        Task task(screen.progress(), hashing("f", 1000 * mebibyte));
        screen.move(milliseconds(5000));
        task.passed(1000 * mebibyte);
        task.end("Hashed");
        CHECK(screen.written().empty());
    }

    TEST_CASE("refuses forms that there are not, and a terminal view without a terminal") {
        CHECK(test::error_of([] { return parse_progress_form("rawjson"); }).kind() ==
              core::ErrorKind::usage);
        TestEnvironment environment;
        const core::Error error =
            test::error_of([&] { return make_progress(*environment, ProgressForm::tty); });
        CHECK(error.kind() == core::ErrorKind::usage);
        CHECK(environment->progress == nullptr);
    }

    TEST_CASE("writes a plain line to a log when work ends that took a second") {
        Screen screen(ProgressForm::plain);
        {
            Task task(screen.progress(), {"pushing", "config.json", 700});
            screen.move(milliseconds(999));
            task.end("Pushed");
        }
        Task task(screen.progress(), {"pushing", "model.safetensors", 100 * mebibyte});
        screen.move(milliseconds(1000));
        task.passed(50 * mebibyte);
        task.end("Pushed");
        CHECK(screen.written() == "pushing model.safetensors: Pushed\n");
    }

    TEST_CASE("tells a log every ten seconds of silence how far the work is") {
        Screen screen(ProgressForm::plain);
        Task task(screen.progress(), {"pushing", "model.safetensors", 100 * mebibyte});
        for (int second = 0; second < 9; ++second) {
            screen.move(milliseconds(1000));
            task.passed(2 * mebibyte);
        }
        CHECK(screen.written().empty());
        screen.move(milliseconds(1000));
        task.passed(2 * mebibyte);
        CHECK(screen.written() ==
              "pushing model.safetensors: 20.0 MiB of 100.0 MiB  20%  2.0 MiB/s  0:40 left\n");
        const std::size_t before = screen.written().size();
        Task other(screen.progress(), {"pushing", "other.safetensors", 100 * mebibyte});
        screen.move(milliseconds(9999));
        other.passed(20 * mebibyte);
        CHECK(screen.written_since(before).empty());
        screen.move(milliseconds(1));
        other.passed(1);
        CHECK(screen.written_since(before).starts_with(
            "total (0 of 2 done): 40.0 MiB of 200.0 MiB  20%"));
    }

    TEST_CASE("tells of one retry for each server and wait, and of none that is over at once") {
        for (const ProgressForm form : {ProgressForm::plain, ProgressForm::tty}) {
            Screen screen(form);
            core::Retry retry{.what = "GET https://r.example/v2/a", .reason = "it is away"};
            retry.wait = milliseconds(999);
            screen.progress().retry(retry);
            CHECK(screen.written().empty());
            retry.wait = milliseconds(2000);
            screen.progress().retry(retry);
            const std::string line = retry_text(retry) + '\n';
            CHECK(screen.written() == line);
            retry.what = "PUT https://r.example/v2/b";
            screen.move(milliseconds(1999));
            screen.progress().retry(retry);
            CHECK(screen.written() == line);
            screen.move(milliseconds(1));
            screen.progress().retry(retry);
            CHECK(screen.written() == line + retry_text(retry) + '\n');
            retry.what = "GET https://other.example:5000/v2/";
            screen.progress().retry(retry);
            CHECK(screen.written().ends_with(retry_text(retry) + '\n'));
        }
    }

    TEST_CASE("takes a terminal in CI, a dumb one, or one of no known kind for a log") {
        for (const TestEnvironment::Map& variables :
             {TestEnvironment::Map{{"TERM", "xterm"}, {"CI", "true"}},
              TestEnvironment::Map{{"TERM", "dumb"}},
              TestEnvironment::Map{}}) {
            Screen screen(ProgressForm::automatic, variables);
            Task task(screen.progress(), hashing("f", 1));
            screen.move(milliseconds(1000));
            task.passed(1);
            task.end("Hashed");
            CHECK(screen.written() == "hashing f: Hashed\n");
        }
    }

    TEST_CASE("draws in CI when told to") {
        Screen screen(ProgressForm::tty, {{"CI", "true"}});
        Task task(screen.progress(), hashing("f", 2));
        screen.move(milliseconds(1000));
        task.passed(1);
        CHECK(screen.written().starts_with("\rhashing f  1 B of 2 B  50%"));
    }

    TEST_CASE("leaves no trace on a terminal of work that takes less than a second") {
        Screen screen;
        Task task(screen.progress(), hashing("f", 10));
        screen.move(milliseconds(999));
        task.passed(10);
        task.end("Hashed");
        CHECK(screen.written().empty());
    }

    TEST_CASE("draws bytes, rate and time left, ten times a second at most") {
        Screen screen;
        Task task(screen.progress(), hashing("model.safetensors", 100 * mebibyte));
        screen.move(milliseconds(2000));
        task.passed(20 * mebibyte);
        CHECK(screen.written() ==
              "\rhashing model.safetensors  20.0 MiB of 100.0 MiB  20%  10.0 MiB/s  0:08 left"
              "\x1b[K\x1b[J");
        for (int i = 0; i < 1000; ++i) {
            screen.move(milliseconds(1));
            task.passed(1);
        }
        CHECK(count(screen.written(), '\r') == 11);
        task.end("Hashed");
        CHECK(screen.written().ends_with("\r\x1b[Jhashing model.safetensors: Hashed\n"));
        CHECK(count(screen.written(), '\n') == 1);
    }

    TEST_CASE("draws a line for each piece of work and one for all that is expected") {
        Screen screen;
        for (const unsigned size : {10U, 30U, 40U}) {
            screen.progress().expect(size * mebibyte);
        }
        Task a(screen.progress(), hashing("a", 10 * mebibyte));
        Task b(screen.progress(), hashing("bcd", 30 * mebibyte));
        screen.move(milliseconds(1000));
        b.passed(10 * mebibyte);
        CHECK(screen.written() ==
              "\rhashing a            0 B of 10.0 MiB  0%  0 B/s\x1b[K\n"
              "hashing bcd          10.0 MiB of 30.0 MiB  33%  10.0 MiB/s  0:02 left\x1b[K\n"
              "total (0 of 3 done)  10.0 MiB of 80.0 MiB  12%  10.0 MiB/s  0:07 left\x1b[K"
              "\x1b[J");
        const std::size_t before = screen.written().size();
        screen.move(milliseconds(100));
        b.passed(1);
        CHECK(screen.written_since(before).starts_with("\r\x1b[2Ahashing a "));
    }

    TEST_CASE("bytes that were there count in the total, not in the rate") {
        Screen screen;
        Task task(screen.progress(), hashing("model", 100 * mebibyte));
        task.present(80 * mebibyte);
        screen.move(milliseconds(1000));
        task.passed(10 * mebibyte);
        CHECK(screen.written().find("90.0 MiB of 100.0 MiB  90%  10.0 MiB/s  0:01 left") !=
              std::string::npos);
    }

    TEST_CASE("work that is done again is not counted twice") {
        Screen screen;
        Task task(screen.progress(), hashing("model", 100 * mebibyte));
        task.passed(60 * mebibyte);
        task.restart();
        screen.move(milliseconds(1000));
        task.passed(40 * mebibyte);
        CHECK(screen.written().find("40.0 MiB of 100.0 MiB  40%") != std::string::npos);
    }

    TEST_CASE("a blob that goes into a cache and out of it is counted once") {
        Screen screen(ProgressForm::json);
        const auto blob = [](const std::string& action, const std::string& digest) {
            return Work{.action = action,
                        .name = digest,
                        .size = 100,
                        .digest = digest,
                        .serves_another = action == "caching"};
        };
        for (int i = 0; i < 3; ++i) {
            screen.progress().expect(100);
        }
        for (const auto* const digest : {"sha256:00", "sha256:01"}) {
            Task pulling(screen.progress(), blob("pulling", digest));
            {
                Task caching(screen.progress(), blob("caching", digest));
                caching.passed(60);
                caching.restart();
                caching.present(10);
                screen.move(milliseconds(1000));
                caching.passed(80);
                caching.end("Cached");
            }
            screen.move(milliseconds(1000));
            pulling.passed(100);
            pulling.end("Pulled");
        }
        Task from_cache(screen.progress(), blob("pulling", "sha256:02"));
        screen.move(milliseconds(1000));
        from_cache.passed(100);
        from_cache.end("Pulled");
        // What nobody waits for, as a cosign bundle, stands for itself.
        Task(screen.progress(), blob("caching", "sha256:03")).end("Cached");
        screen.end();
        const auto events = events_of(screen);
        for (std::size_t i = 0; i + 3 < events.size(); ++i) {
            CAPTURE(events[i].dump());
            CHECK(events[i]["total"]["size"] == 300);
            CHECK(events[i]["total"]["files"] == 3);
            CHECK(events[i]["total"]["bytes"] <= 300);
        }
        const auto& pulled = events[events.size() - 4];
        CHECK(pulled["event"] == "done");
        CHECK(pulled["total"]["bytes"] == 300);
        CHECK(pulled["total"]["done"] == 3);
        CHECK(events.back()["done"] == 4);
    }

    TEST_CASE("never draws wider or higher than the terminal is, whatever the names") {
        for (const std::size_t columns : {1U, 2U, 9U, 20U, 33U, 60U, 79U, 200U}) {
            for (const std::size_t rows : {1U, 2U, 5U, 60U}) {
                Screen screen;
                screen.size = {columns, rows};
                std::vector<std::unique_ptr<Task>> tasks;
                for (int i = 0; i < 40; ++i) {
                    const std::string name =
                        "a\x1b[2J" + std::string(300, 'x') + "\u4e2d\u6587" + std::to_string(i);
                    tasks.push_back(std::make_unique<Task>(screen.progress(),
                                                           hashing(name, ~std::uint64_t{0})));
                }
                screen.move(milliseconds(5'000'000));
                tasks.back()->passed(mebibyte);
                std::string frame = screen.written();
                REQUIRE(frame.starts_with('\r'));
                REQUIRE(frame.ends_with("\x1b[K\x1b[J"));
                frame = frame.substr(1, frame.size() - 4) + '\n';
                CHECK(count(frame, '\n') <= rows);
                std::istringstream lines(frame);
                for (std::string line; std::getline(lines, line);) {
                    REQUIRE(line.ends_with("\x1b[K"));
                    line.resize(line.size() - 3);
                    CHECK(columns_of(line) < std::max<std::size_t>(columns, 2));
                    CHECK(line.find('\x1b') == std::string::npos);
                }
            }
        }
    }

    TEST_CASE("erases what it drew when an error ends the work") {
        Screen screen;
        const std::size_t before = [&] {
            Task a(screen.progress(), hashing("a", 100));
            Task b(screen.progress(), hashing("b", 100));
            screen.move(milliseconds(1500));
            a.passed(1);
            return screen.written().size();
        }();
        screen.end();
        CHECK(screen.written_since(before) == "\r\x1b[2A\x1b[J");
        CHECK(screen.environment()->progress == nullptr);
    }

    TEST_CASE("tells of a retry above what it draws") {
        Screen screen;
        Task task(screen.progress(), hashing("f", 100));
        screen.move(milliseconds(1500));
        task.passed(1);
        const std::size_t before = screen.written().size();
        screen.environment()->progress->retry({.what = "GET https://r.example/v2/",
                                               .reason = "the server answered 503",
                                               .wait = milliseconds(2349),
                                               .retry = 1,
                                               .retries = 5});
        CHECK(screen.written_since(before) ==
              "\r\x1b[JRetrying in 2.3 s (1 of 5): GET https://r.example/v2/: the server answered "
              "503\n");
    }

    TEST_CASE("writes events for machines") {
        Screen screen(ProgressForm::json);
        screen.progress().expect(100);
        screen.progress().expect(50);
        {
            Task task(screen.progress(),
                      {.action = "pulling", .name = "a\"\n", .size = 100, .digest = "sha256:00"});
            task.present(20);
            screen.move(milliseconds(1000));
            task.passed(40);
            screen.progress().retry({.what = "GET u", .reason = "r", .wait = milliseconds(1500)});
            screen.move(milliseconds(1000));
            task.passed(40);
            task.end("Pulled");
            const Task failed(screen.progress(), {.action = "pulling", .name = "b", .size = 50});
        }
        screen.end();
        const auto events = events_of(screen);
        REQUIRE(events.size() == 8);
        CHECK(
            events[0].dump() ==
            R"({"event":"start","action":"pulling","name":"a\"\n","digest":"sha256:00","bytes":0,)"
            R"("size":100,"rate":0,"present":0,)"
            R"("total":{"files":2,"done":0,"bytes":0,"size":150,"rate":0}})");
        CHECK(events[1].dump() ==
              R"({"event":"progress","action":"pulling","name":"a\"\n","digest":"sha256:00",)"
              R"("bytes":60,"size":100,"rate":40,"eta":1,"present":20,)"
              R"("total":{"files":2,"done":0,"bytes":60,"size":150,"rate":40,"eta":3}})");
        CHECK(
            events[2].dump() ==
            R"({"event":"retry","request":"GET u","reason":"r","wait":1.5,"retry":1,"retries":1})");
        CHECK(events[4]["outcome"] == "Pulled");
        CHECK(events[4]["seconds"] == 2.0);
        CHECK(events[4]["total"]["done"] == 1);
        CHECK(events[5]["event"] == "start");
        CHECK(events[6]["event"] == "failed");
        CHECK(events[7].dump() ==
              R"({"event":"summary","done":1,"failed":1,"bytes":80,"present":20,"seconds":2.0})");
    }

    TEST_CASE("writes five lines a second of what goes on, and every file has its turn") {
        Screen screen(ProgressForm::json);
        Task a(screen.progress(), hashing("a", mebibyte));
        Task b(screen.progress(), hashing("b", mebibyte));
        for (int i = 0; i < 2000; ++i) {
            screen.move(milliseconds(1));
            a.passed(1);
            b.passed(1);
        }
        std::size_t of_a = 0;
        std::size_t of_b = 0;
        for (const core::Json& event : events_of(screen)) {
            of_a += event["event"] == "progress" && event["name"] == "a" ? 1U : 0U;
            of_b += event["event"] == "progress" && event["name"] == "b" ? 1U : 0U;
        }
        CHECK(of_a == 5);
        CHECK(of_b == 5);
    }

    TEST_CASE("takes reports of many threads") {
        Screen screen(ProgressForm::json);
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&screen, i] {
                Task task(screen.progress(), hashing(std::to_string(i), 1000));
                for (int bytes = 0; bytes < 1000; ++bytes) {
                    task.passed(1);
                }
                task.end("Hashed");
            });
        }
        threads.clear();
        screen.end();
        const auto events = events_of(screen);
        CHECK(events.size() == 17);
        CHECK(events.back()["bytes"] == 8000);
        CHECK(events.back()["done"] == 8);
    }
}

}  // namespace modelseal::cli
