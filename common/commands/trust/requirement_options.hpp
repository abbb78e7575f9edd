// The options that say who must have signed a model: shorthand for a trust policy of one signer.
#pragma once

#include "common/cli/command.hpp"
#include "common/core/variables.hpp"
#include "common/crypto/public_key.hpp"
#include "common/oci/reference.hpp"
#include "common/sigstore/verify.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --key, --annotations, --model, --min-version, --allow-legacy.
[[nodiscard]] const std::vector<cli::Option>& requirement_options();

/// The public key of a reference: a PEM file, or env://VARIABLE that holds one.
/// Errors: not_found, malformed; usage for a scheme that is a private key's or a key service's.
[[nodiscard]] crypto::PublicKey load_public_key(const core::Variables& variables,
                                                std::string_view reference);

/// Annotations given as KEY=VALUE. Errors: usage, also when two values are demanded of one key.
[[nodiscard]] oci::Annotations required_annotations(const std::vector<std::string>& words);

/// How a command turns the reference given to --key into a public key.
using PublicKeyLoader = std::function<crypto::PublicKey(std::string_view reference)>;

/// What the options demand. Without --key it has no keys, without --model no model.
/// Errors: usage for a condition without --key; those of `load`.
[[nodiscard]] sigstore::Requirements requirements_of(const cli::Arguments& arguments,
                                                     const PublicKeyLoader& load);

/// The same for an artifact that was asked for by name: unless --model says otherwise, a signed
/// model name must be the last component of the repository's. (A layout's folder can have any
/// name.) Nothing without --key. Errors: as requirements_of().
[[nodiscard]] std::optional<sigstore::Requirements> requirements_for(
    const cli::Arguments& arguments,
    const oci::Repository& repository,
    const PublicKeyLoader& load);

}  // namespace modelseal::commands
