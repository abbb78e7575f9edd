#include "common/registry/blob_upload.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/registry/answer.hpp"

namespace modelseal::registry {

namespace {

constexpr int created = 201;
constexpr int accepted = 202;
constexpr int not_found = 404;

}  // namespace

bool BlobUpload::exists(const digest::Digest& digest) const {
    const http::Request request{.method = http::Method::head, .url = endpoint_.blob(digest)};
    const http::Response response = client_.send(request);
    if (!response.ok() && response.status != not_found) {
        throw answer_error(request, response);
    }
    return response.ok();
}

void BlobUpload::push(const core::RandomAccess& content,
                      const digest::Digest& digest,
                      const std::function<void(std::uint64_t)>& sent) const {
    core::with_context(core::concat("pushing the blob ", digest.to_string()), [&] {
        // These small requests also settle authentication before the content is on its way.
        if (exists(digest)) {
            return;
        }
        const core::TerminationDeferral deferral;  // a started upload is cancelled
        const auto location = start(digest);
        if (!location) {
            return;
        }
        try {
            send(content, digest, *location, sent);
        } catch (...) {
            cancel(*location);
            throw;
        }
    });
}

std::optional<http::Url> BlobUpload::start(const digest::Digest& digest) const {
    for (const std::string& repository : mount_from_) {
        const auto location = start_at(endpoint_.uploads()
                                           .with_parameter("mount", digest.to_string())
                                           .with_parameter("from", repository));
        if (!location) {
            return std::nullopt;
        }
        cancel(*location);  // not mounted: the registry opened an upload instead
    }
    return start_at(endpoint_.uploads());
}

std::optional<http::Url> BlobUpload::start_at(const http::Url& uploads) const {
    const http::Request request{.method = http::Method::post, .url = uploads};
    const http::Response response = client_.send(request);
    if (response.status == created) {
        return std::nullopt;
    }
    const auto location = response.headers.get("Location");
    if (response.status != accepted || !location) {
        throw answer_error(request, response);
    }
    return endpoint_.follow(uploads, *location, "Location");
}

void BlobUpload::send(const core::RandomAccess& content,
                      const digest::Digest& digest,
                      const http::Url& location,
                      const std::function<void(std::uint64_t)>& sent) const {
    http::Request request{.method = http::Method::put,
                          .url = location.with_parameter("digest", digest.to_string())};
    request.headers.add("Content-Type", "application/octet-stream");
    request.content = &content;
    request.sent = sent;
    const http::Response response = client_.send(request);
    if (response.status != created) {
        throw answer_error(request, response);
    }
    const auto stated = response.headers.get("Docker-Content-Digest");
    if (stated && *stated != digest.to_string()) {
        throw core::Error(core::ErrorKind::mismatch,
                          core::Reason::digest_mismatch,
                          core::concat("the registry stored it as ", core::in_quotes(*stated)));
    }
}

void BlobUpload::cancel(const http::Url& location) const noexcept {
    try {
        const http::Request request{.method = http::Method::remove, .url = location};
        static_cast<void>(client_.send(request));
    } catch (const std::exception&) {
        return;  // the registry drops stale uploads by itself; the first error is the one to report
    }
}

}  // namespace modelseal::registry
