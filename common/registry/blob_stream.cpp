#include "common/registry/blob_stream.hpp"

#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/registry/answer.hpp"
#include "common/registry/blob_answer.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace modelseal::registry {

using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

constexpr int ok = 200;
constexpr int range_not_satisfiable = 416;

/// The part has all that it wants, and more is coming: ends a transfer, is no error.
struct PartComplete {};

/// Passes an answer's body on to the part that it belongs to.
class PartSink final : public core::ByteSink {
  public:
    PartSink(BlobPart& part, std::uint64_t size)
        : part_(part), size_(size), begun_at_(part.position()), arriving_(begun_at_) {}

    /// The body begins with the first byte of the blob.
    void begin_at_start() noexcept { arriving_ = 0; }

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

    [[nodiscard]] bool moved() const { return part_.position() > begun_at_; }

  private:
    BlobPart& part_;
    std::uint64_t size_;
    std::uint64_t begun_at_;
    std::uint64_t arriving_;  // where in the blob the next byte of the body belongs
};

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

/// One request. Returns what went wrong when another one may do better.
std::optional<Error> BlobStream::receive_once(BlobPart& part) {
    http::Request request{.url = endpoint_.blob(blob_.digest)};
    const http::ContentRange asked{part.position(), part.end() - 1, blob_.size};
    const bool ranged = serves_ranges_ && (asked.first != 0 || part.end() != blob_.size);
    if (ranged) {
        request.headers.add("Range", range_header(asked));
    }
    PartSink sink(part, blob_.size);
    request.sink = &sink;
    request.accept = [&](const http::Response& response) {
        if (!ranged || (response.status == ok && part.may_skip())) {
            check_whole(request, response, blob_.size);
            sink.begin_at_start();
            if (ranged) {
                serves_ranges_ = false;
            }
        } else {
            try {
                check_range(request, response, asked);
            } catch (const Error&) {
                serves_ranges_ = false;
                throw;
            }
        }
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
        const bool broke_off = error.kind() == ErrorKind::unavailable && sink.moved();
        const bool can_do_without_range = ranged && !serves_ranges_ && part.may_skip();
        if (broke_off || can_do_without_range) {
            return error;
        }
        throw;
    }
    return part.is_complete() ? std::nullopt : std::optional(ended_early(part));
}

}  // namespace modelseal::registry
