#include "common/sigstore/format/simple_signing.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"
#include "common/sigstore/format/signed_annotations.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

constexpr std::string_view signature_type = "cosign container image signature";
constexpr std::size_t size_limit = std::size_t{1} << 20U;

oci::Annotations read_optional(const core::Json& payload) {
    const core::Json* members = protojson::find(payload, "optional");
    if (members == nullptr) {
        return {};
    }
    if (!members->is_object()) {
        throw core::Error(core::ErrorKind::malformed, "the field \"optional\" is not an object");
    }
    return signed_annotations::read(*members);
}

}  // namespace

SimpleSigning SimpleSigning::parse(std::string_view bytes) {
    const core::Json payload = core::parse_json(bytes, {.size = size_limit, .depth = 16});
    protojson::require_message(payload, "signature payload", {"critical", "optional"});
    const core::Json& critical = core::require(payload, "critical");
    protojson::require_message(critical, "field \"critical\"", {"identity", "image", "type"});
    const core::Json& identity = core::require(critical, "identity");
    protojson::require_message(identity, "field \"identity\"", {"docker-reference"});
    const core::Json& image = core::require(critical, "image");
    protojson::require_message(image, "field \"image\"", {"docker-manifest-digest"});
    const std::string type = core::require_string(critical, "type");
    if (type != signature_type) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat(
                "the payload's type is ", core::in_quotes(type), ", not \"", signature_type, '"'));
    }
    return {.docker_reference = core::require_string(identity, "docker-reference"),
            .manifest_digest =
                digest::Digest::parse(core::require_string(image, "docker-manifest-digest")),
            .annotations = read_optional(payload)};
}

std::string SimpleSigning::to_bytes() const {
    core::Json optional;
    for (const auto& [key, value] : annotations) {
        optional[key] = value;
    }
    const core::Json payload = {
        {"critical",
         {{"identity", {{"docker-reference", docker_reference}}},
          {"image", {{"docker-manifest-digest", manifest_digest.to_string()}}},
          {"type", signature_type}}},
        {"optional", std::move(optional)}};
    return core::to_go_json(payload);
}

oci::Tag legacy_signature_tag(const digest::Digest& artifact) {
    return oci::Tag::of_digest(artifact, ".sig");
}

}  // namespace modelseal::sigstore
