#include "common/http/retrying_transport.hpp"

#include "common/core/error.hpp"
#include "common/core/jitter.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/http/date.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <optional>

namespace modelseal::http {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_backoff{250};
constexpr milliseconds longest_backoff{30'000};

bool is_temporary(int status) {
    constexpr std::array statuses{408, 429, 500, 502, 503, 504};
    return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

bool may_repeat(const Request& request) {
    return request.content == nullptr && request.method != Method::remove;
}

}  // namespace

RetrySeams RetrySeams::of_system(const core::Clock& clock) {
    return {.clock = clock, .sleep = &core::sleep_for, .random = &core::random_part};
}

/// The tries of one request.
class RetryingTransport::Attempts {
  public:
    Attempts(const RetryingTransport& owner, const Request& request)
        : owner_(owner), request_(request) {
        if (request.sink == nullptr && !request.accept) {
            return;  // the body stays in the Response, which is dropped
        }
        request_.accept = [this, accept = request.accept](const Response& response) {
            handed_on_ = true;
            if (accept) {
                accept(response);
            }
        };
    }

    /// Nothing when a try failed that is worth repeating.
    std::optional<Response> try_once() {
        try {
            Response response = owner_.inner_->send(request_);
            if (!is_temporary(response.status)) {
                return response;
            }
            reason_ = core::concat("the server answered ", response.status);
            asked_ = retry_after(response.headers, owner_.seams_.clock.now());
            refusal_ = std::move(response);
            failure_.reset();
        } catch (const core::Error& error) {
            if (handed_on_ || error.reason() != core::Reason::network_error ||
                error.kind() != core::ErrorKind::unavailable) {
                throw;
            }
            reason_ = error.message();
            asked_.reset();
            failure_ = error;
        }
        return std::nullopt;
    }

    /// Whether it is time for another try; waits before it says so.
    bool wait_for_another() {
        if (done_ == retries()) {
            return false;
        }
        const milliseconds wait = asked_ ? milliseconds(*asked_) : backoff();
        if (wait > owner_.options_.wait_limit - waited_) {
            return false;
        }
        ++done_;
        waited_ += wait;
        if (owner_.options_.notice) {
            owner_.options_.notice(
                {.what = core::concat(to_string(request_.method), ' ', request_.url.redacted()),
                 .reason = reason_,
                 .wait = wait,
                 .retry = done_,
                 .retries = retries()});
        }
        owner_.seams_.sleep(wait);
        return true;
    }

    Response give_up() {
        if (failure_) {
            throw *failure_;
        }
        return std::move(refusal_);
    }

  private:
    [[nodiscard]] unsigned retries() const {
        return std::min(owner_.options_.retries, request_.retries.value_or(UINT_MAX));
    }

    [[nodiscard]] milliseconds backoff() const {
        milliseconds longest = first_backoff;
        for (unsigned i = 0; i < done_ && longest < longest_backoff; ++i) {
            longest *= 2;
        }
        longest = std::min(longest, longest_backoff);
        const double part = owner_.seams_.random() * static_cast<double>(longest.count());
        return milliseconds(static_cast<milliseconds::rep>(part));
    }

    const RetryingTransport& owner_;
    Request request_;
    bool handed_on_ = false;
    unsigned done_ = 0;  // tries after the first one
    milliseconds waited_{0};
    std::string reason_;
    std::optional<std::chrono::seconds> asked_;
    Response refusal_;
    std::optional<core::Error> failure_;
};

RetryingTransport::RetryingTransport(std::unique_ptr<Transport> inner,
                                     RetryOptions options,
                                     RetrySeams seams)
    : inner_(std::move(inner)), options_(std::move(options)), seams_(std::move(seams)) {}

Response RetryingTransport::send(const Request& request) {
    if (!may_repeat(request)) {
        return inner_->send(request);
    }
    Attempts attempts(*this, request);
    while (true) {
        if (auto response = attempts.try_once()) {
            return std::move(*response);
        }
        if (!attempts.wait_for_another()) {
            return attempts.give_up();
        }
    }
}

}  // namespace modelseal::http
