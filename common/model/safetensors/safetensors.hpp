// The header of a safetensors file, checked against the file that it describes.
// Spec: safetensors 0.8.0 (README "Format", `Metadata::validate`).
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/model/findings/finding.hpp"
#include "common/model/safetensors/dtype.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

/// How many tensors and elements of one dtype a file holds.
struct DtypeCount {
    std::uint64_t tensors = 0;
    std::uint64_t parameters = 0;  // elements
    bool operator==(const DtypeCount&) const = default;
};

/// What a model file says about itself. Nothing in it is trusted; it is recorded.
struct SafetensorsFacts {
    std::uint64_t header_length = 0;  // bytes, padding included
    digest::Digest header_sha256;     // over exactly those bytes
    std::uint64_t data_length = 0;    // bytes after the header
    std::uint64_t tensors = 0;
    std::uint64_t parameters = 0;  // elements of all tensors; stops at 2^64-1
    std::map<std::string, DtypeCount> dtypes;
    std::map<std::string, std::string> metadata;  // __metadata__
    bool metadata_complete = true;                // false when larger than metadata_limit
};

/// Bytes of __metadata__ that facts keep; some trainers put whole configurations there.
inline constexpr std::uint64_t metadata_limit = std::uint64_t{64} << 10U;

/// Bytes of a header, inclusive. Spec: `MAX_HEADER_SIZE`.
inline constexpr std::uint64_t header_limit = 100'000'000;

/// What the reference policy does not limit, and the others do.
inline constexpr std::uint64_t tensor_limit = std::uint64_t{1} << 20U;
inline constexpr std::uint64_t name_limit = 4096;
inline constexpr std::uint64_t text_limit = std::uint64_t{4} << 20U;  // bytes of a JSON token

struct CheckedSafetensors {
    std::optional<SafetensorsFacts> facts;  // nothing when the header cannot be read
    std::vector<std::string> names;         // of tensors, sorted; empty when it cannot be read
};

/// Checks size, header and layout, and adds every finding to `findings`. Reads the header only,
/// whatever the file's size, in pieces: memory is that of the tensor list, not of the JSON text.
/// Errors: those of reading `file`.
[[nodiscard]] CheckedSafetensors check_safetensors(const core::RandomAccess& file,
                                                   FindingCollector& findings);

/// Whether the first bytes can be those of a safetensors file of `size` bytes: a header length that
/// fits and JSON behind it. `head` holds at least 9 bytes unless the file is shorter.
[[nodiscard]] bool looks_like_safetensors(std::span<const std::byte> head,
                                          std::uint64_t size) noexcept;

}  // namespace modelseal::model
