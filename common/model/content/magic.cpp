#include "common/model/content/magic.hpp"

#include "common/core/bytes.hpp"
#include "common/model/content/byte_cursor.hpp"

#include <array>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

struct KnownSignature {
    std::size_t offset;
    std::string_view bytes;
    Signature means;
};

constexpr KnownSignature code[] = {
    {0, "PK\x03\x04"sv, {Kind::zip, "a ZIP archive"}},
    {0, "PK\x05\x06"sv, {Kind::zip, "an empty ZIP archive"}},
    {0, "7z\xBC\xAF\x27\x1C"sv, {Kind::archive, "a 7z archive"}},
    {0, "Rar!\x1A\x07"sv, {Kind::archive, "a RAR archive"}},
    {0, "\x1F\x8B"sv, {Kind::archive, "a gzip stream"}},
    {0, "\xFD\x37zXZ"sv, {Kind::archive, "an xz stream"}},
    {0, "\x04\x22\x4D\x18"sv, {Kind::archive, "an lz4 stream"}},
    {0, "\x28\xB5\x2F\xFD"sv, {Kind::archive, "a zstd stream"}},
    {257, "ustar"sv, {Kind::archive, "a tar archive"}},
    {0,
     "\x7F"
     "ELF"sv,
     {Kind::executable, "an ELF executable"}},
    {0, "\xFE\xED\xFA\xCE"sv, {Kind::executable, "a Mach-O executable"}},
    {0, "\xFE\xED\xFA\xCF"sv, {Kind::executable, "a Mach-O executable"}},
    {0, "\xCE\xFA\xED\xFE"sv, {Kind::executable, "a Mach-O executable"}},
    {0, "\xCF\xFA\xED\xFE"sv, {Kind::executable, "a Mach-O executable"}},
    {0, "\xCA\xFE\xBA\xBE"sv, {Kind::executable, "a Mach-O or Java executable"}},
    {0, "\0asm"sv, {Kind::executable, "a WebAssembly module"}},
};

constexpr KnownSignature data[] = {
    {0, "\x93NUMPY"sv, {Kind::numpy, "a NumPy array"}},
    {0, "GGUF"sv, {Kind::gguf, "a GGUF model"}},
    {0, "\x89PNG\r\n\x1A\n"sv, {Kind::png, "a PNG image"}},
    {0, "\xFF\xD8\xFF"sv, {Kind::jpeg, "a JPEG image"}},
    {0, "GIF87a"sv, {Kind::gif, "a GIF image"}},
    {0, "GIF89a"sv, {Kind::gif, "a GIF image"}},
    {8, "WEBPVP8"sv, {Kind::webp, "a WebP image"}},
};

constexpr KnownSignature weak[] = {
    {0, "MZ"sv, {Kind::executable, "a Windows executable"}},
    {0, "BZh"sv, {Kind::archive, "a bzip2 stream"}},
    {0, "\x5D\0\0"sv, {Kind::archive, "an LZMA stream"}},
    {0, "\x78\x01"sv, {Kind::archive, "a zlib stream"}},
    {0, "\x78\x5E"sv, {Kind::archive, "a zlib stream"}},
    {0, "\x78\x9C"sv, {Kind::archive, "a zlib stream"}},
    {0, "\x78\xDA"sv, {Kind::archive, "a zlib stream"}},
};

std::optional<Signature> find_in(std::span<const KnownSignature> known,
                                 std::span<const std::byte> head) noexcept {
    const std::string_view text = core::as_text(head);
    for (const KnownSignature& signature : known) {
        if (text.size() >= signature.offset &&
            text.substr(signature.offset).starts_with(signature.bytes)) {
            return signature.means;
        }
    }
    return std::nullopt;
}

/// Spec: ggml docs/gguf.md, version 3: magic, version, counts of tensors and keys.
bool is_gguf(const core::RandomAccess& file) {
    constexpr std::uint64_t header_size = 24;
    constexpr std::uint64_t smallest_tensor = 24;  // bytes of its entry
    constexpr std::uint64_t smallest_key = 13;
    constexpr std::uint64_t highest_version = 0xFFFF;
    ByteCursor cursor(file, 4, file.size());
    const auto version = cursor.little_endian(4);
    const auto tensors = cursor.little_endian(8);
    const auto keys = cursor.little_endian(8);
    if (!keys || *version == 0 || *version > highest_version) {
        return false;
    }
    const std::uint64_t room = file.size() - header_size;
    return *tensors <= room / smallest_tensor && *keys <= room / smallest_key;
}

/// A screen, its colours, a block behind them, and the trailer at the end. Spec: GIF89a, 18 to 27.
bool is_gif(const core::RandomAccess& file, std::string_view head) {
    constexpr std::size_t screen_end = 13;
    constexpr std::size_t flags_offset = 10;
    constexpr std::string_view blocks = "\x21\x2C\x3B"sv;
    if (head.size() < screen_end) {
        return false;
    }
    const auto flags = static_cast<unsigned char>(head[flags_offset]);
    const std::size_t colours = (flags & 0x80U) == 0 ? 0 : std::size_t{3} << ((flags & 0x07U) + 1U);
    const std::size_t first_block = screen_end + colours;
    std::array<std::byte, 1> last{};
    return first_block < head.size() && blocks.find(head[first_block]) != std::string_view::npos &&
           file.read_at(file.size() - 1, last) == 1 && last[0] == std::byte{';'};
}

bool is_plausible(Kind kind, const core::RandomAccess& file, std::span<const std::byte> head) {
    switch (kind) {
        case Kind::gguf:
            return is_gguf(file);
        case Kind::gif:
            return is_gif(file, core::as_text(head));
        case Kind::webp:
            return core::as_text(head).starts_with("RIFF");
        default:
            return true;
    }
}

/// A magic number that grows with each version, then CR LF, so that text mode would break it.
/// Spec: CPython Lib/importlib/_bootstrap_external.py, MAGIC_NUMBER.
bool is_compiled_python(std::string_view head) noexcept {
    if (head.size() < 4 || head.substr(2, 2) != "\r\n") {
        return false;
    }
    const auto high = static_cast<unsigned char>(head[1]);
    constexpr unsigned char python3_first = 0x0B;
    constexpr unsigned char python3_last = 0x0F;
    constexpr unsigned char python2 = 0xF2;
    return (high >= python3_first && high <= python3_last) || high == python2 ||
           high == python2 + 1;
}

}  // namespace

std::optional<Signature> find_code_signature(std::span<const std::byte> head) noexcept {
    return find_in(code, head);
}

std::optional<Signature> find_data_signature(const core::RandomAccess& file,
                                             std::span<const std::byte> head) {
    const auto found = find_in(data, head);
    return found && is_plausible(found->kind, file, head) ? found : std::nullopt;
}

std::optional<Signature> find_weak_signature(std::span<const std::byte> head) noexcept {
    return is_compiled_python(core::as_text(head))
               ? std::optional(Signature{Kind::python, "compiled Python"})
               : find_in(weak, head);
}

}  // namespace modelseal::model
