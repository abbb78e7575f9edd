#include "common/sigstore/certificate_authentication.hpp"

#include "common/core/text.hpp"
#include "common/crypto/x509/certificate_path.hpp"
#include "common/sigstore/certificate/verify_scts.hpp"
#include "common/sigstore/identity_match.hpp"
#include "common/sigstore/refusal.hpp"
#include "common/sigstore/time_conditions.hpp"
#include "common/sigstore/trusted_times.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

std::vector<crypto::Certificate> certificates_of(const CertificateMaterial& material) {
    std::vector<crypto::Certificate> chain;
    std::transform(material.chain.begin(),
                   material.chain.end(),
                   std::back_inserter(chain),
                   [](const core::Bytes& der) { return crypto::Certificate::parse_der(der); });
    return chain;
}

/// The certificate that issued the leaf, by an authority that was trusted at that time.
crypto::Certificate issuer_at(std::span<const crypto::Certificate> chain,
                              core::Timestamp time,
                              const TrustedRoot& root) {
    std::optional<Error> refused;
    for (const Authority& authority : root.certificate_authorities()) {
        if (!authority.validity.contains(time)) {
            continue;
        }
        try {
            return crypto::verify_code_signing_path(
                chain.front(), chain.subspan(1), authority.chain, time);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch) {
                throw;
            }
            refused = error;
        }
    }
    throw refused.value_or(
        Error(ErrorKind::mismatch,
              Reason::untrusted_certificate,
              concat("the trusted root has no certificate authority for ", time.to_string())));
}

/// The times at which a signature by a certificate is known to have existed, at least one.
std::vector<TrustedTime> times_of(const Bundle& bundle,
                                  const Requirements& requirements,
                                  std::span<const VerifiedLogEntry> entries,
                                  const TrustedRoot& root) {
    std::vector<TrustedTime> times = timestamp_times(bundle, root);
    std::ranges::move(log_times(entries), std::back_inserter(times));
    require_timestamp(requirements, times);
    if (times.empty()) {
        reject(Reason::no_trusted_time,
               "nobody trusted says when it was made: it has neither a timestamp nor a log entry "
               "with a time, and its certificate was valid for minutes only");
    }
    return times;
}

/// The first of the trusted identities that the certificate names.
const TrustedIdentity& require_identity(const CertificateIdentity& certified,
                                        std::span<const TrustedSigner> signers) {
    std::optional<std::string> why;
    for (const TrustedSigner& signer : signers) {
        if (const auto* trusted = std::get_if<TrustedIdentity>(&signer)) {
            auto difference = why_identity_differs(*trusted, certified);
            if (!difference) {
                return *trusted;
            }
            why =
                why ? "none of the trusted identities is the certificate's" : std::move(difference);
        }
    }
    const std::string by = concat("it is signed by ", core::in_quotes(certified.subject));
    if (!why) {
        reject(Reason::wrong_signer, concat(by, " with a certificate, and only keys are trusted"));
    }
    reject(Reason::wrong_identity, concat(by, ": ", *why));
}

}  // namespace

Authentication authenticate_certificate(const Bundle& bundle,
                                        const CertificateMaterial& material,
                                        const SignatureCheck& check,
                                        const Requirements& requirements,
                                        const Trust& trust) {
    const auto chain = certificates_of(material);
    const crypto::Certificate& leaf = chain.front();
    std::vector<VerifiedLogEntry> entries;
    if (!requirements.ignore_log) {
        entries = verify_log_entries(
            bundle.log_entries, {.signer = leaf, .content = bundle.content}, *trust.root);
    }
    auto times = times_of(bundle, requirements, entries, *trust.root);
    require_logs_in_use(entries, times);
    require_made_by_then(times, trust);
    std::optional<crypto::Certificate> issuer;
    for (const TrustedTime& time : times) {
        issuer = issuer_at(chain, time.time, *trust.root);
    }
    if (!requirements.ignore_sct) {
        verify_signed_certificate_timestamps(leaf, *issuer, trust.root->ct_logs());
    }
    CertificateIdentity identity = identity_of(leaf);
    const TrustedIdentity& trusted = require_identity(identity, requirements.signers);
    const crypto::HashAlgorithm hash = check(leaf.public_key());
    return {.signer = SigningCertificate{.certificate = leaf,
                                         .identity = std::move(identity),
                                         .hash = hash,
                                         .name = trusted.name},
            .times = std::move(times),
            .log_entries = std::move(entries)};
}

}  // namespace modelseal::sigstore
