// fuzz: sigstore_certificate
#include "common/core/error.hpp"
#include "common/sigstore/certificate/signed_certificate_timestamp.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        for (const auto& sct : sigstore::parse_sct_list(input)) {
            if (sct.log_id.size() != 32 || sct.signature.size() > input.size()) {
                std::abort();
            }
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
