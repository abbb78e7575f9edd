// Whether everything in an image layout is what its name says. Spec: OCI image-spec 1.1,
// image-layout.md.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/core/progress.hpp"
#include "common/digest/digest.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace modelseal::oci {

enum class LayoutFault {
    damaged,   // a blob whose bytes do not have its digest, or another size than a manifest says
    missing,   // named by the index or a manifest, and not there
    unusable,  // a manifest or index that cannot be read
    foreign,   // a name among the blobs that is no digest, or no file
};

struct LayoutProblem {
    LayoutFault fault;
    std::string path;     // in the layout: "blobs/sha256/…" or "index.json"
    std::string message;  // one sentence
};

struct LayoutReport {
    std::size_t manifests = 0;  // that the index leads to
    std::size_t blobs = 0;      // files that were hashed, manifests included
    std::uint64_t bytes = 0;    // in them
    /// Intact blobs that nothing in the index leads to; `cosign save` leaves signatures so.
    std::vector<digest::Digest> unreferenced{};
    std::vector<LayoutProblem> problems{};  // sorted by path
};

/// Reads every byte of every blob, on all cores. Nothing is changed.
/// Errors: not_found when there is no layout; malformed when its index cannot be read; denied, io.
[[nodiscard]] LayoutReport check_layout(const core::Folder& folder, core::Progress& progress);

}  // namespace modelseal::oci
