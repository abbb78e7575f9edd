#include "common/sigstore/policy/policy_test_table.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/policy/fields.hpp"

#include <algorithm>
#include <array>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;
using core::Reason;

/// Why a policy rejects an artifact that was fetched.
constexpr std::array reasons = {Reason::digest_mismatch,
                                Reason::not_configured,
                                Reason::no_signature,
                                Reason::wrong_signer,
                                Reason::bad_signature,
                                Reason::wrong_statement,
                                Reason::missing_statement,
                                Reason::wrong_annotation,
                                Reason::wrong_model,
                                Reason::older_version,
                                Reason::revoked,
                                Reason::expired,
                                Reason::malformed_evidence,
                                Reason::unsupported,
                                Reason::wrong_identity,
                                Reason::untrusted_certificate,
                                Reason::untrusted_log,
                                Reason::untrusted_timestamp,
                                Reason::no_trusted_time,
                                Reason::certificate_expired,
                                Reason::log_mismatch};

Reason read_reason(const Node& node) {
    const std::string word = text_of(node, "reason");
    const auto* found = std::find_if(reasons.begin(), reasons.end(), [&](Reason reason) {
        return core::to_string(reason) == word;
    });
    if (found == reasons.end()) {
        refuse_at(node.position,
                  concat(in_quotes(word), " is no reason for which a policy rejects an artifact"));
    }
    return *found;
}

bool read_expectation(const Node& node) {
    const std::string word = text_of(node, "expect");
    if (word != "accepted" && word != "rejected") {
        refuse_at(node.position, concat("expect is accepted or rejected, not ", in_quotes(word)));
    }
    return word == "accepted";
}

PolicyTestCase read_case(const Node& node) {
    const Fields fields(node, "a case", {"ref", "model", "expect", "reason", "at", "oci_layout"});
    PolicyTestCase one{.reference = text_of(fields.require("ref"), "ref"),
                       .accepted = read_expectation(fields.require("expect")),
                       .line = node.position.line};
    if (const Node* is_layout = fields.find("oci_layout")) {
        one.is_layout = flag_of(*is_layout, "oci_layout");
    }
    if (const Node* model = fields.find("model")) {
        one.model = text_of(*model, "model");
    } else if (one.is_layout) {
        refuse_at(node.position,
                  "a case in a layout needs \"model\": the folder's name does not say which it is");
    }
    if (const Node* at = fields.find("at")) {
        one.at = time_of(*at, "at");
    }
    if (const Node* reason = fields.find("reason")) {
        one.reason = read_reason(*reason);
        if (one.accepted) {
            contradiction_at(reason->position, "what is accepted has no reason to be rejected");
        }
    }
    return one;
}

}  // namespace

PolicyTestTable PolicyTestTable::parse(std::string_view text) {
    const Node root = parse_document(text);
    const Fields fields(root, "a table of tests", {"schema", "policy", "cases"});
    require_schema(fields, policy_test_schema);
    PolicyTestTable table;
    if (const Node* policy = fields.find("policy")) {
        table.policy = text_of(*policy, "policy");
    }
    for (const Node& one : list_of(fields.require("cases"), "cases")) {
        table.cases.push_back(read_case(one));
    }
    return table;
}

}  // namespace modelseal::sigstore
