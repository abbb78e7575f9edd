// The trust policy: who must have signed which model, and what must be stated.
// Spec: docs/trust-policy.md, schemas/trust-policy.schema.json.
#pragma once

#include "common/core/error.hpp"
#include "common/core/time.hpp"
#include "common/sigstore/requirements.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

inline constexpr std::string_view trust_policy_schema = "modelseal.trust-policy/v1";

/// Reads the file that `key_file` names, a safe relative path (core::why_unsafe_path).
using ReadKeyFile = std::function<std::string(std::string_view path)>;

/// One rule: the models that it is about, and what it demands of each.
struct PolicyRule {
    std::vector<TextPattern> models;
    std::vector<std::string> names;  // the same as they stand in the policy
    std::size_t line;
    std::vector<Requirements> demands;  // the signature first, then statements; without a model
};

class TrustPolicy {
  public:
    /// Reads a policy in YAML or JSON. Nothing of it is believed to be meant otherwise than it
    /// stands there: what is unknown, twice, empty, null or too wide is refused.
    /// Errors: malformed, with line and column; usage for demands that contradict each other; those
    /// of `read_key_file`.
    [[nodiscard]] static TrustPolicy parse(std::string_view text, const ReadKeyFile& read_key_file);

    /// The same for a file, whose folder holds the key files.
    /// Errors: as parse(), core::read_small_file().
    [[nodiscard]] static TrustPolicy load(const std::filesystem::path& path);

    /// Counts up with every change, so that an older policy can be told (PolicySerials).
    [[nodiscard]] std::uint64_t serial() const noexcept { return serial_; }

    [[nodiscard]] core::Timestamp expires() const noexcept { return expires_; }

    /// From `expires` on nothing may be accepted by it.
    [[nodiscard]] bool expired(core::Timestamp at) const noexcept { return at >= expires_; }

    /// Errors: mismatch (expired).
    void require_current(core::Timestamp now) const;

    /// What must be fulfilled for a model, all of it, each by one statement about the artifact: the
    /// signature and the other statements of every rule that names the model. A signature must
    /// state `model` as RequiredModel says; other statements are about the artifact alone.
    /// Errors: mismatch (not_configured) when no rule names the model, with those that are named;
    /// usage when the rules that do contradict each other.
    [[nodiscard]] std::vector<Requirements> requirements_for(const RequiredModel& model) const;

    /// As they stand in the policy, for reports.
    [[nodiscard]] const std::vector<PolicyRule>& rules() const noexcept { return rules_; }

  private:
    TrustPolicy(std::uint64_t serial, core::Timestamp expires, std::vector<PolicyRule> rules)
        : serial_(serial), expires_(expires), rules_(std::move(rules)) {}

    [[nodiscard]] core::Error no_rule_for(std::string_view model) const;

    std::uint64_t serial_;
    core::Timestamp expires_;
    std::vector<PolicyRule> rules_;
};

}  // namespace modelseal::sigstore
