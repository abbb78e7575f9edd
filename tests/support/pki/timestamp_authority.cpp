#include "tests/support/pki/timestamp_authority.hpp"

#include "common/crypto/x509/object_identifier.hpp"
#include "common/crypto/x509/x509_handles.hpp"
#include "tests/support/pki/der.hpp"
#include "tests/support/pki/must.hpp"

#include <openssl/ess.h>

namespace modelseal::pki {

namespace {

using crypto::as_unsigned;
using Pkcs7Handle = core::Handle<PKCS7, PKCS7_free>;
using StatusHandle = core::Handle<TS_STATUS_INFO, TS_STATUS_INFO_free>;
using ImprintHandle = core::Handle<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free>;
using AlgorithmHandle = core::Handle<X509_ALGOR, X509_ALGOR_free>;
using TimeHandle = core::Handle<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;
using NameHandle = core::Handle<GENERAL_NAME, GENERAL_NAME_free>;
using IntegerHandle = core::Handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using SigningCertificate = core::Handle<ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free>;
using BioChain = core::Handle<BIO, BIO_free_all>;
using ExtensionHandle = core::Handle<X509_EXTENSION, X509_EXTENSION_free>;

core::Bytes hash_of(const std::string& name, std::span<const std::byte> message) {
    const EVP_MD* hash = must(EVP_get_digestbyname(name.c_str()));
    core::Bytes value(static_cast<std::size_t>(EVP_MD_get_size(hash)));
    must(EVP_Digest(message.data(),
                    message.size(),
                    reinterpret_cast<unsigned char*>(value.data()),
                    nullptr,
                    hash,
                    nullptr));
    return value;
}

void set_imprint(TS_TST_INFO* info, const StampOptions& options, const core::Bytes& value) {
    const ImprintHandle imprint(must(TS_MSG_IMPRINT_new()));
    const AlgorithmHandle algorithm(must(X509_ALGOR_new()));
    X509_ALGOR_set_md(algorithm.get(), must(EVP_get_digestbyname(options.hash.c_str())));
    if (options.hash_has_parameters) {
        X509_ALGOR_set0(algorithm.get(),
                        OBJ_nid2obj(OBJ_txt2nid(options.hash.c_str())),
                        V_ASN1_OCTET_STRING,
                        must(ASN1_OCTET_STRING_new()));
    }
    must(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()));
    core::Bytes copy = value;  // OpenSSL wants bytes that it may change
    must(TS_MSG_IMPRINT_set_msg(imprint.get(),
                                reinterpret_cast<unsigned char*>(copy.data()),
                                static_cast<int>(copy.size())));
    must(TS_TST_INFO_set_msg_imprint(info, imprint.get()));
}

void set_time(TS_TST_INFO* info, const std::string& text) {
    const TimeHandle time(must(ASN1_GENERALIZEDTIME_new()));
    must(ASN1_STRING_set(time.get(), text.data(), static_cast<int>(text.size())));
    must(TS_TST_INFO_set_time(info, time.get()));
}

void set_authority_name(TS_TST_INFO* info, const std::string& common_name) {
    const NameHandle name(must(GENERAL_NAME_new()));
    X509_NAME* directory = must(X509_NAME_new());
    GENERAL_NAME_set0_value(name.get(), GEN_DIRNAME, directory);
    must(X509_NAME_add_entry_by_txt(directory,
                                    "CN",
                                    MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()),
                                    -1,
                                    0));
    must(TS_TST_INFO_set_tsa(info, name.get()));
}

void add_extension(TS_TST_INFO* info, const Extension& extension) {
    const core::Bytes content = octet_string(extension.content);
    const unsigned char* at = as_unsigned(content);
    ASN1_OCTET_STRING* octets =
        must(d2i_ASN1_OCTET_STRING(nullptr, &at, static_cast<long>(content.size())));
    const ExtensionHandle made(must(X509_EXTENSION_create_by_OBJ(
        nullptr, crypto::to_object(extension.oid).get(), extension.critical ? 1 : 0, octets)));
    ASN1_OCTET_STRING_free(octets);
    must(TS_TST_INFO_add_ext(info, made.get(), -1));
}

crypto::InfoHandle make_info(std::span<const std::byte> message, const StampOptions& options) {
    crypto::InfoHandle info(must(TS_TST_INFO_new()));
    must(TS_TST_INFO_set_version(info.get(), options.version));
    must(TS_TST_INFO_set_policy_id(info.get(), crypto::to_object(options.policy).get()));
    set_imprint(
        info.get(), options, options.imprint ? *options.imprint : hash_of(options.hash, message));
    const IntegerHandle serial(must(ASN1_INTEGER_new()));
    must(ASN1_INTEGER_set(serial.get(), 42));
    must(TS_TST_INFO_set_serial(info.get(), serial.get()));
    set_time(info.get(), options.gen_time);
    if (!options.tsa_name.empty()) {
        set_authority_name(info.get(), options.tsa_name);
    }
    for (const Extension& extension : options.extensions) {
        add_extension(info.get(), extension);
    }
    return info;
}

