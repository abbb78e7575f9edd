#include "common/model/content/container.hpp"

#include "common/core/bytes.hpp"
#include "common/model/content/byte_cursor.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view end_record = "PK\x05\x06"sv;
constexpr std::string_view zip64_locator = "PK\x06\x07"sv;
constexpr std::string_view directory_entry = "PK\x01\x02"sv;
constexpr std::uint64_t end_record_size = 22;
constexpr std::uint64_t zip64_locator_size = 20;
// A comment has up to 65 535 bytes. Python looks one byte further back, miniz (PyTorch's reader) up
// to the beginning of a block of 4 KiB.
constexpr std::uint64_t searched_tail = std::uint64_t{128} << 10U;

/// "End of central directory", as far as it leads to the entries.
struct EndRecord {
    std::uint64_t entries;  // on this disk; 0xFFFF when ZIP64 says it
    std::uint64_t total;
    std::uint64_t size;    // bytes of the directory; 0xFFFFFFFF when ZIP64 says it
    std::uint64_t offset;  // of the directory

    [[nodiscard]] bool defers_to_zip64() const noexcept {
        constexpr std::uint64_t two_bytes = 0xFFFF;
        constexpr std::uint64_t four_bytes = 0xFFFFFFFF;
        return entries == two_bytes || total == two_bytes || size == four_bytes ||
               offset == four_bytes;
    }
};

std::optional<EndRecord> read_end_record(const core::RandomAccess& file, std::uint64_t at) {
    constexpr std::uint64_t entries_field = 8;
    ByteCursor cursor(file, at + entries_field, file.size());
    const auto entries = cursor.little_endian(2);
    const auto total = cursor.little_endian(2);
    const auto size = cursor.little_endian(4);
    const auto offset = cursor.little_endian(4);
    return offset ? std::optional(EndRecord{*entries, *total, *size, *offset}) : std::nullopt;
}

bool stands_at(const core::RandomAccess& file, std::uint64_t offset, std::string_view signature) {
    std::array<std::byte, 8> bytes{};
    const auto place = std::span(bytes).first(signature.size());
    return file.read_at(offset, place) == place.size() && core::as_text(place) == signature;
}

/// A signature alone is four bytes that weights may contain; what it leads to is not chance.
/// Readers differ in whether they count the directory back from its end or from the start of the
/// file.
bool leads_to_entries(const core::RandomAccess& file, std::uint64_t at) {
    const auto record = read_end_record(file, at);
    if (!record) {
        return false;
    }
    if (record->defers_to_zip64() ||
        (at >= zip64_locator_size && stands_at(file, at - zip64_locator_size, zip64_locator))) {
        return true;
    }
    return (record->size <= at && stands_at(file, at - record->size, directory_entry)) ||
           (record->offset < at && stands_at(file, record->offset, directory_entry));
}

/// The number that a reader of tar may see in octal digits: Python takes "0o17", "1_7", "-17" and
/// blanks around them, others stop at the first byte that is no digit. `stop` says which.
std::int64_t octal_of(std::string_view field, bool stop) noexcept {
    std::int64_t value = 0;
    bool begun = false;
    bool negative = false;
    for (const char c : field.substr(0, field.find('\0'))) {
        if (c >= '0' && c <= '7') {
            value = value * 8 + (c - '0');
            begun = true;
        } else if (begun && stop) {
            break;
        }
        negative = negative || c == '-';
    }
    return negative ? -value : value;
}

/// A field that begins with 0x80 or 0xFF is a binary number in two's complement, most significant
/// byte first (GNU tar).
std::int64_t binary_of(std::string_view field) noexcept {
    std::uint64_t value = field.starts_with('\xFF') ? ~std::uint64_t{0} : 0;
    for (const char c : field.substr(1)) {
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return static_cast<std::int64_t>(value);
}

/// No file of zeros and blanks is an archive, unless it states what its bytes add up to: nothing.
bool states_nothing(std::string_view field) noexcept {
    return field.substr(0, field.find('\0')).find_first_not_of(" \t\r\n\f\v0") ==
           std::string_view::npos;
}

}  // namespace

std::optional<std::uint64_t> find_zip_directory(const core::RandomAccess& file) {
    const std::uint64_t length = std::min(file.size(), searched_tail);
    const std::uint64_t begin = file.size() - length;
    std::string tail(length, '\0');
    tail.resize(file.read_at(begin, std::as_writable_bytes(std::span(tail))));
    for (std::size_t at = tail.rfind(end_record); at != std::string::npos;
         at = at == 0 ? std::string::npos : tail.rfind(end_record, at - 1)) {
        if (tail.size() - at >= end_record_size && leads_to_entries(file, begin + at)) {
            return begin + at;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> find_hdf5_superblock(const core::RandomAccess& file) {
    constexpr std::uint64_t first_user_block = 512;
    constexpr std::string_view signature = "\x89HDF\r\n\x1A\n"sv;
    const auto can_hold_at = [&](std::uint64_t offset) {
        return offset <= file.size() && file.size() - offset >= signature.size();
    };
    for (std::uint64_t at = 0; can_hold_at(at); at = at == 0 ? first_user_block : at * 2) {
        if (stands_at(file, at, signature)) {
            return at;
        }
        if (at > file.size() / 2) {
            break;
        }
    }
    return std::nullopt;
}

bool is_tar_header(std::span<const std::byte> head) noexcept {
    constexpr std::size_t checksum_offset = 148;
    constexpr std::size_t checksum_size = 8;
    if (head.size() < tar_header_size) {
        return false;
    }
    // Old writers added the bytes up as signed ones. The checksum itself counts as spaces.
    std::int64_t sum = 0;
    std::int64_t signed_sum = 0;
    for (std::size_t i = 0; i < tar_header_size; ++i) {
        const bool in_checksum = i >= checksum_offset && i < checksum_offset + checksum_size;
        const auto byte = in_checksum ? std::uint8_t{' '} : std::to_integer<std::uint8_t>(head[i]);
        sum += byte;
        signed_sum += static_cast<std::int8_t>(byte);
    }
    const std::string_view field = core::as_text(head.subspan(checksum_offset, checksum_size));
    const auto is_sum = [&](std::int64_t stated) {
        return stated == sum || stated == signed_sum;
    };
    if (field.starts_with('\x80') || field.starts_with('\xFF')) {
        return is_sum(binary_of(field));
    }
    const bool digits = is_sum(octal_of(field, true)) || is_sum(octal_of(field, false));
    return digits && (signed_sum != 0 || states_nothing(field));
}

}  // namespace modelseal::model
