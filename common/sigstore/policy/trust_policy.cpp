#include "common/sigstore/policy/trust_policy.hpp"

#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/policy/contradiction.hpp"
#include "common/sigstore/policy/fields.hpp"
#include "common/sigstore/policy/rule_reader.hpp"
#include "common/sigstore/policy/signer_reader.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::uint64_t key_file_limit = std::uint64_t{64} << 10U;       // bytes
constexpr std::uint64_t largest_serial = (std::uint64_t{1} << 53U) - 1;  // exact in any JSON
constexpr std::size_t shown_names = 10;

bool names_model(const PolicyRule& rule, std::string_view model) {
    return std::any_of(rule.models.begin(), rule.models.end(), [&](const TextPattern& pattern) {
        return pattern.matches(model);
    });
}

std::uint64_t read_serial(const Node& node) {
    const std::uint64_t serial = number_of(node, "serial");
    if (serial == 0 || serial > largest_serial) {
        refuse_at(node.position, concat("serial is a number from 1 to ", largest_serial));
    }
    return serial;
}

}  // namespace

TrustPolicy TrustPolicy::parse(std::string_view text, const ReadKeyFile& read_key_file) {
    const Node root = parse_document(text);
    const Fields fields(
        root, "a trust policy", {"schema", "serial", "expires", "signers", "models"});
    require_schema(fields, trust_policy_schema);
    const std::uint64_t serial = read_serial(fields.require("serial"));
    const core::Timestamp expires = time_of(fields.require("expires"), "expires");
    SignerReader signers(read_key_file);
    if (const Node* named = fields.find("signers")) {
        signers.read_named(*named);
    }
    std::vector<PolicyRule> rules;
    for (const Node& rule : list_of(fields.require("models"), "models")) {
        rules.push_back(read_rule(rule, signers));
    }
    TrustPolicy policy(serial, expires, std::move(rules));
    // A pattern is itself a name that it matches, and whatever matches it matches all its names: so
    // contradictions show now, and not when a model is first asked for.
    for (const PolicyRule& rule : policy.rules_) {
        for (const std::string& name : rule.names) {
            static_cast<void>(policy.requirements_for({.name = name}));
        }
    }
    return policy;
}

TrustPolicy TrustPolicy::load(const std::filesystem::path& path) {
    return core::with_context(concat("reading the trust policy ", in_quotes(path.string())), [&] {
        // Symbolic links are followed: that is how Kubernetes mounts a ConfigMap.
        return parse(core::read_small_file(path, document_size_limit), [&](std::string_view key) {
            return core::read_small_file(path.parent_path() / key, key_file_limit);
        });
    });
}

void TrustPolicy::require_current(core::Timestamp now) const {
    if (expired(now)) {
        throw Error(ErrorKind::mismatch,
                    core::Reason::expired,
                    concat("the trust policy expired at ", expires_.to_string()));
    }
}

std::vector<Requirements> TrustPolicy::requirements_for(const RequiredModel& model) const {
    std::vector<Requirements> all;
    ContradictionCheck check(model.name);
    for (const PolicyRule& rule : rules_) {
        if (!names_model(rule, model.name)) {
            continue;
        }
        for (Requirements demanded : rule.demands) {
            check.add(demanded, rule.line);
            if (demanded.predicate_type == predicate_types::cosign_sign) {
                demanded.model = model;
            }
            all.push_back(std::move(demanded));
        }
    }
    if (all.empty()) {
        throw no_rule_for(model.name);
    }
    return all;
}

core::Error TrustPolicy::no_rule_for(std::string_view model) const {
    std::vector<std::string> shown;
    std::size_t others = 0;
    std::string_view hint;
    for (const PolicyRule& rule : rules_) {
        for (const std::string& name : rule.names) {
            if (core::ascii_lower(name) == core::ascii_lower(model)) {
                hint = " (upper and lower case count)";
            }
            if (shown.size() < shown_names) {
                shown.push_back(in_quotes(name));
            } else {
                ++others;
            }
        }
    }
    return {ErrorKind::mismatch,
            core::Reason::not_configured,
            concat("the trust policy has no rule for the model ",
                   in_quotes(model),
                   ", only for ",
                   core::join(shown, ", "),
                   others == 0 ? "" : concat(" and ", others, " more"),
                   hint)};
}

}  // namespace modelseal::sigstore
