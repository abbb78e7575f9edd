#include "common/http/retrying_transport.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/set_clock.hpp"

#include <deque>
#include <vector>

#include <doctest/doctest.h>

using namespace modelseal;
using namespace std::chrono_literals;
using core::Error;
using core::ErrorKind;
using core::Reason;
using http::Response;
using std::chrono::milliseconds;
using test::error_of;

namespace {

/// One outcome of a try.
using Outcome = std::function<Response(const http::Request&)>;

Outcome answer(int status, std::string_view retry_after = "") {
    return [=](const http::Request& request) {
        Response response{.status = status};
        if (!retry_after.empty()) {
            response.headers.add("Retry-After", retry_after);
        }
        if (response.ok() && request.accept) {
            request.accept(response);
        }
        return response;
    };
}

Outcome failure(ErrorKind kind = ErrorKind::unavailable, Reason reason = Reason::network_error) {
    return [=](const http::Request&) -> Response {
        throw Error(kind, reason, "no route");
    };
}

Outcome broken_body() {
    return [](const http::Request& request) -> Response {
        if (request.accept) {
            request.accept(Response{.status = 200});
        }
        throw Error(ErrorKind::unavailable, Reason::network_error, "the connection ended");
    };
}

/// Gives the outcomes in their order.
class Script final : public http::Transport {
  public:
    Script(std::deque<Outcome> outcomes, int& tries)
        : outcomes_(std::move(outcomes)), tries_(tries) {}

    Response send(const http::Request& request) override {
        ++tries_;
        REQUIRE_FALSE(outcomes_.empty());
        const Outcome outcome = std::move(outcomes_.front());
        outcomes_.pop_front();
        return outcome(request);
    }

  private:
    std::deque<Outcome> outcomes_;
    int& tries_;
};

struct Run {
    explicit Run(std::deque<Outcome> outcomes, http::RetryOptions options = {})
        : transport(std::make_unique<Script>(std::move(outcomes), tries),
                    with_notice(std::move(options)),
                    {.clock = clock,
                     .sleep = [this](milliseconds time) { slept.push_back(time); },
                     .random =
                         [] {
                             return 0.5;
                         }}) {}

    http::RetryOptions with_notice(http::RetryOptions options) {
        options.notice = [this](const core::Retry& notice) {
            notices.push_back(notice);
        };
        return options;
    }

    Response get() { return transport.send(request); }

    int tries = 0;
    std::vector<milliseconds> slept{};
    std::vector<core::Retry> notices{};
    test::SetClock clock{};
    http::Request request{.url = http::Url::parse("https://registry.example/v2/?token=secret")};
    http::RetryingTransport transport;
};

}  // namespace

TEST_SUITE("http/retrying_transport") {
    TEST_CASE("repeats after connections that fail and after each temporary status") {
        for (const int status : {408, 429, 500, 502, 503, 504}) {
            Run run({answer(status), failure(), answer(200)});
            CHECK(run.get().status == 200);
            CHECK(run.tries == 3);
        }
    }

    TEST_CASE("does not repeat what another try would not change") {
        for (const int status : {200, 201, 307, 400, 401, 403, 404, 405, 416, 501, 505}) {
            Run run({answer(status)});
            CHECK(run.get().status == status);
        }
        Run untrusted({failure(ErrorKind::denied)});
        CHECK(error_of([&] { return untrusted.get(); }).kind() == ErrorKind::denied);
        Run limit({failure(ErrorKind::unavailable, Reason::limit_exceeded)});
        CHECK(error_of([&] { return limit.get(); }).reason() == Reason::limit_exceeded);
        Run ended({failure(ErrorKind::interrupted)});
        CHECK(error_of([&] { return ended.get(); }).kind() == ErrorKind::interrupted);
    }

    TEST_CASE("repeats a request no more often than it says") {
        Run run({answer(503), answer(503), answer(200)});
        run.request.retries = 1;
        CHECK(run.get().status == 503);
        CHECK(run.tries == 2);
        CHECK(run.notices.front().retries == 1);
        Run seldom({2, answer(503)}, {.retries = 1});
        seldom.request.retries = 5;
        CHECK(seldom.get().status == 503);
    }

    TEST_CASE("waits a random part of a time that doubles, up to half a minute") {
        Run run({12, failure()}, {.retries = 11});
        CHECK(error_of([&] { return run.get(); }).message() == "no route");
        CHECK(run.slept == std::vector<milliseconds>{125ms,
                                                     250ms,
                                                     500ms,
                                                     1000ms,
                                                     2000ms,
                                                     4000ms,
                                                     8000ms,
                                                     15000ms,
                                                     15000ms,
                                                     15000ms,
                                                     15000ms});
    }

    TEST_CASE("waits as long as the server asks") {
        Run run({answer(429, "7"), answer(503, "Tue, 21 Apr 2026 02:01:00 GMT"), answer(200)});
        CHECK(run.get().status == 200);
        CHECK(run.slept == std::vector<milliseconds>{7s, 60s});
    }

    TEST_CASE("gives the last answer when the server asks for too much or the tries are over") {
        Run long_wait({answer(429, "601")});
        CHECK(long_wait.get().headers.get("Retry-After") == "601");
        CHECK(long_wait.slept.empty());
        Run in_all({answer(429, "400"), answer(429, "201")});
        CHECK(in_all.get().status == 429);
        CHECK(in_all.slept == std::vector<milliseconds>{400s});
        Run tries({answer(503), answer(503), answer(502)}, {.retries = 2});
        CHECK(tries.get().status == 502);
        Run none({answer(503)}, {.retries = 0});
        CHECK(none.get().status == 503);
        Run changed({failure(), answer(503)}, {.retries = 1});
        CHECK(changed.get().status == 503);
    }

    TEST_CASE("says each time what failed and how long it waits, without the query") {
        Run run({answer(503), failure(), answer(200)});
        static_cast<void>(run.get());
        REQUIRE(run.notices.size() == 2);
        CHECK(run.notices[0].what == "GET https://registry.example/v2/?…");
        CHECK(run.notices[0].reason == "the server answered 503");
        CHECK(run.notices[0].wait == 125ms);
        CHECK(run.notices[0].retry == 1);
        CHECK(run.notices[1].reason == "no route");
        CHECK(run.notices[1].retry == 2);
        CHECK(run.notices[1].retries == 5);
    }

    TEST_CASE("does not repeat once an answer was handed on") {
        Run run({broken_body()});
        int accepted = 0;
        run.request.accept = [&](const Response&) {
            ++accepted;
        };
        CHECK(error_of([&] { return run.get(); }).kind() == ErrorKind::unavailable);
        CHECK(accepted == 1);
        Run later({answer(503), broken_body()});
        core::StringSink sink(10);
        later.request.sink = &sink;
        CHECK(error_of([&] { return later.get(); }).kind() == ErrorKind::unavailable);
        CHECK(later.tries == 2);
    }

    TEST_CASE("repeats when only this transport has seen a part of the body") {
        Run run({broken_body(), answer(200)});
        CHECK(run.get().status == 200);
    }

    TEST_CASE("repeats neither large bodies, nor DELETE, nor what must not be repeated") {
        const core::MemoryAccess content({});
        Run large({answer(503)});
        large.request.content = &content;
        CHECK(large.get().status == 503);
        Run undoing({answer(503)});
        undoing.request.method = http::Method::remove;
        CHECK(undoing.get().status == 503);
        Run once({answer(503)});
        once.request.retries = 0;
        CHECK(once.get().status == 503);
        CHECK(once.notices.empty());
    }
}
