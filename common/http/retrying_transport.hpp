// A Transport that tries again when trying again can help. Spec: RFC 9110 sections 9.2.2
// and 10.2.3.
#pragma once

#include "common/core/progress.hpp"
#include "common/core/time.hpp"
#include "common/http/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace modelseal::http {

struct RetryOptions {
    unsigned retries = 5;                               // of one request, after its first try
    std::chrono::milliseconds wait_limit{10 * 60'000};  // for all waits of one request together
    std::function<void(const core::Retry&)> notice{};   // called from the thread that sends
};

/// What waiting takes from the outside world.
struct RetrySeams {
    /// Waits that end with the process, and randomness of their own for each process.
    [[nodiscard]] static RetrySeams of_system(const core::Clock& clock);

    const core::Clock& clock;  // outlives this
    std::function<void(std::chrono::milliseconds)> sleep;
    std::function<double()> random;  // at least 0, below 1; from any thread
};

/// Sends again after failed connections and after 408, 429, 500, 502, 503 and 504. It waits as long
/// as Retry-After says, else a random part of a time that doubles with each try, so that clients do
/// not come back together. Not repeated, because somebody else knows better where to go on or
/// whether to: a request whose answer was handed on (Request::accept), that has a large body
/// (Request::content), that says so (Request::retries), and DELETE, which undoes what was begun.
class RetryingTransport final : public Transport {
  public:
    RetryingTransport(std::unique_ptr<Transport> inner, RetryOptions options, RetrySeams seams);

    /// The last answer or error when all tries fail, or when the wait would be over the limit.
    /// Errors: those of the other transport; interrupted, terminated.
    [[nodiscard]] Response send(const Request& request) override;

  private:
    class Attempts;

    std::unique_ptr<Transport> inner_;
    RetryOptions options_;
    RetrySeams seams_;
};

}  // namespace modelseal::http
