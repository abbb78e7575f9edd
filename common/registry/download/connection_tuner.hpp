// How many connections a download is worth.
#pragma once

#include <cstddef>
#include <cstdint>

namespace modelseal::registry {

/// Starts with one connection and doubles them as long as that makes the whole faster: behind a
/// limit per connection it pays, on a fast network it only costs. Knows no clock and no network: it
/// is told what was measured.
class ConnectionTuner {
  public:
    /// More than that are never wanted. At least 1.
    explicit ConnectionTuner(std::size_t limit) noexcept : limit_(limit) {}

    /// How many connections to have from now on.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// `bytes` arrived in `seconds` over count() connections, `left` are to come.
    void measured(std::uint64_t bytes, double seconds, std::uint64_t left) noexcept;

    /// Nothing will change any more.
    [[nodiscard]] bool is_settled() const noexcept { return settled_; }

  private:
    void consider_more(double rate, std::uint64_t left) noexcept;

    std::size_t limit_;
    std::size_t count_ = 1;
    std::size_t proven_ = 1;     // the count that is known to be worth it
    double proven_rate_ = 0;     // bytes a second with it
    unsigned disappointed_ = 0;  // windows in which a trial was no better
    bool settled_ = false;
};

}  // namespace modelseal::registry
