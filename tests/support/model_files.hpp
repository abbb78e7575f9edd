// Model files made on the spot, so that a test shows what is in them.
#pragma once

#include "common/core/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace modelseal::test {

/// `value` in eight bytes, least significant first.
[[nodiscard]] inline std::string little_endian64(std::uint64_t value) {
    std::string bytes;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        bytes.push_back(static_cast<char>(value >> shift & 0xFFU));
    }
    return bytes;
}

/// A safetensors file: length, header as it is given, data.
[[nodiscard]] inline std::string safetensors(std::string_view header, std::string_view data = "") {
    return little_endian64(header.size()) + std::string(header) + std::string(data);
}

/// One F32 tensor of one element.
[[nodiscard]] inline std::string one_tensor(const std::string& name = "weight") {
    return safetensors(R"({"__metadata__":{"format":"pt"},")" + name +
                           R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                       "abcd");
}

/// One length-delimited protobuf field with a number below 16 and less than 128 bytes.
[[nodiscard]] inline std::string field(unsigned number, std::string_view value) {
    return std::string{static_cast<char>(number << 3U | 2U), static_cast<char>(value.size())} +
           std::string(value);
}

/// An ONNX model whose graph has the name "g" and the fields `graph`.
[[nodiscard]] inline std::string onnx(std::string_view graph = "") {
    return std::string("\x08\x08") + field(2, "pytorch") +
           field(7, field(2, "g") + std::string(graph)) + field(8, "\x10\x11");
}

/// A sentencepiece vocabulary of one piece.
[[nodiscard]] inline std::string sentencepiece() {
    return field(1, field(1, "<unk>")) + field(2, field(1, "corpus.txt"));
}

/// A text in a GGUF model: its length and its bytes.
[[nodiscard]] inline std::string gguf_text(std::string_view text) {
    return little_endian64(text.size()) + std::string(text);
}

/// A GIF image of one pixel.
[[nodiscard]] inline std::string gif() {
    return std::string("GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 29);
}

/// `bytes` with the checksum of a tar header in its place; at least 512 of them.
[[nodiscard]] inline std::string with_tar_checksum(std::string bytes) {
    bytes.replace(148, 8, std::string(8, ' '));
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) {
        sum += static_cast<unsigned char>(bytes[i]);
    }
    for (std::size_t i = 153; i >= 148; --i, sum /= 8) {
        bytes[i] = static_cast<char>('0' + sum % 8);
    }
    bytes[154] = '\0';
    return bytes;
}

/// A ZIP archive with one empty directory entry record and the end record, as small as it gets.
[[nodiscard]] inline std::string zip_tail() {
    std::string directory("PK\x01\x02", 4);
    directory.append(42, '\0');
    std::string end("PK\x05\x06\0\0\0\0\1\0\1\0", 12);
    end += std::string("\x2E\0\0\0", 4);  // 46 bytes of directory
    end.append(6, '\0');
    return directory + end;
}

}  // namespace modelseal::test
