#include "common/commands/cosign/verification_options.hpp"

#include "common/commands/signing_key.hpp"
#include "common/commands/trust/signer_options.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands::cosign {

using core::Error;
using core::ErrorKind;

std::vector<cli::Option> verification_options() {
    std::vector<cli::Option> options = signer_options("a PEM file, env://VARIABLE or PLUGIN://KEY");
    options.push_back(trusted_root_option());
    options.push_back({.long_name = "at",
                       .value = "TIME",
                       .help = "what would have been accepted then: an RFC 3339 time"});
    return options;
}

std::optional<core::Timestamp> asked_time(const cli::Arguments& arguments) {
    const auto text = arguments.get("at");
    if (!text) {
        return std::nullopt;
    }
    try {
        return core::Timestamp::parse(*text);
    } catch (const Error& error) {
        throw Error(ErrorKind::usage, core::concat("--at: ", error.message()));
    }
}

void refuse_unnamed(std::string_view options) {
    throw Error(ErrorKind::usage,
                core::Reason::not_configured,
                core::concat(options, " is missing: say who must have signed"));
}

const std::vector<std::string>& require_references(const cli::Arguments& arguments,
                                                   std::string_view command) {
    const auto& references = arguments.positional();
    if (references.empty()) {
        throw Error(ErrorKind::usage, core::concat(command, " takes at least one reference"));
    }
    if (arguments.has("bundle") && references.size() > 1) {
        throw Error(ErrorKind::usage, "--bundle is about one artifact: name one reference");
    }
    return references;
}

SignerDemand signer_demand(cli::Environment& environment, const cli::Arguments& arguments) {
    const Settings settings = Settings::of_flags(arguments, environment.variables);
    auto signer = signer_of(
        settings, [&](std::string_view key) { return load_verification_key(environment, key); });
    if (!signer) {
        refuse_unnamed("--key or --certificate-identity");
    }
    SignerDemand demand{.requirements = {.signers = {std::move(*signer)},
                                         .ignore_log = settings.is_on("insecure-ignore-tlog"),
                                         .ignore_sct = settings.is_on("insecure-ignore-sct")},
                        .trust = trust_of(environment, settings, asked_time(arguments))};
    warn_if_old_root(environment,
                     settings,
                     {.statements = {demand.requirements}, .trust = demand.trust},
                     arguments.has("quiet"));
    return demand;
}

}  // namespace modelseal::commands::cosign
