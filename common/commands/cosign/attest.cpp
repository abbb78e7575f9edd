#include "common/commands/cosign/attest.hpp"

#include "common/artifact/manifest_annotations.hpp"
#include "common/cli/exit_code.hpp"
#include "common/commands/cosign/blob_file.hpp"
#include "common/commands/cosign/stock_options.hpp"
#include "common/commands/opened_signer.hpp"
#include "common/commands/signature_store.hpp"
#include "common/commands/signing_record_report.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/predicate.hpp"
#include "common/sigstore/sign.hpp"

#include <optional>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr unsigned bundle_mode = 0644;

void check_arguments(const cli::Environment& environment, const cli::Arguments& arguments) {
    if (arguments.positional().size() != 1) {
        throw Error(ErrorKind::usage, "attest takes exactly one reference");
    }
    if (!arguments.has("predicate")) {
        throw Error(ErrorKind::usage, "--predicate is missing: say what to attest");
    }
    check_signer_options(environment, arguments);
    check_blob_input(environment, *arguments.get("predicate"), arguments);
    if (arguments.has("password-stdin") && arguments.get("predicate") == "-") {
        throw Error(ErrorKind::usage,
                    "standard input cannot hold both the predicate and the registry's password");
    }
    if (arguments.has("no-upload") && (!arguments.has("bundle") || arguments.has("legacy"))) {
        throw Error(ErrorKind::usage,
                    arguments.has("legacy") ? "--legacy is about what is uploaded"
                                            : "--no-upload without --bundle would keep nothing");
    }
    if (const auto path = arguments.get("bundle")) {
        core::require_writable(*path);
    }
}

core::Timestamp now(const cli::Environment& environment) {
    return artifact::source_date_epoch(environment.variables).value_or(environment.clock.now());
}

sigstore::AttestedPredicate read_predicate(cli::Environment& environment,
                                           const cli::Arguments& arguments) {
    std::string type = sigstore::resolve_predicate_type(arguments.get_or("type", "custom"));
    const std::string path = *arguments.get("predicate");
    return core::with_context(concat("reading the predicate ", core::in_quotes(path)), [&] {
        core::NoProgress no_progress;  // predicates are small
        const std::string content =
            BlobFile(environment, path, no_progress).read_whole(sigstore::predicate_size_limit);
        std::string json = sigstore::make_predicate(type, content, now(environment));
        return sigstore::AttestedPredicate{std::move(type), std::move(json)};
    });
}

/// What was attested, for the report.
struct Attested {
    std::string pinned;  // the reference with the digest
    std::string predicate_type;
    sigstore::SigningRecord record;
    std::optional<oci::Descriptor> referrer{};  // nothing without upload
};

void print(std::ostream& out, const std::string& format, const Attested& attested) {
    if (format == "json") {
        core::Json json = {{"reference", attested.pinned},
                           {"predicateType", attested.predicate_type}};
        add_record(json, attested.record);
        if (attested.referrer) {
            json["attestation"] = attested.referrer->digest.to_string();
        }
        out << core::to_pretty_json(json) << '\n';
        return;
    }
    out << "Attested " << attested.pinned << '\n'
        << "  type:       " << attested.predicate_type << '\n';
    print_record(out, attested.record);
    if (attested.referrer) {
        out << "  stored as:  " << attested.referrer->digest.to_string() << '\n';
    }
}

oci::Descriptor upload(oci::Store& store,
                       const oci::Descriptor& subject,
                       const sigstore::SignedStatement& made,
                       const std::string& predicate_type,
                       const core::Timestamp& created,
                       bool legacy) {
    const auto referrer =
        sigstore::push_bundle(store, subject, made.bundle, created, predicate_type);
    if (legacy) {
        sigstore::push_legacy_attestation(store, subject.digest, made.envelope, predicate_type);
    }
    return referrer;
}

int run_attest(cli::Environment& environment, const cli::Arguments& arguments) {
    check_arguments(environment, arguments);
    const auto predicate = read_predicate(environment, arguments);
    OpenedSigner signer = open_signer(environment, arguments);
    OpenedStore opened =
        open_store(environment, arguments, arguments.positional().front(), Access::add);
    const SignatureStore signatures(environment, arguments, opened, Access::write);
    const oci::Repository& repository = opened.reference.repository;
    const auto subject = oci::fetch(*opened.store, opened.reference).descriptor;
    const auto made = sigstore::attest_artifact(
        subject.digest, repository.docker_reference(), predicate, signer.maker());
    Attested attested{.pinned = concat(repository.to_string(), '@', subject.digest.to_string()),
                      .predicate_type = predicate.type,
                      .record = made.record};
    sigstore::storing(made.record, [&] {
        if (const auto path = arguments.get("bundle")) {
            core::write_output(*path, made.bundle, bundle_mode);
        }
        if (!arguments.has("no-upload")) {
            attested.referrer = upload(signatures.get(),
                                       subject,
                                       made,
                                       predicate.type,
                                       now(environment),
                                       arguments.has("legacy"));
        }
    });
    print(environment.out, arguments.get_or("format", "text"), attested);
    return cli::exit_ok;
}

std::vector<cli::Option> attest_options() {
    std::vector<cli::Option> options = signer_options();
    const std::vector<cli::Option> own = {
        {.long_name = "predicate",
         .value = "FILE",
         .help = "what is attested: a JSON object, of type custom any text; - for standard input"},
        {.long_name = "type",
         .value = "TYPE",
         .help = "predicate type: a URI, or custom (the default), slsaprovenance, slsaprovenance1, "
                 "spdx, spdxjson, cyclonedx, link, vuln, openvex, modelseal, modelseal-serving"},
        {.long_name = "legacy", .help = "also store an attestation in the format of cosign 2"},
        {.long_name = "bundle", .value = "FILE", .help = "also write the bundle to FILE"},
        {.long_name = "no-upload", .help = "store nothing beside the artifact"},
        cli::format_option()};
    for (const auto& more : {own, store_options(), stock_options_of_attest()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

}  // namespace

cli::Command attest_command() {
    return {.name = "attest",
            .usage = "[--key KEY] --predicate FILE [OPTIONS] REF",
            .summary = "sign a statement about a stored model, such as where it came from",
            .description =
                "The attestation is a Sigstore bundle that 'cosign verify-attestation' accepts. "
                "Whether "
                "the predicate is true is not checked: the signer answers for it. An attestation "
                "is not "
                "a signature of the model; 'sign' makes that.\n"
                "COSIGN_PASSWORD holds the password of the key file, COSIGN_REPOSITORY another "
                "repository for attestations.",
            .examples =
                "  cosign-modelseal attest --key cosign.key --type slsaprovenance1 \\\n"
                "      --predicate provenance.json \\\n"
                "      registry.example.com/models/fraud-detector:v2.3\n",
            .options = attest_options(),
            .run = run_attest};
}

}  // namespace modelseal::commands::cosign
