// The JSON text of a header or an index, read in pieces and hashed on the way.
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

namespace modelseal::model {

/// Hands out one byte at a time and stops early at what JSON never contains, so that the parser
/// behind it can neither take NUL for an end nor collect an endless token.
class JsonText {
  public:
    /// `length` bytes of `file` from `begin` on; strings and numbers longer than `text_limit` bytes
    /// end the text. Errors: as advance().
    JsonText(const core::RandomAccess& file,
             std::uint64_t begin,
             std::uint64_t length,
             std::uint64_t text_limit);

    enum class Stop { control_byte, long_token };

    /// Why the text ended before its length.
    [[nodiscard]] std::optional<Stop> stopped() const noexcept { return stopped_; }

    [[nodiscard]] bool at_end() const noexcept { return stopped_ || position_ == end_; }

    /// The next byte; only while not at_end().
    [[nodiscard]] char peek() const noexcept { return current_; }

    /// To the next byte; behind white space outside strings, to the end of all of it.
    /// Errors: io (changed_while_read) when the file has become shorter.
    void advance();

    /// Passes white space; returns how many bytes.
    std::uint64_t skip_space();

    /// Offset in the file of the next byte.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// Whether tab, CR or LF was passed since the last call of watch_space().
    [[nodiscard]] bool saw_odd_space() const noexcept { return odd_space_; }

    void watch_space() noexcept { odd_space_ = false; }

    /// SHA-256 of the whole text, whatever was stopped at. Once, at the end.
    [[nodiscard]] digest::Digest finish();

  private:
    void step();
    void fill();
    void inspect();
    void follow_token() noexcept;

    const core::RandomAccess& file_;
    std::uint64_t position_;
    std::uint64_t end_;
    std::uint64_t text_limit_;
    std::array<std::byte, std::size_t{64} << 10U> chunk_;
    std::uint64_t chunk_begin_;
    std::uint64_t chunk_end_;
    digest::Sha256 hash_;
    char current_ = '\0';
    bool in_string_ = false;
    bool escaped_ = false;
    bool odd_space_ = false;
    std::uint64_t token_length_ = 0;
    std::optional<Stop> stopped_;
};

/// Gives a JsonText to nlohmann's SAX parser.
class JsonIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    JsonIterator() = default;

    explicit JsonIterator(JsonText& text) noexcept : text_(&text) {}

    char operator*() const noexcept { return text_->peek(); }

    JsonIterator& operator++() {
        text_->advance();
        return *this;
    }

    JsonIterator operator++(int) {
        JsonIterator before = *this;
        text_->advance();
        return before;
    }

    /// Input iterators are compared with the end only.
    bool operator==(const JsonIterator& /*end*/) const noexcept { return text_->at_end(); }

  private:
    JsonText* text_ = nullptr;
};

}  // namespace modelseal::model
