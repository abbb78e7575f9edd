// How registries of known names take uploads, where that differs from the specification.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace modelseal::registry {

struct UploadTraits {
    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    bool takes_chunks = true;                   // several PATCH requests for one blob
    std::uint64_t largest_chunk = unlimited;    // bytes of one of them
    std::uint64_t largest_request = unlimited;  // bytes of a whole blob in one request

    bool operator==(const UploadTraits&) const = default;
};

/// `host` without port, in lower case. A host that is not in the table has no limits: what it
/// cannot do shows in its answers.
[[nodiscard]] UploadTraits upload_traits_of(std::string_view host);

}  // namespace modelseal::registry
