#include "common/crypto/x509/path_search.hpp"

#include <algorithm>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

// 112 bits: SHA-2, RSA from 2048 bits, the usual curves.
constexpr int security_level = 2;
constexpr int longest_path = 10;
constexpr int with_basic_constraints = 1;  // X509_check_ca(): not an authority by older customs

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorKind::mismatch, Reason::untrusted_certificate, why);
}

/// For a sentence; signing certificates have no subject.
std::string name_of(const Certificate& certificate) {
    const std::string subject = certificate.subject();
    return subject.empty() ? "the signer's certificate"
                           : concat("the certificate ", core::in_quotes(subject));
}

X509View view_of(std::span<const Certificate> certificates) {
    X509View view(sk_X509_new_null());
    for (const Certificate& certificate : certificates) {
        if (!view || sk_X509_push(view.get(), certificate.native()) == 0) {
            throw openssl_error(ErrorKind::internal, "preparing a certificate path");
        }
    }
    return view;
}

std::vector<Certificate> chain_of(const StoreContext& context) {
    const STACK_OF(X509)* found = X509_STORE_CTX_get0_chain(context.get());
    std::vector<Certificate> chain;
    for (int i = 0; i < sk_X509_num(found); ++i) {
        chain.push_back(Certificate::from_native(sk_X509_value(found, i)));
    }
    return chain;
}

[[noreturn]] void refuse_path(const StoreContext& context, core::Timestamp at) {
    const int error = X509_STORE_CTX_get_error(context.get());
    X509* where = X509_STORE_CTX_get_current_cert(context.get());
    const std::string name =
        where == nullptr ? "the certificate" : name_of(Certificate::from_native(where));
    ERR_clear_error();
    if (error == X509_V_ERR_CERT_NOT_YET_VALID || error == X509_V_ERR_CERT_HAS_EXPIRED) {
        throw Error(ErrorKind::mismatch,
                    Reason::certificate_expired,
                    concat(name, " was not valid at ", at.to_string()));
    }
    refuse(concat(name, " is not trusted: ", X509_verify_cert_error_string(error)));
}

/// RFC 5280 section 4.1.2.5: "from notBefore through notAfter, inclusive". OpenSSL takes the last
/// second for too late.
int allow_last_second(int ok, X509_STORE_CTX* context) {
    if (ok != 0 || X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) {
        return ok;
    }
    const X509* certificate = X509_STORE_CTX_get_current_cert(context);
    const time_t at = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
    if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate), at) != 0) {
        return 0;
    }
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

/// OpenSSL also takes certificates of version 1 and those with no more than a key usage for
/// authorities; what a use restricts above the leaf it does not look at.
void check_above_leaf(const Certificate& authority, PathUse use) {
    if (X509_check_ca(authority.native()) != with_basic_constraints) {
        refuse(concat(name_of(authority), " is not that of an authority"));
    }
    const auto usage = extended_key_usage(authority);
    const int needed = use == PathUse::code_signing ? NID_code_sign : NID_time_stamp;
    if (usage && !usage->contains(needed) && !usage->contains(NID_anyExtendedKeyUsage)) {
        refuse(concat(name_of(authority),
                      " is not one for ",
                      use == PathUse::code_signing ? "code signing" : "timestamping"));
    }
}

}  // namespace

bool ExtendedKeyUsage::contains(int use) const noexcept {
    return std::ranges::find(uses, use) != uses.end();
}

std::optional<ExtendedKeyUsage> extended_key_usage(const Certificate& certificate) {
    int critical = -1;
    const UsageHandle usage(static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(certificate.native(), NID_ext_key_usage, &critical, nullptr)));
    if (!usage) {
        return std::nullopt;  // not there: a malformed one ended parse_der()
    }
    ExtendedKeyUsage found{critical > 0};
    for (int i = 0; i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
        found.uses.push_back(OBJ_obj2nid(sk_ASN1_OBJECT_value(usage.get(), i)));
    }
    return found;
}

StoreHandle store_of(const Certificate& anchor, core::Timestamp at) {
    StoreHandle store(X509_STORE_new());
    if (!store || X509_STORE_add_cert(store.get(), anchor.native()) != 1 ||
        X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN) != 1) {
        throw openssl_error(ErrorKind::internal, "preparing a certificate path");
    }
    X509_STORE_set_verify_cb(store.get(), allow_last_second);
    X509_VERIFY_PARAM* rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(rules, at.unix_seconds());
    X509_VERIFY_PARAM_set_depth(rules, longest_path);
    X509_VERIFY_PARAM_set_auth_level(rules, security_level);
    return store;
}

std::vector<Certificate> find_path(const Certificate& leaf,
                                   std::span<const Certificate> helpers,
                                   const Certificate& anchor,
                                   core::Timestamp at,
                                   PathUse use) {
    if (leaf.is_authority() || X509_check_ca(leaf.native()) != 0) {
        refuse("the signer's certificate is that of an authority");
    }
    const StoreHandle store = store_of(anchor, at);
    const X509View untrusted = view_of(helpers);
    const StoreContext context(X509_STORE_CTX_new());
    // OpenSSL 3.0 has no purpose for code signing; what that takes is checked here and by callers.
    if (!context ||
        X509_STORE_CTX_init(context.get(), store.get(), leaf.native(), untrusted.get()) != 1 ||
        X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_ANY) != 1) {
        throw openssl_error(ErrorKind::internal, "preparing a certificate path");
    }
    if (X509_verify_cert(context.get()) != 1) {
        refuse_path(context, at);
    }
    std::vector<Certificate> path = chain_of(context);
    if (path.size() < 2) {
        refuse("the signer's certificate was issued by nobody else");
    }
    for (const Certificate& authority : std::span(path).subspan(1)) {
        check_above_leaf(authority, use);
    }
    ERR_clear_error();
    return path;
}

}  // namespace modelseal::crypto
