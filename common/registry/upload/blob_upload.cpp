#include "common/registry/upload/blob_upload.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/registry/upload/blob_sender.hpp"
#include "common/registry/upload/sent_content.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

/// Smaller files are sent again as quickly as a record of them is kept.
constexpr std::uint64_t worth_continuing = std::uint64_t{64} << 20U;

digest::Digest hash(const core::RandomAccess& content) {
    core::RangeSource source(content);
    digest::Sha256 sha256;
    core::copy(source, sha256);
    return sha256.finish();
}

std::string pushing(const std::optional<digest::Digest>& known, std::uint64_t size) {
    return known ? core::concat("pushing the blob ", known->to_string())
                 : core::concat("pushing a blob of ", size, " bytes");
}

/// Nothing when the record names something else than a URL of this registry.
std::optional<http::Url> location_in(const UploadRecord& record, const Endpoint& endpoint) {
    try {
        return endpoint.follow(endpoint.uploads(), record.location, "record of the upload");
    } catch (const core::Error&) {
        return std::nullopt;
    }
}

}  // namespace

digest::Digest BlobUpload::push(const core::RandomAccess& content,
                                const std::optional<digest::Digest>& expected,
                                const core::Advance& advance) {
    std::optional<UploadClaim> held = claim(content);
    const auto record = held ? held->read() : std::nullopt;
    const bool was_stored = record && record->location.empty();
    const bool needs_digest = was_stored || !needs_no_digest(content.size());
    const std::optional<digest::Digest> known =
        expected || !needs_digest ? expected : std::optional(hash(content));
    return core::with_context(pushing(known, content.size()), [&] {
        // This small request also settles authentication before the content is on its way.
        if (known && trusts_existing_ && has_blob(client_, endpoint_, *known)) {
            advance.present(content.size());
            cancel_left(record);
            keep_as_stored(held);
            return *known;
        }
        SentContent sent(content, known, advance);
        const digest::Digest digest = send(sent, known, held);
        keep_as_stored(held);
        return digest;
    });
}

void BlobUpload::cancel_left(const std::optional<UploadRecord>& record) {
    const auto location =
        record && !record->location.empty() ? location_in(*record, endpoint_) : std::nullopt;
    if (location) {
        UploadSession(client_, endpoint_, *location, 0, 0).cancel();
    }
}

void BlobUpload::keep_as_stored(const std::optional<UploadClaim>& claim) {
    if (!claim) {
        return;
    }
    try {
        journal_.keep_until_manifest(*claim);
    } catch (const core::Error&) {
        claim->remove();  // a full disk at home is no reason not to push
    }
}

std::optional<UploadClaim> BlobUpload::claim(const core::RandomAccess& content) {
    const auto* const file = dynamic_cast<const core::File*>(&content);
    const std::uint64_t least = std::min(worth_continuing, options_.chunk_size.value_or(~0ULL));
    if (file == nullptr || file->size() <= least) {
        return std::nullopt;
    }
    return journal_.claim(endpoint_.uploads().to_string(), file->stamp());
}

digest::Digest BlobUpload::send(SentContent& content,
                                const std::optional<digest::Digest>& known,
                                std::optional<UploadClaim>& claim) {
    auto session = continued(claim, content);
    if (!session) {
        session = begin(known);
    }
    if (!session) {
        return content.digest();
    }
    return BlobSender(client_,
                      endpoint_,
                      {.content = content,
                       .known = known,
                       .asked_chunk = options_.chunk_size,
                       .retry = options_.retry,
                       .first_pause = options_.first_pause},
                      std::move(*session),
                      claim)
        .send();
}

std::optional<UploadSession> BlobUpload::continued(const std::optional<UploadClaim>& claim,
                                                   const SentContent& content) {
    const auto record = claim ? claim->read() : std::nullopt;
    if (!record || record->location.empty()) {
        return std::nullopt;
    }
    const auto location = location_in(*record, endpoint_);
    if (!location) {
        return std::nullopt;
    }
    UploadSession session(client_, endpoint_, *location, record->offset, record->least_chunk);
    if (!session.refresh(content.size())) {
        session.cancel();
        return std::nullopt;
    }
    content.skip_to(session.offset());
    return session;
}

std::optional<UploadSession> BlobUpload::begin(const std::optional<digest::Digest>& known) {
    std::optional<UploadSession> session;
    for (const std::string& repository : known ? options_.mount_from : std::vector<std::string>()) {
        if (session) {
            session->cancel();  // not mounted: the registry opened an upload instead
        }
        session = UploadSession::begin(client_,
                                       endpoint_,
                                       endpoint_.uploads()
                                           .with_parameter("mount", known->to_string())
                                           .with_parameter("from", repository));
        if (!session) {
            return std::nullopt;
        }
    }
    return session ? std::move(session)
                   : UploadSession::begin(client_, endpoint_, endpoint_.uploads());
}

}  // namespace modelseal::registry
