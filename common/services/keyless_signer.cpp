#include "common/services/keyless_signer.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/private_key.hpp"
#include "common/services/bundle_maker.hpp"
#include "common/services/fulcio.hpp"
#include "common/sigstore/certificate/identity.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::services {

namespace {

using core::Error;
using core::ErrorKind;

/// A certificate must still be valid when the last service states the time.
constexpr std::int64_t spare_seconds = 60;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::usage,
                core::Reason::not_configured,
                core::concat("cannot sign without a key: ", why));
}

void check_complete(const SigningServices& services) {
    if (!services.certificate_authority) {
        refuse(
            "no certificate authority is configured (--fulcio-url, or caUrls of a signing "
            "config)");
    }
    if (services.logs.empty()) {
        refuse(
            "no transparency log is configured (--rekor-url, or rekorTlogUrls of a signing "
            "config)");
    }
    const bool timed_by_log =
        std::any_of(services.logs.begin(), services.logs.end(), [](const LogService& log) {
            return log.version == LogVersion::rekor_v1;
        });
    if (!timed_by_log && services.timestamp_authorities.empty()) {
        refuse(
            "Rekor v2 states no time, and no timestamp authority is configured "
            "(--timestamp-server-url, or tsaUrls of a signing config): the certificate could "
            "not be verified after its ten minutes");
    }
}

}  // namespace

std::unique_ptr<crypto::Signer> ephemeral_key() {
    return std::make_unique<crypto::KeySigner>(crypto::PrivateKey::generate());
}

KeylessSigner::KeylessSigner(http::Transport& transport,
                             SigningServices services,
                             TokenSource token_source,
                             const core::Clock& clock,
                             std::string audience,
                             std::unique_ptr<crypto::Signer> key)
    : transport_(transport),
      services_(std::move(services)),
      token_source_(std::move(token_source)),
      clock_(clock),
      audience_(std::move(audience)),
      key_(std::move(key)) {
    check_complete(services_);
}

void KeylessSigner::ensure_certificate() {
    const core::Timestamp now = clock_.now();
    if (certificate_ &&
        now.unix_seconds() + spare_seconds <= certificate_->not_after().unix_seconds()) {
        return;
    }
    if (!token_) {
        token_ = token_source_();
    }
    token_->check_usable(now, audience_);
    const auto chain =
        request_certificate(transport_, *services_.certificate_authority, *token_, *key_);
    auto certificate = crypto::Certificate::parse_der(chain.front());
    core::with_context("reading the certificate of Fulcio",
                       [&] { return sigstore::identity_of(certificate); });
    certificate_ = std::move(certificate);
}

sigstore::Bundle KeylessSigner::make(const sigstore::Payload& payload) {
    // What is signed may take an hour to read, and the certificate lives for ten minutes.
    sigstore::SignedPayload made = sigstore::sign_payload(payload, *key_);
    ensure_certificate();
    return complete_bundle(
        transport_, services_, std::move(made), key_->public_key(), certificate_->der());
}

}  // namespace modelseal::services
