// Merkle trees of transparency logs: from an entry to the root, along its audit path.
// Spec: RFC 6962 section 2.1.
#pragma once

#include "common/core/bytes.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <span>

namespace modelseal::sigstore {

[[nodiscard]] digest::Digest leaf_hash(std::span<const std::byte> entry);

[[nodiscard]] digest::Digest node_hash(std::span<const std::byte> left,
                                       std::span<const std::byte> right);

/// The root of the tree of `tree_size` leaves in which `leaf` stands at `index`, counted from 0, if
/// `path` is its audit path, nearest sibling first. Whoever calls compares it with a root that the
/// log has signed. Errors: mismatch when there is no such leaf, or its path is longer or shorter.
[[nodiscard]] digest::Digest root_of_path(const digest::Digest& leaf,
                                          std::uint64_t index,
                                          std::uint64_t tree_size,
                                          std::span<const core::Bytes> path);

}  // namespace modelseal::sigstore
