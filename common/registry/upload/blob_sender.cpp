#include "common/registry/upload/blob_sender.hpp"

#include "common/core/error.hpp"
#include "common/core/jitter.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/registry/client/answer.hpp"

#include <algorithm>
#include <chrono>

namespace modelseal::registry {

namespace {

using std::chrono::milliseconds;

constexpr int not_found = 404;
constexpr unsigned doublings = 5;

UploadPlan plan_for(const Endpoint& endpoint,
                    const BlobSender::Blob& blob,
                    const UploadSession& session,
                    std::uint64_t least_chunk) {
    return UploadPlan({.size = blob.content.size(),
                       .asked_chunk = blob.asked_chunk,
                       .traits = upload_traits_of(endpoint.base().host()),
                       .least_chunk = least_chunk,
                       .is_distribution = session.is_of_distribution()});
}

/// Twice as long each time, by chance between half and all of it, so that many clients of a server
/// that restarts do not come back at once.
milliseconds pause_after(unsigned failures, milliseconds first) {
    const auto longest = first * (1U << std::min(failures, doublings));
    return core::random_wait(longest / 2, longest);
}

core::Error too_large(std::uint64_t size, std::uint64_t part) {
    return {core::ErrorKind::io,
            core::Reason::limit_exceeded,
            core::concat("the registry, or a proxy in front of it, does not take the ",
                         core::human_size(size),
                         " of this blob (",
                         size,
                         " bytes): it answered 413 even to ",
                         core::human_size(part),
                         " at once; have its limit raised (nginx: client_max_body_size), or split "
                         "the model into smaller files")};
}

core::Error vanished() {
    return {core::ErrorKind::not_found,
            core::Reason::registry_error,
            "the registry lost the upload again and again"};
}

core::Error chunks_refused() {
    return {core::ErrorKind::io,
            core::Reason::unsupported,
            "the registry takes this blob neither in chunks nor whole"};
}

}  // namespace

bool has_blob(Client& client, const Endpoint& endpoint, const digest::Digest& digest) {
    const http::Request request{.method = http::Method::head, .url = endpoint.blob(digest)};
    const http::Response response = client.send(request);
    if (!response.ok() && response.status != not_found) {
        throw answer_error(request, response);
    }
    return response.ok();
}

BlobSender::BlobSender(Client& client,
                       const Endpoint& endpoint,
                       Blob blob,
                       UploadSession session,
                       std::optional<UploadClaim>& claim)
    : client_(client),
      endpoint_(endpoint),
      blob_(std::move(blob)),
      session_(std::move(session)),
      claim_(claim),
      least_chunk_(session_.least_chunk()),
      plan_(plan_for(endpoint, blob_, session_, least_chunk_)),
      best_offset_(session_.offset()) {}

digest::Digest BlobSender::send() {
    const core::TerminationDeferral deferral;  // a started upload is recorded or cancelled
    try {
        record();
        while (true) {
            try {
                if (auto digest = try_once()) {
                    return *digest;
                }
            } catch (const core::Error& error) {
                note_failure(error);
            }
        }
    } catch (const core::Error& error) {
        give_up(error.kind());
        throw;
    } catch (...) {
        give_up(core::ErrorKind::internal);
        throw;
    }
}

std::optional<digest::Digest> BlobSender::try_once() {
    if (is_broken_ && resume()) {
        return blob_.content.digest();
    }
    const PartAnswer answer = send_parts();
    return handle(answer == PartAnswer::taken ? close() : answer);
}

bool BlobSender::goes_whole() const {
    return !plan_.is_chunked() && session_.offset() == 0;
}

PartAnswer BlobSender::send_parts() {
    const std::uint64_t size = blob_.content.size();
    if (goes_whole() && blob_.known) {
        return PartAnswer::taken;  // goes with the closing request
    }
    while (session_.offset() < size) {
        const PartAnswer answer = session_.append(blob_.content,
                                                  plan_.length_at(session_.offset()),
                                                  plan_.states_length() && !goes_whole());
        if (answer != PartAnswer::taken) {
            return answer;
        }
        note_progress();
        record();
        core::check_termination();
    }
    return PartAnswer::taken;
}

PartAnswer BlobSender::close() {
    const bool has_content = session_.offset() < blob_.content.size();
    const digest::Digest digest = blob_.known ? *blob_.known : blob_.content.digest();
    is_closing_ = true;
    return session_.finish(digest, has_content ? &blob_.content : nullptr);
}

std::optional<digest::Digest> BlobSender::handle(PartAnswer answer) {
    const std::uint64_t part = plan_.length_at(session_.offset());
    switch (answer) {
        case PartAnswer::taken:
            return blob_.content.digest();
        case PartAnswer::too_large:
            if (!plan_.make_smaller()) {
                throw too_large(blob_.content.size(), part);
            }
            break;
        case PartAnswer::refused:
            if (!plan_.give_up_chunks()) {
                throw chunks_refused();
            }
            break;
        case PartAnswer::lost:
            if (is_closing_ && has_blob(client_, endpoint_, blob_.content.digest())) {
                return blob_.content.digest();
            }
            if (++failures_ > blob_.retry.retries) {
                throw vanished();
            }
            break;
    }
    begin_anew();
    return std::nullopt;
}

bool BlobSender::resume() {
    if (session_.refresh(blob_.content.size(), 0)) {
        is_broken_ = false;
        note_progress();
        record();
        return false;
    }
    if (is_closing_ && has_blob(client_, endpoint_, blob_.content.digest())) {
        return true;
    }
    begin_anew();
    return false;
}

void BlobSender::begin_anew() {
    session_.begin_anew();
    is_broken_ = false;
    is_closing_ = false;
    record();
}

void BlobSender::note_progress() noexcept {
    if (session_.offset() > best_offset_) {
        best_offset_ = session_.offset();
        failures_ = 0;
        waited_ = {};
    }
}

void BlobSender::note_failure(const core::Error& error) {
    if (error.kind() != core::ErrorKind::unavailable || ++failures_ > blob_.retry.retries) {
        throw error;
    }
    is_broken_ = true;
    wait_before_retry(error);
}

void BlobSender::wait_before_retry(const core::Error& error) {
    const auto asked = session_.take_asked_wait();
    const milliseconds wait = asked ? *asked : pause_after(failures_, blob_.first_pause);
    if (wait > blob_.retry.wait_limit - waited_) {
        throw error;
    }
    waited_ += wait;
    if (blob_.retry.notice) {
        blob_.retry.notice({.what = core::concat("the upload to ", endpoint_.uploads().redacted()),
                            .reason = error.message(),
                            .wait = wait,
                            .retry = failures_,
                            .retries = blob_.retry.retries});
    }
    core::sleep_for(wait);
}

void BlobSender::record() {
    if (claim_) {
        try {
            claim_->save(session_.location().to_string(), session_.offset(), least_chunk_);
        } catch (const core::Error&) {
            claim_->remove();  // a full disk at home is no reason not to push
            claim_.reset();
        }
    }
}

void BlobSender::give_up(core::ErrorKind kind) {
    const bool can_continue = kind == core::ErrorKind::unavailable ||
                              kind == core::ErrorKind::interrupted ||
                              kind == core::ErrorKind::terminated;
    if (claim_ && can_continue) {
        return;
    }
    session_.cancel();
    if (claim_) {
        claim_->remove();
    }
}

}  // namespace modelseal::registry
