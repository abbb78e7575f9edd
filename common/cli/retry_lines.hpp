// Which retries people are told of.
#pragma once

#include "common/core/progress.hpp"

#include <chrono>
#include <map>
#include <string>

namespace modelseal::cli {

/// Requests to a server that is away fail together, and each is sent again by itself: one line for
/// all of them says it, and none is needed for a wait that is over before it is read.
class RetryLines {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// Whether `retry` deserves a line: it waits a second or longer, and nobody has been told that
    /// its server is waited for now.
    [[nodiscard]] bool deserves_line(const core::Retry& retry, Time now);

  private:
    std::map<std::string, Time, std::less<>> told_until_;  // by server
};

}  // namespace modelseal::cli
