// fuzz: services
#include "common/core/error.hpp"
#include "common/services/rekor_v1.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

using namespace modelseal;

/// Writes an entry that was read, and reads it again.
void fuzz(std::span<const std::byte> input) {
    try {
        const auto entry = services::parse_rekor_v1_answer(core::as_text(input));
        if (sigstore::LogEntry::from_json(entry.to_json()).body != entry.body) {
            __builtin_trap();
        }
    } catch (const core::Error&) {  // refused
    }
}
