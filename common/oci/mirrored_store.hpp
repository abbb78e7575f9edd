// A repository whose content may also be had elsewhere.
#pragma once

#include "common/core/error.hpp"
#include "common/oci/store_decorator.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace modelseal::oci {

/// Asks mirrors, in order, for what is named by its digest, and then the origin. What a tag means,
/// which tags there are and everything that is written concerns the origin alone, and so do parts
/// of blobs (read_blob_at), which nothing checks.
///
/// A mirror is not trusted: one that sends other content than was asked for, refuses to answer or
/// does not answer is not asked again by this object, and a warning says so once. A mirror that
/// only lacks something is asked again for the next thing.
class MirroredStore final : public StoreDecorator {
  public:
    /// `warn` takes one sentence; it is called from any thread.
    MirroredStore(std::unique_ptr<Store> origin,
                  std::vector<std::unique_ptr<Store>> mirrors,
                  std::function<void(const std::string&)> warn);
    ~MirroredStore() override;

    [[nodiscard]] Descriptor resolve(const Tag& tag) override;
    [[nodiscard]] ManifestContent fetch_manifest(const digest::Digest& digest) override;

    /// After an error, give_up_source() says whether to begin again.
    void fetch_blob(const Descriptor& blob, core::ByteSink& to) override;

    /// What one source began, the next one completes.
    void fetch_parts(const Descriptor& blob, BlobTarget& to) override;

    [[nodiscard]] bool give_up_source(const Descriptor& blob) override;

    /// Those that the origin lists; when it cannot be reached, those that its mirrors list. A
    /// mirror can hide referrers, and cannot make any up that verify.
    [[nodiscard]] std::vector<Descriptor> referrers(const digest::Digest& subject) override;

  private:
    class Mirror;
    class Delivery;
    class DeliverySink;
    class DeliveryTarget;

    [[nodiscard]] std::optional<core::Error> ask(Mirror& mirror,
                                                 const Delivery& delivery,
                                                 const std::function<void(Store&)>& question);
    [[nodiscard]] std::optional<std::vector<Descriptor>> referrers_by_mirrors(
        const digest::Digest& subject);
    [[nodiscard]] std::vector<Mirror*> mirrors_in_use() const;
    void note_failure(Mirror& mirror, const core::Error& error);
    void note_contributor(const Descriptor& blob, Mirror& mirror);
    void drop(Mirror& mirror, std::string_view reason);

    std::vector<std::unique_ptr<Mirror>> mirrors_;
    std::function<void(const std::string&)> warn_;

    mutable std::mutex mutex_;  // guards the state of the mirrors, and what follows
    /// Whose bytes of a blob were taken since it was begun.
    std::map<digest::Digest, std::set<Mirror*>> contributors_;
};

}  // namespace modelseal::oci
