// Who a certificate of Fulcio names, and what else it says of the run that signed.
// Spec: fulcio docs/oid-info.md; sigstore client specification, "Identity".
#pragma once

#include "common/crypto/x509/certificate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// Who signed, and who vouches for that. The optional ones are there when the certificate states
/// them; nobody but the issuer of the identity token checked them.
struct CertificateIdentity {
    enum class NameKind { uri, email, other_name };

    /// The first URI of the alternative names, else the first e-mail address, else the first name
    /// of Fulcio's own kind (1.3.6.1.4.1.57264.1.7).
    std::string subject;
    NameKind kind = NameKind::uri;

    /// The OpenID Connect issuer: .8, or in older certificates .1. (These and the numbers below
    /// are under 1.3.6.1.4.1.57264.1.)
    std::string issuer;

    std::optional<std::string> github_workflow_trigger{};     // .2
    std::optional<std::string> github_workflow_sha{};         // .3
    std::optional<std::string> github_workflow_name{};        // .4
    std::optional<std::string> github_workflow_repository{};  // .5
    std::optional<std::string> github_workflow_ref{};         // .6

    std::optional<std::string> build_signer_uri{};                    // .9
    std::optional<std::string> build_signer_digest{};                 // .10
    std::optional<std::string> runner_environment{};                  // .11
    std::optional<std::string> source_repository_uri{};               // .12
    std::optional<std::string> source_repository_digest{};            // .13
    std::optional<std::string> source_repository_ref{};               // .14
    std::optional<std::string> source_repository_identifier{};        // .15
    std::optional<std::string> source_repository_owner_uri{};         // .16
    std::optional<std::string> source_repository_owner_identifier{};  // .17
    std::optional<std::string> build_config_uri{};                    // .18
    std::optional<std::string> build_config_digest{};                 // .19
    std::optional<std::string> build_trigger{};                       // .20
    std::optional<std::string> run_invocation_uri{};                  // .21
    std::optional<std::string> source_repository_visibility{};        // .22, when it signed
    std::optional<std::string> deployment_environment{};              // .23
    std::optional<std::string> token_subject{};                       // .24

    bool operator==(const CertificateIdentity&) const = default;
};

/// "uri", "email", "other_name"
[[nodiscard]] std::string_view to_string(CertificateIdentity::NameKind kind) noexcept;

/// Reads what the certificate says; that it is to be believed, verify_code_signing_path() says.
/// Errors: malformed (an extension that is not in its form, text with control characters);
/// mismatch (wrong_identity: no subject, or no issuer).
[[nodiscard]] CertificateIdentity identity_of(const crypto::Certificate& certificate);

}  // namespace modelseal::sigstore
