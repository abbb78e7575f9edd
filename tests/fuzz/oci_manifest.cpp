// fuzz: oci
#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/oci/manifest.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

namespace oci = modelseal::oci;

namespace {

/// What was read and written once must read as the same value again.
template <typename Document>
void round_trip(std::string_view bytes) {
    try {
        const Document document = Document::parse(bytes);
        if (Document::parse(document.to_bytes()) != document) {
            std::abort();
        }
    } catch (const modelseal::core::Error&) {
    }
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    const std::string_view text = modelseal::core::as_text(input);
    round_trip<oci::Manifest>(text);
    round_trip<oci::Index>(text);
    try {
        static_cast<void>(oci::media_type_of(text));
    } catch (const modelseal::core::Error&) {
    }
}
