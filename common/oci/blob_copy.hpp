// Content on its way into an image layout.
#pragma once

#include "common/core/files/output_file.hpp"
#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"

#include <cstdint>
#include <functional>

namespace modelseal::oci {

/// Copies `content` into the empty file `to` and returns the digest of what then stands there: the
/// bytes are read back from the copy while a thread goes on copying, so that what is hashed is what
/// is stored, whatever happens to the source. On file systems that can, the copy shares the
/// source's storage until either is changed. `advanced` is called, on this thread, with the number
/// of bytes just hashed.
/// Errors: io (changed_while_read) when content ends before its size; those of reading and writing.
[[nodiscard]] digest::Digest copy_and_hash(const core::RandomAccess& content,
                                           const core::OutputFile& to,
                                           const std::function<void(std::uint64_t)>& advanced);

}  // namespace modelseal::oci
