#include "common/oci/cache/cached_store.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/transfer/fetch_file.hpp"

namespace modelseal::oci {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

/// A blob that is damaged again and again is no longer kept: the disk is at fault.
constexpr unsigned discard_limit = 2;

/// An error of a system call: what servers answer and what bytes turn out to be has a reason. Or
/// something stands in the folder that has no business there.
bool is_of_the_folder(const Error& error) {
    return error.reason() == Reason::unsafe_path ||
           (error.reason() == Reason::unspecified &&
            (error.kind() == ErrorKind::io || error.kind() == ErrorKind::denied));
}

bool is_out_of_reach(const Error& error) {
    return error.kind() == ErrorKind::unavailable && error.reason() != Reason::limit_exceeded;
}

/// What people know a blob by: its file's name, else its digest.
std::string shown_name(const Descriptor& blob) {
    const auto title = blob.annotations.find(annotation_keys::title);
    return title != blob.annotations.end() ? title->second : blob.digest.to_string();
}

}  // namespace

CachedStore::CachedStore(std::unique_ptr<Store> inner,
                         std::unique_ptr<BlobCache> cache,
                         core::Progress& progress,
                         std::function<void(const std::string&)> warn)
    : StoreDecorator(std::move(inner)),
      cache_(std::move(cache)),
      progress_(progress),
      warn_(std::move(warn)) {}

/// Nothing when the cache is no use for this blob.
std::optional<BlobLock> CachedStore::hold_in_cache(const digest::Digest& digest, const Hold& hold) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = discarded_.find(digest);
        if (found != discarded_.end() && found->second == discard_limit) {
            return std::nullopt;
        }
    }
    try {
        return is_usable_ ? hold() : std::nullopt;
    } catch (const Error& error) {
        if (!is_of_the_folder(error)) {
            throw;
        }
        do_without(error.message());
        return std::nullopt;
    }
}

std::optional<BlobLock> CachedStore::hold_blob(const Descriptor& blob) {
    return hold_in_cache(blob.digest, [&] {
        auto held = cache_->hold_or_fetch(
            blob.digest, blob.size, [&](core::OutputFolder& folder, const std::string& path) {
                return fetch_into(folder, path, blob);
            });
        if (held) {
            const std::lock_guard lock(mutex_);
            ++taken_[blob.digest].current;
        } else if (!has_warned_of_room_.exchange(true)) {
            warn_(concat(cache_name(),
                         " has no room for ",
                         core::human_size(blob.size),
                         ": they are fetched without it"));
        }
        return held;
    });
}

core::OutputFile CachedStore::fetch_into(core::OutputFolder& folder,
                                         const std::string& path,
                                         const Descriptor& blob) {
    core::Task task(progress_,
                    {.action = "caching",
                     .name = shown_name(blob),
                     .size = blob.size,
                     .digest = blob.digest.to_string(),
                     .serves_another = true});
    const core::Advance advance = task.advance();
    core::OutputFile file =
        fetch_file(inner(),
                   folder,
                   path,
                   blob,
                   {.passed = advance.passed, .present = advance.present, .restarted = [&] {
                        task.restart();
                    }});
    task.end("Cached");
    return file;
}

ManifestContent CachedStore::fetch_manifest(const digest::Digest& digest) {
    if (auto cached = cached_manifest(digest)) {
        return std::move(*cached);
    }
    ManifestContent content = inner().fetch_manifest(digest);
    keep(content);
    return content;
}

std::optional<ManifestContent> CachedStore::cached_manifest(const digest::Digest& digest) {
    try {
        const auto held = hold_in_cache(digest, [&] { return cache_->hold(digest); });
        return held ? std::optional(cache_->content().fetch_manifest(digest)) : std::nullopt;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::mismatch && error.kind() != ErrorKind::malformed) {
            throw;
        }
    }
    discard(digest);
    return std::nullopt;
}

void CachedStore::keep(const ManifestContent& content) {
    const auto write = [&](core::OutputFolder& folder, const std::string& path) {
        core::OutputFile file = folder.create_file(path);
        file.write(core::as_bytes(content.bytes));
        return file;
    };
    const digest::Digest& digest = content.descriptor.digest;
    static_cast<void>(hold_in_cache(
        digest, [&] { return cache_->hold_or_fetch(digest, content.bytes.size(), write); }));
}

void CachedStore::fetch_blob(const Descriptor& blob, core::ByteSink& to) {
    const auto held = hold_blob(blob);
    (held ? cache_->content() : inner()).fetch_blob(blob, to);
}

void CachedStore::fetch_parts(const Descriptor& blob, BlobTarget& to) {
    const auto held = hold_blob(blob);
    (held ? cache_->content() : inner()).fetch_parts(blob, to);
}

bool CachedStore::give_up_source(const Descriptor& blob) {
    const std::lock_guard discarding(discarding_);
    {
        const std::lock_guard lock(mutex_);
        const auto found = taken_.find(blob.digest);
        if (found == taken_.end() || found->second.is_empty()) {
            return inner().give_up_source(blob);
        }
        if (found->second.of_discarded > 0) {
            --found->second.of_discarded;
            return true;
        }
    }
    discard(blob.digest);
    const std::lock_guard lock(mutex_);
    Takes& takes = taken_[blob.digest];
    takes.of_discarded = takes.current - 1;
    takes.current = 0;
    return true;
}

std::vector<Descriptor> CachedStore::referrers(const digest::Digest& subject) {
    try {
        return inner().referrers(subject);
    } catch (const Error& error) {
        if (!is_out_of_reach(error)) {
            throw;
        }
        std::vector<Descriptor> cached = cache_->content().referrers(subject);
        if (cached.empty()) {
            throw;
        }
        warn_(concat(in_quotes(repository().to_string()),
                     " cannot be reached: only those signatures are seen that are in the cache"));
        return cached;
    }
}

void CachedStore::discard(const digest::Digest& digest) {
    warn_(concat(cache_name(),
                 " held other bytes for ",
                 digest.to_string(),
                 ": they are removed, and the right ones are fetched"));
    static_cast<void>(hold_in_cache(digest, [&]() -> std::optional<BlobLock> {
        cache_->discard(digest);
        return std::nullopt;
    }));
    const std::lock_guard lock(mutex_);
    ++discarded_[digest];
}

std::string CachedStore::cache_name() const {
    return concat("the cache ", in_quotes(cache_->content().repository().to_string()));
}

void CachedStore::do_without(std::string_view reason) {
    if (is_usable_.exchange(false)) {
        warn_(concat(cache_name(), " is not used: ", reason));
    }
}

}  // namespace modelseal::oci
