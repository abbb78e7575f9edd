// A first policy, drafted from what an existing signature says.
#pragma once

#include "common/core/time.hpp"
#include "common/crypto/public_key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace modelseal::sigstore {

/// Whom the certificate of an existing signature names.
struct DraftIdentity {
    std::string subject;
    std::string issuer;
    std::optional<std::string> repository_id{};
    std::optional<std::string> ref{};
};

/// What an existing signature says, which was verified.
struct DraftFacts {
    std::variant<crypto::PublicKey, DraftIdentity> signer;
    bool signer_is_unreviewed = false;  // nobody named it: it was read from the signature
    std::string model;
    std::optional<std::string>
        version{};                       // becomes the minimum, if versions can be compared with it
    std::optional<std::string> check{};  // of the signed annotation modelseal.check
    bool has_timestamp = false;          // verified, so that one may be required from now on
    bool is_legacy = false;              // in the format of cosign 2
    core::Timestamp expires;
    std::uint64_t serial = 1;  // above that of the policy which the draft replaces
};

/// A policy in YAML, with comments, that accepts that signature and demands as much of later ones.
/// It has been parsed: TrustPolicy::parse() accepts it.
/// Errors: malformed for facts that no policy can name, such as a model's name with a * in it.
[[nodiscard]] std::string draft_policy(const DraftFacts& facts);

}  // namespace modelseal::sigstore
