#include "common/sigstore/authentication.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "common/sigstore/certificate_authentication.hpp"
#include "common/sigstore/key_authentication.hpp"

namespace modelseal::sigstore {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

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
                            const Trust& trust,
                            CheckNotes& notes) {
    const auto* material = std::get_if<CertificateMaterial>(&bundle.material);
    return material != nullptr
               ? authenticate_certificate(bundle, *material, check, requirements, trust, notes)
               : authenticate_key(bundle, check, requirements, trust, notes);
}

}  // namespace modelseal::sigstore
