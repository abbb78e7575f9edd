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
/// * a glob whose * could stand for a host, for an owner on a forge that many share, or for an
///   e-mail domain: "https://github.com/myorg*" is also myorg-evil's;
/// * a glob for addresses at a provider where anybody can have one;
/// * an expression without ^ and $ (cosign's are not anchored, ours are: one that was copied would
///   silently match something else), and one with an unescaped dot in a host name;
/// * any pattern that a stranger's identity matches.
/// Errors: malformed, with the position.
[[nodiscard]] TextPattern identity_pattern_of(const Fields& fields, IdentityPart part);

/// A pattern in which * stands for any text and everything else for itself. `text` is in ASCII.
/// Errors: malformed for other characters that globs elsewhere give a meaning: ? [ ] { } and \.
[[nodiscard]] TextPattern glob_of(const Node& node, std::string_view what);

}  // namespace modelseal::sigstore
