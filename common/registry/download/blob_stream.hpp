// One blob over one connection at a time, taken up again where the last one broke off.
#pragma once

#include "common/core/error.hpp"
#include "common/core/files/byte_ranges.hpp"
#include "common/oci/descriptor.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

namespace modelseal::registry {

/// A stretch of a blob on its way to whoever keeps it.
class BlobPart {
  public:
    BlobPart() = default;
    BlobPart(const BlobPart&) = delete;
    BlobPart& operator=(const BlobPart&) = delete;
    BlobPart(BlobPart&&) = delete;
    BlobPart& operator=(BlobPart&&) = delete;
    virtual ~BlobPart() = default;

    /// The next byte that is wanted.
    [[nodiscard]] virtual std::uint64_t position() const = 0;

    /// Where the part ends; it may shrink meanwhile, as far as position().
    [[nodiscard]] virtual std::uint64_t end() const = 0;

    /// Takes the bytes at position(), none past end(), and returns how many.
    virtual std::size_t take(std::span<const std::byte> bytes) = 0;

    /// Whether the bytes before position() may be fetched again, and dropped, when the registry has
    /// no other way to come to those behind it.
    [[nodiscard]] virtual bool may_skip() const { return true; }

    [[nodiscard]] bool is_complete() const { return position() >= end(); }
};

/// How often a broken transfer may be taken up again without getting anywhere.
class Allowance {
  public:
    /// Bytes that make up for every try before.
    static constexpr std::uint64_t renewed_by = std::uint64_t{1} << 20U;
    static constexpr unsigned tries = 3;

    /// Whether there may be another try after one that moved so many bytes.
    [[nodiscard]] bool permits(std::uint64_t moved) noexcept;

    /// How many tries in a row have come to little.
    [[nodiscard]] unsigned used() const noexcept { return used_; }

  private:
    unsigned used_ = 0;
};

/// Fetches parts of one blob; from several threads, when each has its own part.
class BlobStream {
  public:
    /// `client` and `endpoint` outlive this object.
    BlobStream(Client& client, const Endpoint& endpoint, const oci::Descriptor& blob)
        : client_(client), endpoint_(endpoint), blob_(blob) {}

    /// Returns when the part is complete. A connection that breaks, stalls or ends early is
    /// followed by another one from the byte that is wanted next, as long as that leads anywhere
    /// (Allowance). Nothing is checked against the digest. Errors: unavailable; mismatch
    /// (size_mismatch) when the registry's blob has another size; io (unsupported) when only the
    /// whole blob is served and the part must not skip; not_found, denied; those of the part.
    void receive(BlobPart& part);

    /// Whether the registry said that it serves parts of this blob; nothing before its first
    /// answer.
    [[nodiscard]] std::optional<bool> offers_ranges() const noexcept {
        const Offer offer = offer_;
        return offer == Offer::unknown ? std::nullopt
                                       : std::optional(offer == Offer::made && serves_ranges_);
    }

    /// Nothing that the registry did so far says that it cannot serve parts of this blob.
    [[nodiscard]] bool serves_ranges() const noexcept { return serves_ranges_; }

  private:
    class Body;
    enum class Offer { unknown, made, not_made };

    [[nodiscard]] std::optional<core::Error> receive_once(BlobPart& part);
    void accept(const http::Request& request,
                const http::Response& response,
                const std::optional<http::ContentRange>& asked,
                Body& body);

    Client& client_;
    const Endpoint& endpoint_;
    oci::Descriptor blob_;
    std::atomic<bool> serves_ranges_ = true;
    std::atomic<Offer> offer_ = Offer::unknown;
};

}  // namespace modelseal::registry
