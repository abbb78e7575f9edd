#include "common/sigstore/log/entry_body.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t body_size_limit = std::size_t{1} << 20U;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, std::string(why));
}

core::Json read_json(std::span<const std::byte> body) {
    core::Json json = core::parse_json(core::as_text(body), {.size = body_size_limit, .depth = 16});
    protojson::require_message(json, "entry body", {"apiVersion", "kind", "spec"});
    return json;
}

EntryKind kind_of(const core::Json& json) {
    return {.kind = protojson::require_text(json, "kind"),
            .version = protojson::require_text(json, "apiVersion")};
}

/// Bytes in hexadecimal, and the algorithm that they were made with.
LoggedMessage read_hash(const core::Json& message, std::string_view name) {
    const core::Json& hash = core::require_object(message, name);
    protojson::require_message(hash, "hash", {"algorithm", "value"});
    auto value = core::from_hex(protojson::require_text(hash, "value"));
    if (!value) {
        refuse(concat("the field ", core::in_quotes(name), " is not lower-case hexadecimal"));
    }
    return {.algorithm = protojson::require_text(hash, "algorithm"), .digest = std::move(*value)};
}

LoggedEnvelope read_payload_hash(const core::Json& message) {
    LoggedMessage hash = read_hash(message, "payloadHash");
    if (hash.algorithm != "sha256") {
        refuse(concat("the payload is hashed with ", core::in_quotes(hash.algorithm)));
    }
    return {std::move(hash.digest)};
}

std::string require_text_of_bytes(const core::Json& message, std::string_view name) {
    const core::Bytes bytes = protojson::require_bytes(message, name);
    return std::string(core::as_text(bytes));
}

const core::Json& only_signature(const core::Json& message) {
    const core::Json& signatures = core::require_array(message, "signatures");
    if (signatures.size() != 1) {
        refuse(concat("the entry body has ", signatures.size(), " signatures, not one"));
    }
    return signatures.front();
}

EntryBody read_hashed_rekord(const core::Json& spec) {
    protojson::require_message(spec, "entry", {"data", "signature"});
    const core::Json& data = core::require_object(spec, "data");
    protojson::require_message(data, "entry's data", {"hash"});
    const core::Json& signature = core::require_object(spec, "signature");
    protojson::require_message(signature, "entry's signature", {"content", "publicKey"});
    const core::Json& key = core::require_object(signature, "publicKey");
    protojson::require_message(key, "entry's key", {"content"});
    return {.signature = protojson::require_bytes(signature, "content"),
            .verifier = require_text_of_bytes(key, "content"),
            .content = read_hash(data, "hash")};
}

EntryBody read_dsse(const core::Json& spec) {
    protojson::require_message(spec, "entry", {"envelopeHash", "payloadHash", "signatures"});
    // Over the JSON text that the log was given, which nobody has any more.
    static_cast<void>(read_hash(spec, "envelopeHash"));
    const core::Json& signature = only_signature(spec);
    protojson::require_message(signature, "entry's signature", {"signature", "verifier"});
    return {.signature = protojson::require_bytes(signature, "signature"),
            .verifier = require_text_of_bytes(signature, "verifier"),
            .content = read_payload_hash(spec)};
}

/// A signature of this kind is the base64 of its base64.
core::Bytes read_doubly_encoded(const core::Json& signature) {
    auto bytes = core::from_base64(require_text_of_bytes(signature, "sig"));
    if (!bytes) {
        refuse("the entry's signature is not base64 in base64");
    }
    return std::move(*bytes);
}

EntryBody read_intoto(const core::Json& spec) {
    protojson::require_message(spec, "entry", {"content"});
    const core::Json& content = core::require_object(spec, "content");
    protojson::require_message(content, "entry's content", {"envelope", "hash", "payloadHash"});
    static_cast<void>(read_hash(content, "hash"));  // as envelopeHash of dsse
    const core::Json& envelope = core::require_object(content, "envelope");
    protojson::require_message(envelope, "entry's envelope", {"payloadType", "signatures"});
    const core::Json& signature = only_signature(envelope);
    protojson::require_message(signature, "entry's signature", {"keyid", "publicKey", "sig"});
    return {.signature = read_doubly_encoded(signature),
            .verifier = require_text_of_bytes(signature, "publicKey"),
            .content = read_payload_hash(content)};
}

}  // namespace

EntryKind EntryKind::of_body(std::span<const std::byte> body) {
    return kind_of(read_json(body));
}

bool EntryKind::is_rekor_v1() const noexcept {
    return ((kind == "hashedrekord" || kind == "dsse") && version == "0.0.1") ||
           (kind == "intoto" && version == "0.0.2");
}

bool EntryKind::is_rekor_v2() const noexcept {
    return kind == "hashedrekord" && version == "0.0.2";
}

EntryBody EntryBody::parse(std::span<const std::byte> body) {
    const core::Json json = read_json(body);
    const EntryKind kind = kind_of(json);
    if (!kind.is_rekor_v1()) {
        refuse(concat("the entry is of the kind ",
                      core::in_quotes(kind.kind),
                      ' ',
                      core::in_quotes(kind.version),
                      ", which is none of Rekor v1"));
    }
    const core::Json& spec = core::require_object(json, "spec");
    if (kind.kind == "dsse") {
        return read_dsse(spec);
    }
    return kind.kind == "intoto" ? read_intoto(spec) : read_hashed_rekord(spec);
}

}  // namespace modelseal::sigstore
