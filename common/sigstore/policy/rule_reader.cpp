#include "common/sigstore/policy/rule_reader.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/format/signed_annotations.hpp"
#include "common/sigstore/model_version.hpp"
#include "common/sigstore/policy/fields.hpp"
#include "common/sigstore/policy/identity_pattern.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

bool holds(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

void add_model(PolicyRule& rule, const Node& node) {
    TextPattern pattern = glob_of(node, "model");
    if (holds(rule.names, node.text)) {
        refuse_at(node.position, concat("the model ", in_quotes(node.text), " is listed twice"));
    }
    rule.models.push_back(std::move(pattern));
    rule.names.push_back(node.text);
}

/// One pattern, or a list of them.
void read_models(PolicyRule& rule, const Node& node) {
    if (node.kind != Node::Kind::list) {
        add_model(rule, node);
        return;
    }
    for (const Node& item : list_of(node, "model")) {
        add_model(rule, item);
    }
}

oci::Annotations read_annotations(const Node& node) {
    if (node.kind != Node::Kind::mapping || node.members.empty()) {
        refuse_at(node.position,
                  "annotations is a mapping of keys to the values that are demanded");
    }
    oci::Annotations annotations;
    for (const Member& member : node.members) {
        const Node key{.position = member.position, .text = member.key};
        const std::string name = text_of(key, "an annotation's key");
        // They have fields of their own, so that nothing is demanded in two places.
        if (name == signed_annotations::model || name == signed_annotations::check) {
            contradiction_at(member.position,
                             concat("the annotation ",
                                    in_quotes(name),
                                    " is what the rule's ",
                                    name == signed_annotations::model ? "model" : "check",
                                    " demands"));
        }
        annotations.emplace(name, text_of(member.value, concat("the annotation ", name)));
    }
    return annotations;
}

std::string read_min_version(const Node& node) {
    std::string version = text_of(node, "min_version");
    if (!ModelVersion::parse(version)) {
        refuse_at(node.position,
                  concat("min_version ",
                         in_quotes(version),
                         " is not a version that others can be compared with, such as 2.1.0"));
    }
    return version;
}

bool read_formats(const Node& node) {
    const auto formats = words_of(node, "formats", {"bundle", "legacy"});
    if (!holds(formats, "bundle")) {
        refuse_at(node.position, "formats always holds bundle; legacy is accepted beside it");
    }
    return holds(formats, "legacy");
}

Requirements read_signature(const Fields& fields, SignerReader& signers) {
    Requirements signature{.signers = signers.read_list(fields.require("signers"))};
    if (const Node* annotations = fields.find("annotations")) {
        signature.annotations = read_annotations(*annotations);
    }
    if (const Node* version = fields.find("min_version")) {
        signature.min_version = read_min_version(*version);
    }
    if (const Node* check = fields.find("check")) {
        signature.check_levels = words_of(*check, "check", {"full", "header", "none"});
    }
    if (const Node* same_commit = fields.find("same_commit")) {
        signature.same_commit = flag_of(*same_commit, "same_commit");
    }
    if (const Node* formats = fields.find("formats")) {
        signature.allow_legacy = read_formats(*formats);
    }
    if (const Node* require = fields.find("require")) {
        const auto proofs = words_of(*require, "require", {"tlog", "timestamp"});
        signature.require_log = holds(proofs, "tlog");
        signature.require_timestamp = holds(proofs, "timestamp");
    }
    return signature;
}

std::string read_statement_type(const Node& node) {
    std::string type = ascii_of(node, "type");
    if (type.find(':') == std::string::npos) {
        refuse_at(node.position,
                  "type is a predicate type in full, such as https://slsa.dev/provenance/v1");
    }
    if (type == predicate_types::cosign_sign) {
        contradiction_at(node.position,
                         "the signature is demanded by the rule itself; for a second signature "
                         "write a second rule for the model");
    }
    return type;
}

Requirements read_statement(const Node& node,
                            const Requirements& signature,
                            SignerReader& signers) {
    const Fields fields(node, "a statement", {"type", "signers", "annotations"});
    Requirements statement{.signers = signers.read_list(fields.require("signers")),
                           .predicate_type = read_statement_type(fields.require("type")),
                           .require_log = signature.require_log,
                           .require_timestamp = signature.require_timestamp};
    if (const Node* annotations = fields.find("annotations")) {
        statement.annotations = read_annotations(*annotations);
    }
    return statement;
}

}  // namespace

PolicyRule read_rule(const Node& node, SignerReader& signers) {
    const Fields fields(node,
                        "a rule",
                        {"model",
                         "signers",
                         "annotations",
                         "min_version",
                         "check",
                         "same_commit",
                         "formats",
                         "require",
                         "statements"});
    PolicyRule rule{.models = {}, .names = {}, .line = node.position.line, .demands = {}};
    read_models(rule, fields.require("model"));
    rule.demands.push_back(read_signature(fields, signers));
    const Node* statements = fields.find("statements");
    if (statements == nullptr) {
        return rule;
    }
    for (const Node& item : list_of(*statements, "statements")) {
        Requirements statement = read_statement(item, rule.demands.front(), signers);
        for (const Requirements& other : rule.demands) {
            if (other.predicate_type == statement.predicate_type) {
                refuse_at(
                    item.position,
                    concat("the statement ", in_quotes(other.predicate_type), " is listed twice"));
            }
        }
        rule.demands.push_back(std::move(statement));
    }
    return rule;
}

}  // namespace modelseal::sigstore
