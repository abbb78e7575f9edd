// An upload under way in a registry. Spec: OCI distribution-spec 1.1, "Pushing blobs".
#pragma once

#include "common/core/error.hpp"
#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace modelseal::registry {

/// What the registry said to a part of the blob.
enum class PartAnswer {
    taken,      // location() and offset() have moved on
    too_large,  // 413: not in one request
    refused,    // an answer that shows that chunks do not work here (416, 201, another range)
    lost,       // the registry knows no such upload any more
};

/// Whoever has an upload under way knows where to go on after a failure. Therefore append(),
/// finish() and begin_anew() send their request once.
class UploadSession {
  public:
    /// Goes on where an earlier upload stands. The references outlive this object.
    UploadSession(Client& client,
                  const Endpoint& endpoint,
                  http::Url location,
                  std::uint64_t offset,
                  std::uint64_t least_chunk)
        : client_(&client),
          endpoint_(&endpoint),
          location_(std::move(location)),
          offset_(offset),
          least_chunk_(least_chunk) {}

    /// Begins an upload; nothing when the registry answers 201 at once, as it does to a mount.
    /// `uploads` is Endpoint::uploads(), perhaps with parameters.
    /// Errors: denied (also a location on another server), unavailable, io.
    [[nodiscard]] static std::optional<UploadSession> begin(Client& client,
                                                            const Endpoint& endpoint,
                                                            const http::Url& uploads);

    /// A capability: whoever knows it can add to the upload.
    [[nodiscard]] const http::Url& location() const noexcept { return location_; }

    /// Cancels this upload and begins another one in its place. Errors: as begin(); io when the
    /// registry answers 201.
    void begin_anew();

    /// Bytes that the registry has confirmed.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

    /// What the registry said a chunk must have at least, OCI-Chunk-Min-Length; 0 without.
    [[nodiscard]] std::uint64_t least_chunk() const noexcept { return least_chunk_; }

    /// Whether the server is CNCF Distribution, by the shape of its locations.
    [[nodiscard]] bool is_of_distribution() const;

    /// PATCHes `length` bytes from offset() on. With `states_length` in the specification's form of
    /// a chunk; without, as docker sends a layer: when the process is asked to end, the part ends
    /// early, and what was sent of it counts.
    /// Errors: denied, unavailable, io; those of `content`.
    [[nodiscard]] PartAnswer append(const core::RandomAccess& content,
                                    std::uint64_t length,
                                    bool states_length);

    /// Closes the upload, with `content` as its only or last part unless it is null. 413 for it is
    /// `too_large`. Errors: as append(); mismatch when the registry finds another digest.
    [[nodiscard]] PartAnswer finish(const digest::Digest& digest,
                                    const core::RandomAccess* content);

    /// Asks how far the upload is. False when the registry does not know it, or does not say.
    /// `retries` as http::Request::retries. Errors: denied, unavailable.
    [[nodiscard]] bool refresh(std::uint64_t size, std::optional<unsigned> retries = {});

    /// How long the registry asked to wait when it last refused a request; told once.
    [[nodiscard]] std::optional<std::chrono::seconds> take_asked_wait() noexcept {
        return std::exchange(asked_wait_, std::nullopt);
    }

    /// Best effort: registries drop stale uploads by themselves.
    void cancel() const noexcept;

  private:
    [[nodiscard]] static UploadSession begun(Client& client,
                                             const Endpoint& endpoint,
                                             const http::Url& uploads,
                                             const http::Response& response);
    void move_on(const http::Response& response);
    [[nodiscard]] core::Error refusal(const http::Request& request, const http::Response& response);

    Client* client_;            // never null; pointers, so that one session can replace another
    const Endpoint* endpoint_;  // never null
    http::Url location_;
    std::uint64_t offset_;
    std::uint64_t least_chunk_;
    std::optional<std::chrono::seconds> asked_wait_{};
};

/// How many bytes a Range header of an upload ("0-1023") confirms: 1024. "0-0" is what registries
/// say of an upload without a byte as well, so it confirms none. Nothing for other texts.
[[nodiscard]] std::optional<std::uint64_t> confirmed_bytes(std::string_view range);

}  // namespace modelseal::registry
