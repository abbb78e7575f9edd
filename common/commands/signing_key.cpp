#include "common/commands/signing_key.hpp"

#include "common/commands/password.hpp"
#include "common/commands/trust/signer_options.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/crypto/encrypted_key_file.hpp"
#include "common/crypto/pem.hpp"
#include "common/sigstore/key_reference.hpp"
#include "common/sigstore/kms_plugin.hpp"

namespace modelseal::commands {

namespace {

using core::concat;

constexpr std::uint64_t key_file_limit = std::uint64_t{64} << 10U;

/// The text of a key file, wherever it is kept.
core::Secret read_key_text(const cli::Environment& environment,
                           const sigstore::KeyReference& reference) {
    if (reference.place == sigstore::KeyPlace::variable) {
        const auto value = environment.variables.get_nonempty(reference.name);
        if (!value) {
            throw core::Error(core::ErrorKind::not_found,
                              concat("the variable ",
                                     core::in_quotes(reference.name),
                                     " holds no key: it is not set"));
        }
        return core::Secret(*value);
    }
    std::string text = core::read_small_file(reference.name, key_file_limit);
    core::Secret secret(text);
    core::wipe(text);
    return secret;
}

bool is_public_key(std::string_view text) {
    return crypto::parse_first_pem(text).label.ends_with("PUBLIC KEY");
}

/// Refuses what is no key file before anybody types a password for it.
crypto::PrivateKey open_key_file(cli::Environment& environment, const core::Secret& text) {
    if (is_public_key(text.reveal())) {
        throw core::Error(core::ErrorKind::malformed,
                          "this is a public key; signing takes the private one, such as "
                          "cosign.key");
    }
    crypto::require_encrypted_key_file(text.reveal());
    return crypto::decrypt_key_file(text.reveal(), read_password(environment));
}

crypto::PublicKey plugin_key(cli::Environment& environment,
                             const sigstore::KeyReference& reference) {
    return sigstore::KmsPlugin(environment.subprocess, reference.name, reference.resource)
        .public_key();
}

}  // namespace

void check_standard_input(const cli::Environment& environment, const cli::Arguments& arguments) {
    if (arguments.has("password-stdin") && !environment.variables.get("COSIGN_PASSWORD") &&
        !environment.in_is_terminal) {
        throw core::Error(core::ErrorKind::usage,
                          "standard input cannot hold the registry's and the key's password: set "
                          "COSIGN_PASSWORD");
    }
}

std::unique_ptr<crypto::Signer> load_signer(cli::Environment& environment,
                                            std::string_view reference) {
    const auto parsed = sigstore::KeyReference::parse(reference);
    if (parsed.place == sigstore::KeyPlace::plugin) {
        return std::make_unique<sigstore::KmsPlugin>(
            environment.subprocess, parsed.name, parsed.resource);
    }
    return core::with_context(concat("opening the key ", core::in_quotes(reference)), [&] {
        return std::make_unique<crypto::KeySigner>(
            open_key_file(environment, read_key_text(environment, parsed)));
    });
}

crypto::PublicKey load_public_half(cli::Environment& environment, std::string_view reference) {
    const auto parsed = sigstore::KeyReference::parse(reference);
    if (parsed.place == sigstore::KeyPlace::plugin) {
        return plugin_key(environment, parsed);
    }
    return core::with_context(concat("opening the key ", core::in_quotes(reference)), [&] {
        const core::Secret text = read_key_text(environment, parsed);
        return is_public_key(text.reveal()) ? crypto::PublicKey::parse_pem(text.reveal())
                                            : open_key_file(environment, text).public_key();
    });
}

crypto::PublicKey load_verification_key(cli::Environment& environment, std::string_view reference) {
    const auto parsed = sigstore::KeyReference::parse(reference);
    return parsed.place == sigstore::KeyPlace::plugin
               ? plugin_key(environment, parsed)
               : load_public_key(environment.variables, reference);
}

}  // namespace modelseal::commands
