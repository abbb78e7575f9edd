// fuzz: services
#include "common/services/signing_config.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    try {
        const auto config = services::SigningConfig::parse(core::as_text(input));
        static_cast<void>(config.select(core::Timestamp::from_unix(1'776'736'800)));
    } catch (const core::Error&) {  // refused
    }
}
