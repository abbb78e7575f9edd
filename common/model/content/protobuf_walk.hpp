// Steps through protobuf messages without decoding them.
// Spec: Protocol Buffers "Encoding".
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content/byte_cursor.hpp"

#include <cstdint>
#include <optional>

namespace modelseal::model::protobuf {

enum WireType : std::uint8_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

struct FieldHeader {
    std::uint64_t number;
    WireType type;
    std::uint64_t value;  // of a varint; the length of a length-delimited field
};

/// Fields that are looked at in one file; a vocabulary has up to a million of them.
inline constexpr std::uint64_t field_limit = std::uint64_t{1} << 21U;

/// Steps through the fields of one message, which is a range of the file.
class MessageWalk {
  public:
    MessageWalk(const core::RandomAccess& file, std::uint64_t begin, std::uint64_t end) noexcept
        : cursor_(file, begin, end) {}

    /// Begins another message, which is bytes [begin, end) of the same file.
    void move_to(std::uint64_t begin, std::uint64_t end) noexcept { cursor_.move_to(begin, end); }

    /// Whether the message ended exactly where a field did.
    [[nodiscard]] bool finished() const noexcept { return cursor_.left() == 0; }

    /// The next field; nothing at the end and for bytes that are none. Its value is skipped.
    [[nodiscard]] std::optional<FieldHeader> next();

    /// Where the value of the last length-delimited field begins.
    [[nodiscard]] std::uint64_t value_begin() const noexcept { return value_begin_; }

  private:
    std::optional<std::uint64_t> read_varint();

    ByteCursor cursor_;
    std::uint64_t value_begin_ = 0;
};

}  // namespace modelseal::model::protobuf
