// fuzz: services
#include "common/services/identity_token.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    try {
        const auto token = services::IdentityToken::parse(core::Secret(core::as_text(input)));
        token.check_usable(core::Timestamp::from_unix(0));
    } catch (const core::Error&) {  // refused
    }
}
