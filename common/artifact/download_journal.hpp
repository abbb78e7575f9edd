// What an unfinished download says of itself, for the process that goes on with it.
#pragma once

#include "common/core/files/byte_ranges.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::artifact {

/// Which bytes of a blob are in the file beside the journal, and on the disk. Only a hint about
/// what need not be fetched again: all bytes are hashed before they count.
struct DownloadJournal {
    digest::Digest digest;
    std::uint64_t size = 0;
    core::ByteRanges complete{};

    /// One JSON object.
    [[nodiscard]] std::string to_json() const;

    /// Nothing when the text is anything but what to_json() writes: cut off, changed, of another
    /// version. Ranges are within `size`, in order and apart.
    [[nodiscard]] static std::optional<DownloadJournal> parse(std::string_view text);

    /// Longer ones are not read: many more ranges than a download ever has.
    static constexpr std::uint64_t size_limit = std::uint64_t{1} << 20U;
};

}  // namespace modelseal::artifact
