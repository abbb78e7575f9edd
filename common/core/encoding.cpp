#include "common/core/encoding.hpp"

#include <array>
#include <cstdint>

namespace modelseal::core {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> inverse(std::string_view alphabet) {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table.at(static_cast<unsigned char>(alphabet[i])) = static_cast<std::uint8_t>(i);
    }
    return table;
}

constexpr auto hex_value = inverse(hex_digits);
constexpr auto base64_value = inverse(base64_alphabet);

std::uint8_t digit(const std::array<std::uint8_t, 256>& table, char c) {
    return table[static_cast<unsigned char>(c)];
}

}  // namespace

std::string to_hex(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text.push_back(hex_digits[std::to_integer<std::size_t>(byte >> 4U)]);
        text.push_back(hex_digits[std::to_integer<std::size_t>(byte & std::byte{0xF})]);
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const std::uint8_t high = digit(hex_value, text[i]);
        const std::uint8_t low = digit(hex_value, text[i + 1]);
        if (high == no_digit || low == no_digit) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<std::byte>(high << 4U | low));
    }
    return bytes;
}

std::string to_base64(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8U | (k < have ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text.push_back(k <= have ? base64_alphabet[group >> (18U - 6U * k) & 0x3FU] : '=');
        }
    }
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const bool last = i + 4 == text.size();
        std::size_t have = 4;
        if (last && text[i + 3] == '=') {
            have = text[i + 2] == '=' ? 2 : 3;
        }
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::uint8_t value =
                k < have ? digit(base64_value, text[i + k]) : std::uint8_t{0};
            if (value == no_digit) {
                return std::nullopt;
            }
            group = group << 6U | value;
        }
        if ((have == 2 && (group & 0xFFFFU) != 0) || (have == 3 && (group & 0xFFU) != 0)) {
            return std::nullopt;
        }
        for (std::size_t k = 0; k + 1 < have; ++k) {
            bytes.push_back(static_cast<std::byte>(group >> (16U - 8U * k) & 0xFFU));
        }
    }
    return bytes;
}

std::optional<Bytes> from_base64url(std::string_view text) {
    std::string standard;
    standard.reserve(text.size() + 3);
    for (const char c : text) {
        if (c == '+' || c == '/' || c == '=') {
            return std::nullopt;
        }
        if (c == '-') {
            standard.push_back('+');
        } else {
            standard.push_back(c == '_' ? '/' : c);
        }
    }
    if (standard.size() % 4 == 1) {
        return std::nullopt;
    }
    standard.append((4 - standard.size() % 4) % 4, '=');
    return from_base64(standard);
}

}  // namespace modelseal::core
