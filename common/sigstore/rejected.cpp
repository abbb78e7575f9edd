#include "common/sigstore/rejected.hpp"

#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Reason;

constexpr std::size_t shown_candidates = 3;

/// How far a candidate got before it failed. The one that got furthest says best what is wrong.
int progress(Reason reason) noexcept {
    switch (reason) {
        case Reason::malformed_evidence:
            return 1;
        case Reason::wrong_statement:
            return 2;
        case Reason::digest_mismatch:
            return 3;
        case Reason::unsupported:
            return 4;
        case Reason::wrong_signer:
            return 5;
        default:
            return 6;  // signed by a given key; a condition does not hold
    }
}

bool got_less_far(const RejectedCandidate& left, const RejectedCandidate& right) noexcept {
    return progress(left.reason) < progress(right.reason);
}

/// Whether another trusted root could vouch for what was refused.
bool decides_by_root(Reason reason) noexcept {
    return reason == Reason::untrusted_log || reason == Reason::untrusted_certificate ||
           reason == Reason::untrusted_timestamp;
}

}  // namespace

void require_read(const Evidence& evidence, CheckNotes& notes) {
    if (!evidence.problem.empty()) {
        const core::Error unread(
            core::ErrorKind::mismatch, Reason::malformed_evidence, evidence.problem);
        notes.failed("format", unread);
        throw unread;
    }
}

std::string describe_candidates(std::span<const RejectedCandidate> rejected) {
    std::string message;
    for (const RejectedCandidate& candidate :
         rejected.first(std::min(rejected.size(), shown_candidates))) {
        message.append(concat(message.empty() ? "" : "; ", candidate.origin, ": ", candidate.why));
    }
    if (rejected.size() > shown_candidates) {
        message.append(concat("; and ", rejected.size() - shown_candidates, " more"));
    }
    return message;
}

core::Reason furthest_reason(std::span<const RejectedCandidate> rejected) {
    return std::max_element(rejected.begin(), rejected.end(), got_less_far)->reason;
}

core::Error no_candidate_matches(std::string_view summary,
                                 std::vector<RejectedCandidate> rejected,
                                 const Trust& trust) {
    std::stable_sort(rejected.begin(), rejected.end(), [](const auto& left, const auto& right) {
        return got_less_far(right, left);
    });
    const std::string candidates =
        rejected.size() == 1 ? "1 candidate" : concat(rejected.size(), " candidates");
    return {core::ErrorKind::no_matching_signature,
            furthest_reason(rejected),
            concat(summary,
                   " (",
                   candidates,
                   "): ",
                   describe_candidates(rejected),
                   decides_by_root(furthest_reason(rejected)) && !trust.about_root.empty()
                       ? concat("; ", trust.about_root)
                       : "")};
}

core::Explanation explain_rejected(std::string_view predicate_type,
                                   std::span<const RejectedCandidate> rejected) {
    core::Explanation explanation;
    for (const RejectedCandidate& candidate : rejected) {
        explanation.candidates.push_back({.statement = std::string(predicate_type),
                                          .origin = candidate.origin,
                                          .accepted = false,
                                          .checks = candidate.checks});
    }
    return explanation;
}

}  // namespace modelseal::sigstore
