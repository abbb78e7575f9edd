// fuzz: sigstore_trust
#include "common/sigstore/trust/trusted_root.hpp"

#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        const auto root = sigstore::TrustedRoot::parse(core::as_text(input));
        for (const auto& log : root.logs()) {
            static_cast<void>(log.host());
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
