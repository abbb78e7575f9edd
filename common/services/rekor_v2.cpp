#include "common/services/rekor_v2.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/services/service_call.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "common/sigstore/format/protojson.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view service = "Rekor";
constexpr std::string_view entry_kind = "hashedrekord";
constexpr std::string_view entry_version = "0.0.2";

/// The certificate or the key, under the name of its kind.
void add_verifier(core::Json& to, const LogProposal& proposal) {
    if (proposal.certificate) {
        to["x509Certificate"] = {{"rawBytes", core::to_base64(*proposal.certificate)}};
    } else {
        to["publicKey"] = {{"rawBytes", core::to_base64(proposal.key.spki_der())}};
    }
}

}  // namespace

std::string rekor_v2_request(const LogProposal& proposal) {
    core::Json verifier = core::Json::object();
    add_verifier(verifier, proposal);
    verifier["keyDetails"] = sigstore::key_details(proposal.key.algorithm());
    const core::Json request = {{"hashedRekordRequestV002",
                                 {{"digest", core::to_base64(proposal.digest)},
                                  {"signature",
                                   {{"content", core::to_base64(proposal.signature)},
                                    {"verifier", std::move(verifier)}}}}}};
    return request.dump();
}

sigstore::LogEntry parse_rekor_v2_answer(std::string_view text) {
    const core::Json json = core::parse_json(text, {.size = answer_limit, .depth = 16});
    sigstore::LogEntry entry = sigstore::LogEntry::from_json(json);
    if (entry.kind != entry_kind || entry.version != entry_version) {
        throw Error(ErrorKind::malformed,
                    concat("the entry is a ",
                           core::in_quotes(entry.kind),
                           ' ',
                           core::in_quotes(entry.version)));
    }
    if (!entry.proof) {
        throw Error(ErrorKind::malformed, "the entry has no inclusion proof");
    }
    return entry;
}

sigstore::LogEntry log_to_rekor_v2(http::Transport& transport,
                                   const http::Url& log,
                                   const LogProposal& proposal) {
    check_loggable_digest(proposal.key);
    http::Request request{.method = http::Method::post,
                          .url = endpoint(log, "/api/v2/log/entries")};
    const http::Url url = request.url;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.text = rekor_v2_request(proposal);
    const http::Response response = call_service(transport, std::move(request), service);
    return core::with_context(concat("reading the answer of ", service, " at ", url.redacted()),
                              [&] {
                                  sigstore::LogEntry entry = parse_rekor_v2_answer(response.body);
                                  check_entry(entry, proposal);
                                  return entry;
                              });
}

}  // namespace modelseal::services
