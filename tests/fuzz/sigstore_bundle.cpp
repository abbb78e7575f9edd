// fuzz: sigstore_format
#include "common/core/error.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/statement.hpp"
#include "tests/fuzz/fuzz.hpp"

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        const auto bundle = sigstore::Bundle::parse(core::as_text(input));
        if (const auto* envelope = std::get_if<sigstore::Envelope>(&bundle.content)) {
            static_cast<void>(sigstore::Statement::parse(envelope->payload));
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
