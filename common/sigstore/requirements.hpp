// What a signature, or another signed statement about an artifact, must fulfil to count.
#pragma once

#include "common/crypto/public_key.hpp"
#include "common/oci/descriptor.hpp"
#include "common/sigstore/certificate/text_pattern.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/trust/validity.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace modelseal::sigstore {

/// A key whose signatures count, and when. Whether one counts, why_key_does_not_count() says.
struct TrustedKey {
    crypto::PublicKey key;
    std::string name{};                               // for reports; may be empty
    std::optional<Validity> validity{};               // when it may sign
    std::optional<core::Timestamp> compromised_at{};  // from then on somebody else may sign with it
};

/// Whom a certificate must name. All that is given must hold.
struct TrustedIdentity {
    TextPattern subject;
    TextPattern issuer;
    std::string name{};  // for reports; may be empty
    std::optional<std::string>
        repository_id{};                  // of the forge: survives a rename, not a re-creation
    std::optional<TextPattern> ref{};     // "refs/heads/main"
    std::vector<std::string> triggers{};  // "push": one of these; empty: not asked
};

using TrustedSigner = std::variant<TrustedKey, TrustedIdentity>;

/// The model that a signature must name (signed annotation `model`).
struct RequiredModel {
    std::string name;
    /// Whether a statement that names no model at all, as stock cosign's, is acceptable: it is when
    /// the artifact was asked for by name, and not when only files are at hand.
    bool may_be_unstated = false;
};

/// All of it must hold in one statement and its matching subject.
struct Requirements {
    std::vector<TrustedSigner> signers{};  // by any of these
    std::string predicate_type{predicate_types::cosign_sign};
    oci::Annotations annotations{};  // each with exactly this value
    std::optional<RequiredModel> model{};
    std::optional<std::string> min_version{};  // of the signed annotation `version`
    std::vector<std::string> check_levels{};   // of `modelseal.check`; empty: not asked
    bool same_commit = false;                  // see why_commits_disagree()
    /// With same_commit: what the artifact's own manifest states, if anything.
    std::optional<std::string> revision{};
    bool require_log = false;        // an entry in a trusted log
    bool require_timestamp = false;  // a time by a trusted authority
    bool ignore_log = false;         // a certificate's signature need not be logged, only timed
    bool ignore_sct = false;         // a certificate need not have been promised to a log
    bool allow_legacy = false;       // simple signing counts as well
};

}  // namespace modelseal::sigstore
