#include "common/model/safetensors/shard_name.hpp"

#include "common/core/files/file.hpp"

#include <algorithm>

namespace modelseal::model {

namespace {

constexpr std::string_view extension = ".safetensors";

}  // namespace

std::optional<std::string> why_no_shard_name(std::string_view name) {
    if (auto unsafe = core::why_unsafe_path(name)) {
        return unsafe;
    }
    if (name.find('/') != std::string_view::npos) {
        return "it leads into another folder";
    }
    if (name.find(':') != std::string_view::npos) {
        return "it contains a colon";
    }
    if (!name.ends_with(extension)) {
        return "it does not end with .safetensors";
    }
    return std::nullopt;
}

std::optional<ShardNumber> parse_shard_name(std::string_view name) {
    constexpr std::size_t digits = 5;
    constexpr std::string_view between = "-of-";
    if (!name.ends_with(extension)) {
        return std::nullopt;
    }
    name.remove_suffix(extension.size());
    const auto number_at = [&](std::size_t at) -> std::optional<std::uint64_t> {
        std::uint64_t number = 0;
        for (const char c : name.substr(std::min(at, name.size()), digits)) {
            if (c < '0' || c > '9') {
                return std::nullopt;
            }
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
        return at + digits <= name.size() ? std::optional(number) : std::nullopt;
    };
    const std::size_t of = name.rfind(between);
    if (of == std::string_view::npos || of < digits + 1 || name[of - digits - 1] != '-') {
        return std::nullopt;
    }
    const auto number = number_at(of - digits);
    const auto count = number_at(of + between.size());
    if (!number || !count) {
        return std::nullopt;
    }
    return ShardNumber{std::string(name.substr(0, of - digits - 1)),
                       std::string(name.substr(of + between.size() + digits)),
                       *number,
                       *count};
}

}  // namespace modelseal::model
