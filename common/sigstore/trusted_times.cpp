#include "common/sigstore/trusted_times.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/x509/timestamp.hpp"
#include "common/sigstore/log/signed_content.hpp"

#include <optional>

namespace modelseal::sigstore {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;

const core::Bytes& signature_of(const Bundle& bundle) noexcept {
    const auto* envelope = std::get_if<Envelope>(&bundle.content);
    return envelope != nullptr ? envelope->signature
                               : std::get<MessageSignature>(bundle.content).signature;
}

TrustedTime time_by(const Authority& authority,
                    std::span<const std::byte> timestamp,
                    std::span<const std::byte> signature) {
    const core::Timestamp time = crypto::verify_timestamp(timestamp, signature, authority.chain);
    if (!authority.validity.contains(time)) {
        throw Error(
            ErrorKind::mismatch,
            Reason::untrusted_timestamp,
            core::concat(
                "the timestamp is of ", time.to_string(), ", when its authority is not trusted"));
    }
    return {.time = time, .source = TrustedTime::Source::timestamp_authority, .by = authority.uri};
}

/// Collects what verified.
class Collector {
  public:
    explicit Collector(const TrustedRoot& root) : root_(root) {}

    void add(std::span<const std::byte> timestamp, std::span<const std::byte> signature) {
        for (const Authority& authority : root_.timestamp_authorities()) {
            try {
                times_.push_back(time_by(authority, timestamp, signature));
                return;
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::mismatch) {
                    throw;
                }
                refused_ = error;
            }
        }
    }

    [[nodiscard]] std::vector<TrustedTime> take() {
        if (times_.empty()) {
            throw refused_.value_or(Error(ErrorKind::mismatch,
                                          Reason::untrusted_timestamp,
                                          "the trusted root has no timestamp authority"));
        }
        return std::move(times_);
    }

  private:
    const TrustedRoot& root_;
    std::vector<TrustedTime> times_;
    std::optional<Error> refused_;
};

}  // namespace

std::vector<TrustedTime> timestamp_times(const Bundle& bundle, const TrustedRoot& root) {
    if (bundle.timestamps.empty()) {
        return {};
    }
    Collector collector(root);
    for (const core::Bytes& timestamp : bundle.timestamps) {
        collector.add(timestamp, signature_of(bundle));
    }
    return collector.take();
}

std::vector<TrustedTime> log_times(std::span<const VerifiedLogEntry> entries) {
    std::vector<TrustedTime> times;
    for (const VerifiedLogEntry& entry : entries) {
        if (entry.integrated) {
            times.push_back(
                {.time = *entry.integrated, .source = TrustedTime::Source::log, .by = entry.log});
        }
    }
    return times;
}

}  // namespace modelseal::sigstore
