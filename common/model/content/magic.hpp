// Formats that say what they are in their first bytes.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace modelseal::model {

/// What a signature says, and how to name it in a sentence ("a gzip stream").
struct Signature {
    Kind kind;
    std::string_view name;
};

/// Formats that run code or hide what does. No text begins with their signatures.
[[nodiscard]] std::optional<Signature> find_code_signature(
    std::span<const std::byte> head) noexcept;

/// Data formats, for files that are not text. Where the signature is letters, what follows must be
/// as the format demands, too. Errors: those of reading.
[[nodiscard]] std::optional<Signature> find_data_signature(const core::RandomAccess& file,
                                                           std::span<const std::byte> head);

/// Signatures of two to four bytes that run code: only for files that are not text.
[[nodiscard]] std::optional<Signature> find_weak_signature(
    std::span<const std::byte> head) noexcept;

}  // namespace modelseal::model
