// Bringing blobs into a repository: not at all when they are there, by mounting, or by sending.
// Spec: OCI distribution-spec 1.1, "Pushing blobs".
#pragma once

#include "common/core/progress.hpp"
#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/http/retrying_transport.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"
#include "common/registry/upload/upload_journal.hpp"
#include "common/registry/upload/upload_session.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::registry {

class SentContent;

struct UploadOptions {
    std::vector<std::string> mount_from{};  // repositories of the same registry to take blobs from
    std::optional<std::uint64_t> chunk_size{};   // bytes; nothing: as the registry likes it
    std::filesystem::path journal{};             // folder of UploadJournal; empty: nothing is kept
    http::RetryOptions retry{};                  // of parts, without one more confirmed in between
    std::chrono::milliseconds first_pause{200};  // before an upload that broke off goes on
};

class BlobUpload {
  public:
    /// References outlive this object.
    BlobUpload(Client& client, const Endpoint& endpoint, UploadOptions options)
        : client_(client),
          endpoint_(endpoint),
          options_(std::move(options)),
          journal_(options_.journal) {}

    /// Brings the blob into the repository and returns its digest. When the digest is not known,
    /// content of up to hashed_first_limit is hashed and asked for before it is sent; larger
    /// content is hashed while it is sent. An upload of a file that an earlier process began is
    /// continued.
    /// Errors: mismatch when the registry finds another digest, denied (also an upload location on
    /// another server), unavailable, io; those of `content`.
    digest::Digest push(const core::RandomAccess& content,
                        const std::optional<digest::Digest>& expected,
                        const core::Advance& advance);

    /// Whether content of this size is sent before its digest is known.
    [[nodiscard]] bool needs_no_digest(std::uint64_t size) const noexcept {
        return size > hashed_first_limit && options_.mount_from.empty();
    }

    /// From now on blobs are sent even when the registry says that it has them: it refused a
    /// manifest because they are missing.
    void distrust_existing() noexcept { trusts_existing_ = false; }

    /// The manifest is stored: what was kept to continue its blobs is not needed any more.
    void forget_stored() noexcept { journal_.forget_stored(); }

    static constexpr std::uint64_t hashed_first_limit = std::uint64_t{64} << 20U;

  private:
    [[nodiscard]] std::optional<UploadClaim> claim(const core::RandomAccess& content);
    /// The upload that an earlier process left, when its blob is there by now.
    void cancel_left(const std::optional<UploadRecord>& record);
    void keep_as_stored(const std::optional<UploadClaim>& claim);
    [[nodiscard]] digest::Digest send(SentContent& content,
                                      const std::optional<digest::Digest>& known,
                                      std::optional<UploadClaim>& claim);
    [[nodiscard]] std::optional<UploadSession> continued(const std::optional<UploadClaim>& claim,
                                                         const SentContent& content);
    /// Nothing when the blob could be mounted.
    [[nodiscard]] std::optional<UploadSession> begin(const std::optional<digest::Digest>& known);

    Client& client_;
    const Endpoint& endpoint_;
    UploadOptions options_;
    UploadJournal journal_;
    std::atomic<bool> trusts_existing_ = true;
};

}  // namespace modelseal::registry
