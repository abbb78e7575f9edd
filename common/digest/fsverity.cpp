#include "common/digest/fsverity.hpp"

#include <algorithm>

namespace modelseal::digest {

namespace {

/// struct fsverity_descriptor, 256 bytes: version, algorithm, log2 of the block size, salt size,
/// a reserved word, the size of the data, the root hash, the salt, and zeros.
std::array<std::byte, 256> descriptor(std::uint64_t data_size,
                                      std::span<const std::byte, Digest::size> root) {
    constexpr std::size_t size_offset = 8;
    constexpr std::size_t root_offset = 16;
    std::array<std::byte, 256> bytes{std::byte{1}, std::byte{1}, std::byte{12}};
    for (std::size_t i = 0; i < sizeof data_size; ++i) {
        bytes.at(size_offset + i) = static_cast<std::byte>(data_size >> (8 * i) & 0xFFU);
    }
    std::copy(root.begin(), root.end(), bytes.begin() + root_offset);
    return bytes;
}

}  // namespace

void FsVerity::write(std::span<const std::byte> bytes) {
    size_ += bytes.size();
    if (const std::size_t filled = levels_[0].filled; filled != 0) {
        const std::size_t count = std::min(bytes.size(), block_size - filled);
        append(0, bytes.first(count));
        bytes = bytes.subspan(count);
    }
    // Whole blocks are hashed where they lie; only what is left over is copied.
    while (bytes.size() >= block_size) {
        complete(0, bytes.first(block_size));
        bytes = bytes.subspan(block_size);
    }
    append(0, bytes);
}

Digest FsVerity::finish() {
    const auto bytes = descriptor(size_, root());
    hash_.restart();
    hash_.write(bytes);
    return hash_.finish();
}

void FsVerity::append(std::size_t level, std::span<const std::byte> bytes) {
    if (level == levels_.size()) {
        levels_.emplace_back();
    }
    Level& to = levels_[level];
    std::copy(bytes.begin(), bytes.end(), to.block.begin() + to.filled);
    to.filled += bytes.size();
    if (to.filled == block_size) {
        to.filled = 0;
        complete(level, to.block);
    }
}

void FsVerity::complete(std::size_t level, std::span<const std::byte> block) {
    hash_.restart();
    hash_.write(block);
    const Digest digest = hash_.finish();
    ++levels_[level].completed;
    append(level + 1, digest.bytes());
}

std::array<std::byte, Digest::size> FsVerity::root() {
    std::array<std::byte, Digest::size> hash{};
    if (size_ == 0) {
        return hash;  // "the root hash of an empty file is all zeroes"
    }
    for (std::size_t level = 0;; ++level) {
        if (const std::size_t filled = levels_[level].filled; filled != 0) {
            Block& block = levels_[level].block;
            std::fill(block.begin() + filled, block.end(), std::byte{0});
            complete(level, block);
        }
        if (levels_[level].completed == 1) {
            std::copy_n(levels_[level + 1].block.begin(), hash.size(), hash.begin());
            return hash;
        }
    }
}

}  // namespace modelseal::digest
