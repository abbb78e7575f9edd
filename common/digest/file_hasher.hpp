// Digests of many large files at once: read once, on all cores, in constant memory.
#pragma once

#include "common/core/progress.hpp"
#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelseal::digest {

struct HashRequest {
    const core::RandomAccess* content;  // never null; outlives the call
    std::string name;                   // as people know it, for progress and errors
};

struct ContentDigests {
    Digest sha256;
    std::optional<Digest> fsverity;  // the fs-verity file digest, when it was asked for
    std::uint64_t size;              // bytes that were hashed
};

struct HashOptions {
    unsigned threads = 0;  // files hashed at the same time; 0 for one per core
    bool tree = false;     // also compute the fs-verity digest, of the same bytes, read once
};

/// The digests of every request, in the order of `requests`. Largest files first, so that the
/// cores finish together. A core without a file of its own reads ahead for another's. Less than
/// 40 MiB of buffers whatever the number and size of the files.
///
/// Hashes `content->size()` bytes of each; what else may have changed while they were read is for
/// the caller to find out (core::File::check_unchanged).
/// Errors: those of reading; io (changed_while_read) when content ends before its size. The first
/// error stops all work and is thrown.
[[nodiscard]] std::vector<ContentDigests> hash_all(std::span<const HashRequest> requests,
                                                   const HashOptions& options,
                                                   core::Progress& progress);

}  // namespace modelseal::digest
