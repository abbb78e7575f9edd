// Formats that say what they are in their first bytes, or, as ZIP does, in their last.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content_kind.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace modelseal::model {

/// What a signature says, and how to name it in a sentence ("a gzip stream").
struct Signature {
    Kind kind;
    std::string_view name;
};

/// Signatures that no text can begin with, or that are too long to be chance.
[[nodiscard]] std::optional<Signature> find_signature(std::span<const std::byte> head) noexcept;

/// Signatures of two or three bytes: only for files that are not text.
[[nodiscard]] std::optional<Signature> find_weak_signature(
    std::span<const std::byte> head) noexcept;

/// Where a ZIP directory ends in `file`, if a ZIP reader would find one: readers search backwards
/// from the end, so a ZIP can follow anything. Reads the last 64 KiB. Errors: those of reading.
[[nodiscard]] std::optional<std::uint64_t> find_zip_directory(const core::RandomAccess& file);

}  // namespace modelseal::model
