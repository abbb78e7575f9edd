#include "common/artifact/copy.hpp"

#include "common/core/error.hpp"
#include "common/core/files/streamed_access.hpp"
#include "common/core/parallel.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <array>
#include <atomic>
#include <set>

namespace modelseal::artifact {

namespace {

using core::concat;

constexpr std::size_t seen_limit = 100'000;
constexpr std::size_t depth_limit =
    16;  // a signature of an attestation of a manifest of an index …
constexpr std::array<std::string_view, 3> legacy_suffixes = {".sig", ".att", ".sbom"};

enum class Role { artifact, referrer };

/// A manifest or index to be stored, and the tags that name it.
struct Item {
    oci::ManifestContent content;
    std::vector<oci::Tag> tags;
    Role role;
};

/// What belongs to an artifact, found in the source before anything is stored.
class Collection {
  public:
    Collection(oci::Store& from, bool with_referrers)
        : from_(from), with_referrers_(with_referrers) {}

    /// What it lists and what refers to it come before it, so that the artifact itself is last.
    void add(oci::ManifestContent content, std::vector<oci::Tag> tags) {
        add(std::move(content), std::move(tags), Role::artifact, 0);
    }

    [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }

    [[nodiscard]] const std::vector<oci::Descriptor>& blobs() const noexcept { return blobs_; }

  private:
    void add(oci::ManifestContent content,
             std::vector<oci::Tag> tags,
             Role role,
             std::size_t depth) {
        core::check_termination();
        const digest::Digest digest = content.descriptor.digest;
        if (!seen_.insert(digest).second) {
            return;
        }
        check_limits(depth);
        add_content_of(content, role, depth);
        if (with_referrers_) {
            for (const oci::Descriptor& referrer : from_.referrers(digest)) {
                add(from_.fetch_manifest(referrer.digest), {}, Role::referrer, depth + 1);
            }
            if (role == Role::artifact) {
                add_legacy_tags(digest, depth);
            }
        }
        items_.push_back({std::move(content), std::move(tags), role});
    }

    void check_limits(std::size_t depth) const {
        if (depth > depth_limit || seen_.size() > seen_limit) {
            throw core::Error(
                core::ErrorKind::unavailable,
                core::Reason::limit_exceeded,
                depth > depth_limit
                    ? concat("manifests refer to each other more than ", depth_limit, " deep")
                    : concat("more than ", seen_limit, " manifests and blobs belong to it"));
        }
    }

    void add_content_of(const oci::ManifestContent& content, Role role, std::size_t depth) {
        if (oci::is_index(oci::media_type_of(content.bytes))) {
            for (const oci::Descriptor& listed : oci::Index::parse(content.bytes).manifests) {
                add(from_.fetch_manifest(listed.digest), {}, role, depth + 1);
            }
            return;
        }
        const oci::Manifest manifest = oci::Manifest::parse(content.bytes);
        add_blob(manifest.config);
        for (const oci::Descriptor& layer : manifest.layers) {
            add_blob(layer);
        }
    }

    void add_blob(const oci::Descriptor& blob) {
        if (seen_.insert(blob.digest).second) {
            blobs_.push_back(blob);
        }
    }

    /// cosign 2 names signatures by a tag that is made of the digest. It signs artifacts, not
    /// signatures, so that nobody looks for tags of a referrer.
    void add_legacy_tags(const digest::Digest& digest, std::size_t depth) {
        for (const std::string_view suffix : legacy_suffixes) {
            const auto tag = oci::Tag::of_digest(digest, suffix);
            if (const auto named = oci::find_tag(from_, tag)) {
                add(from_.fetch_manifest(named->digest), {tag}, Role::referrer, depth + 1);
            }
        }
    }

    oci::Store& from_;
    bool with_referrers_;
    std::set<digest::Digest> seen_;
    std::vector<Item> items_;
    std::vector<oci::Descriptor> blobs_;
};

/// What people know a blob by: its file's name, else its digest.
std::string shown_name(const oci::Descriptor& blob) {
    const auto title = blob.annotations.find(oci::annotation_keys::title);
    return title != blob.annotations.end() ? title->second : blob.digest.to_string();
}

enum class Sending { sent, not_needed, source_given_up };

Sending send_blob(oci::Store& from,
                  oci::Store& to,
                  const oci::Descriptor& blob,
                  const core::Advance& advance) {
    std::atomic<bool> is_sent = false;
    std::atomic<bool> source_failed = false;
    const core::StreamedAccess content(blob.size, [&](core::ByteSink& sink) {
        is_sent = true;
        try {
            from.fetch_blob(blob, sink);
        } catch (const core::Error&) {
            source_failed = true;
            throw;
        }
    });
    try {
        to.push_blob(content, blob.digest, advance);
    } catch (const core::Error&) {
        if (!source_failed || !from.give_up_source(blob)) {
            throw;
        }
        return Sending::source_given_up;
    }
    return is_sent ? Sending::sent : Sending::not_needed;
}

/// Returns the number of bytes sent; 0 when the destination has the blob.
std::uint64_t copy_blob(oci::Store& from,
                        oci::Store& to,
                        const oci::Descriptor& blob,
                        core::Progress& progress) {
    const std::string name = shown_name(blob);
    core::Task task(
        progress,
        {.action = "copying", .name = name, .size = blob.size, .digest = blob.digest.to_string()});
    core::Advance advance = task.advance();
    advance.passed = [&](std::uint64_t bytes) {
        core::check_termination();
        task.passed(bytes);
    };
    Sending sending = Sending::not_needed;
    core::with_context(concat("copying ", name), [&] {
        sending = send_blob(from, to, blob, advance);
        while (sending == Sending::source_given_up) {
            task.restart();
            sending = send_blob(from, to, blob, advance);
        }
    });
    task.end(sending == Sending::sent ? "Copied" : "Exists");
    return sending == Sending::sent ? blob.size : 0;
}

}  // namespace

CopiedArtifact copy(oci::Store& from,
                    oci::Store& to,
                    const CopyRequest& request,
                    core::Progress& progress) {
    Collection collection(from, request.with_referrers);
    oci::ManifestContent root = oci::fetch(from, request.reference);
    CopiedArtifact copied{.descriptor = root.descriptor};
    collection.add(std::move(root), request.tags);

    copied.blobs = collection.blobs().size();
    for (const oci::Descriptor& blob : collection.blobs()) {
        progress.expect(blob.size);
    }
    std::atomic<std::uint64_t> sent = 0;
    core::parallel_for(copied.blobs, request.concurrency, [&](std::size_t i) {
        sent += copy_blob(from, to, collection.blobs()[i], progress);
    });
    copied.sent = sent;
    for (const Item& item : collection.items()) {
        const oci::Descriptor stored =
            to.push_manifest(item.content.descriptor.media_type, item.content.bytes, item.tags);
        if (item.role == Role::referrer) {
            copied.referrers.push_back(stored);
        }
    }
    return copied;
}

}  // namespace modelseal::artifact
