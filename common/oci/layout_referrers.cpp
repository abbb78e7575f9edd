#include "common/oci/layout_referrers.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/manifest.hpp"

#include <cerrno>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace modelseal::oci {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view blob_folder = "blobs/sha256";

/// Two changes within one tick of the file system's clock look like one: what changed just now is
/// looked at again.
constexpr std::chrono::seconds settled_after{2};

std::optional<digest::Digest> digest_of(const core::FolderEntry& entry) {
    const auto bytes =
        entry.kind == core::EntryKind::file ? core::from_hex(entry.path) : std::nullopt;
    if (!bytes || bytes->size() != digest::Digest::size) {
        return std::nullopt;
    }
    return digest::Digest::from_bytes(std::span<const std::byte, digest::Digest::size>(*bytes));
}

/// A blob that could be a manifest; nothing when it is gone or too large.
std::optional<std::string> read_manifest(const core::Folder& blobs, const digest::Digest& digest) {
    const auto file = blobs.open_existing(digest.hex());
    if (!file || file->size() > manifest_size_limit) {
        return std::nullopt;
    }
    core::RangeSource source(*file);
    return core::read_all(source, manifest_size_limit);
}

/// Nothing for a blob that is no manifest.
std::optional<ManifestSummary> summary_of(std::string_view bytes) {
    try {
        return summarize(bytes);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::malformed) {
            throw;
        }
        return std::nullopt;
    }
}

bool is_settled(std::int64_t modified_ns) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(modified_ns) + settled_after < now;
}

}  // namespace

std::vector<Descriptor> LayoutReferrers::of(const digest::Digest& subject) {
    const auto blobs = layout_.open_folder(blob_folder);
    if (!blobs) {
        return {};
    }
    const std::lock_guard lock(mutex_);
    const State now = state_of(*blobs);
    if (now != scanned_) {
        scanned_ = State();
        scan(*blobs);
        scanned_ = is_settled(now.modified_ns) ? now : State();
    }
    std::vector<Descriptor> found;
    const auto known = by_subject_.find(subject);
    for (const auto& candidates :
         {known == by_subject_.end() ? std::set<digest::Digest>() : known->second, damaged_}) {
        for (const digest::Digest& digest : candidates) {
            if (auto referrer = referrer_in(*blobs, digest, subject)) {
                found.push_back(*std::move(referrer));
            }
        }
    }
    return found;
}

void LayoutReferrers::scan(const core::Folder& blobs) {
    by_subject_.clear();
    damaged_.clear();
    for (const core::FolderEntry& entry : blobs.list_here()) {
        const auto digest = digest_of(entry);
        const auto bytes = digest ? read_manifest(blobs, *digest) : std::nullopt;
        if (!bytes) {
            continue;
        }
        if (digest::sha256_of(core::as_bytes(*bytes)) != *digest) {
            damaged_.insert(*digest);
        } else if (const auto summary = summary_of(*bytes); summary && summary->subject) {
            by_subject_[*summary->subject].insert(*digest);
        }
    }
}

/// The blob as a referrer of `subject`, when it is one.
std::optional<Descriptor> LayoutReferrers::referrer_in(const core::Folder& blobs,
                                                       const digest::Digest& digest,
                                                       const digest::Digest& subject) const {
    const auto bytes = read_manifest(blobs, digest);
    if (!bytes || bytes->find(subject.hex()) == std::string::npos) {
        return std::nullopt;
    }
    if (digest::sha256_of(core::as_bytes(*bytes)) != digest) {
        throw Error(ErrorKind::mismatch,
                    core::Reason::digest_mismatch,
                    concat("the bytes of the blob ",
                           digest.to_string(),
                           " in the layout ",
                           core::in_quotes(layout_.name()),
                           " do not have that digest"));
    }
    auto summary = summary_of(*bytes);
    return summary && summary->subject == subject ? std::optional(std::move(summary->descriptor))
                                                  : std::nullopt;
}

LayoutReferrers::State LayoutReferrers::state_of(const core::Folder& blobs) {
    struct stat status {};

    if (::fstat(blobs.descriptor(), &status) != 0) {
        throw core::system_error(errno, concat("examining ", core::in_quotes(blobs.name())));
    }
    return {.inode = status.st_ino,
            .modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace modelseal::oci