/// The attribute of RFC 5816 that says which certificate the signer used.
void name_signer(PKCS7_SIGNER_INFO* signer, const crypto::Certificate& certificate) {
    const SigningCertificate named(
        must(OSSL_ESS_signing_cert_v2_new_init(EVP_sha256(), certificate.native(), nullptr, 1)));
    const core::Bytes der = crypto::to_der<i2d_ESS_SIGNING_CERT_V2>(named.get());
    ASN1_STRING* sequence = must(ASN1_STRING_type_new(V_ASN1_SEQUENCE));
    must(ASN1_STRING_set(sequence, der.data(), static_cast<int>(der.size())));
    must(PKCS7_add_signed_attribute(
        signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE, sequence));
}

void add_signer(PKCS7* token, const Leaf& leaf, const StampOptions& options) {
    PKCS7_SIGNER_INFO* signer =
        must(PKCS7_add_signature(token,
                                 leaf.certificate.native(),
                                 leaf.key.native(),
                                 must(EVP_get_digestbyname(options.signature_hash.c_str()))));
    const int content = options.content_type_of_data ? NID_pkcs7_data : NID_id_smime_ct_TSTInfo;
    must(PKCS7_add_signed_attribute(
        signer, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(content)));
    if (options.names_signer) {
        name_signer(signer, options.named_signer.value_or(leaf.certificate));
    }
}

void set_content(PKCS7* token, std::span<const std::byte> content) {
    PKCS7* inner = must(PKCS7_new());
    inner->type = OBJ_nid2obj(NID_id_smime_ct_TSTInfo);
    inner->d.other = must(ASN1_TYPE_new());
    ASN1_TYPE_set(inner->d.other, V_ASN1_OCTET_STRING, must(ASN1_OCTET_STRING_new()));
    must(PKCS7_set_content(token, inner));
    const BioChain written(must(PKCS7_dataInit(token, nullptr)));
    must(BIO_write(written.get(), content.data(), static_cast<int>(content.size())));
    must(PKCS7_dataFinal(token, written.get()));
}

Pkcs7Handle make_token(const core::Bytes& content, const Leaf& leaf, const StampOptions& options) {
    Pkcs7Handle token(must(PKCS7_new()));
    must(PKCS7_set_type(token.get(), NID_pkcs7_signed));
    must(ASN1_INTEGER_set(token->d.sign->version, 3));
    for (const crypto::Certificate& certificate : options.certificates) {
        must(PKCS7_add_certificate(token.get(), certificate.native()));
    }
    for (int i = 0; i < options.signers; ++i) {
        add_signer(token.get(), leaf, options);
    }
    set_content(token.get(), content);
    if (options.bad_signature) {
        PKCS7_SIGNER_INFO* signer =
            sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token.get()), 0);
        unsigned char* signature = signer->enc_digest->data;
        signature[signer->enc_digest->length - 1] ^= 1U;
    }
    return token;
}

}  // namespace

std::vector<crypto::Certificate> TimestampAuthority::chain() const {
    std::vector<crypto::Certificate> chain = authority.chain();
    chain.insert(chain.begin(), signer.certificate);
    return chain;
}

core::Bytes TimestampAuthority::stamp(std::span<const std::byte> message,
                                      const StampOptions& options) const {
    const crypto::ResponseHandle response(must(TS_RESP_new()));
    const StatusHandle status(must(TS_STATUS_INFO_new()));
    must(TS_STATUS_INFO_set_status(status.get(), options.status));
    must(TS_RESP_set_status_info(response.get(), status.get()));
    if (options.with_token) {
        crypto::InfoHandle info = make_info(message, options);
        core::Bytes content = crypto::to_der<i2d_TS_TST_INFO>(info.get());
        append(content, options.behind_content);
        Pkcs7Handle token = make_token(content, options.signer.value_or(signer), options);
        TS_RESP_set_tst_info(response.get(), token.release(), info.release());
    }
    core::Bytes der = crypto::to_der<i2d_TS_RESP>(response.get());
    append(der, options.behind_response);
    return der;
}

LeafOptions timestamping_leaf() {
    return {.uri = std::nullopt,
            .issuer = std::nullopt,
            .name = "test timestamping",
            .not_before = noon(-year),
            .not_after = noon(year),
            .extended_key_usage = "critical,timeStamping"};
}

TimestampAuthority make_timestamp_authority() {
    return make_timestamp_authority(
        make_authority({.name = "tsa root"}).subordinate({.name = "tsa intermediate"}),
        timestamping_leaf());
}

TimestampAuthority make_timestamp_authority(const Authority& authority, const LeafOptions& signer) {
    return {authority, authority.issue(signer)};
}

}  // namespace modelseal::pki
