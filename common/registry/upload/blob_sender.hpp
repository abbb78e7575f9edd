// One blob on its way into a registry, through whatever happens on the way.
#pragma once

#include "common/http/retrying_transport.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"
#include "common/registry/upload/sent_content.hpp"
#include "common/registry/upload/upload_journal.hpp"
#include "common/registry/upload/upload_plan.hpp"
#include "common/registry/upload/upload_session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace modelseal::registry {

/// Whether the repository has the blob. Errors: denied, unavailable, io.
[[nodiscard]] bool has_blob(Client& client, const Endpoint& endpoint, const digest::Digest& digest);

/// Sends a blob whole or in parts, as its plan says. After a broken connection or an answer that
/// only time can mend it waits, as long as the registry asks or twice as long each time, asks how
/// far the upload is, and goes on there or begins anew; it gives up after as many failures, and so
/// much waiting, without a byte more confirmed in between, as RetryOptions allow.
class BlobSender {
  public:
    struct Blob {
        SentContent& content;
        std::optional<digest::Digest> known{};       // its digest, when that is known before
        std::optional<std::uint64_t> asked_chunk{};  // bytes
        http::RetryOptions retry{};                  // after failures without a byte more confirmed
        std::chrono::milliseconds first_pause{};     // after a failure; doubled after each more
    };

    /// References outlive this object. With a `claim` the upload is recorded after every part.
    BlobSender(Client& client,
               const Endpoint& endpoint,
               Blob blob,
               UploadSession session,
               std::optional<UploadClaim>& claim);

    /// Errors: mismatch when the registry finds another digest, denied, unavailable, io (413 among
    /// them); usage as UploadPlan; those of reading. The upload is then cancelled, unless it is
    /// recorded and a later process can continue it: after `unavailable` and after a signal.
    digest::Digest send();

  private:
    /// One way through the blob; nothing when it has to begin anew.
    [[nodiscard]] std::optional<digest::Digest> try_once();
    [[nodiscard]] PartAnswer send_parts();
    [[nodiscard]] PartAnswer close();
    [[nodiscard]] std::optional<digest::Digest> handle(PartAnswer answer);
    [[nodiscard]] bool goes_whole() const;
    /// After a failure: finds out where the upload stands. True when the blob turns out stored.
    [[nodiscard]] bool resume();
    void begin_anew();
    void note_progress() noexcept;
    void note_failure(const core::Error& error);
    void wait_before_retry(const core::Error& error);
    void record();
    void give_up(core::ErrorKind kind);

    Client& client_;
    const Endpoint& endpoint_;
    Blob blob_;
    UploadSession session_;
    std::optional<UploadClaim>& claim_;
    std::uint64_t least_chunk_;
    UploadPlan plan_;
    std::uint64_t best_offset_;
    unsigned failures_ = 0;               // since best_offset_ grew
    std::chrono::milliseconds waited_{};  // likewise
    bool is_broken_ = false;   // the last request failed: the registry knows better how far we are
    bool is_closing_ = false;  // all content is there: the blob may be stored already
};

}  // namespace modelseal::registry
