#include "common/sigstore/format/log_entry.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

constexpr std::size_t hash_size = 32;
constexpr std::size_t proof_hash_limit = 64;  // the depth of a tree with 2^64 leaves

core::Bytes require_hash(core::Bytes bytes, std::string_view name) {
    if (bytes.size() != hash_size) {
        throw core::Error(core::ErrorKind::malformed,
                          core::concat("the field \"", name, "\" is not a SHA-256 hash"));
    }
    return bytes;
}

std::optional<core::Bytes> read_promise(const core::Json& entry) {
    const core::Json* promise = protojson::find(entry, "inclusionPromise");
    if (promise == nullptr) {
        return std::nullopt;
    }
    protojson::require_message(*promise, "inclusion promise", {"signedEntryTimestamp"});
    return protojson::require_bytes(*promise, "signedEntryTimestamp");
}

std::optional<InclusionProof> read_proof(const core::Json& entry) {
    const core::Json* proof = protojson::find(entry, "inclusionProof");
    return proof == nullptr ? std::nullopt : std::optional(InclusionProof::from_json(*proof));
}

/// Protobuf's int64 is text in JSON, because a JSON number is a double to many readers.
void write_int64(core::Json& message, std::string_view name, std::uint64_t number) {
    if (number != 0) {
        message[name] = std::to_string(number);
    }
}

}  // namespace

InclusionProof InclusionProof::from_json(const core::Json& json) {
    protojson::require_message(
        json, "inclusion proof", {"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"});
    InclusionProof proof{
        .log_index = protojson::int64_or_zero(json, "logIndex"),
        .tree_size = protojson::int64_or_zero(json, "treeSize"),
        .root_hash = require_hash(protojson::require_bytes(json, "rootHash"), "rootHash")};
    if (const core::Json* hashes = protojson::find_array(json, "hashes", proof_hash_limit)) {
        for (const core::Json& hash : *hashes) {
            proof.hashes.push_back(require_hash(protojson::to_bytes(hash, "hashes"), "hashes"));
        }
    }
    const core::Json& checkpoint = core::require_object(json, "checkpoint");
    protojson::require_message(checkpoint, "checkpoint", {"envelope"});
    proof.checkpoint = protojson::require_text(checkpoint, "envelope");
    return proof;
}

core::Json InclusionProof::to_json() const {
    core::Json json = core::Json::object();
    write_int64(json, "logIndex", log_index);
    json["rootHash"] = core::to_base64(root_hash);
    write_int64(json, "treeSize", tree_size);
    for (const core::Bytes& hash : hashes) {
        json["hashes"].push_back(core::to_base64(hash));
    }
    json["checkpoint"] = {{"envelope", checkpoint}};
    return json;
}

LogEntry LogEntry::from_json(const core::Json& json) {
    protojson::require_message(json,
                               "log entry",
                               {"logIndex",
                                "logId",
                                "kindVersion",
                                "integratedTime",
                                "inclusionPromise",
                                "inclusionProof",
                                "canonicalizedBody"});
    const core::Json& log_id = core::require_object(json, "logId");
    protojson::require_message(log_id, "log id", {"keyId"});
    const core::Json& kind = core::require_object(json, "kindVersion");
    protojson::require_message(kind, "kind", {"kind", "version"});
    return {.log_index = protojson::int64_or_zero(json, "logIndex"),
            .log_id = protojson::require_bytes(log_id, "keyId"),
            .kind = protojson::require_text(kind, "kind"),
            .version = protojson::require_text(kind, "version"),
            .integrated_time = protojson::int64_or_zero(json, "integratedTime"),
            .signed_timestamp = read_promise(json),
            .proof = read_proof(json),
            .body = protojson::require_bytes(json, "canonicalizedBody")};
}

core::Json LogEntry::to_json() const {
    core::Json json = core::Json::object();
    write_int64(json, "logIndex", log_index);
    json["logId"] = {{"keyId", core::to_base64(log_id)}};
    json["kindVersion"] = {{"kind", kind}, {"version", version}};
    write_int64(json, "integratedTime", integrated_time);
    if (signed_timestamp) {
        json["inclusionPromise"] = {{"signedEntryTimestamp", core::to_base64(*signed_timestamp)}};
    }
    if (proof) {
        json["inclusionProof"] = proof->to_json();
    }
    json["canonicalizedBody"] = core::to_base64(body);
    return json;
}

}  // namespace modelseal::sigstore
