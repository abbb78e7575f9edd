#include "common/commands/opened_signer.hpp"

#include "common/cli/version.hpp"
#include "common/commands/registry_options.hpp"
#include "common/commands/service_options.hpp"
#include "common/commands/signing_identity.hpp"
#include "common/commands/signing_key.hpp"
#include "common/commands/terminal_input.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_transport.hpp"
#include "common/http/retrying_transport.hpp"
#include "common/services/bundle_maker.hpp"
#include "common/services/keyless_signer.hpp"
#include "common/sigstore/checked_bundle_maker.hpp"

#include <istream>
#include <ostream>

namespace modelseal::commands {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using services::SigningServices;

std::unique_ptr<http::Transport> service_transport(cli::Environment& environment,
                                                   const cli::Arguments& arguments) {
    return std::make_unique<http::RetryingTransport>(
        std::make_unique<http::CurlTransport>(
            http::CurlOptions{.user_agent = concat("modelseal/", cli::version())},
            environment.variables),
        retries(environment, arguments),
        http::RetrySeams::of_system(environment.clock));
}

std::string names_of(const std::vector<services::LogService>& logs) {
    std::vector<std::string> names;
    for (const services::LogService& log : logs) {
        names.push_back(log.url.redacted());
    }
    return core::join(names, ", ");
}

/// As cosign reads it.
bool says_yes(const core::Variables& variables) {
    const std::string value = core::ascii_lower(variables.get_nonempty("COSIGN_YES").value_or(""));
    return value == "1" || value == "t" || value == "true";
}

/// Nobody can answer who is not at a terminal: then, as with cosign, calling this is the answer.
void ask_before_logging(cli::Environment& environment,
                        const cli::Arguments& arguments,
                        const SigningServices& services) {
    if (services.logs.empty() || arguments.has("yes") || says_yes(environment.variables) ||
        !environment.in_is_terminal || !environment.err_is_terminal) {
        return;
    }
    environment.err << "The signature is going to be in the log " << names_of(services.logs)
                    << " for good, with "
                    << (arguments.has("key") ? "the key" : "your identity (an e-mail address too)")
                    << " and the digest of what is signed, for everybody who can read the log.\n"
                    << "Sign? [y/N] " << std::flush;
    std::string answer;
    wait_for_line(environment.in);
    std::getline(environment.in, answer);
    if (answer != "y" && answer != "Y" && answer != "yes") {
        throw Error(ErrorKind::denied, "nothing was signed, as you wished");
    }
}

std::unique_ptr<sigstore::BundleMaker> maker_for_key(http::Transport* transport,
                                                     const SigningServices& services,
                                                     crypto::Signer& key) {
    if (transport == nullptr) {
        return std::make_unique<sigstore::KeyBundleMaker>(key);
    }
    return std::make_unique<services::LoggedKeyBundleMaker>(*transport, services, key);
}

bool has_any(const SigningServices& services) {
    return !services.logs.empty() || !services.timestamp_authorities.empty();
}

}  // namespace

const std::vector<cli::Option>& signer_options() {
    static const std::vector<cli::Option> options = [] {
        std::vector<cli::Option> all = {
            {.long_name = "key",
             .value = "KEY",
             .help = "sign with a cosign key file, env://VARIABLE, or PLUGIN://KEY; without it, "
                     "with an identity token and the services of Sigstore"}};
        for (const auto& more : {identity_options(), service_options()}) {
            all.insert(all.end(), more.begin(), more.end());
        }
        all.push_back({.long_name = "yes",
                       .short_name = 'y',
                       .help = "do not ask before the signature goes into a log [COSIGN_YES]"});
        return all;
    }();
    return options;
}

void check_signer_options(const cli::Environment& environment, const cli::Arguments& arguments) {
    check_service_options(arguments);
    if (!arguments.has("key")) {
        if (arguments.has("legacy")) {
            throw Error(ErrorKind::usage,
                        core::Reason::unsupported,
                        "--legacy needs --key: the format of cosign 2 is not written without one");
        }
        return;
    }
    for (const std::string_view option :
         {"identity-token", "oidc-provider", "allow-pull-request"}) {
        if (arguments.has(option)) {
            throw Error(ErrorKind::usage,
                        concat("--key and --", option, " exclude each other: one says who signs"));
        }
    }
    check_standard_input(environment, arguments);
}

OpenedSigner open_signer(cli::Environment& environment, const cli::Arguments& arguments) {
    check_signer_options(environment, arguments);
    const SigningServices services = chosen_services(environment, arguments);
    OpenedSigner opened;
    if (const auto path = arguments.get("trusted-root")) {
        opened.root_ = read_trusted_root(*path);
    }
    if (!arguments.has("key") || has_any(services)) {
        opened.transport_ = service_transport(environment, arguments);
    }
    ask_before_logging(environment, arguments, services);
    if (const auto key = arguments.get("key")) {
        opened.key_ = load_signer(environment, *key);
        opened.makers_.push_back(maker_for_key(opened.transport_.get(), services, *opened.key_));
    } else {
        opened.makers_.push_back(std::make_unique<services::KeylessSigner>(
            *opened.transport_,
            services,
            token_source(environment, arguments, *opened.transport_),
            environment.clock));
    }
    if (opened.root_) {
        opened.makers_.push_back(std::make_unique<sigstore::CheckedBundleMaker>(
            opened.maker(), opened.key_ ? &opened.key_->public_key() : nullptr, *opened.root_));
    }
    return opened;
}

}  // namespace modelseal::commands
