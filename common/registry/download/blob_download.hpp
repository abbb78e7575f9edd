// Fetching blobs, whole and in part. Spec: OCI distribution-spec 1.1, "Pulling blobs".
#pragma once

#include "common/core/stream.hpp"
#include "common/oci/blob_target.hpp"
#include "common/oci/descriptor.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"
#include "common/registry/download/connection_budget.hpp"

#include <cstdint>
#include <span>

namespace modelseal::registry {

/// Writes the blob to `to` and checks size and digest on the way; receiving overlaps with hashing
/// and writing. A connection that breaks is followed by another one from the byte where it broke
/// (BlobStream). Errors: mismatch, not_found, denied, unavailable; those of `to`.
void download_blob(Client& client,
                   const Endpoint& endpoint,
                   const oci::Descriptor& blob,
                   core::ByteSink& to);

/// Writes the bytes of the blob that `to` is missing, over several connections where that is faster
/// (ParallelDownload). Nothing is checked against the digest: that is for the owner of `to`.
/// Errors: mismatch (size_mismatch), not_found, denied, unavailable; those of `to`. What was
/// written before stays.
void download_parts(Client& client,
                    const Endpoint& endpoint,
                    const oci::Descriptor& blob,
                    oci::BlobTarget& to,
                    ConnectionBudget& budget);

/// Fills `buffer` from `offset` on as far as the blob goes; returns the number of bytes. A registry
/// that ignores ranges is read from its beginning, and only as far as needed.
/// Errors: io (another range than asked for, or none supported), not_found, denied, unavailable.
[[nodiscard]] std::size_t download_range(Client& client,
                                         const Endpoint& endpoint,
                                         const oci::Descriptor& blob,
                                         std::uint64_t offset,
                                         std::span<std::byte> buffer);

}  // namespace modelseal::registry
