// fuzz: services
#include "common/core/error.hpp"
#include "common/services/fulcio.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    try {
        static_cast<void>(services::parse_fulcio_answer(core::as_text(input)));
    } catch (const core::Error&) {  // refused
    }
}
