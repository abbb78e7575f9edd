// In how many requests a blob is sent, and what to try when a registry does not take them.
// Spec: OCI distribution-spec 1.1, "Pushing a blob monolithically" and "in chunks".
#pragma once

#include "common/registry/upload/known_registries.hpp"

#include <cstdint>
#include <optional>

namespace modelseal::registry {

/// What decides how a blob is sent.
struct UploadCircumstances {
    std::uint64_t size = 0;                      // of the blob
    std::optional<std::uint64_t> asked_chunk{};  // bytes; what the user wants
    UploadTraits traits{};                       // of the registry's host
    std::uint64_t least_chunk = 0;               // OCI-Chunk-Min-Length
    /// Whether the server is CNCF Distribution, whose uploads go on from the end of the last
    /// request that it answered.
    bool is_distribution = false;
};

class UploadPlan {
  public:
    /// Whole, unless the user asks for chunks, the registry needs them, or a large blob can be
    /// continued thanks to them.
    /// Errors: usage when chunks are asked for where the registry takes none.
    explicit UploadPlan(const UploadCircumstances& circumstances);

    /// Whether the blob takes several requests.
    [[nodiscard]] bool is_chunked() const noexcept { return chunk_ < size_; }

    /// Bytes of the request that begins at `offset`.
    [[nodiscard]] std::uint64_t length_at(std::uint64_t offset) const noexcept;

    /// Whether a chunk states its length and range, as the specification has it. Distribution is
    /// sent chunks as docker sends them, whose end can come early when this process has to end.
    [[nodiscard]] bool states_length() const noexcept { return states_length_; }

    /// After 413 (Content Too Large). False when there is nothing smaller to try.
    [[nodiscard]] bool make_smaller() noexcept;

    /// After an answer that shows that chunks do not work. False when they were not used, or the
    /// registry takes nothing else.
    [[nodiscard]] bool give_up_chunks() noexcept;

    /// The chunk for a large blob on a registry that continues uploads.
    static constexpr std::uint64_t usual_chunk = std::uint64_t{128} << 20U;

    /// Below this a chunk is mostly overhead.
    static constexpr std::uint64_t smallest_chunk = std::uint64_t{1} << 20U;

  private:
    std::uint64_t size_;
    std::uint64_t least_chunk_;
    std::uint64_t chunk_;
    bool states_length_;
    bool takes_chunks_;
    bool needs_chunks_;
};

}  // namespace modelseal::registry
