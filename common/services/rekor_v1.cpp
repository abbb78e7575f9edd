#include "common/services/rekor_v1.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/services/service_call.hpp"
#include "common/sigstore/format/protojson.hpp"
#include "common/sigstore/log/entry_body.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view service = "Rekor";
constexpr std::string_view entries_path = "/api/v1/log/entries";
constexpr std::string_view entry_version = "0.0.1";
constexpr std::size_t entry_id_size = 64;                       // hexadecimal: a leaf's hash
constexpr std::size_t long_entry_id_size = 16 + entry_id_size;  // the tree's number before it
constexpr int conflict = 409;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, std::string(why));
}

std::string_view rekor_hash_name(crypto::KeyAlgorithm algorithm) {
    switch (crypto::native_hash(algorithm)) {
        case crypto::HashAlgorithm::sha256:
            return "sha256";
        case crypto::HashAlgorithm::sha384:
            return "sha384";
        case crypto::HashAlgorithm::sha512:
            return "sha512";
    }
    return "";
}

std::string verifier(const LogProposal& proposal) {
    return core::to_base64(core::as_bytes(proposal.verifier_pem()));
}

core::Json envelope_spec(const LogProposal& proposal) {
    return {{"proposedContent",
             {{"envelope", sigstore::protojson::write(proposal.envelope->to_json())},
              {"verifiers", core::Json::array({verifier(proposal)})}}}};
}

core::Json digest_spec(const LogProposal& proposal) {
    return {{"data",
             {{"hash",
               {{"algorithm", rekor_hash_name(proposal.key.algorithm())},
                {"value", core::to_hex(proposal.digest)}}}}},
            {"signature",
             {{"content", core::to_base64(proposal.signature)},
              {"publicKey", {{"content", verifier(proposal)}}}}}};
}

core::Bytes read_hex(const core::Json& value, std::string_view name) {
    auto bytes =
        value.is_string() ? core::from_hex(value.get_ref<const std::string&>()) : std::nullopt;
    if (!bytes || bytes->size() != digest::Digest::size) {
        refuse(concat("the field \"", name, "\" is not a SHA-256 hash in hexadecimal"));
    }
    return std::move(*bytes);
}

sigstore::InclusionProof read_proof(const core::Json& json) {
    sigstore::InclusionProof proof{
        .log_index = core::require_unsigned(json, "logIndex"),
        .tree_size = core::require_unsigned(json, "treeSize"),
        .root_hash = read_hex(core::require(json, "rootHash"), "rootHash"),
        .checkpoint = core::require_string(json, "checkpoint")};
    for (const core::Json& hash : core::require_array(json, "hashes")) {
        proof.hashes.push_back(read_hex(hash, "hashes"));
    }
    return proof;
}

sigstore::LogEntry read_entry(const core::Json& json) {
    const core::Json& verification = core::require_object(json, "verification");
    sigstore::LogEntry entry{
        .log_index = core::require_unsigned(json, "logIndex"),
        .log_id = read_hex(core::require(json, "logID"), "logID"),
        .integrated_time = core::require_unsigned(json, "integratedTime"),
        .signed_timestamp =
            sigstore::protojson::require_bytes(verification, "signedEntryTimestamp"),
        .proof = read_proof(core::require_object(verification, "inclusionProof")),
        .body = sigstore::protojson::require_bytes(json, "body")};
    const auto kind = core::with_context("reading the entry's body",
                                         [&] { return sigstore::EntryKind::of_body(entry.body); });
    if (!kind.is_rekor_v1()) {
        refuse("the entry is of a kind that Rekor v1 does not have");
    }
    entry.kind = kind.kind;
    entry.version = kind.version;
    return entry;
}

/// The answer about an entry that is there already.
http::Response fetch_existing(http::Transport& transport,
                              const http::Url& asked,
                              const http::Response& answer) {
    const auto location = answer.headers.get("Location");
    if (!location) {
        refuse_answer(asked, answer, service);
    }
    const http::Url entry = core::with_context("reading where the log has the entry already",
                                               [&] { return asked.resolve(*location); });
    if (!entry.same_origin(asked)) {
        throw Error(ErrorKind::denied,
                    core::Reason::service_error,
                    concat(service,
                           " at ",
                           asked.redacted(),
                           " says that the entry is at another server, ",
                           entry.origin()));
    }
    http::Request request{.url = entry};
    request.headers.set("Accept", "application/json");
    return call_service(transport, std::move(request), service);
}

}  // namespace

std::string rekor_v1_request(const LogProposal& proposal) {
    const core::Json request = {
        {"apiVersion", entry_version},
        {"kind", proposal.envelope ? "dsse" : "hashedrekord"},
        {"spec", proposal.envelope ? envelope_spec(proposal) : digest_spec(proposal)}};
    return sigstore::protojson::write(request);
}

sigstore::LogEntry parse_rekor_v1_answer(std::string_view text) {
    const core::Json json = core::parse_json(text, {.size = answer_limit, .depth = 16});
    if (!json.is_object() || json.size() != 1) {
        refuse("it does not hold exactly one entry");
    }
    const std::string& id = json.items().begin().key();
    const bool hexadecimal = core::from_hex(id).has_value();
    if (!hexadecimal || (id.size() != entry_id_size && id.size() != long_entry_id_size)) {
        refuse("it does not name its entry by a hash");
    }
    // What goes into a bundle must be readable there, too: this holds its limits to the entry.
    return sigstore::LogEntry::from_json(read_entry(json.front()).to_json());
}

sigstore::LogEntry log_to_rekor_v1(http::Transport& transport,
                                   const http::Url& log,
                                   const LogProposal& proposal) {
    if (!proposal.envelope) {
        check_loggable_digest(proposal.key);
    }
    const http::Url url = endpoint(log, entries_path);
    http::Request request{.method = http::Method::post, .url = url};
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.text = rekor_v1_request(proposal);
    request.body_limit = answer_limit;
    const std::string place = concat(service, " at ", url.redacted());
    http::Response response =
        core::with_context(concat("asking ", place), [&] { return transport.send(request); });
    if (response.status == conflict) {
        response = fetch_existing(transport, url, response);
    } else if (!response.ok()) {
        refuse_answer(url, response, service);
    }
    return core::with_context(concat("reading the answer of ", place), [&] {
        sigstore::LogEntry entry = parse_rekor_v1_answer(response.body);
        check_entry(entry, proposal);
        return entry;
    });
}

}  // namespace modelseal::services
