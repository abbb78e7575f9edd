#include "common/crypto/x509/certificate.hpp"

#include "common/crypto/pem.hpp"
#include "common/crypto/x509/asn1_time.hpp"
#include "common/crypto/x509/object_identifier.hpp"
#include "common/crypto/x509/x509_handles.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view certificate_label = "CERTIFICATE";
constexpr std::string_view alternative_names_oid = "2.5.29.17";
constexpr std::size_t chain_limit = 10;
constexpr int not_found = -1;

core::Timestamp parse_time(const ASN1_TIME* time) {
    const std::string_view text = core::as_text(content_of(time));
    return ASN1_STRING_type(time) == V_ASN1_UTCTIME ? parse_utc_time(text)
                                                    : parse_generalized_time(text);
}

X509Handle decode(std::span<const std::byte> der) {
    const unsigned char* at = as_unsigned(der);
    X509Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate) {
        throw openssl_error(ErrorKind::malformed, "not a certificate");
    }
    return certificate;
}

/// OpenSSL looks at the first of two equal extensions, other readers at the last.
/// RFC 5280 section 4.2: "A certificate MUST NOT include more than one instance of a particular
/// extension."
void refuse_repeated_extensions(const X509* certificate) {
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        const ASN1_OBJECT* type = X509_EXTENSION_get_object(X509_get_ext(certificate, i));
        if (X509_get_ext_by_OBJ(certificate, type, i) != not_found) {
            throw Error(ErrorKind::malformed,
                        concat("the certificate has the extension ", dotted_text(type), " twice"));
        }
    }
}

void check_form(X509* certificate) {
    refuse_repeated_extensions(certificate);
    if ((X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0) {
        throw openssl_error(ErrorKind::malformed,
                            "an extension of the certificate breaks its form");
    }
    ERR_clear_error();  // looking at extensions leaves behind which of them were not there
}

}  // namespace

struct Certificate::Content {
    X509Handle certificate;
    core::Bytes der;
    digest::Digest fingerprint;
    core::Timestamp not_before;
    core::Timestamp not_after;
};

Certificate::Certificate(std::shared_ptr<const Content> content) noexcept
    : content_(std::move(content)) {}

Certificate Certificate::parse_der(std::span<const std::byte> der) {
    const X509Handle decoded = decode(der);
    Certificate certificate = from_native(decoded.get());
    // One certificate, one encoding, and nothing behind it: it is compared and named by these
    // bytes.
    if (!std::ranges::equal(der, certificate.der())) {
        throw Error(ErrorKind::malformed, "the certificate is not encoded as DER demands");
    }
    return certificate;
}

std::vector<Certificate> Certificate::parse_pem_chain(std::string_view text) {
    std::vector<Certificate> chain;
    do {
        const PemBlock block = parse_first_pem(text);
        if (block.label != certificate_label) {
            throw Error(ErrorKind::malformed,
                        concat("a PEM block is ",
                               core::in_quotes(block.label),
                               ", where only certificates are expected"));
        }
        if (chain.size() == chain_limit) {
            throw Error(ErrorKind::malformed,
                        core::Reason::limit_exceeded,
                        concat("more than ", chain_limit, " certificates"));
        }
        chain.push_back(parse_der(block.content));
        const std::string end = concat("\n-----END ", block.label, "-----");
        text.remove_prefix(text.find(end, text.find("-----BEGIN ")) + end.size());
    } while (text.find("-----BEGIN ") != std::string_view::npos);
    return chain;
}

Certificate Certificate::from_native(x509_st* certificate) {
    check_form(certificate);
    core::Bytes encoded = to_der<i2d_X509>(certificate);
    const digest::Digest fingerprint = digest::sha256_of(encoded);
    const core::Timestamp not_before = parse_time(X509_get0_notBefore(certificate));
    const core::Timestamp not_after = parse_time(X509_get0_notAfter(certificate));
    X509_up_ref(certificate);
    X509Handle shared(certificate);
    return Certificate(std::make_shared<const Content>(
        Content{std::move(shared), std::move(encoded), fingerprint, not_before, not_after}));
}

const core::Bytes& Certificate::der() const noexcept {
    return content_->der;
}

const digest::Digest& Certificate::fingerprint() const noexcept {
    return content_->fingerprint;
}

x509_st* Certificate::native() const noexcept {
    return content_->certificate.get();
}

core::Timestamp Certificate::not_before() const noexcept {
    return content_->not_before;
}

core::Timestamp Certificate::not_after() const noexcept {
    return content_->not_after;
}

bool Certificate::is_valid_at(core::Timestamp time) const noexcept {
    return not_before() <= time && time <= not_after();
}

PublicKey Certificate::public_key() const {
    std::shared_ptr<EVP_PKEY> key(X509_get_pubkey(native()), EVP_PKEY_free);
    if (!key) {
        throw openssl_error(ErrorKind::malformed,
                            core::Reason::unsupported,
                            "the certificate's key is of a type that is not supported");
    }
    return PublicKey::from_key(std::move(key));
}

core::Bytes Certificate::spki_der() const {
    return to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(native()));
}

bool Certificate::is_authority() const noexcept {
    return (X509_get_extension_flags(native()) & EXFLAG_CA) != 0;
}

std::optional<core::Bytes> Certificate::extension(std::string_view dotted_oid) const {
    const ObjectHandle type = to_object(dotted_oid);
    const int found = X509_get_ext_by_OBJ(native(), type.get(), not_found);
    if (found == not_found) {
        return std::nullopt;
    }
    const auto content = content_of(X509_EXTENSION_get_data(X509_get_ext(native(), found)));
    return core::Bytes(content.begin(), content.end());
}

std::vector<AlternativeName> Certificate::alternative_names() const {
    const auto names = extension(alternative_names_oid);
    return names ? parse_alternative_names(*names) : std::vector<AlternativeName>();
}

core::Bytes Certificate::tbs_without(std::string_view dotted_oid) const {
    const X509Handle copy(X509_dup(native()));
    const ObjectHandle type = to_object(dotted_oid);
    const int found = copy ? X509_get_ext_by_OBJ(copy.get(), type.get(), not_found) : not_found;
    if (found == not_found) {
        throw openssl_error(ErrorKind::internal,
                            concat("the certificate has no extension ", dotted_oid));
    }
    X509_EXTENSION_free(X509_delete_ext(copy.get(), found));
    return to_der<i2d_re_X509_tbs>(copy.get());
}

std::string Certificate::subject() const {
    const BioHandle text(BIO_new(BIO_s_mem()));
    const X509_NAME* name = X509_get_subject_name(native());
    if (!text || X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        throw openssl_error(ErrorKind::internal, "writing a certificate's subject");
    }
    const char* written = nullptr;
    const long size = BIO_get_mem_data(text.get(), &written);
    return {written, static_cast<std::size_t>(size)};
}

}  // namespace modelseal::crypto
