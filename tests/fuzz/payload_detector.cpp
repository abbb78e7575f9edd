// fuzz: sigstore_format
#include "common/sigstore/format/payload_detector.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

namespace {

using modelseal::core::Json;

/// The member of that name, which a strict parser has read; nullptr unless `value` is an object
/// that has it.
const Json* member(const Json* value, const char* name) {
    if (value == nullptr || !value->is_object()) {
        return nullptr;
    }
    const auto found = value->find(name);
    return found == value->end() ? nullptr : &*found;
}

}  // namespace

/// Whatever a JSON parser finds at the path, the detector must have found, in one piece or many.
void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    sigstore::PayloadDetector whole;
    whole.write(input);
    sigstore::PayloadDetector pieces;
    for (std::size_t at = 0; at < input.size(); ++at) {
        pieces.write(input.subspan(at, 1));
    }
    if (whole.found() != pieces.found()) {
        std::abort();
    }
    try {
        const Json json = core::parse_json(core::as_text(input));
        const Json* digest =
            member(member(member(&json, "critical"), "image"), "docker-manifest-digest");
        if (digest != nullptr && digest->is_string() && !whole.found()) {
            std::abort();
        }
    } catch (const core::Error&) {  // refusing is fine
    }
}
