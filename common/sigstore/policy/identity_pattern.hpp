// Patterns for identities, and those that trust more people than their writer means.
#pragma once

#include "common/sigstore/certificate/text_pattern.hpp"
#include "common/sigstore/policy/fields.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

enum class IdentityPart { subject, issuer };

/// The pattern of `NAME` (exact, or a glob whose only wildcard is *) or of `NAME_regexp`. Exactly
/// one must be there. Refused, because whoever wrote it cannot have meant it:
/// * a subject that leaves open the host, the owner on a forge that many share, or the e-mail
///   domain: "https://github.com/myorg*" is also myorg-evil's, "*/train.yml@refs/heads/main"
///   everybody's. What a glob or an expression begins or ends with must say whose it is;
/// * a part of an address at a provider where anybody can have one;
/// * an issuer that is open in any part: at many hosts the path names the tenant;
/// * an expression without ^ and $ (cosign's are not anchored, ours are: one that was copied would
///   silently match something else), and one with flags or \Q.
/// Errors: malformed, with the position.
[[nodiscard]] TextPattern identity_pattern_of(const Fields& fields, IdentityPart part);

/// A pattern in which * stands for any text and everything else for itself. `text` is in ASCII.
/// Errors: malformed for other characters that globs elsewhere give a meaning: ? [ ] { } and \.
[[nodiscard]] TextPattern glob_of(const Node& node, std::string_view what);

}  // namespace modelseal::sigstore
