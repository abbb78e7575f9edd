// The options that say who must have signed: a key, or an identity.
#pragma once

#include "common/cli/command.hpp"
#include "common/core/variables.hpp"
#include "common/crypto/public_key.hpp"
#include "common/sigstore/requirements.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::commands {

/// What a command was told, by a flag or by what stands for it.
struct Settings {
    std::function<std::optional<std::string>(std::string_view option)> get;
    std::function<std::vector<std::string>(std::string_view option)> all;
    std::function<bool(std::string_view option)> is_on;

    /// By flags, and for --trust-policy and --trusted-root by MODELSEAL_TRUST_POLICY and
    /// MODELSEAL_TRUSTED_ROOT, too. Both outlive the result.
    [[nodiscard]] static Settings of_flags(const cli::Arguments& arguments,
                                           const core::Variables& variables);
};

/// Rows for a command's option table: --key, --certificate-identity,
/// --certificate-identity-regexp, --certificate-oidc-issuer, --certificate-oidc-issuer-regexp,
/// --insecure-ignore-tlog, --insecure-ignore-sct. `keys` says what --key takes.
[[nodiscard]] std::vector<cli::Option> signer_options(std::string_view keys);

/// The public key of a reference: a PEM file, or env://VARIABLE that holds one.
/// Errors: not_found, malformed; usage for a scheme that is a private key's or a key service's.
[[nodiscard]] crypto::PublicKey load_public_key(const core::Variables& variables,
                                                std::string_view reference);

/// How a command turns the reference given to --key into a public key.
using PublicKeyLoader = std::function<crypto::PublicKey(std::string_view reference)>;

/// Whom the options name; nothing when they name nobody. Unlike cosign's, expressions must match
/// the whole text. Errors: usage (a key and an identity, an identity without an issuer or the other
/// way round, text and expression of the same thing, what is no expression); those of `load`.
[[nodiscard]] std::optional<sigstore::TrustedSigner> signer_of(const Settings& settings,
                                                               const PublicKeyLoader& load);

}  // namespace modelseal::commands
