#include "common/commands/cosign/sign_blob.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/cosign/blob_file.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/opened_signer.hpp"
#include "common/commands/registry_options.hpp"
#include "common/commands/signing_record_report.hpp"
#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr unsigned output_mode = 0644;

void check_arguments(const cli::Environment& environment, const cli::Arguments& arguments) {
    if (arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage, "sign-blob takes exactly one file, or - for standard input");
    }
    check_signer_options(environment, arguments);
    check_blob_input(environment, arguments.positional().front(), arguments);
    if (!arguments.has("key") && !arguments.has("bundle")) {
        throw Error(ErrorKind::usage,
                    "--bundle is missing: without --key, a signature without its certificate "
                    "verifies nowhere");
    }
    for (const std::string_view option : {"bundle", "output-signature"}) {
        if (const auto path = arguments.get(option)) {
            core::require_writable(*path);
        }
    }
}

sigstore::SignedBlob sign(const BlobFile& file, OpenedSigner& signer) {
    sigstore::BlobReader read = file.reader();
    if (file.is_standard_input() && signer.key() != nullptr &&
        signer.key()->public_key().algorithm() == crypto::KeyAlgorithm::ed25519) {
        // Ed25519 reads its message twice, and standard input can be read once.
        const std::string whole = core::with_context(
            "an Ed25519 key signs standard input from memory; name a file instead",
            [&] { return file.read_whole(crypto::WholeMessageSignature::limit); });
        read = [&whole](core::ByteSink& to) {
            to.write(core::as_bytes(whole));
        };
        return sigstore::sign_blob(read, signer.maker());
    }
    return sigstore::sign_blob(read, signer.maker());
}

void write_outputs(const cli::Arguments& arguments, const sigstore::SignedBlob& made) {
    sigstore::storing(made.record, [&] {
        if (const auto path = arguments.get("bundle")) {
            core::write_output(*path, made.bundle, output_mode);
        }
        if (const auto path = arguments.get("output-signature")) {
            core::write_output(*path, concat(core::to_base64(made.signature), '\n'), output_mode);
        }
    });
}

/// Without a file for the signature, it is the result itself, as cosign has it.
void print(std::ostream& out, const cli::Arguments& arguments, const sigstore::SignedBlob& made) {
    const std::string& name = arguments.positional().front();
    if (arguments.get_or("format", "text") == "json") {
        core::Json json = {{"blob", core::as_utf8(name)}, {"digest", made.sha256.to_string()}};
        add_record(json, made.record);
        json["signature"] = core::to_base64(made.signature);
        out << core::to_pretty_json(json) << '\n';
    } else if (!arguments.has("bundle") && !arguments.has("output-signature")) {
        out << core::to_base64(made.signature) << '\n';
    } else {
        out << "Signed " << core::printable(name) << '\n'
            << "  digest:     " << made.sha256.to_string() << '\n';
        print_record(out, made.record);
    }
}

int run_sign_blob(cli::Environment& environment, const cli::Arguments& arguments) {
    check_arguments(environment, arguments);
    const std::string& name = arguments.positional().front();
    OpenedSigner signer = open_signer(environment, arguments);
    const auto made = core::with_context(concat("signing ", core::in_quotes(name)), [&] {
        const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
        return sign(BlobFile(environment, name, *progress), signer);
    });
    write_outputs(arguments, made);
    print(environment.out, arguments, made);
    return cli::exit_ok;
}

std::vector<cli::Option> sign_blob_options() {
    std::vector<cli::Option> options = signer_options();
    options.insert(options.end(), retry_options().begin(), retry_options().end());
    options.push_back(
        {.long_name = "bundle", .value = "FILE", .help = "write a Sigstore bundle to FILE"});
    options.push_back({.long_name = "output-signature",
                       .value = "FILE",
                       .help = "write the signature alone, as base64, to FILE"});
    options.push_back(cli::format_option());
    options.push_back(cli::progress_option());
    const auto refused = stock_options_of_sign_blob();
    options.insert(options.end(), refused.begin(), refused.end());
    return options;
}

}  // namespace

cli::Command sign_blob_command() {
    return {.name = "sign-blob",
            .usage = "[--key KEY] [OPTIONS] FILE|-",
            .summary = "sign a file as it is, of any size in little memory",
            .description =
                "Writes a bundle that 'cosign verify-blob' accepts; without --bundle and "
                "--output-signature it prints the signature as base64.\n"
                "The content is not looked at, with one exception: what would be a signature of an "
                "artifact as well (the message of a DSSE envelope, a simple-signing payload) is "
                "refused. To sign a model as what it is, use 'sign'.\n"
                "An Ed25519 key reads the file twice.",
            .examples =
                "  cosign-modelseal sign-blob --key cosign.key \\\n"
                "      --bundle model.sigstore.json model.safetensors\n",
            .options = sign_blob_options(),
            .run = run_sign_blob};
}

}  // namespace modelseal::commands::cosign
