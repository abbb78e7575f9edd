// fuzz: registry
#include "common/registry/auth/token_response.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    try {
        static_cast<void>(registry::parse_token_response(core::as_text(input)));
    } catch (const core::Error&) {  // refused
    }
}
