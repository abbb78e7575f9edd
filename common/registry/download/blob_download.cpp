#include "common/registry/download/blob_download.hpp"

#include "common/core/background_sink.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/verifying_sink.hpp"
#include "common/registry/client/answer.hpp"
#include "common/registry/download/blob_answer.hpp"
#include "common/registry/download/blob_stream.hpp"
#include "common/registry/download/parallel_download.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

constexpr int ok = 200;

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

/// A blob that goes to a sink from its first byte to its last.
class WholeBlob final : public BlobPart {
  public:
    WholeBlob(core::ByteSink& to, std::uint64_t size) : to_(to), size_(size) {}

    [[nodiscard]] std::uint64_t position() const override { return position_; }

    [[nodiscard]] std::uint64_t end() const override { return size_; }

    std::size_t take(std::span<const std::byte> bytes) override {
        to_.write(bytes);
        position_ += bytes.size();
        return bytes.size();
    }

  private:
    core::ByteSink& to_;
    std::uint64_t size_;
    std::uint64_t position_ = 0;
};

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
        BlobStream stream(client, endpoint, blob);
        digest::VerifyingSink verified(to, blob.digest, blob.size);
        if (blob.size < worth_a_thread) {
            WholeBlob whole(verified, blob.size);
            stream.receive(whole);
        } else {
            core::BackgroundSink background(verified);
            WholeBlob whole(background, blob.size);
            stream.receive(whole);
            background.finish();
        }
        verified.finish();
    });
}

void download_parts(Client& client,
                    const Endpoint& endpoint,
                    const oci::Descriptor& blob,
                    oci::BlobTarget& to,
                    ConnectionBudget& budget) {
    core::with_context(core::concat("fetching the blob ", blob.digest.to_string()),
                       [&] { ParallelDownload(client, endpoint, blob, to, budget).run(); });
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
            request.headers.add("Range", range_header(asked));
            request.accept = [&](const http::Response& response) {
                if (response.status != ok || asked.first != 0) {
                    check_range(request, response, asked);
                }
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
