#include "common/registry/upload/upload_session.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/http/date.hpp"
#include "common/registry/client/answer.hpp"

#include <exception>

namespace modelseal::registry {

namespace {

constexpr int created = 201;
constexpr int accepted = 202;
constexpr int no_content = 204;
constexpr int not_found = 404;
constexpr int gone = 410;
constexpr int content_too_large = 413;
constexpr int range_not_satisfiable = 416;

/// A part of the content that ends early when the process is asked to end.
class Part final : public core::RandomAccess {
  public:
    Part(const core::RandomAccess& content,
         std::uint64_t offset,
         std::uint64_t length,
         bool may_end_early)
        : range_(content, offset, length), may_end_early_(may_end_early) {}

    [[nodiscard]] std::uint64_t size() const override { return range_.size(); }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        const bool ends = may_end_early_ && core::termination_requested();
        const std::size_t count = ends ? 0 : range_.read_at(offset, buffer);
        given_ = offset + count;
        return count;
    }

    /// Bytes from the beginning on that were read for sending.
    [[nodiscard]] std::uint64_t given() const noexcept { return given_; }

  private:
    core::RangeAccess range_;
    bool may_end_early_;
    mutable std::uint64_t given_ = 0;
};

bool is_begun(const http::Response& response) {
    return response.status == accepted && response.headers.get("Location");
}

bool is_lost(int status) {
    return status == not_found || status == gone;
}

}  // namespace

std::optional<UploadSession> UploadSession::begin(Client& client,
                                                  const Endpoint& endpoint,
                                                  const http::Url& uploads) {
    const http::Request request{.method = http::Method::post, .url = uploads};
    const http::Response response = client.send(request);
    if (response.status == created) {
        return std::nullopt;
    }
    if (!is_begun(response)) {
        throw answer_error(request, response);
    }
    return begun(client, endpoint, uploads, response);
}

UploadSession UploadSession::begun(Client& client,
                                   const Endpoint& endpoint,
                                   const http::Url& uploads,
                                   const http::Response& response) {
    const std::string location = response.headers.get("Location").value_or("");
    const std::string least = response.headers.get("OCI-Chunk-Min-Length").value_or("");
    return {client,
            endpoint,
            endpoint.follow(uploads, location, "Location"),
            0,
            core::parse_decimal(least).value_or(0)};
}

void UploadSession::begin_anew() {
    cancel();
    const http::Request request{
        .method = http::Method::post, .url = endpoint_->uploads(), .retries = 0};
    const http::Response response = client_->send(request);
    if (response.status == created) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::registry_error,
                          "the registry answered 201 to a request that begins an upload");
    }
    if (!is_begun(response)) {
        throw refusal(request, response);
    }
    *this = begun(*client_, *endpoint_, request.url, response);
}

bool UploadSession::is_of_distribution() const {
    const std::string url = location_.to_string();
    return url.find("?_state=") != std::string::npos || url.find("&_state=") != std::string::npos;
}

PartAnswer UploadSession::append(const core::RandomAccess& content,
                                 std::uint64_t length,
                                 bool states_length) {
    const Part part(content, offset_, length, !states_length);
    http::Request request{.method = http::Method::patch, .url = location_};
    request.headers.add("Content-Type", "application/octet-stream");
    if (states_length) {
        request.headers.add("Content-Range", core::concat(offset_, '-', offset_ + length - 1));
    }
    request.content = &part;
    request.streams = !states_length;
    request.sees_it_through = !states_length;
    const http::Response response = client_->send(request);
    if (response.status == content_too_large) {
        return PartAnswer::too_large;
    }
    if (response.status == range_not_satisfiable || response.status == created) {
        return PartAnswer::refused;
    }
    if (is_lost(response.status)) {
        return PartAnswer::lost;
    }
    if (response.status != accepted) {
        throw refusal(request, response);
    }
    if (part.given() < length && !core::termination_requested()) {
        throw core::Error(
            core::ErrorKind::io,
            core::Reason::changed_while_read,
            core::concat(
                "the content ends at byte ", offset_ + part.given(), ", while it was read"));
    }
    const std::uint64_t sent = offset_ + part.given();
    const auto range = response.headers.get("Range");
    const bool is_chunk = length < content.size();  // else the digest alone decides
    move_on(response);                              // also where the upload can be cancelled
    if (is_chunk && range && confirmed_bytes(*range) != sent) {
        return PartAnswer::refused;
    }
    offset_ = sent;
    return PartAnswer::taken;
}

PartAnswer UploadSession::finish(const digest::Digest& digest, const core::RandomAccess* content) {
    http::Request request{.method = http::Method::put,
                          .url = location_.with_parameter("digest", digest.to_string()),
                          .retries = 0};
    if (content != nullptr) {
        request.headers.add("Content-Type", "application/octet-stream");
        request.content = content;
    }
    const http::Response response = client_->send(request);
    if (response.status == content_too_large) {
        return PartAnswer::too_large;
    }
    if (is_lost(response.status)) {
        return PartAnswer::lost;
    }
    if (response.status != created && response.status != no_content) {
        throw refusal(request, response);
    }
    const auto stated = response.headers.get("Docker-Content-Digest");
    if (stated && *stated != digest.to_string()) {
        throw core::Error(core::ErrorKind::mismatch,
                          core::Reason::digest_mismatch,
                          core::concat("the registry stored it as ", core::in_quotes(*stated)));
    }
    return PartAnswer::taken;
}

bool UploadSession::refresh(std::uint64_t size, std::optional<unsigned> retries) {
    const http::Request request{.url = location_, .retries = retries};
    const http::Response response = client_->send(request);
    if (response.status != no_content) {
        const core::Error error = refusal(request, response);
        if (error.kind() == core::ErrorKind::unavailable) {
            throw error;  // it may know later
        }
        return false;
    }
    const auto confirmed = confirmed_bytes(response.headers.get("Range").value_or(""));
    if (!confirmed || *confirmed > size) {
        return false;
    }
    offset_ = *confirmed;
    move_on(response);
    return true;
}

void UploadSession::move_on(const http::Response& response) {
    const auto location = response.headers.get("Location");
    if (location) {
        location_ = endpoint_->follow(location_, *location, "Location");
    }
}

core::Error UploadSession::refusal(const http::Request& request, const http::Response& response) {
    asked_wait_ = http::retry_after(response.headers, client_->now());
    return answer_error(request, response);
}

void UploadSession::cancel() const noexcept {
    try {
        const http::Request request{.method = http::Method::remove, .url = location_};
        static_cast<void>(client_->send(request));
    } catch (const std::exception&) {
        return;  // the first error is the one to report
    }
}

std::optional<std::uint64_t> confirmed_bytes(std::string_view range) {
    constexpr std::string_view unit = "bytes=";
    if (range.starts_with(unit)) {
        range.remove_prefix(unit.size());
    }
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto first = core::parse_decimal(range.substr(0, dash));
    const auto last = core::parse_decimal(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last == UINT64_MAX) {
        return std::nullopt;
    }
    return *last == 0 ? 0 : *last + 1;
}

}  // namespace modelseal::registry
