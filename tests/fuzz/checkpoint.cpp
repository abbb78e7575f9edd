// fuzz: sigstore_log
#include "common/sigstore/log/checkpoint.hpp"

#include "common/core/error.hpp"
#include "common/sigstore/log/checkpoint_signature.hpp"
#include "common/sigstore/trust/trusted_root.hpp"
#include "tests/fuzz/fuzz.hpp"

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        const auto checkpoint = sigstore::Checkpoint::parse(core::as_text(input));
        for (const auto& log : sigstore::TrustedRoot::public_good().logs()) {
            if (checkpoint.is_rekor_v1()) {
                sigstore::verify_rekor_v1_checkpoint(checkpoint, log);
            } else {
                sigstore::verify_rekor_v2_checkpoint(checkpoint, log);
            }
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
