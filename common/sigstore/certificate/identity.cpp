#include "common/sigstore/certificate/identity.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/x509/der_value.hpp"

#include <algorithm>
#include <array>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;
using crypto::AlternativeName;
using NameKind = CertificateIdentity::NameKind;

constexpr std::string_view fulcio_arc = "1.3.6.1.4.1.57264.1.";
constexpr int first_issuer = 1;  // raw text
constexpr int own_name = 7;
constexpr int issuer = 8;  // a UTF8String, as all that came later

struct Field {
    int number;
    std::optional<std::string> CertificateIdentity::*member;
};

constexpr std::array fields{
    Field{2, &CertificateIdentity::github_workflow_trigger},
    Field{3, &CertificateIdentity::github_workflow_sha},
    Field{4, &CertificateIdentity::github_workflow_name},
    Field{5, &CertificateIdentity::github_workflow_repository},
    Field{6, &CertificateIdentity::github_workflow_ref},
    Field{9, &CertificateIdentity::build_signer_uri},
    Field{10, &CertificateIdentity::build_signer_digest},
    Field{11, &CertificateIdentity::runner_environment},
    Field{12, &CertificateIdentity::source_repository_uri},
    Field{13, &CertificateIdentity::source_repository_digest},
    Field{14, &CertificateIdentity::source_repository_ref},
    Field{15, &CertificateIdentity::source_repository_identifier},
    Field{16, &CertificateIdentity::source_repository_owner_uri},
    Field{17, &CertificateIdentity::source_repository_owner_identifier},
    Field{18, &CertificateIdentity::build_config_uri},
    Field{19, &CertificateIdentity::build_config_digest},
    Field{20, &CertificateIdentity::build_trigger},
    Field{21, &CertificateIdentity::run_invocation_uri},
    Field{22, &CertificateIdentity::source_repository_visibility},
    Field{23, &CertificateIdentity::deployment_environment},
    Field{24, &CertificateIdentity::token_subject},
};

std::string oid_of(int number) {
    return concat(fulcio_arc, number);
}

[[noreturn]] void refuse_form(std::string_view what) {
    throw Error(ErrorKind::malformed, concat(what, " of the certificate is not text in its form"));
}

/// Text that a person reads and a pattern is held against: in UTF-8, without control characters.
std::string checked_text(std::string text, std::string_view what) {
    const bool controls = std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
    if (controls || !core::is_utf8(text)) {
        refuse_form(what);
    }
    return text;
}

std::optional<std::string> read_field(const crypto::Certificate& certificate, int number) {
    const auto content = certificate.extension(oid_of(number));
    if (!content) {
        return std::nullopt;
    }
    const std::string what = concat("extension ", oid_of(number));
    if (number < own_name) {
        return checked_text(std::string(core::as_text(*content)), what);
    }
    auto text = crypto::parse_utf8_string(*content);
    if (!text) {
        refuse_form(what);
    }
    return checked_text(std::move(*text), what);
}

/// The text of a name when it is of this kind.
std::optional<std::string> name_as(const AlternativeName& name, NameKind kind) {
    switch (kind) {
        case NameKind::uri:
            return name.kind == AlternativeName::Kind::uri ? std::optional(name.value)
                                                           : std::nullopt;
        case NameKind::email:
            return name.kind == AlternativeName::Kind::email ? std::optional(name.value)
                                                             : std::nullopt;
        case NameKind::other_name:
            if (name.kind != AlternativeName::Kind::other_name || name.type != oid_of(own_name)) {
                return std::nullopt;
            }
            if (auto text = crypto::parse_utf8_string(core::as_bytes(name.value))) {
                return text;
            }
            refuse_form("the name");
    }
    return std::nullopt;
}

void read_subject(const crypto::Certificate& certificate, CertificateIdentity& identity) {
    const std::vector<AlternativeName> names = certificate.alternative_names();
    for (const NameKind kind : {NameKind::uri, NameKind::email, NameKind::other_name}) {
        for (const AlternativeName& name : names) {
            if (auto text = name_as(name, kind)) {
                identity.subject = checked_text(std::move(*text), "the name");
                identity.kind = kind;
                return;
            }
        }
    }
}

void read_issuer(const crypto::Certificate& certificate, CertificateIdentity& identity) {
    auto stated = read_field(certificate, issuer);
    if (!stated) {
        stated = read_field(certificate, first_issuer);
    }
    identity.issuer = stated.value_or("");
}

}  // namespace

std::string_view to_string(NameKind kind) noexcept {
    switch (kind) {
        case NameKind::uri:
            return "uri";
        case NameKind::email:
            return "email";
        case NameKind::other_name:
            return "other_name";
    }
    return "";
}

CertificateIdentity identity_of(const crypto::Certificate& certificate) {
    CertificateIdentity identity;
    read_subject(certificate, identity);
    if (identity.subject.empty()) {
        throw Error(ErrorKind::mismatch,
                    Reason::wrong_identity,
                    "the certificate names nobody that could have signed");
    }
    read_issuer(certificate, identity);
    if (identity.issuer.empty()) {
        throw Error(ErrorKind::mismatch,
                    Reason::wrong_identity,
                    "the certificate does not say who issued the identity");
    }
    for (const Field& field : fields) {
        identity.*field.member = read_field(certificate, field.number);
    }
    return identity;
}

}  // namespace modelseal::sigstore
