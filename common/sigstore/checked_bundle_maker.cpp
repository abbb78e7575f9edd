#include "common/sigstore/checked_bundle_maker.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/log/verify_log_entry.hpp"
#include "common/sigstore/signing_record.hpp"
#include "common/sigstore/trusted_times.hpp"

namespace modelseal::sigstore {

namespace {

SignedContent content_of(const Bundle& bundle, const crypto::PublicKey* key) {
    if (key != nullptr) {
        return {.signer = *key, .content = bundle.content};
    }
    const auto& chain = std::get<CertificateMaterial>(bundle.material).chain;
    return {.signer = crypto::Certificate::parse_der(chain.front()), .content = bundle.content};
}

}  // namespace

Bundle CheckedBundleMaker::make(const Payload& payload) {
    Bundle bundle = maker_.make(payload);
    storing(SigningRecord::of(bundle), [&] {
        core::with_context("checking it with --trusted-root", [&] {
            if (!bundle.log_entries.empty()) {
                static_cast<void>(
                    verify_log_entries(bundle.log_entries, content_of(bundle, key_), root_));
            }
            static_cast<void>(timestamp_times(bundle, root_));
        });
    });
    return bundle;
}

}  // namespace modelseal::sigstore
