#include "common/sigstore/log/merkle.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <array>
#include <bit>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

// "a second preimage resistance is required": no entry can pass for two nodes.
constexpr std::array leaf_prefix = {std::byte{0}};
constexpr std::array node_prefix = {std::byte{1}};

[[noreturn]] void refuse(std::string message) {
    throw Error(ErrorKind::mismatch, Reason::log_mismatch, std::move(message));
}

}  // namespace

digest::Digest leaf_hash(std::span<const std::byte> entry) {
    digest::Sha256 hash;
    hash.write(leaf_prefix);
    hash.write(entry);
    return hash.finish();
}

digest::Digest node_hash(std::span<const std::byte> left, std::span<const std::byte> right) {
    digest::Sha256 hash;
    hash.write(node_prefix);
    hash.write(left);
    hash.write(right);
    return hash.finish();
}

digest::Digest root_of_path(const digest::Digest& leaf,
                            std::uint64_t index,
                            std::uint64_t tree_size,
                            std::span<const core::Bytes> path) {
    if (index >= tree_size) {
        refuse(concat("the entry has the index ", index, " in a tree of ", tree_size));
    }
    // Below the point where its way to the root meets that of the last leaf, an entry has a sibling
    // at every level; above it, only left ones: the right edge of the tree is ragged.
    const std::size_t inner = std::bit_width(index ^ (tree_size - 1));
    const std::uint64_t above = inner < 64 ? index >> inner : 0;
    const auto border = static_cast<std::size_t>(std::popcount(above));
    if (path.size() != inner + border) {
        refuse(concat("the inclusion proof has ",
                      path.size(),
                      " hashes where the entry's place demands ",
                      inner + border));
    }
    digest::Digest node = leaf;
    for (std::size_t level = 0; level < path.size(); ++level) {
        if (path[level].size() != digest::Digest::size) {
            refuse("the inclusion proof has a hash that is not a SHA-256 hash");
        }
        const bool sibling_is_left = level >= inner || ((index >> level) & 1U) != 0;
        node = sibling_is_left ? node_hash(path[level], node.bytes())
                               : node_hash(node.bytes(), path[level]);
    }
    return node;
}

}  // namespace modelseal::sigstore
