// A repository whose content is kept on this machine once it was fetched.
#pragma once

#include "common/core/progress.hpp"
#include "common/oci/cache/blob_cache.hpp"
#include "common/oci/store_decorator.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::oci {

/// Takes manifests and blobs by their digests from a cache, and fetches into it what it does not
/// have. What a tag means is asked of the other store each time, and everything that is written
/// concerns that alone. A damaged blob is removed from the cache, with a warning, and fetched
/// again. A cache that cannot be written to, or has no room, is done without, with a warning.
class CachedStore final : public StoreDecorator {
  public:
    /// `warn` takes one sentence; it is called from any thread. What is fetched into the cache is
    /// shown by `progress`, which outlives this object.
    CachedStore(std::unique_ptr<Store> inner,
                std::unique_ptr<BlobCache> cache,
                core::Progress& progress,
                std::function<void(const std::string&)> warn);

    [[nodiscard]] ManifestContent fetch_manifest(const digest::Digest& digest) override;

    /// After an error, give_up_source() says whether to begin again.
    void fetch_blob(const Descriptor& blob, core::ByteSink& to) override;
    void fetch_parts(const Descriptor& blob, BlobTarget& to) override;
    [[nodiscard]] bool give_up_source(const Descriptor& blob) override;

    /// Those that the other store lists; when that cannot be reached, those in the cache.
    [[nodiscard]] std::vector<Descriptor> referrers(const digest::Digest& subject) override;

  private:
    /// How often a blob was taken out of the cache. A model can hold the same blob as several
    /// files: when one of them finds it damaged and has it discarded, the others begin again as
    /// well, without discarding what has been fetched in its place.
    struct Takes {
        std::size_t current = 0;       // since it was last discarded
        std::size_t of_discarded = 0;  // before that, by those that have not given up

        [[nodiscard]] bool is_empty() const noexcept { return current + of_discarded == 0; }
    };

    using Hold = std::function<std::optional<BlobLock>()>;

    [[nodiscard]] std::optional<BlobLock> hold_in_cache(const digest::Digest& digest,
                                                        const Hold& hold);
    [[nodiscard]] std::optional<BlobLock> hold_blob(const Descriptor& blob);
    [[nodiscard]] std::optional<ManifestContent> cached_manifest(const digest::Digest& digest);
    void keep(const ManifestContent& content);
    [[nodiscard]] core::OutputFile fetch_into(core::OutputFolder& folder,
                                              const std::string& path,
                                              const Descriptor& blob);
    void discard(const digest::Digest& digest);
    void do_without(std::string_view reason);
    [[nodiscard]] std::string cache_name() const;

    std::unique_ptr<BlobCache> cache_;
    core::Progress& progress_;
    std::function<void(const std::string&)> warn_;
    std::atomic<bool> is_usable_ = true;
    std::atomic<bool> has_warned_of_room_ = false;
    std::mutex discarding_;  // what is to be discarded is not taken again before it is gone
    std::mutex mutex_;       // guards what follows
    std::map<digest::Digest, Takes> taken_;
    std::map<digest::Digest, unsigned> discarded_;  // how often
};

}  // namespace modelseal::oci
