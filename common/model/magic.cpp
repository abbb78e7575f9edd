#include "common/model/magic.hpp"

#include "common/core/bytes.hpp"
#include "common/model/byte_cursor.hpp"

#include <algorithm>
#include <string>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

struct KnownSignature {
    std::size_t offset;
    std::string_view bytes;
    Signature means;
};

constexpr KnownSignature strong[] = {
    {0, "PK\x03\x04"sv, {Kind::zip, "a ZIP archive"}},
    {0, "PK\x05\x06"sv, {Kind::zip, "an empty ZIP archive"}},
    {0, "7z\xBC\xAF\x27\x1C"sv, {Kind::archive, "a 7z archive"}},
    {0, "Rar!\x1A\x07"sv, {Kind::archive, "a RAR archive"}},
    {0, "\x1F\x8B"sv, {Kind::archive, "a gzip stream"}},
    {0, "\xFD\x37zXZ"sv, {Kind::archive, "an xz stream"}},
    {0, "\x04\x22\x4D\x18"sv, {Kind::archive, "an lz4 stream"}},
    {0, "\x28\xB5\x2F\xFD"sv, {Kind::archive, "a zstd stream"}},
    {257, "ustar"sv, {Kind::archive, "a tar archive"}},
    {0, "\x89HDF\r\n\x1A\n"sv, {Kind::hdf5, "an HDF5 file"}},
    {512, "\x89HDF\r\n\x1A\n"sv, {Kind::hdf5, "an HDF5 file"}},
    {1024, "\x89HDF\r\n\x1A\n"sv, {Kind::hdf5, "an HDF5 file"}},
    {2048, "\x89HDF\r\n\x1A\n"sv, {Kind::hdf5, "an HDF5 file"}},
    {0, "\x93NUMPY"sv, {Kind::numpy, "a NumPy array"}},
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

// "End of central directory": the signature, and where in the record the directory's size stands.
constexpr std::string_view end_record = "PK\x05\x06"sv;
constexpr std::string_view directory_entry = "PK\x01\x02"sv;
constexpr std::uint64_t end_record_size = 22;
constexpr std::uint64_t size_field = 12;
constexpr std::uint64_t longest_comment = 65535;
constexpr std::uint64_t zip64_size = 0xFFFFFFFF;

/// A signature alone is four bytes that weights may contain; a directory before it is not chance.
bool ends_directory(const core::RandomAccess& file, std::uint64_t record) {
    ByteCursor cursor(file, record + size_field, file.size());
    const auto directory_size = cursor.little_endian(4);
    if (!directory_size || *directory_size == 0) {
        return false;
    }
    if (*directory_size == zip64_size) {
        return true;
    }
    if (*directory_size > record) {
        return false;
    }
    std::array<std::byte, directory_entry.size()> first{};
    return file.read_at(record - *directory_size, first) == first.size() &&
           core::as_text(first) == directory_entry;
}

}  // namespace

std::optional<Signature> find_signature(std::span<const std::byte> head) noexcept {
    return find_in(strong, head);
}

std::optional<Signature> find_weak_signature(std::span<const std::byte> head) noexcept {
    return find_in(weak, head);
}

std::optional<std::uint64_t> find_zip_directory(const core::RandomAccess& file) {
    const std::uint64_t length = std::min(file.size(), longest_comment + end_record_size);
    const std::uint64_t begin = file.size() - length;
    std::string tail(length, '\0');
    tail.resize(file.read_at(begin, std::as_writable_bytes(std::span(tail))));
    for (std::size_t at = tail.rfind(end_record); at != std::string::npos;
         at = at == 0 ? std::string::npos : tail.rfind(end_record, at - 1)) {
        if (tail.size() - at >= end_record_size && ends_directory(file, begin + at)) {
            return begin + at;
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::model
