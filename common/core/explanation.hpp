// What a verification looked at, check by check: what --explain shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelseal::core {

/// One check that was made, or that nobody asked for.
struct CheckNote {
    enum class Outcome { held, failed, not_asked };

    std::string check;  // "transparency log"
    Outcome outcome;
    std::string evidence{};  // what it was found in, or why it failed
};

/// "held", "failed", "not_asked"
[[nodiscard]] std::string_view to_string(CheckNote::Outcome outcome) noexcept;

/// Everything that was looked at about one candidate. The checks after one that failed were not
/// made.
struct ExplainedCandidate {
    std::string statement;  // what it had to be: a predicate type
    std::string origin;     // where it was found: a digest, a tag or a file name
    bool accepted;
    std::vector<CheckNote> checks;
};

struct Explanation {
    std::vector<ExplainedCandidate> candidates{};  // in the order in which they were looked at

    /// Puts what `more` tells behind it.
    void append(const Explanation& more);
};

}  // namespace modelseal::core
