#include "common/registry/download/blob_stream.hpp"

#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/registry/client/answer.hpp"
#include "common/registry/download/blob_answer.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace modelseal::registry {

using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

constexpr int ok = 200;
constexpr int partial_content = 206;
constexpr int range_not_satisfiable = 416;

/// The part has all that it wants, and more is coming: ends a transfer, is no error.
struct PartComplete {};

/// Waits a little longer each time: 50, 200, 800 ms. Requests that the registry did not answer at
/// all have waited in Client before.
void pause(unsigned tries) {
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::milliseconds(50) * (1U << (2 * (std::max(tries, 1U) - 1)));
    while (std::chrono::steady_clock::now() < until) {
        core::check_termination();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

Error ended_early(const BlobPart& part) {
    return {ErrorKind::mismatch,
            Reason::size_mismatch,
            core::concat("the registry sends only ",
                         part.position(),
                         " bytes where ",
                         part.end(),
                         " are expected")};
}

}  // namespace

/// Passes an answer's body on to the part that it belongs to.
class BlobStream::Body final : public core::ByteSink {
  public:
    Body(BlobPart& part, std::uint64_t size) : part_(part), size_(size) {}

    [[nodiscard]] bool may_begin_at_start() const { return part_.may_skip(); }

    /// The answer is good, and its body begins with that byte of the blob.
    void begin(std::uint64_t at) noexcept {
        arriving_ = at;
        has_begun_ = true;
    }

    void write(std::span<const std::byte> bytes) override {
        const std::uint64_t unwanted =
            std::min<std::uint64_t>(part_.position() - arriving_, bytes.size());
        arriving_ += bytes.size();
        if (arriving_ > size_) {
            throw Error(
                ErrorKind::mismatch,
                Reason::size_mismatch,
                core::concat("the registry sends more than the ", size_, " bytes of the manifest"));
        }
        const auto wanted = bytes.subspan(static_cast<std::size_t>(unwanted));
        if (part_.take(wanted) < wanted.size()) {
            throw PartComplete();
        }
    }

    /// Whether a good answer broke off: what failed before has been tried again in Client.
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }

  private:
    BlobPart& part_;
    std::uint64_t size_;
    bool has_begun_ = false;
    std::uint64_t arriving_ = 0;  // where in the blob the next byte of the body belongs
};

bool Allowance::permits(std::uint64_t moved) noexcept {
    if (moved >= renewed_by) {
        used_ = 0;
        return true;
    }
    return ++used_ <= tries;
}

void BlobStream::receive(BlobPart& part) {
    Allowance allowance;
    while (!part.is_complete()) {
        const std::uint64_t before = part.position();
        const std::optional<Error> failure = receive_once(part);
        if (!failure) {
            continue;
        }
        if (!allowance.permits(part.position() - before)) {
            throw Error(*failure);
        }
        pause(allowance.used());
    }
}

/// Decides about status and headers, before the first byte of the body.
void BlobStream::accept(const http::Request& request,
                        const http::Response& response,
                        const std::optional<http::ContentRange>& asked,
                        Body& body) {
    offer_ = response.headers.get("Accept-Ranges") == "bytes" || response.status != ok
                 ? Offer::made
                 : Offer::not_made;
    if (!asked && response.status == partial_content) {  // unasked, but it is the whole blob
        check_range(request, response, {0, blob_.size - 1, blob_.size});
        body.begin(0);
        return;
    }
    if (!asked || (response.status == ok && body.may_begin_at_start())) {
        check_whole(request, response, blob_.size);
        body.begin(0);
        if (asked) {
            serves_ranges_ = false;
        }
        return;
    }
    try {
        check_range(request, response, *asked);
        body.begin(asked->first);
    } catch (const Error&) {
        serves_ranges_ = false;
        throw;
    }
}

/// One request. Returns what went wrong when another one may do better.
std::optional<Error> BlobStream::receive_once(BlobPart& part) {
    http::Request request{.url = endpoint_.blob(blob_.digest)};
    std::optional<http::ContentRange> asked;
    if (const core::ByteRange range{part.position(), part.end()};
        serves_ranges_ && range.size() != blob_.size) {
        asked = {range.first, range.end - 1, blob_.size};
        request.headers.add("Range", range_header(*asked));
    }
    Body body(part, blob_.size);
    request.sink = &body;
    request.accept = [&](const http::Response& response) {
        accept(request, response, asked, body);
    };
    try {
        const http::Response response = client_.send(request);
        if (!response.ok()) {
            if (response.status == range_not_satisfiable) {
                serves_ranges_ = false;
            }
            throw answer_error(request, response);
        }
    } catch (const PartComplete&) {
        return std::nullopt;
    } catch (const Error& error) {
        const bool broke_off = error.kind() == ErrorKind::unavailable && body.has_begun();
        const bool can_do_without_range = asked && !serves_ranges_ && part.may_skip();
        if (broke_off || can_do_without_range) {
            return error;
        }
        throw;
    }
    return part.is_complete() ? std::nullopt : std::optional(ended_early(part));
}

}  // namespace modelseal::registry
