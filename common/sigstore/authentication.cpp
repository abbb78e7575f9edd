#include "common/sigstore/authentication.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "common/crypto/x509/certificate_path.hpp"
#include "common/sigstore/certificate/verify_scts.hpp"
#include "common/sigstore/identity_match.hpp"
#include "common/sigstore/key_time.hpp"
#include "common/sigstore/log/signed_content.hpp"
#include "common/sigstore/trusted_times.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

[[noreturn]] void reject(Reason reason, std::string why) {
    throw Error(ErrorKind::mismatch, reason, std::move(why));
}

void append(std::vector<TrustedTime>& times, std::vector<TrustedTime> more) {
    times.insert(
        times.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void require_timestamp(const Requirements& requirements, std::span<const TrustedTime> times) {
    const bool stamped = std::any_of(times.begin(), times.end(), [](const TrustedTime& time) {
        return time.source == TrustedTime::Source::timestamp_authority;
    });
    if (requirements.require_timestamp && !stamped) {
        reject(Reason::no_trusted_time, "it has no timestamp by a trusted authority");
    }
}

/// A proof of a log says nothing of the time, and its key may be in other hands since: some trusted
/// time must be one at which the key counted.
void require_logs_in_use(std::span<const VerifiedLogEntry> entries,
                         std::span<const TrustedTime> times) {
    for (const VerifiedLogEntry& entry : entries) {
        const bool in_use = entry.integrated || (times.empty() && !entry.validity.end) ||
                            std::any_of(times.begin(), times.end(), [&](const TrustedTime& time) {
                                return entry.validity.contains(time.time);
                            });
        if (!in_use) {
            reject(Reason::untrusted_log,
                   concat("nothing shows that it was logged in ",
                          core::printable(entry.log),
                          " while that log's key counted"));
        }
    }
}

/// For the question what would have been accepted at an earlier time.
void require_made_by_then(std::span<const TrustedTime> times, const Trust& trust) {
    const bool made = std::any_of(times.begin(), times.end(), [&](const TrustedTime& time) {
        return time.time <= trust.now;
    });
    if (!trust.asks_about_now && !times.empty() && !made) {
        reject(Reason::no_trusted_time,
               concat("it is not shown to have been made by ", trust.now.to_string()));
    }
}

// Certificates

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
    append(times, log_times(entries));
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

// Keys

/// Without what a trusted log or authority does not vouch for: it says nothing, unless it must.
template <typename Verify>
auto unless_untrusted(Reason untrusted, Verify verify) -> decltype(verify()) {
    try {
        return verify();
    } catch (const Error& error) {
        if (error.reason() != untrusted) {
            throw;
        }
        return {};
    }
}

std::vector<VerifiedLogEntry> entries_for_key(const Bundle& bundle,
                                              const crypto::PublicKey& key,
                                              bool required,
                                              const TrustedRoot& root) {
    const auto verify = [&] {
        return verify_log_entries(
            bundle.log_entries, {.signer = key, .content = bundle.content}, root);
    };
    return required ? verify() : unless_untrusted(Reason::untrusted_log, verify);
}

/// What proves that a signature by `trusted` counts, as far as anything has to.
Authentication authenticate_time(const Bundle& bundle,
                                 const TrustedKey& trusted,
                                 crypto::HashAlgorithm hash,
                                 const Requirements& requirements,
                                 const Trust& trust) {
    Authentication proof{.signer = SigningKey{trusted.key, hash, trusted.name}};
    const bool depends_on_time =
        trusted.validity || trusted.compromised_at || !trust.asks_about_now;
    if (requirements.require_log || depends_on_time) {
        proof.log_entries =
            entries_for_key(bundle, trusted.key, requirements.require_log, *trust.root);
        proof.times = log_times(proof.log_entries);
    }
    if (requirements.require_timestamp || depends_on_time) {
        append(proof.times, unless_untrusted(Reason::untrusted_timestamp, [&] {
                   return timestamp_times(bundle, *trust.root);
               }));
        require_timestamp(requirements, proof.times);
    }
    require_logs_in_use(proof.log_entries, proof.times);
    require_made_by_then(proof.times, trust);
    std::vector<core::Timestamp> times;
    std::transform(proof.times.begin(),
                   proof.times.end(),
                   std::back_inserter(times),
                   [](const TrustedTime& time) { return time.time; });
    if (const auto why = why_key_does_not_count(trusted, times, trust.now)) {
        reject(Reason::revoked, *why);
    }
    return proof;
}

Authentication authenticate_key(const Bundle& bundle,
                                const SignatureCheck& check,
                                const Requirements& requirements,
                                const Trust& trust) {
    Error refused(ErrorKind::mismatch,
                  Reason::wrong_signer,
                  "it is signed by a key, and only identities are trusted");
    std::size_t keys = 0;
    for (const TrustedSigner& signer : requirements.signers) {
        const auto* trusted = std::get_if<TrustedKey>(&signer);
        if (trusted == nullptr) {
            continue;
        }
        ++keys;
        std::optional<crypto::HashAlgorithm> hash;
        try {  // a hint chooses no key: whoever wrote it may lie
            hash = check(trusted->key);
            return authenticate_time(bundle, *trusted, *hash, requirements, trust);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch && error.kind() != ErrorKind::malformed) {
                throw;
            }
            if (hash) {
                refused = error;  // by this key, but it does not count
            } else if (refused.reason() == Reason::wrong_signer) {
                refused = Error(ErrorKind::mismatch,
                                Reason::wrong_signer,
                                keys == 1 ? error.message()
                                          : "the signature verifies with none of the given keys");
            }
        }
    }
    throw refused;
}

}  // namespace

