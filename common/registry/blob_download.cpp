#include "common/registry/blob_download.hpp"

#include "common/core/background_sink.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/verifying_sink.hpp"
#include "common/registry/answer.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

constexpr int ok = 200;
constexpr int partial_content = 206;

/// Below this a second thread costs more than it saves.
constexpr std::uint64_t worth_a_thread = std::uint64_t{4} << 20U;

/// Writes into memory that the caller sized; more than that is an error.
class BufferSink final : public core::ByteSink {
  public:
    explicit BufferSink(std::span<std::byte> buffer) noexcept : buffer_(buffer) {}

    void write(std::span<const std::byte> bytes) override {
        if (bytes.size() > buffer_.size() - written_) {
            throw core::Error(core::ErrorKind::io,
                              core::Reason::registry_error,
                              "the registry sent more bytes than were asked for");
        }
        std::copy(
            bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(written_));
        written_ += bytes.size();
    }

    [[nodiscard]] std::size_t written() const noexcept { return written_; }

  private:
    std::span<std::byte> buffer_;
    std::size_t written_ = 0;
};

void check_whole(const http::Request& request,
                 const http::Response& response,
                 const oci::Descriptor& blob) {
    if (response.status != ok) {
        throw answer_error(request, response);
    }
    const auto length = response.headers.content_length();
    if (length && *length != blob.size) {
        throw core::Error(
            core::ErrorKind::mismatch,
            core::Reason::size_mismatch,
            core::concat(
                "the registry has ", *length, " bytes where the manifest says ", blob.size));
    }
}

void check_range(const http::Request& request,
                 const http::Response& response,
                 const http::ContentRange& asked) {
    if (response.status == ok && asked.first == 0) {
        return;  // the whole blob, of which the beginning is wanted
    }
    if (response.status == ok) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::unsupported,
                          "the registry does not serve parts of blobs");
    }
    if (response.status != partial_content) {
        throw answer_error(request, response);
    }
    const std::string field = response.headers.get("Content-Range").value_or("");
    const auto range = http::ContentRange::parse(field);
    if (!range || range->first != asked.first || range->last != asked.last ||
        (range->total && range->total != asked.total)) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::registry_error,
                          core::concat("the registry answered with the range ",
                                       core::in_quotes(field),
                                       " instead of bytes ",
                                       asked.first,
                                       " to ",
                                       asked.last));
    }
}

void send_for(Client& client, const http::Request& request) {
    const http::Response response = client.send(request);
    if (!response.ok()) {
        throw answer_error(request, response);
    }
}

}  // namespace

void download_blob(Client& client,
                   const Endpoint& endpoint,
                   const oci::Descriptor& blob,
                   core::ByteSink& to) {
    core::with_context(core::concat("fetching the blob ", blob.digest.to_string()), [&] {
        http::Request request{.url = endpoint.blob(blob.digest)};
        request.accept = [&](const http::Response& response) {
            check_whole(request, response, blob);
        };
        digest::VerifyingSink verified(to, blob.digest, blob.size);
        if (blob.size < worth_a_thread) {
            request.sink = &verified;
            send_for(client, request);
        } else {
            core::BackgroundSink background(verified);
            request.sink = &background;
            send_for(client, request);
            background.finish();
        }
        verified.finish();
    });
}

std::size_t download_range(Client& client,
                           const Endpoint& endpoint,
                           const oci::Descriptor& blob,
                           std::uint64_t offset,
                           std::span<std::byte> buffer) {
    if (offset >= blob.size || buffer.empty()) {
        return 0;
    }
    const std::uint64_t count = std::min<std::uint64_t>(buffer.size(), blob.size - offset);
    const http::ContentRange asked{offset, offset + count - 1, blob.size};
    return core::with_context(
        core::concat(
            "reading ", count, " bytes at ", offset, " of the blob ", blob.digest.to_string()),
        [&] {
            BufferSink sink(buffer.first(static_cast<std::size_t>(count)));
            http::Request request{.url = endpoint.blob(blob.digest)};
            request.headers.add("Range", core::concat("bytes=", asked.first, '-', asked.last));
            request.accept = [&](const http::Response& response) {
                check_range(request, response, asked);
            };
            request.sink = &sink;
            request.enough = count;
            send_for(client, request);
            if (sink.written() != count) {
                throw core::Error(
                    core::ErrorKind::mismatch,
                    core::Reason::size_mismatch,
                    core::concat("the registry sent only ", sink.written(), " bytes"));
            }
            return sink.written();
        });
}

}  // namespace modelseal::registry
