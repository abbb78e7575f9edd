// Who refers to what in an image layout, which has no list of it.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/descriptor.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace modelseal::oci {

/// The manifests of a layout by their subjects. All of them are looked through once, and again when
/// blobs came or went; what is given out is read anew. May be used from several threads.
class LayoutReferrers {
  public:
    /// `layout` outlives this object.
    explicit LayoutReferrers(const core::Folder& layout) : layout_(layout) {}

    /// The manifests among the blobs whose subject is `subject`, by digest. Errors: mismatch when a
    /// blob that names the subject is damaged; denied, io.
    [[nodiscard]] std::vector<Descriptor> of(const digest::Digest& subject);

  private:
    /// When the folder of blobs was last changed.
    struct State {
        std::uint64_t inode = 0;
        std::int64_t modified_ns = 0;
        bool operator==(const State&) const = default;
    };

    void scan(const core::Folder& blobs);
    [[nodiscard]] std::optional<Descriptor> referrer_in(const core::Folder& blobs,
                                                        const digest::Digest& digest,
                                                        const digest::Digest& subject) const;
    [[nodiscard]] static State state_of(const core::Folder& blobs);

    const core::Folder& layout_;
    std::mutex mutex_;  // guards what follows
    State scanned_;     // as it was before the scan; 0 when there is none to rely on
    std::map<digest::Digest, std::set<digest::Digest>> by_subject_;
    std::set<digest::Digest> damaged_;  // blobs that do not have the digest that names them
};

}  // namespace modelseal::oci
