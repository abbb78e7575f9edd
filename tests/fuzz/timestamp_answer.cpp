// fuzz: services
#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/services/timestamp_authority.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    try {
        services::check_timestamp_response(input, digest::sha256_of({}));
    } catch (const core::Error&) {  // refused
    }
}
