// Sending blobs. Spec: OCI distribution-spec 1.1, "Pushing blobs".
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/registry/client.hpp"
#include "common/registry/endpoint.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::registry {

class BlobUpload {
  public:
    /// `mount_from`: repositories of the same registry that may have a blob already. References
    /// outlive this object.
    BlobUpload(Client& client, const Endpoint& endpoint, std::vector<std::string> mount_from)
        : client_(client), endpoint_(endpoint), mount_from_(std::move(mount_from)) {}

    /// Whether the repository has the blob. Errors: denied, unavailable, io.
    [[nodiscard]] bool exists(const digest::Digest& digest) const;

    /// Sends the blob unless the repository has it or can mount it from another one. `sent` is
    /// called with bytes just read. Errors: mismatch when the registry finds another digest, denied
    /// (also an upload location on another server), unavailable, io; those of `content`.
    void push(const core::RandomAccess& content,
              const digest::Digest& digest,
              const std::function<void(std::uint64_t)>& sent) const;

  private:
    /// Where to send the content; nothing when the blob is there without being sent.
    [[nodiscard]] std::optional<http::Url> start(const digest::Digest& digest) const;
    [[nodiscard]] std::optional<http::Url> start_at(const http::Url& uploads) const;
    void send(const core::RandomAccess& content,
              const digest::Digest& digest,
              const http::Url& location,
              const std::function<void(std::uint64_t)>& sent) const;
    void cancel(const http::Url& location) const noexcept;

    Client& client_;
    const Endpoint& endpoint_;
    std::vector<std::string> mount_from_;
};

}  // namespace modelseal::registry
