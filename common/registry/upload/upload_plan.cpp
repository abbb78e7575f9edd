#include "common/registry/upload/upload_plan.hpp"

#include "common/core/error.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

/// The first size tried after a whole blob was too large: below what proxies commonly allow.
constexpr std::uint64_t first_fallback = std::uint64_t{64} << 20U;
constexpr std::uint64_t shrinking = 4;

std::uint64_t first_chunk(const UploadCircumstances& now) {
    if (!now.traits.takes_chunks) {
        return now.size;
    }
    if (now.asked_chunk) {
        return *now.asked_chunk;
    }
    if (now.is_distribution || now.size > now.traits.largest_request) {
        return UploadPlan::usual_chunk;
    }
    return now.size;
}

}  // namespace

UploadPlan::UploadPlan(const UploadCircumstances& circumstances)
    : size_(circumstances.size),
      least_chunk_(std::max(circumstances.least_chunk, smallest_chunk)),
      chunk_(first_chunk(circumstances)),
      states_length_(!circumstances.is_distribution),
      takes_chunks_(circumstances.traits.takes_chunks),
      needs_chunks_(circumstances.size > circumstances.traits.largest_request) {
    if (circumstances.asked_chunk && !takes_chunks_) {
        throw core::Error(core::ErrorKind::usage,
                          core::Reason::unsupported,
                          "this registry takes blobs whole only: leave out --chunk-size");
    }
    if (chunk_ < size_) {
        chunk_ = std::max(std::min(chunk_, circumstances.traits.largest_chunk), least_chunk_);
    }
}

std::uint64_t UploadPlan::length_at(std::uint64_t offset) const noexcept {
    return std::min(chunk_, size_ - std::min(offset, size_));
}

bool UploadPlan::make_smaller() noexcept {
    const std::uint64_t current = std::min(chunk_, size_);
    const std::uint64_t next =
        std::max(std::min(current / shrinking, first_fallback), least_chunk_);
    if (!takes_chunks_ || next >= current) {
        return false;
    }
    chunk_ = next;
    return true;
}

bool UploadPlan::give_up_chunks() noexcept {
    if (!is_chunked() || needs_chunks_) {
        return false;
    }
    chunk_ = size_;
    takes_chunks_ = false;
    return true;
}

}  // namespace modelseal::registry
