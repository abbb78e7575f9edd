#include "common/registry/upload/known_registries.hpp"

#include <algorithm>
#include <array>

namespace modelseal::registry {

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

struct KnownRegistry {
    std::string_view host;  // with a leading dot: every host below it
    UploadTraits traits;
};

constexpr std::array known = {
    // A PATCH of more than 4 MiB is answered with 416 (oras-project/rust-oci-client, issue 35).
    KnownRegistry{"ghcr.io", {.largest_chunk = 4 * mib}},
    // No chunks, whole blobs only (kitops-ml/kitops, pkg/lib/repo/remote/upload-format.go).
    KnownRegistry{"gcr.io", {.takes_chunks = false}},
    KnownRegistry{".gcr.io", {.takes_chunks = false}},
    KnownRegistry{".pkg.dev", {.takes_chunks = false}},
    // Answers 201 to the first PATCH, as if it were the whole blob (the same file of kitops).
    KnownRegistry{".amazonaws.com", {.takes_chunks = false}},
    // A single PUT of more than 20 GB is refused (oras-project/oras-py, issue 137).
    KnownRegistry{"quay.io", {.largest_request = 18 * gib}},
};

}  // namespace

UploadTraits upload_traits_of(std::string_view host) {
    const auto* const found =
        std::find_if(known.begin(), known.end(), [&](const KnownRegistry& registry) {
            return registry.host.starts_with('.') ? host.ends_with(registry.host)
                                                  : host == registry.host;
        });
    return found == known.end() ? UploadTraits() : found->traits;
}

}  // namespace modelseal::registry
