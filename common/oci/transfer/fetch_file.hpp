// A blob of a store on its way into a file.
#pragma once

#include "common/core/error.hpp"
#include "common/core/files/output_folder.hpp"
#include "common/oci/store.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace modelseal::oci {

/// Told of a blob's bytes while they arrive; from several threads.
struct Arrival {
    std::function<void(std::uint64_t)> passed;   // bytes that were just written
    std::function<void(std::uint64_t)> present;  // bytes that an earlier process has written
    std::function<void()> restarted;             // all bytes so far were worth nothing
};

/// Whether what a failed transfer has fetched is of use to a later one. Not after an error of this
/// machine's files, which has no reason: what stays should not keep a disk full.
[[nodiscard]] bool may_be_continued(const core::Error& error);

/// The blob in a file for `path` of `folder`: verified and flushed, ready for its commit. A large
/// one that is cut short goes on with the next call for the same blob and path (PartialFile), also
/// after a kill; where one of several sources gave wrong bytes, it begins again with those left.
/// Errors: those of the store and of OutputFolder::create_file(); mismatch.
[[nodiscard]] core::OutputFile fetch_file(Store& store,
                                          core::OutputFolder& folder,
                                          const std::string& path,
                                          const Descriptor& blob,
                                          const Arrival& arrival);

}  // namespace modelseal::oci
