// Certificates as values. Spec: RFC 5280.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/time.hpp"
#include "common/crypto/public_key.hpp"
#include "common/crypto/x509/alternative_name.hpp"
#include "common/digest/digest.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;  // OpenSSL's X509

namespace modelseal::crypto {

/// A certificate that has the form of one: nothing about it is trusted before a path to an
/// authority was verified (certificate_path.hpp). Copies share one immutable object.
class Certificate {
  public:
    /// Exactly one DER certificate.
    /// Errors: malformed (also: an extension twice, one of RFC 5280's that breaks its form).
    [[nodiscard]] static Certificate parse_der(std::span<const std::byte> der);

    /// The "CERTIFICATE" blocks of `text`, 1 to 10 of them; text between them is ignored.
    /// Errors: malformed (also: a block with another label).
    [[nodiscard]] static std::vector<Certificate> parse_pem_chain(std::string_view text);

    [[nodiscard]] const core::Bytes& der() const noexcept;

    /// SHA-256 of der().
    [[nodiscard]] const digest::Digest& fingerprint() const noexcept;

    /// Errors: malformed (unsupported) for a key that PublicKey does not accept.
    [[nodiscard]] PublicKey public_key() const;

    /// The SubjectPublicKeyInfo, also of a key that public_key() does not accept. Errors: internal.
    [[nodiscard]] core::Bytes spki_der() const;

    [[nodiscard]] core::Timestamp not_before() const noexcept;
    [[nodiscard]] core::Timestamp not_after() const noexcept;

    /// Both ends belong to the validity. Spec: RFC 5280 section 4.1.2.5.
    [[nodiscard]] bool is_valid_at(core::Timestamp time) const noexcept;

    /// Whether its basicConstraints say that it is a CA.
    [[nodiscard]] bool is_authority() const noexcept;

    /// What the OCTET STRING of an extension holds, for example of "2.5.29.17"; nothing without it.
    /// Errors: internal.
    [[nodiscard]] std::optional<core::Bytes> extension(std::string_view dotted_oid) const;

    /// In the certificate's order; empty without the extension. Errors: malformed.
    [[nodiscard]] std::vector<AlternativeName> alternative_names() const;

    /// The TBSCertificate as it would be without an extension, as DER: what a transparency log
    /// signed before the extension with its answer was added. Errors: internal.
    /// Spec: RFC 6962 section 3.2.
    [[nodiscard]] core::Bytes tbs_without(std::string_view dotted_oid) const;

    /// The subject for reports, as RFC 2253 writes names: "CN=sigstore,O=sigstore.dev". Often empty
    /// in certificates for signing.
    [[nodiscard]] std::string subject() const;

    /// Shares the object, which nobody may change. For the .cpp files of this domain. Errors: as
    /// parse_der().
    [[nodiscard]] static Certificate from_native(x509_st* certificate);

    /// For the .cpp files of this domain.
    [[nodiscard]] x509_st* native() const noexcept;

    /// By their DER.
    friend bool operator==(const Certificate& left, const Certificate& right) noexcept {
        return left.der() == right.der();
    }

  private:
    struct Content;
    explicit Certificate(std::shared_ptr<const Content> content) noexcept;

    std::shared_ptr<const Content> content_;
};

}  // namespace modelseal::crypto
