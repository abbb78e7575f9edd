#include "common/crypto/x509/timestamp_response.hpp"

namespace modelseal::crypto {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;

constexpr int embedded_limit = 10;
constexpr int no_flags = 0;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::mismatch, Reason::untrusted_timestamp, std::string(why));
}

/// OpenSSL reads a TSTInfo off the front of the signed bytes and does not look further.
void refuse_bytes_behind_content(const PKCS7* token) {
    const auto content = content_of(token->d.sign->contents->d.other->value.octet_string);
    const unsigned char* at = as_unsigned(content);
    const InfoHandle info(d2i_TS_TST_INFO(nullptr, &at, static_cast<long>(content.size())));
    if (!info || at != as_unsigned(content) + content.size()) {
        throw Error(ErrorKind::malformed, "the timestamp's content is not exactly one TSTInfo");
    }
}

/// Whether the attribute is missing or of the type that it must have; releases of OpenSSL differ in
/// whether they look before they use it as such.
bool has_type(const PKCS7_SIGNER_INFO* signer, int attribute, int type) {
    const ASN1_TYPE* value = PKCS7_get_signed_attribute(signer, attribute);
    return value == nullptr || ASN1_TYPE_get(value) == type;
}

/// The signature is as strong as the hash that it is over.
void check_hash(const PKCS7_SIGNER_INFO* signer) {
    const ASN1_OBJECT* type = nullptr;
    X509_ALGOR_get0(&type, nullptr, nullptr, signer->digest_alg);
    const int hash = OBJ_obj2nid(type);
    if (hash != NID_sha256 && hash != NID_sha384 && hash != NID_sha512) {
        refuse("the timestamp is signed with a hash other than SHA-256, SHA-384 and SHA-512");
    }
}

void check_attributes(const PKCS7_SIGNER_INFO* signer) {
    const ASN1_TYPE* content = PKCS7_get_signed_attribute(signer, NID_pkcs9_contentType);
    if (content == nullptr || ASN1_TYPE_get(content) != V_ASN1_OBJECT ||
        OBJ_obj2nid(content->value.object) != NID_id_smime_ct_TSTInfo) {
        refuse("what is signed does not say that it is a timestamp");
    }
    if (!has_type(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING) ||
        !has_type(signer, NID_id_smime_aa_signingCertificate, V_ASN1_SEQUENCE) ||
        !has_type(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE)) {
        refuse("a signed attribute of the timestamp breaks its form");
    }
}

}  // namespace

ResponseHandle parse_timestamp_response(std::span<const std::byte> der) {
    const unsigned char* at = as_unsigned(der);
    ResponseHandle response(d2i_TS_RESP(nullptr, &at, static_cast<long>(der.size())));
    if (!response) {
        throw openssl_error(ErrorKind::malformed, "not a timestamp response");
    }
    if (at != as_unsigned(der) + der.size()) {
        throw Error(ErrorKind::malformed, "bytes follow the timestamp response");
    }
    if (const PKCS7* token = TS_RESP_get_token(response.get())) {
        refuse_bytes_behind_content(token);
    }
    return response;
}

std::vector<Certificate> embedded_certificates(const PKCS7* token) {
    const STACK_OF(X509)* embedded = token->d.sign->cert;
    if (sk_X509_num(embedded) > embedded_limit) {
        throw Error(ErrorKind::malformed,
                    Reason::limit_exceeded,
                    core::concat("a timestamp with more than ", embedded_limit, " certificates"));
    }
    std::vector<Certificate> certificates;
    for (int i = 0; i < sk_X509_num(embedded); ++i) {
        certificates.push_back(Certificate::from_native(sk_X509_value(embedded, i)));
    }
    return certificates;
}

Certificate timestamp_signer(PKCS7* token, std::span<const Certificate> known) {
    const STACK_OF(PKCS7_SIGNER_INFO)* signers = PKCS7_get_signer_info(token);
    if (sk_PKCS7_SIGNER_INFO_num(signers) != 1) {
        refuse("the timestamp does not have exactly one signer");
    }
    check_hash(sk_PKCS7_SIGNER_INFO_value(signers, 0));
    check_attributes(sk_PKCS7_SIGNER_INFO_value(signers, 0));
    X509View candidates(sk_X509_new_null());
    for (const Certificate& certificate : known) {
        if (!candidates || sk_X509_push(candidates.get(), certificate.native()) == 0) {
            throw openssl_error(ErrorKind::internal, "preparing to verify a timestamp");
        }
    }
    const X509View found(PKCS7_get0_signers(token, candidates.get(), no_flags));
    if (!found || sk_X509_num(found.get()) != 1) {
        ERR_clear_error();
        refuse("the timestamp is signed with a certificate that is not known here");
    }
    return Certificate::from_native(sk_X509_value(found.get(), 0));
}

}  // namespace modelseal::crypto
