// fuzz: oci
#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/oci/reference.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

namespace oci = modelseal::oci;

namespace {

/// What was read must be written so that it reads as the same value again.
void round_trip(oci::Reference (*parse)(std::string_view), std::string_view text) {
    try {
        const oci::Reference reference = parse(text);
        if (parse(reference.to_string()) != reference) {
            std::abort();
        }
    } catch (const modelseal::core::Error&) {
    }
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    const std::string_view text = modelseal::core::as_text(input);
    round_trip(oci::Reference::parse, text);
    round_trip(oci::Reference::parse_layout, text);
}
