#include "common/cli/progress.hpp"

#include "tests/support/test_environment.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::cli {

namespace {

using std::chrono::milliseconds;
using test::TestEnvironment;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

/// A clock that moves when it is told to.
class Hand {
  public:
    [[nodiscard]] SteadyNow now() {
        return [this] {
            return time_;
        };
    }

    void move(milliseconds by) { time_ += by; }

  private:
    std::chrono::steady_clock::time_point time_{std::chrono::hours(1)};
};

std::size_t count(const std::string& text, char c) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
}

}  // namespace

TEST_SUITE("cli/progress") {
    TEST_CASE("says nothing when asked to be quiet") {
        TestEnvironment environment;
        environment->err_is_terminal = true;
        const auto progress = make_progress(*environment, true);
        progress->begin("hashing f", 1000 * mebibyte);
        progress->advance("hashing f", 1000 * mebibyte);
        progress->end("hashing f", "Hashed");
        CHECK(environment.err().empty());
    }

    TEST_CASE("writes a plain line to a log when work ends that took a second") {
        TestEnvironment environment;
        Hand hand;
        const auto progress = make_progress(*environment, false, hand.now());
        progress->begin("uploading config.json", 700);
        hand.move(milliseconds(999));
        progress->end("uploading config.json", "Uploaded");
        progress->end("uploading README.md", "Exists");
        progress->begin("uploading model.safetensors", 100 * mebibyte);
        hand.move(milliseconds(1000));
        progress->advance("uploading model.safetensors", 50 * mebibyte);
        progress->end("uploading model.safetensors", "Uploaded");
        CHECK(environment.err() == "uploading model.safetensors: Uploaded\n");
    }

    TEST_CASE("takes a terminal in CI, or a dumb one, for a log") {
        for (const auto& variable : {std::pair("CI", "true"), std::pair("TERM", "dumb")}) {
            TestEnvironment environment(TestEnvironment::Map{{variable.first, variable.second}});
            environment->err_is_terminal = true;
            Hand hand;
            const auto progress = make_progress(*environment, false, hand.now());
            progress->begin("hashing f", 1);
            hand.move(milliseconds(1000));
            progress->advance("hashing f", 1);
            progress->end("hashing f", "Hashed");
            CHECK(environment.err() == "hashing f: Hashed\n");
        }
    }

    TEST_CASE("leaves no trace of work that takes less than a second") {
        TestEnvironment environment;
        environment->err_is_terminal = true;
        Hand hand;
        const auto progress = make_progress(*environment, false, hand.now());
        progress->begin("hashing f", 10);
        hand.move(milliseconds(999));
        progress->advance("hashing f", 10);
        progress->end("hashing f", "Hashed");
        CHECK(environment.err().empty());
    }

    TEST_CASE("draws bytes, rate and time left on one line, ten times a second at most") {
        TestEnvironment environment;
        environment->err_is_terminal = true;
        Hand hand;
        const auto progress = make_progress(*environment, false, hand.now());
        progress->begin("hashing model.safetensors", 100 * mebibyte);
        hand.move(milliseconds(2000));
        progress->advance("hashing model.safetensors", 20 * mebibyte);
        CHECK(environment.err() ==
              "\rhashing model.safetensors  20.0 MiB of 100.0 MiB  10.0 MiB/s  0:08 left");
        for (int i = 0; i < 1000; ++i) {
            hand.move(milliseconds(1));
            progress->advance("hashing model.safetensors", 1);
        }
        CHECK(count(environment.err(), '\r') == 11);
        progress->end("hashing model.safetensors", "Hashed");
        CHECK(environment.err().ends_with("\rhashing model.safetensors: Hashed\n"));
        CHECK(count(environment.err(), '\n') == 1);
    }

    TEST_CASE("draws all that goes on at once as one sum") {
        TestEnvironment environment;
        environment->err_is_terminal = true;
        Hand hand;
        const auto progress = make_progress(*environment, false, hand.now());
        progress->begin("uploading a", 10 * mebibyte);
        progress->begin("uploading b", 30 * mebibyte);
        hand.move(milliseconds(1000));
        progress->advance("uploading b", 10 * mebibyte);
        CHECK(environment.err() == "\ruploading a +1  10.0 MiB of 40.0 MiB  10.0 MiB/s  0:03 left");
    }

    TEST_CASE("keeps a line within 79 columns and free of control characters") {
        TestEnvironment environment;
        environment->err_is_terminal = true;
        Hand hand;
        const auto progress = make_progress(*environment, false, hand.now());
        const std::string doing = "hashing a\x1b[2J" + std::string(200, 'x');
        progress->begin(doing, ~std::uint64_t{0});
        hand.move(milliseconds(5'000'000));
        progress->advance(doing, mebibyte);
        CHECK(environment.err().size() <= 80);
        CHECK(environment.err().find('\x1b') == std::string::npos);
    }

    TEST_CASE("clears its line when an error ends the work") {
        TestEnvironment environment;
        environment->err_is_terminal = true;
        Hand hand;
        {
            const auto progress = make_progress(*environment, false, hand.now());
            progress->begin("hashing f", 100);
            hand.move(milliseconds(1500));
            progress->advance("hashing f", 1);
        }
        CHECK(environment.err().ends_with(" \r"));
    }
}

}  // namespace modelseal::cli
