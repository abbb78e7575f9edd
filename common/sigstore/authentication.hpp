// Who made a signature, and when: everything that a bundle proves besides what it is about.
// Spec: sigstore client specification, "Verification".
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/public_key.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/sigstore/certificate/identity.hpp"
#include "common/sigstore/check_notes.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/log/verify_log_entry.hpp"
#include "common/sigstore/requirements.hpp"
#include "common/sigstore/trust/trusted_root.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace modelseal::sigstore {

/// What verification believes, besides what somebody demands of a signature.
struct Trust {
    std::shared_ptr<const TrustedRoot> root;  // never null
    core::Timestamp now;                      // the clock, or the time that is asked about
    bool asks_about_now = true;               // otherwise what was made after `now` does not count
    std::string about_root{};  // for refusals: which root it is, and how to name another
};

/// A moment at which somebody trusted saw the signature.
struct TrustedTime {
    enum class Source { log, timestamp_authority };

    core::Timestamp time;
    Source source;
    std::string by;  // URL
};

/// "log", "timestamp_authority"
[[nodiscard]] std::string_view to_string(TrustedTime::Source source) noexcept;

/// A key that was given, and made the signature.
struct SigningKey {
    crypto::PublicKey key;
    crypto::HashAlgorithm hash;
    std::string name;  // in a trust policy; may be empty
};

/// A certificate of a trusted authority, whose key made the signature.
struct SigningCertificate {
    crypto::Certificate certificate;
    CertificateIdentity identity;
    crypto::HashAlgorithm hash;
    std::string name;  // in a trust policy; may be empty
};

/// Proof of who signed. Only authenticate() makes one.
struct Authentication {
    std::variant<SigningKey, SigningCertificate> signer;
    std::vector<TrustedTime> times{};             // verified; empty where none was asked for
    std::vector<VerifiedLogEntry> log_entries{};  // the same

    [[nodiscard]] crypto::HashAlgorithm hash() const noexcept;

    /// "key sha256:…", or the certificate's subject and issuer.
    [[nodiscard]] std::string signer_text() const;
};

/// Checks the signature of a bundle over what it is about by one key, and says which hash it was
/// made with. Errors: mismatch (bad_signature).
using SignatureCheck = std::function<crypto::HashAlgorithm(const crypto::PublicKey& key)>;

/// The check of a signature over `message`, and of an envelope's; both outlive it.
[[nodiscard]] SignatureCheck check_of(std::string_view message,
                                      std::span<const std::byte> signature);
[[nodiscard]] SignatureCheck check_of(const Envelope& envelope);

/// The keys that could have made the signature of `bundle`: that of its certificate, else all that
/// are trusted. Errors: malformed.
[[nodiscard]] std::vector<crypto::PublicKey> candidate_keys(const Bundle& bundle,
                                                            const Requirements& requirements);

/// "this key", "this identity", "any of these signers"
[[nodiscard]] std::string wanted_signer(const Requirements& requirements);

/// Errors: usage (not_configured) when nobody is named who could have signed.
void require_signers(const Requirements& requirements);

/// Returns only if one of `requirements.signers` made the signature of `bundle`, at a time at which
/// that counts, and it is logged and timed as `requirements` demand.
///
/// A certificate must have been valid, and its authority trusted, at every trusted time, of which
/// there is at least one; it must have been promised to a certificate transparency log, and its
/// signature stand in a signature log (unless requirements.ignore_log). For a key, log entries and
/// timestamps are looked at only where they are demanded or decide whether the key counts.
/// What was checked is in `notes`.
/// Errors: mismatch with a reason; malformed for evidence that cannot be read.
[[nodiscard]] Authentication authenticate(const Bundle& bundle,
                                          const SignatureCheck& check,
                                          const Requirements& requirements,
                                          const Trust& trust,
                                          CheckNotes& notes);

}  // namespace modelseal::sigstore
