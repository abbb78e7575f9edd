// The fs-verity file digest: the root of a Merkle tree over 4096-byte blocks.
// Spec: Linux, Documentation/filesystems/fsverity.rst, "Merkle tree" and "fs-verity descriptor".
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/digest/sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace modelseal::digest {

/// Computes what `fsverity digest` prints and what the kernel measures: SHA-256, 4096-byte blocks,
/// no salt. Holds one block per level of the tree, six for a terabyte.
class FsVerity final : public core::ByteSink {
  public:
    static constexpr std::size_t block_size = 4096;

    void write(std::span<const std::byte> bytes) override;

    /// The digest of everything written; the object is then at its end of life. Errors: internal.
    [[nodiscard]] Digest finish();

  private:
    using Block = std::array<std::byte, block_size>;

    /// The block of one level that is still being filled.
    struct Level {
        Block block{};
        std::size_t filled = 0;       // bytes of `block` in use
        std::uint64_t completed = 0;  // blocks of this level that went up
    };

    void append(std::size_t level, std::span<const std::byte> bytes);
    void complete(std::size_t level, std::span<const std::byte> block);
    [[nodiscard]] std::array<std::byte, Digest::size> root();

    std::vector<Level> levels_{1};  // the data blocks first, the root's block last
    std::uint64_t size_ = 0;
    Sha256 hash_;
};

}  // namespace modelseal::digest
