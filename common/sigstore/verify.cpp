#include "common/sigstore/verify.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/candidate.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
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

Error not_signed(std::string_view artifact, const std::vector<RejectedCandidate>& attestations) {
    return {ErrorKind::no_signature,
            Reason::no_signature,
            concat(artifact,
                   " is not signed",
                   attestations.empty() ? "" : concat(": ", attestations.front().why))};
}

Error none_matches(std::string_view artifact, std::vector<RejectedCandidate> rejected) {
    std::stable_sort(rejected.begin(), rejected.end(), [](const auto& left, const auto& right) {
        return got_less_far(right, left);
    });
    const std::string candidates =
        rejected.size() == 1 ? "1 candidate" : concat(rejected.size(), " candidates");
    std::string message =
        rejected.front().reason == Reason::wrong_signer
            ? concat(artifact, " is signed, but not by this key (", candidates, ')')
            : concat("no signature of ", artifact, " is acceptable (", candidates, ')');
    for (std::size_t i = 0; i < std::min(rejected.size(), shown_candidates); ++i) {
        message.append(concat(i == 0 ? ": " : "; ", rejected[i].origin, ": ", rejected[i].why));
    }
    if (rejected.size() > shown_candidates) {
        message.append(concat("; and ", rejected.size() - shown_candidates, " more"));
    }
    return {ErrorKind::no_matching_signature, rejected.front().reason, std::move(message)};
}

}  // namespace

VerifiedSignature verify_signature_of(const digest::Digest& artifact,
                                      std::span<const Evidence> evidence,
                                      const Requirements& requirements) {
    if (requirements.keys.empty()) {
        throw Error(ErrorKind::usage, Reason::not_configured, "no key to verify signatures with");
    }
    std::vector<RejectedCandidate> rejected;
    for (const Evidence& candidate : evidence) {
        try {
            return {verify_candidate(artifact, candidate, requirements), std::move(rejected)};
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch) {
                throw;
            }
            rejected.push_back({candidate.origin, error.reason(), error.message()});
        }
    }
    const bool only_attestations =
        std::all_of(rejected.begin(), rejected.end(), [](const RejectedCandidate& candidate) {
            return candidate.reason == Reason::wrong_statement;
        });
    if (only_attestations) {
        throw not_signed(artifact.to_string(), rejected);
    }
    throw none_matches(artifact.to_string(), std::move(rejected));
}

}  // namespace modelseal::sigstore
