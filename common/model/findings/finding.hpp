// What a check has to say about a file, and how a policy weighs it.
#pragma once

#include "common/model/findings/rules.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

/// One sentence about one file.
struct Finding {
    Severity severity = Severity::error;
    std::string file;                     // path inside the model
    std::string rule;                     // "safetensors/duplicate-name"
    std::optional<std::uint64_t> offset;  // byte of the file where it was noticed
    std::optional<std::string> tensor;  // name of the tensor it is about, as it stands in the file
    std::string message;                // a sentence without full stop, fit for a terminal
    std::optional<std::string> allow;   // "RULE:PATH", the allowance that would accept it
};

/// What an operator accepts although the policy would refuse it: one rule for one file.
class Allowances {
  public:
    Allowances() = default;

    /// `texts` are "RULE:PATH" as --allow takes them.
    /// Errors: usage for an unknown rule, one that cannot be allowed, or a missing path.
    [[nodiscard]] static Allowances parse(const std::vector<std::string>& texts);

    [[nodiscard]] bool accepts(std::string_view rule, std::string_view path) const;

    [[nodiscard]] const std::set<std::string, std::less<>>& texts() const noexcept {
        return texts_;
    }

  private:
    std::set<std::string, std::less<>> texts_;
};

/// Where inside a file a finding belongs.
struct Place {
    std::optional<std::uint64_t> offset{};
    std::optional<std::string> tensor{};
};

/// Collects the findings of one file under one policy. After `most` findings of a file the rest is
/// only counted, so that a hostile file cannot fill memory or a log.
class FindingCollector {
  public:
    static constexpr std::size_t most = 100;

    FindingCollector(std::string file, Policy policy, const Allowances& allowances)
        : file_(std::move(file)), policy_(policy), allowances_(allowances) {}

    /// Weighs `rule` under the policy and keeps the finding unless the policy does not care.
    void add(RuleId rule, std::string message, Place place = {});

    /// Whether breaking `rule` would refuse the file: a limit that is allowed is no limit.
    [[nodiscard]] bool enforces(RuleId rule) const;

    /// Whether anything was added that the policy refuses, allowed or not.
    [[nodiscard]] bool refused() const noexcept { return refused_; }

    /// The findings, with a closing one when some were only counted.
    [[nodiscard]] std::vector<Finding> take();

  private:
    std::string file_;
    Policy policy_;
    const Allowances& allowances_;
    std::vector<Finding> findings_;
    std::size_t left_out_ = 0;
    bool left_out_error_ = false;
    bool refused_ = false;
};

}  // namespace modelseal::model
