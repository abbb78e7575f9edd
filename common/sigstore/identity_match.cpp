#include "common/sigstore/identity_match.hpp"

#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

std::string shown(const std::optional<std::string>& certified) {
    return certified ? in_quotes(*certified) : "not certified";
}

}  // namespace

std::optional<std::string> why_identity_differs(const TrustedIdentity& trusted,
                                                const CertificateIdentity& certified) {
    if (!trusted.issuer.matches(certified.issuer)) {
        return concat(
            "the issuer is ", in_quotes(certified.issuer), ", not ", trusted.issuer.to_string());
    }
    if (!trusted.subject.matches(certified.subject)) {
        return concat(
            "the subject is ", in_quotes(certified.subject), ", not ", trusted.subject.to_string());
    }
    if (trusted.repository_id && certified.source_repository_identifier != trusted.repository_id) {
        return concat("the repository's id is ",
                      shown(certified.source_repository_identifier),
                      ", not ",
                      in_quotes(*trusted.repository_id));
    }
    const auto& ref = certified.source_repository_ref ? certified.source_repository_ref
                                                      : certified.github_workflow_ref;
    if (trusted.ref && (!ref || !trusted.ref->matches(*ref))) {
        return concat("the ref is ", shown(ref), ", not ", trusted.ref->to_string());
    }
    const auto& trigger =
        certified.build_trigger ? certified.build_trigger : certified.github_workflow_trigger;
    const auto& triggers = trusted.triggers;
    if (!triggers.empty() &&
        (!trigger || std::find(triggers.begin(), triggers.end(), *trigger) == triggers.end())) {
        return concat("the trigger is ", shown(trigger), ", not ", core::join(triggers, " or "));
    }
    return std::nullopt;
}

}  // namespace modelseal::sigstore
