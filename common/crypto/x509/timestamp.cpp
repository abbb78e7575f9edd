#include "common/crypto/x509/timestamp.hpp"

#include "common/crypto/hash.hpp"
#include "common/crypto/x509/asn1_time.hpp"
#include "common/crypto/x509/path_search.hpp"
#include "common/crypto/x509/timestamp_response.hpp"

#include <algorithm>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::mismatch, Reason::untrusted_timestamp, std::string(why));
}

void check_granted(TS_RESP* response) {
    const TS_STATUS_INFO* info = TS_RESP_get_status_info(response);
    const std::int64_t status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));
    if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) {
        refuse(concat("the authority refused to give a timestamp (status ", status, ')'));
    }
}

/// SHA-1 and older are refused: whoever finds a collision has two messages with one timestamp.
HashAlgorithm imprint_algorithm(const X509_ALGOR* imprint) {
    const ASN1_OBJECT* type = nullptr;
    int parameter_type = V_ASN1_UNDEF;
    X509_ALGOR_get0(&type, &parameter_type, nullptr, imprint);
    if (parameter_type != V_ASN1_UNDEF && parameter_type != V_ASN1_NULL) {
        refuse("the timestamp's hash has parameters");
    }
    switch (OBJ_obj2nid(type)) {
        case NID_sha256:
            return HashAlgorithm::sha256;
        case NID_sha384:
            return HashAlgorithm::sha384;
        case NID_sha512:
            return HashAlgorithm::sha512;
        default:
            refuse("the timestamp is over a hash other than SHA-256, SHA-384 and SHA-512");
    }
}

void check_imprint(TS_TST_INFO* info, std::span<const std::byte> message) {
    TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
    const HashAlgorithm algorithm = imprint_algorithm(TS_MSG_IMPRINT_get_algo(imprint));
    const core::Bytes expected = hash_of(algorithm, message);
    const auto stated = content_of(TS_MSG_IMPRINT_get_msg(imprint));
    if (!std::ranges::equal(stated, expected)) {
        refuse("the timestamp is for another signature");
    }
}

/// "Extensions … conforming TSAs … critical … not recognized": a client must not go on.
void check_extensions(TS_TST_INFO* info) {
    for (int i = 0; i < TS_TST_INFO_get_ext_count(info); ++i) {
        if (X509_EXTENSION_get_critical(TS_TST_INFO_get_ext(info, i)) != 0) {
            refuse("the timestamp has a critical extension that is not known here");
        }
    }
}

/// RFC 3161 section 2.3: "The corresponding certificate MUST contain only one instance of the
/// extended key usage field extension … with KeyPurposeID having value id-kp-timeStamping. This
/// extension MUST be critical." OpenSSL would let other, unknown uses stand beside it.
void check_signer_usage(const Certificate& signer) {
    const auto usage = extended_key_usage(signer);
    if (!usage || !usage->critical || usage->uses != std::vector{NID_time_stamp}) {
        refuse("the certificate that signed the timestamp is not for timestamping alone");
    }
}

void check_path(const Certificate& signer,
                std::span<const Certificate> helpers,
                const Certificate& anchor,
                core::Timestamp at) {
    try {
        static_cast<void>(find_path(signer, helpers, anchor, at, PathUse::time_stamping));
    } catch (const Error& error) {
        const Reason reason = error.reason() == Reason::untrusted_certificate
                                  ? Reason::untrusted_timestamp
                                  : error.reason();
        throw Error(error.kind(), reason, concat("the timestamp's authority: ", error.message()));
    }
}

X509Stack copy_of(std::span<const Certificate> certificates) {
    X509Stack stack(sk_X509_new_null());
    for (const Certificate& certificate : certificates) {
        if (!stack || X509_add_cert(stack.get(), certificate.native(), X509_ADD_FLAG_UP_REF) != 1) {
            throw openssl_error(ErrorKind::internal, "preparing to verify a timestamp");
        }
    }
    return stack;
}

/// The token's signature, that its attributes name the signer's certificate (RFC 5816), and that
/// a name which it gives to the authority is that of the signer.
void check_signature(TS_RESP* response,
                     std::span<const Certificate> helpers,
                     const Certificate& anchor,
                     core::Timestamp at) {
    const TimestampContext context(TS_VERIFY_CTX_new());
    if (!context) {
        throw openssl_error(ErrorKind::internal, "preparing to verify a timestamp");
    }
    TS_VERIFY_CTX_set_store(context.get(), store_of(anchor, at).release());
    TS_VERIFY_CTX_set_certs(context.get(), copy_of(helpers).release());
    TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_SIGNER);
    if (TS_RESP_verify_response(context.get(), response) != 1) {
        throw openssl_error(
            ErrorKind::mismatch, Reason::untrusted_timestamp, "the timestamp does not verify");
    }
}

}  // namespace

core::Timestamp verify_timestamp(std::span<const std::byte> response,
                                 std::span<const std::byte> message,
                                 std::span<const Certificate> authority) {
    const ResponseHandle parsed = parse_timestamp_response(response);
    check_granted(parsed.get());
    PKCS7* token = TS_RESP_get_token(parsed.get());
    TS_TST_INFO* info = TS_RESP_get_tst_info(parsed.get());
    if (token == nullptr || info == nullptr) {
        refuse("the response holds no timestamp");
    }
    check_imprint(info, message);
    check_extensions(info);
    const core::Timestamp at =
        parse_fractional_time(core::as_text(content_of(TS_TST_INFO_get_time(info))));
    if (authority.empty()) {
        refuse("an authority without certificates vouches for nothing");
    }
    const std::vector<Certificate> embedded = embedded_certificates(token);
    std::vector<Certificate> known = embedded;
    known.insert(known.end(), authority.begin(), authority.end());
    const Certificate signer = timestamp_signer(token, known);
    if (!authority.front().is_authority() && signer != authority.front()) {
        refuse("the timestamp is not signed by the authority's certificate");
    }
    check_signer_usage(signer);
    // Where the authority names its intermediates, no other counts (certificate_path.cpp).
    std::vector<Certificate> helpers(authority.begin(), authority.end());
    if (authority.size() == 1) {
        helpers.insert(helpers.end(), embedded.begin(), embedded.end());
    }
    helpers.push_back(signer);
    check_path(signer, helpers, authority.back(), at);
    check_signature(parsed.get(), helpers, authority.back(), at);
    return at;
}

}  // namespace modelseal::crypto
