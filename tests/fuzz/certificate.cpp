// fuzz: sigstore_certificate
#include "common/core/error.hpp"
#include "common/sigstore/certificate/identity.hpp"
#include "common/sigstore/certificate/signed_certificate_timestamp.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

using namespace modelseal;

namespace {

void read_everything(const crypto::Certificate& certificate) {
    static_cast<void>(certificate.subject());
    static_cast<void>(certificate.spki_der());
    if (certificate.extension(sigstore::sct_list_oid)) {
        static_cast<void>(certificate.tbs_without(sigstore::sct_list_oid));
    }
    if (crypto::Certificate::parse_der(certificate.der()) != certificate) {
        std::abort();
    }
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    try {
        const auto certificate = crypto::Certificate::parse_der(input);
        read_everything(certificate);
        const auto identity = sigstore::identity_of(certificate);
        if (identity.subject.empty() || identity.issuer.empty()) {
            std::abort();
        }
        static_cast<void>(certificate.public_key());
    } catch (const core::Error&) {  // refusing is fine
    }
}
