#include "common/sigstore/certificate_authentication.hpp"

#include "common/core/text.hpp"
#include "common/crypto/x509/certificate_path.hpp"
#include "common/sigstore/certificate/verify_scts.hpp"
#include "common/sigstore/identity_match.hpp"
#include "common/sigstore/proof_text.hpp"
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

/// The first of the trusted identities that the certificate names; there is one at least.
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
    reject(Reason::wrong_identity, concat(by, ": ", *why));
}

/// First of all: where only keys are asked about, nobody needs a trusted root to be told so.
void require_identities_asked(const Requirements& requirements, CheckNotes& notes) {
    const bool named = std::ranges::any_of(requirements.signers, [](const TrustedSigner& signer) {
        return std::holds_alternative<TrustedIdentity>(signer);
    });
    if (!named) {
        const Error refused(ErrorKind::mismatch,
                            Reason::wrong_signer,
                            "it is signed with a certificate, and only keys are trusted");
        notes.failed("signer", refused);
        throw refused;
    }
}

/// The certificate that issued the leaf: the same at every trusted time.
crypto::Certificate require_issuer(std::span<const crypto::Certificate> chain,
                                   std::span<const TrustedTime> times,
                                   const TrustedRoot& root) {
    std::optional<crypto::Certificate> issuer;
    for (const TrustedTime& time : times) {
        issuer = issuer_at(chain, time.time, root);
    }
    return *issuer;
}

/// What is demanded of the certificate beside subject and issuer.
void note_run(const TrustedIdentity& trusted, CheckNotes& notes) {
    const auto note = [&](bool asked, std::string_view what) {
        if (!asked) {
            notes.not_asked(what);
        }
    };
    note(trusted.repository_id.has_value(), "repository id");
    note(trusted.ref.has_value(), "branch or tag");
    note(!trusted.triggers.empty(), "what triggered the run");
}

/// What of a trusted identity was held against the certificate.
std::string describe(const TrustedIdentity& trusted, const CertificateIdentity& certified) {
    std::string text = concat(core::in_quotes(certified.subject),
                              " is ",
                              trusted.subject.to_string(),
                              ", issuer ",
                              core::in_quotes(certified.issuer),
                              " is ",
                              trusted.issuer.to_string());
    if (trusted.repository_id) {
        text.append(concat(", repository id ", *trusted.repository_id));
    }
    if (trusted.ref) {
        text.append(
            concat(", ref ", core::in_quotes(certified.source_repository_ref.value_or(""))));
    }
    if (!trusted.triggers.empty()) {
        text.append(concat(", trigger ", core::in_quotes(certified.build_trigger.value_or(""))));
    }
    return text;
}

}  // namespace

Authentication authenticate_certificate(const Bundle& bundle,
                                        const CertificateMaterial& material,
                                        const SignatureCheck& check,
                                        const Requirements& requirements,
                                        const Trust& trust,
                                        CheckNotes& notes) {
    require_identities_asked(requirements, notes);
    const auto chain = notes.made("certificate", [&] {
        auto read = certificates_of(material);
        std::string text = read.front().fingerprint().to_string();
        return Noted(std::move(read), std::move(text));
    });
    const crypto::Certificate& leaf = chain.front();
    std::vector<VerifiedLogEntry> entries;
    notes.check_if(!requirements.ignore_log, "transparency log", [&] {
        entries = verify_log_entries(
            bundle.log_entries, {.signer = leaf, .content = bundle.content}, *trust.root);
        return describe(entries);
    });
    const auto times = notes.made("trusted time", [&] {
        auto seen = times_of(bundle, requirements, entries, *trust.root);
        require_logs_in_use(entries, seen);
        require_made_by_then(seen, trust);
        std::string text = describe(seen);
        return Noted(std::move(seen), std::move(text));
    });
    const auto issuer = notes.made("certificate authority", [&] {
        return Noted(
            require_issuer(chain, times, *trust.root),
            std::string(
                "an authority of the trusted root issued it, valid at each of these times"));
    });
    notes.check_if(!requirements.ignore_sct, "certificate transparency", [&] {
        verify_signed_certificate_timestamps(leaf, issuer, trust.root->ct_logs());
        return std::string("promised by a trusted log");
    });
    CertificateIdentity identity;
    const TrustedIdentity* trusted = notes.made("signer", [&] {
        identity = identity_of(leaf);
        const TrustedIdentity& found = require_identity(identity, requirements.signers);
        return Noted(&found, describe(found, identity));
    });
    note_run(*trusted, notes);
    const crypto::HashAlgorithm hash = notes.made("signature", [&] {
        const auto made_with = check(leaf.public_key());
        return Noted(made_with,
                     concat("by the certificate's key, over ", crypto::to_string(made_with)));
    });
    return {.signer = SigningCertificate{.certificate = leaf,
                                         .identity = std::move(identity),
                                         .hash = hash,
                                         .name = trusted->name},
            .times = times,
            .log_entries = std::move(entries)};
}

}  // namespace modelseal::sigstore
