// fuzz: sigstore_format
#include "common/sigstore/format/simple_signing.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        const auto payload = sigstore::SimpleSigning::parse(core::as_text(input));
        const std::string written = payload.to_bytes();
        if (sigstore::SimpleSigning::parse(written).to_bytes() != written) {
            std::abort();  // what is written must be read as the same
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
