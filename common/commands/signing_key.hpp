// The key that --key names: to sign with, or to know who must have signed.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/crypto/signature.hpp"

#include <memory>
#include <string_view>

namespace modelseal::commands {

/// Errors: usage when standard input would have to hold both the registry's and the key's password.
void check_standard_input(const cli::Environment& environment, const cli::Arguments& arguments);

/// A key file of cosign's, env://VARIABLE that holds one, or PLUGIN://KEY. Asks for the password
/// where one is needed; the memory that opening a key file takes is free again on return.
/// `environment` outlives the signer.
/// Errors: usage, not_found, malformed; denied (wrong_password); unavailable.
[[nodiscard]] std::unique_ptr<crypto::Signer> load_signer(cli::Environment& environment,
                                                          std::string_view reference);

/// The public key of the same, or of a public key file. Errors: as load_signer().
[[nodiscard]] crypto::PublicKey load_public_half(cli::Environment& environment,
                                                 std::string_view reference);

/// The public key that a signature is verified with: a PEM file, env://VARIABLE, or the public half
/// of PLUGIN://KEY. Never asks for a password. Errors: those of load_public_key() and
/// load_signer().
[[nodiscard]] crypto::PublicKey load_verification_key(cli::Environment& environment,
                                                      std::string_view reference);

}  // namespace modelseal::commands
