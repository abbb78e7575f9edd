// What an unfinished download says of itself, for the process that goes on with it.
#pragma once

#include "common/core/files/byte_ranges.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::oci {

/// Which bytes of a blob are in the file beside the journal. Only a hint about what need not be
/// fetched again: all bytes are hashed before they count.
struct DownloadJournal {
    digest::Digest digest;
    std::uint64_t size = 0;
    core::ByteRanges written{};  // what the kernel has: it outlives the process, not a power cut
    core::ByteRanges flushed{};  // what is on the disk
    std::string boot{};          // the run of the kernel that has it, see boot_id()

    /// The bytes that are there in the run of the kernel `now`.
    [[nodiscard]] const core::ByteRanges& complete(std::string_view now) const {
        return !now.empty() && boot == now ? written : flushed;
    }

    /// One JSON object.
    [[nodiscard]] std::string to_json() const;

    /// Nothing when the text is anything but what to_json() writes: cut off, changed, of another
    /// version. Ranges are within `size`, in order and apart.
    [[nodiscard]] static std::optional<DownloadJournal> parse(std::string_view text);

    /// Longer ones are not read: many more ranges than a download ever has.
    static constexpr std::uint64_t size_limit = std::uint64_t{1} << 20U;
};

/// What tells one run of the kernel from another; empty when it does not say.
[[nodiscard]] std::string boot_id();

}  // namespace modelseal::oci