std::string_view to_string(TrustedTime::Source source) noexcept {
    return source == TrustedTime::Source::log ? "log" : "timestamp_authority";
}

crypto::HashAlgorithm Authentication::hash() const noexcept {
    return std::visit([](const auto& made_by) { return made_by.hash; }, signer);
}

std::string Authentication::signer_text() const {
    if (const auto* key = std::get_if<SigningKey>(&signer)) {
        return concat("key ", key->key.fingerprint().to_string());
    }
    const CertificateIdentity& identity = std::get<SigningCertificate>(signer).identity;
    return concat(core::in_quotes(identity.subject), " by ", core::in_quotes(identity.issuer));
}

SignatureCheck check_of(std::string_view message, std::span<const std::byte> signature) {
    return [=](const crypto::PublicKey& key) {
        return crypto::verify_signature(
                   key, crypto::HashChoice::native_or_sha256, core::as_bytes(message), signature)
            .hash;
    };
}

SignatureCheck check_of(const Envelope& envelope) {
    return [&envelope](const crypto::PublicKey& key) {
        const std::string message =
            pre_authentication_encoding(envelope.payload_type, envelope.payload);
        return check_of(message, envelope.signature)(key);
    };
}

std::vector<crypto::PublicKey> candidate_keys(const Bundle& bundle,
                                              const Requirements& requirements) {
    if (const auto* material = std::get_if<CertificateMaterial>(&bundle.material)) {
        return {crypto::Certificate::parse_der(material->chain.front()).public_key()};
    }
    std::vector<crypto::PublicKey> keys;
    for (const TrustedSigner& signer : requirements.signers) {
        if (const auto* trusted = std::get_if<TrustedKey>(&signer)) {
            keys.push_back(trusted->key);
        }
    }
    return keys;
}

std::string wanted_signer(const Requirements& requirements) {
    if (requirements.signers.size() != 1) {
        return "any of these signers";
    }
    return std::holds_alternative<TrustedKey>(requirements.signers.front()) ? "this key"
                                                                            : "this identity";
}

void require_signers(const Requirements& requirements) {
    if (requirements.signers.empty()) {
        throw Error(ErrorKind::usage,
                    Reason::not_configured,
                    "no key and no identity to verify signatures with");
    }
}

Authentication authenticate(const Bundle& bundle,
                            const SignatureCheck& check,
                            const Requirements& requirements,
                            const Trust& trust) {
    const auto* material = std::get_if<CertificateMaterial>(&bundle.material);
    return material != nullptr
               ? authenticate_certificate(bundle, *material, check, requirements, trust)
               : authenticate_key(bundle, check, requirements, trust);
}

}  // namespace modelseal::sigstore
