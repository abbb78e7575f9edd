#include "common/commands/cosign/key_commands.hpp"

#include "common/cli/exit_code.hpp"
#include "common/commands/cosign/overwrite.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/password.hpp"
#include "common/commands/signing_key.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/text.hpp"
#include "common/crypto/encrypted_key_file.hpp"

#include <filesystem>
#include <ostream>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::uint64_t key_file_limit = std::uint64_t{64} << 10U;
constexpr unsigned private_mode = 0600;
constexpr unsigned public_mode = 0644;

struct KeyPairPaths {
    std::filesystem::path private_key;
    std::filesystem::path public_key;
};

void refuse_positional(const cli::Arguments& arguments) {
    if (!arguments.positional().empty()) {
        throw Error(
            ErrorKind::usage,
            concat("unexpected argument ", core::in_quotes(arguments.positional().front())));
    }
}

std::string require_option(const cli::Arguments& arguments, std::string_view option) {
    auto value = arguments.get(option);
    if (!value || value->empty()) {
        throw Error(ErrorKind::usage, concat("--", option, " is missing"));
    }
    return std::move(*value);
}

KeyPairPaths output_paths(cli::Environment& environment,
                          const cli::Arguments& arguments,
                          std::string_view default_prefix) {
    const std::string prefix = arguments.get_or("output-key-prefix", default_prefix);
    KeyPairPaths paths{concat(prefix, ".key"), concat(prefix, ".pub")};
    confirm_overwrite(environment, arguments, paths.private_key, "no key");
    confirm_overwrite(environment, arguments, paths.public_key, "no key");
    return paths;
}

void write_key_pair(cli::Environment& environment,
                    const KeyPairPaths& paths,
                    const crypto::PrivateKey& key,
                    const core::Secret& password,
                    bool quiet) {
    // Both are complete before either takes its name, and the private half comes last: whatever
    // fails, no old private key is lost.
    core::NamedOutput private_file(paths.private_key, private_mode);
    core::NamedOutput public_file(paths.public_key, public_mode);
    private_file.write(
        core::as_bytes(crypto::encrypt_key_file(key, password, crypto::KeyProtection::random())));
    public_file.write(core::as_bytes(key.public_key().to_pem()));
    public_file.commit();
    private_file.commit();
    if (quiet) {
        return;
    }
    if (password.empty()) {
        environment.err << "Warning: the password is empty: whoever gets hold of the key file can "
                           "sign\n";
    }
    environment.err << "Private key written to " << paths.private_key.string() << '\n'
                    << "Public key written to " << paths.public_key.string() << '\n';
}

int run_generate(cli::Environment& environment, const cli::Arguments& arguments) {
    refuse_positional(arguments);
    const KeyPairPaths paths = output_paths(environment, arguments, "cosign");
    const core::Secret password = read_new_password(environment);
    write_key_pair(
        environment, paths, crypto::PrivateKey::generate(), password, arguments.has("quiet"));
    return cli::exit_ok;
}

int run_import(cli::Environment& environment, const cli::Arguments& arguments) {
    refuse_positional(arguments);
    const std::string source = require_option(arguments, "key");
    const KeyPairPaths paths = output_paths(environment, arguments, "import-cosign");
    const auto key = core::with_context(concat("reading the key ", core::in_quotes(source)), [&] {
        std::string text = core::read_small_file(source, key_file_limit);
        const core::Secret pem(text);
        core::wipe(text);
        return crypto::PrivateKey::parse_pem(pem.reveal());
    });
    write_key_pair(environment, paths, key, read_new_password(environment), arguments.has("quiet"));
    return cli::exit_ok;
}

int run_public_key(cli::Environment& environment, const cli::Arguments& arguments) {
    refuse_positional(arguments);
    const std::string pem =
        load_public_half(environment, require_option(arguments, "key")).to_pem();
    if (const auto path = arguments.get("outfile")) {
        core::write_output(*path, pem, public_mode);
    } else {
        environment.out << pem;
    }
    return cli::exit_ok;
}

const cli::Option prefix_option = {.long_name = "output-key-prefix",
                                   .short_name = 'o',
                                   .value = "PREFIX",
                                   .help = "write PREFIX.key and PREFIX.pub"};

std::vector<cli::Option> with(std::vector<cli::Option> options,
                              const std::vector<cli::Option>& refused) {
    options.insert(options.end(), refused.begin(), refused.end());
    return options;
}

}  // namespace

cli::Command generate_key_pair_command() {
    return {.name = "generate-key-pair",
            .usage = "[OPTIONS]",
            .summary = "make an ECDSA P-256 key pair that cosign reads, too",
            .description =
                "Writes cosign.key, encrypted with a password, and cosign.pub.\n"
                "The password is taken from COSIGN_PASSWORD, from the terminal, or from standard "
                "input.",
            .examples =
                "  cosign-modelseal generate-key-pair\n"
                "  COSIGN_PASSWORD=… cosign-modelseal generate-key-pair \\\n"
                "      --output-key-prefix training\n",
            .options = with({prefix_option, overwrite_option()}, stock_options_of_generate()),
            .run = run_generate};
}

cli::Command import_key_pair_command() {
    return {
        .name = "import-key-pair",
        .usage = "--key FILE [OPTIONS]",
        .summary = "encrypt an existing private key as cosign does",
        .description =
            "Takes an unencrypted PEM file in PKCS#8, SEC1 or PKCS#1 form: ECDSA P-256, P-384 or "
            "P-521, RSA of 2048, 3072 or 4096 bits, or Ed25519.\n"
            "Writes import-cosign.key and import-cosign.pub.",
        .examples = "  cosign-modelseal import-key-pair --key ec.pem\n",
        .options = with({{.long_name = "key",
                          .short_name = 'k',
                          .value = "FILE",
                          .help = "the private key to import"},
                         prefix_option,
                         overwrite_option()},
                        stock_options_of_import()),
        .run = run_import};
}

cli::Command public_key_command() {
    return {
        .name = "public-key",
        .usage = "--key KEY [OPTIONS]",
        .summary = "show the public key of a key file or key plugin",
        .description =
            "KEY is a cosign key file, env://VARIABLE that holds one, or PLUGIN://KEY for a key "
            "that the program sigstore-kms-PLUGIN holds.",
        .examples = "  cosign-modelseal public-key --key cosign.key\n",
        .options = with({{.long_name = "key", .value = "KEY", .help = "the key"},
                         {.long_name = "outfile", .value = "FILE", .help = "write it to FILE"}},
                        stock_options_of_public_key()),
        .run = run_public_key};
}

}  // namespace modelseal::commands::cosign
