// Reading who may sign from a policy document.
#pragma once

#include "common/sigstore/policy/document.hpp"
#include "common/sigstore/policy/fields.hpp"
#include "common/sigstore/policy/trust_policy.hpp"
#include "common/sigstore/requirements.hpp"

#include <map>
#include <string>
#include <vector>

namespace modelseal::sigstore {

/// Reads signers, and remembers those that have names and every key that was seen.
/// Included by .cpp files of this folder only.
class SignerReader {
  public:
    explicit SignerReader(ReadKeyFile read_key_file) : read_key_file_(std::move(read_key_file)) {}

    /// The mapping of names to signers at the top of a policy.
    /// Errors: malformed; usage for contradictions; those of the key reader, with the position.
    void read_named(const Node& mapping);

    /// A list of names and signers. Errors: as read_named().
    [[nodiscard]] std::vector<TrustedSigner> read_list(const Node& list);

  private:
    struct SeenKey {
        TrustedKey key;
        Position position;
    };

    [[nodiscard]] TrustedSigner read_signer(const Node& node, std::string name);
    [[nodiscard]] TrustedKey read_key(const Fields& fields, std::string name);
    [[nodiscard]] crypto::PublicKey read_public_key(const Fields& fields) const;
    void remember(const TrustedKey& key, Position position);

    ReadKeyFile read_key_file_;
    std::map<std::string, TrustedSigner, std::less<>> named_;
    std::vector<SeenKey> seen_;
};

}  // namespace modelseal::sigstore
