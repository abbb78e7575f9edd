// Text that must not be printed, logged or left behind in memory.
#pragma once

#include <string>
#include <string_view>

namespace modelseal::core {

/// A password, token or private key. No stream operator, no comparison; wiped when destroyed.
class Secret {
  public:
    Secret() = default;

    explicit Secret(std::string_view text) : text_(text) {}

    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// The one way to the text: say at the call why it must leave.
    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }

    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  private:
    std::string text_;
};

/// Overwrites the characters so that the compiler cannot drop it.
void wipe(std::string& text) noexcept;

}  // namespace modelseal::core
