#include "common/sigstore/policy/draft_policy.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/model_version.hpp"
#include "common/sigstore/policy/trust_policy.hpp"

#include <string_view>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;

/// In double quotes. Nothing that comes from a signature can end the text or be taken for anything
/// but text: YAML reads JSON's escapes.
std::string quoted(const std::string& text) {
    return core::to_go_json(core::Json(text));
}

std::string line(std::string_view indent, std::string_view key, const std::string& text) {
    return concat(indent, key, ": ", quoted(text), '\n');
}

/// Whoever made the signature chose these texts.
void require_literal(std::string_view what, const std::string& text) {
    if (text.find('*') != std::string::npos) {
        throw core::Error(core::ErrorKind::malformed,
                          concat("the signature's ",
                                 what,
                                 ' ',
                                 core::in_quotes(text),
                                 " holds a *, which would stand for any text in a policy"));
    }
}

std::string draft_key(const crypto::PublicKey& key) {
    std::string text =
        "  # When the key is replaced, add the new one, and not_after to this one. If it leaks, "
        "add\n"
        "  # compromised_at: then only signatures that are proved to be older count.\n"
        "  signer:\n"
        "    key: |\n";
    for (const std::string& pem_line : core::split(core::trim(key.to_pem()), '\n')) {
        text.append(concat("      ", pem_line, '\n'));
    }
    return text;
}

constexpr std::string_view unreviewed =
    "  # NOT REVIEWED. Nobody said who must have signed: this identity was read from the "
    "signature, "
    "and\n"
    "  # whoever can write to the registry could have put one of their own there. Make sure that "
    "it "
    "is\n"
    "  # who is to sign your models; then remove these lines.\n";

std::string draft_identity(const DraftIdentity& identity) {
    std::string text = concat(
        "  # Exactly who signed this time. To accept every workflow of the repository, write the "
        "subject\n"
        "  # as https://github.com/OWNER/REPOSITORY/*\n"
        "  signer:\n",
        line("    ", "issuer", identity.issuer),
        line("    ", "subject", identity.subject));
    if (identity.repository_id && core::parse_decimal(*identity.repository_id)) {
        text.append(
            "    # The number stays with the repository; its name could be taken by another.\n");
        text.append(line("    ", "repository_id", *identity.repository_id));
    }
    if (identity.ref && identity.ref->starts_with("refs/")) {
        text.append(line("    ", "ref", *identity.ref));
    }
    return text;
}

std::string draft_rule(const DraftFacts& facts) {
    std::string text = concat("  - ", line("", "model", facts.model), "    signers: [signer]\n");
    if (facts.version && ModelVersion::parse(*facts.version)) {
        text.append(
            "    # Raise it with each release, so that no older model can be put in its place.\n");
        text.append(line("    ", "min_version", *facts.version));
    }
    if (facts.check == "full" || facts.check == "header") {
        const std::string_view levels = facts.check == "full" ? "full" : "full, header";
        text.append(
            concat("    # How the model must have been checked before it was signed.\n"
                   "    check: [",
                   levels,
                   "]\n"));
    }
    if (facts.is_legacy) {
        text.append("    formats: [bundle, legacy]\n");
    }
    if (facts.has_timestamp) {
        text.append("    require: [timestamp]\n");
    }
    return text;
}

}  // namespace

std::string draft_policy(const DraftFacts& facts) {
    const auto* key = std::get_if<crypto::PublicKey>(&facts.signer);
    const auto* identity = std::get_if<DraftIdentity>(&facts.signer);
    require_literal("model", facts.model);
    if (identity != nullptr) {
        require_literal("subject", identity->subject);
        require_literal("issuer", identity->issuer);
        require_literal("ref", identity->ref.value_or(""));
    }
    std::string policy = concat(
        "# Who must have signed which model. Models that no rule names are refused.\n",
        line("", "schema", std::string(trust_policy_schema)),
        "# Add 1 with every change: verifiers refuse a policy older than one that they have seen.\n"
        "serial: ",
        facts.serial,
        "\n# From then on nothing is accepted, so that a policy that nobody looks after does not "
        "last.\n",
        line("", "expires", facts.expires.to_string()),
        "\nsigners:\n",
        facts.signer_is_unreviewed ? unreviewed : "",
        key != nullptr ? draft_key(*key) : draft_identity(*identity),
        "\nmodels:\n",
        draft_rule(facts));
    static_cast<void>(core::with_context("drafting a policy", [&] {
        return TrustPolicy::parse(policy, [](std::string_view) { return std::string(); });
    }));
    return policy;
}

}  // namespace modelseal::sigstore
