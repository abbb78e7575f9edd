#include "common/commands/cosign/verify_blob.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/cosign/blob_file.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/cosign/verification_options.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

/// More than an RSA signature of 4096 bits as base64.
constexpr std::uint64_t signature_limit = std::uint64_t{4} << 10U;

void check_arguments(const cli::Arguments& arguments) {
    if (arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage,
                    "verify-blob takes exactly one file, sha256:DIGEST, or - for standard input");
    }
    if (arguments.has("bundle") == arguments.has("signature")) {
        throw Error(ErrorKind::usage, "give one of --bundle and --signature");
    }
}

/// A file, or the signature itself as base64, as stock cosign takes both.
core::Bytes read_signature(const std::string& word) {
    auto given = core::from_base64(word);
    if (given && !given->empty() && !exists(word)) {
        return std::move(*given);
    }
    return core::with_context("reading the signature", [&] {
        return sigstore::parse_signature_file(core::read_small_file(word, signature_limit));
    });
}

sigstore::BlobEvidence evidence_of(const cli::Arguments& arguments) {
    if (const auto path = arguments.get("bundle")) {
        return {.origin = *path,
                .signature = core::read_small_file(*path, sigstore::bundle_size_limit)};
    }
    const std::string word = *arguments.get("signature");
    return {.origin = exists(word) ? word : "the command line", .signature = read_signature(word)};
}

sigstore::VerifiedBlob verify(cli::Environment& environment,
                              const cli::Arguments& arguments,
                              const SignerDemand& demand) {
    const std::string& name = arguments.positional().front();
    const auto evidence = evidence_of(arguments);
    if (const auto digest = named_digest(name)) {
        return sigstore::verify_blob(*digest, evidence, demand.requirements, demand.trust);
    }
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const BlobFile file(environment, name, *progress);
    return sigstore::verify_blob(file.reader(), evidence, demand.requirements, demand.trust);
}

core::Json to_json(const std::string& name, const sigstore::BlobFacts& facts) {
    core::Json verified = {{"format", facts.is_bundle ? "bundle" : "signature"},
                           {"origin", core::as_utf8(facts.origin)}};
    add_signer(verified, facts.authentication);
    return {{"blob", core::as_utf8(name)},
            {"digest", facts.sha256.to_string()},
            {"verified", std::move(verified)}};
}

void print_text(std::ostream& out, const std::string& name, const sigstore::BlobFacts& facts) {
    out << "Verified " << core::printable(name) << '\n'
        << "  digest:      " << facts.sha256.to_string() << '\n'
        << "  signature:   " << (facts.is_bundle ? "bundle " : "") << core::printable(facts.origin)
        << '\n';
    print_signer(out, facts.authentication);
}

int run_verify_blob(cli::Environment& environment, const cli::Arguments& arguments) {
    check_arguments(arguments);
    const std::string& name = arguments.positional().front();
    const SignerDemand demand = signer_demand(environment, arguments);
    const auto verified = core::with_context(concat("verifying ", core::in_quotes(name)), [&] {
        return verify(environment, arguments, demand);
    });
    if (arguments.get_or("format", "text") == "json") {
        environment.out << core::to_pretty_json(to_json(name, verified.facts())) << '\n';
    } else {
        print_text(environment.out, name, verified.facts());
    }
    return cli::exit_ok;
}

std::vector<cli::Option> verify_blob_options() {
    std::vector<cli::Option> options = verification_options();
    options.push_back(
        {.long_name = "bundle", .value = "FILE", .help = "the bundle that signs the file"});
    options.push_back({.long_name = "signature",
                       .value = "FILE",
                       .help = "the signature alone, as base64 or as it is"});
    options.push_back(cli::format_option());
    options.push_back(cli::progress_option());
    const auto refused = stock_options_of_verify_blob();
    options.insert(options.end(), refused.begin(), refused.end());
    return options;
}

}  // namespace

cli::Command verify_blob_command() {
    return {
        .name = "verify-blob",
        .usage = "[OPTIONS] FILE|-|sha256:DIGEST",
        .summary = "prove that a file is signed by somebody, as this very file",
        .description =
            "A file is read once, whatever its size in little memory. With a digest in its place "
            "nothing is read; where there is a file of that name, the file is meant. A signature "
            "by Ed25519 is over the file itself and cannot be verified with a digest.\n"
            "A bundle that signs a statement about an artifact is no signature of a file.",
        .examples =
            "  cosign-modelseal verify-blob --key cosign.pub \\\n"
            "      --bundle model.sigstore.json model.safetensors\n"
            "  cosign-modelseal verify-blob --certificate-identity release@example.com \\\n"
            "      --certificate-oidc-issuer https://accounts.example.com \\\n"
            "      --bundle model.sigstore.json model.safetensors\n",
        .options = verify_blob_options(),
        .run = run_verify_blob};
}

}  // namespace modelseal::commands::cosign
