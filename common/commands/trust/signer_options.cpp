#include "common/commands/trust/signer_options.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using sigstore::TextPattern;

constexpr std::uint64_t key_size_limit = std::uint64_t{64} << 10U;  // bytes
constexpr std::string_view environment_scheme = "env://";

constexpr std::string_view identity_option = "certificate-identity";
constexpr std::string_view issuer_option = "certificate-oidc-issuer";

std::string read_key(const core::Variables& variables, std::string_view reference) {
    if (reference.starts_with(environment_scheme)) {
        const std::string name(reference.substr(environment_scheme.size()));
        const auto value = variables.get_nonempty(name);
        if (!value) {
            throw Error(ErrorKind::not_found,
                        concat("the variable ", core::in_quotes(name), " is not set"));
        }
        return *value;
    }
    if (reference.find("://") != std::string_view::npos) {
        throw Error(ErrorKind::usage,
                    concat("--key takes a public key here, a file or env://VARIABLE; write the "
                           "one of ",
                           core::in_quotes(reference),
                           " to a file with 'cosign-modelseal public-key' or 'cosign public-key'"));
    }
    return core::read_small_file(std::filesystem::path(reference), key_size_limit);
}

/// The pattern of `option`, or of the expression `option`-regexp; nothing when neither is given.
std::optional<TextPattern> pattern_of(const Settings& settings, std::string_view option) {
    const std::string expression_option = concat(option, "-regexp");
    const auto text = settings.get(option);
    const auto expression = settings.get(expression_option);
    if (text && expression) {
        throw Error(ErrorKind::usage,
                    concat("give one of --", option, " and --", expression_option));
    }
    try {
        if (text) {
            return TextPattern::exact(*text);
        }
        return expression ? std::optional(TextPattern::regular_expression(*expression))
                          : std::nullopt;
    } catch (const Error& error) {
        throw Error(ErrorKind::usage,
                    concat("--", text ? option : expression_option, ": ", error.message()));
    }
}

}  // namespace

Settings Settings::of_flags(const cli::Arguments& arguments, const core::Variables& variables) {
    return {.get = [&](std::string_view option) -> std::optional<std::string> {
                const auto flag = arguments.get(option);
                if (flag || (option != "trust-policy" && option != "trusted-root")) {
                    return flag;
                }
                return variables.get_nonempty(option == "trust-policy" ? "MODELSEAL_TRUST_POLICY"
                                                                       : "MODELSEAL_TRUSTED_ROOT");
            },
            .all = [&](std::string_view option) { return arguments.get_all(option); },
            .is_on =
                [&](std::string_view option) {
                    return arguments.has(option);
                }};
}

std::vector<cli::Option> signer_options(std::string_view keys) {
    return {
        {.long_name = "key",
         .value = "KEY",
         .help = concat("public key of who must have signed: ", keys)},
        {.long_name = std::string(identity_option),
         .value = "IDENTITY",
         .help = "who must have signed without a key: the identity in the certificate"},
        {.long_name = concat(identity_option, "-regexp"),
         .value = "EXPRESSION",
         .help = "the same as an expression, which must match the whole identity"},
        {.long_name = std::string(issuer_option),
         .value = "URL",
         .help = "who must have vouched for that identity"},
        {.long_name = concat(issuer_option, "-regexp"),
         .value = "EXPRESSION",
         .help = "the same as an expression, which must match the whole URL"},
        {.long_name = "insecure-ignore-tlog",
         .help = "accept an identity's signature that is in no log, if it has a timestamp; a key's "
                 "needs no log"},
        {.long_name = "insecure-ignore-sct",
         .help = "accept a certificate that was promised to no certificate transparency log"},
    };
}

crypto::PublicKey load_public_key(const core::Variables& variables, std::string_view reference) {
    return core::with_context(concat("reading the key ", core::in_quotes(reference)), [&] {
        return crypto::PublicKey::parse_pem(read_key(variables, reference));
    });
}

std::optional<sigstore::TrustedSigner> signer_of(const Settings& settings,
                                                 const PublicKeyLoader& load) {
    const auto key = settings.get("key");
    const auto subject = pattern_of(settings, identity_option);
    const auto issuer = pattern_of(settings, issuer_option);
    if (key && (subject || issuer)) {
        throw Error(ErrorKind::usage,
                    "--key and --certificate-… contradict each other: a signature is by a key or "
                    "by an identity");
    }
    if (subject.has_value() != issuer.has_value()) {
        throw Error(ErrorKind::usage,
                    concat("--",
                           subject ? issuer_option : identity_option,
                           " is missing: an identity is only as good as who vouches for it, so "
                           "give both"));
    }
    if (key) {
        return sigstore::TrustedKey{.key = load(*key)};
    }
    return subject ? std::optional<sigstore::TrustedSigner>(
                         sigstore::TrustedIdentity{.subject = *subject, .issuer = *issuer})
                   : std::nullopt;
}

}  // namespace modelseal::commands
