#include "common/crypto/x509/certificate_path.hpp"

#include "common/crypto/x509/path_search.hpp"

namespace modelseal::crypto {

namespace {

[[noreturn]] void refuse(std::string_view why) {
    throw core::Error(
        core::ErrorKind::mismatch, core::Reason::untrusted_certificate, std::string(why));
}

void check_leaf(const Certificate& leaf) {
    const auto usage = extended_key_usage(leaf);
    if (!usage || !usage->contains(NID_code_sign)) {
        refuse("the signer's certificate is not one for code signing");
    }
    // All bits are set where the extension is missing.
    if ((X509_get_key_usage(leaf.native()) & KU_DIGITAL_SIGNATURE) == 0) {
        refuse("the key of the signer's certificate is not one for signatures");
    }
}

}  // namespace

Certificate verify_code_signing_path(const Certificate& leaf,
                                     std::span<const Certificate> untrusted,
                                     std::span<const Certificate> authority,
                                     core::Timestamp at) {
    if (authority.empty()) {
        refuse("an authority without certificates vouches for nothing");
    }
    check_leaf(leaf);
    // Where the authority names its intermediates, no other counts: one that is trusted no longer
    // would lead to the same root.
    std::vector<Certificate> helpers(authority.begin(), authority.end() - 1);
    if (helpers.empty()) {
        helpers.assign(untrusted.begin(), untrusted.end());
    }
    return find_path(leaf, helpers, authority.back(), at, PathUse::code_signing).at(1);
}

}  // namespace modelseal::crypto
