// fuzz: core
#include "common/core/json.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

/// What is accepted must survive being written and read again: signers compare bytes.
void fuzz(std::span<const std::byte> input) {
    using namespace modelseal::core;
    try {
        const Json value = parse_json(as_text(input));
        const std::string written = to_go_json(value);
        const Json again = parse_json(written);
        if (again != value || to_go_json(again) != written) {
            std::abort();
        }
    } catch (const Error&) {
        return;
    }
}
