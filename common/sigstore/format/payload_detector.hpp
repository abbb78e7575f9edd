// Finding a simple-signing payload in content of any size, as the most lenient of its readers
// would. Spec: cosign, SimpleClaimVerifier; Go, encoding/json, "Unmarshal".
#pragma once

#include "common/core/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace modelseal::sigstore {

/// Whether what is written to it is JSON with a string at critical → image →
/// docker-manifest-digest, which is all that stock cosign asks of a payload: other members may
/// stand beside, names may be written in another case or with escapes, and the size does not
/// matter. Whether the rest is valid JSON is not looked at: what is found in content that no parser
/// takes is found too often, never too rarely. Constant memory.
class PayloadDetector final : public core::ByteSink {
  public:
    void write(std::span<const std::byte> bytes) override;

    [[nodiscard]] bool found() const noexcept { return found_; }

  private:
    enum class State {
        before,   // only white space so far
        between,  // outside of strings
        string,
        escape,   // behind a backslash
        unicode,  // within the four digits of \u
        done,     // found, or this is no JSON object
    };

    void take(char c);
    void take_between(char c);
    void take_in_string(char c);
    void take_escape(char c);
    void take_hex_digit(char c);
    void append(char c);
    void end_string();
    void open(bool is_object);
    void close();

    State state_ = State::before;
    bool found_ = false;
    std::uint64_t depth_ = 0;     // containers that are open
    std::uint64_t matched_ = 0;   // of them, counted from outside, those that lie on the path
    bool expects_value_ = false;  // a colon stood before
    bool name_matches_ = false;   // the last name is the next one of the path
    std::string text_;            // of the current string, cut short
    std::uint32_t unit_ = 0;      // of a \u escape
    unsigned digits_ = 0;
};

}  // namespace modelseal::sigstore
