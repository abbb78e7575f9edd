#include "common/commands/service_options.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/services/service_call.hpp"
#include "common/services/signing_config.hpp"

#include <algorithm>
#include <array>

namespace modelseal::commands {

namespace {

using core::concat;
using services::SigningConfig;
using services::SigningServices;

constexpr std::array<std::string_view, 3> url_options{
    "fulcio-url", "rekor-url", "timestamp-server-url"};

[[noreturn]] void refuse(std::string message) {
    throw core::Error(core::ErrorKind::usage, std::move(message));
}

/// The first of the options that name a service by itself.
std::optional<std::string_view> given_url(const cli::Arguments& arguments) {
    const auto* found =
        std::find_if(url_options.begin(), url_options.end(), [&](std::string_view option) {
            return arguments.has(option);
        });
    return found == url_options.end() ? std::nullopt : std::optional(*found);
}

/// An option of this kind that was given, and is what `value` says.
bool is_given_as(const cli::Arguments& arguments, std::string_view option, std::string_view value) {
    return arguments.get(option) == value;
}

/// Also where a variable says one of them: to leave it out silently could make public what was to
/// be in a private log.
[[noreturn]] void refuse_both(const cli::Arguments& arguments,
                              std::string_view one,
                              std::string_view value,
                              std::string_view other) {
    refuse(concat(arguments.source_of(one),
                  value,
                  " and ",
                  arguments.source_of(other),
                  " exclude each other"));
}

void check_log_options(const cli::Arguments& arguments) {
    if (!is_given_as(arguments, "tlog-upload", "false")) {
        return;
    }
    if (!arguments.has("key")) {
        refuse(concat(arguments.source_of("tlog-upload"),
                      "=false: a signature without --key always has a log and a time"));
    }
    if (arguments.has("rekor-url")) {
        refuse_both(arguments, "tlog-upload", "=false", "rekor-url");
    }
}

SigningServices configured_services(const cli::Environment& environment, const std::string& path) {
    return core::with_context(concat("reading the signing config ", core::in_quotes(path)), [&] {
        return SigningConfig::parse(core::read_small_file(path, services::signing_config_limit))
            .select(environment.clock.now());
    });
}

/// Those that are named, and of the public instance those without which there is no signature. Its
/// timestamp authority is not among them: its log of version 1 states the time, and a private one
/// has nothing to do with it.
SigningServices named_services(const cli::Environment& environment,
                               const cli::Arguments& arguments) {
    auto services = SigningServices::from_urls(arguments.get("fulcio-url"),
                                               arguments.get("rekor-url"),
                                               arguments.get_all("timestamp-server-url"));
    const bool is_keyless = !arguments.has("key");
    const bool lacks_authority = is_keyless && !services.certificate_authority;
    const bool lacks_log =
        (is_keyless || is_on(arguments, "tlog-upload", "false")) && services.logs.empty();
    if (lacks_authority || lacks_log) {
        const auto others = SigningConfig::public_good().select(environment.clock.now());
        if (lacks_authority) {
            services.certificate_authority = others.certificate_authority;
        }
        if (lacks_log) {
            services.logs = others.logs;
        }
    }
    return services;
}

SigningServices services_for(const cli::Environment& environment, const cli::Arguments& arguments) {
    if (const auto path = arguments.get("signing-config")) {
        return configured_services(environment, *path);
    }
    if (given_url(arguments) || is_given_as(arguments, "use-signing-config", "false")) {
        return named_services(environment, arguments);
    }
    const bool are_wanted = !arguments.has("key") || is_on(arguments, "tlog-upload", "false") ||
                            is_on(arguments, "use-signing-config", "false");
    return are_wanted ? SigningConfig::public_good().select(environment.clock.now())
                      : SigningServices();
}

}  // namespace

const std::vector<cli::Option>& service_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "signing-config",
         .value = "FILE",
         .help = "use the services that this signing config names (default without --key: those "
                 "of the public Sigstore instance)",
         .variable = "MODELSEAL_SIGNING_CONFIG"},
        {.long_name = "use-signing-config",
         .value = "BOOL",
         .help = "with --key: have the public Sigstore instance time and log the signature "
                 "(default false)",
         .choices = {"true", "false"},
         .variable = "MODELSEAL_USE_SIGNING_CONFIG"},
        {.long_name = "fulcio-url",
         .value = "URL",
         .help = "get the certificate from this Fulcio",
         .variable = "MODELSEAL_FULCIO_URL",
         .yields_to = {"key"}},
        {.long_name = "rekor-url",
         .value = "URL",
         .help = "log in this Rekor, of version 1",
         .variable = "MODELSEAL_REKOR_URL"},
        {.long_name = "timestamp-server-url",
         .value = "URL",
         .help = "have this RFC 3161 authority time the signature",
         .repeatable = true,
         .variable = "MODELSEAL_TIMESTAMP_SERVER_URL"},
        {.long_name = "tlog-upload",
         .value = "BOOL",
         .help = "log the signature (default: without --key, and with a signing config)",
         .choices = {"true", "false"},
         .variable = "MODELSEAL_TLOG_UPLOAD"},
        {.long_name = "trusted-root",
         .value = "FILE",
         .help = "fail unless the log and the time are by those that this trusted root names",
         .variable = "MODELSEAL_TRUSTED_ROOT"},
    };
    return options;
}

bool is_on(const cli::Arguments& arguments, std::string_view option, std::string_view fallback) {
    return arguments.get_or(option, fallback) == "true";
}

void check_service_options(const cli::Arguments& arguments) {
    if (arguments.has("key") && arguments.has("fulcio-url")) {
        refuse("--fulcio-url is for signing without a key; leave out one of it and --key");
    }
    check_log_options(arguments);
    const auto url = given_url(arguments);
    if (url && arguments.has("signing-config")) {
        refuse_both(arguments, "signing-config", "", *url);
    }
    if (url && is_given_as(arguments, "use-signing-config", "true")) {
        refuse_both(arguments, "use-signing-config", "=true", *url);
    }
    if (arguments.has("signing-config") && is_given_as(arguments, "use-signing-config", "false")) {
        refuse_both(arguments, "use-signing-config", "=false", "signing-config");
    }
}

SigningServices chosen_services(const cli::Environment& environment,
                                const cli::Arguments& arguments) {
    check_service_options(arguments);
    SigningServices services = services_for(environment, arguments);
    if (arguments.has("key")) {
        services.certificate_authority.reset();
    }
    if (is_given_as(arguments, "tlog-upload", "false")) {
        services.logs.clear();
    }
    if (services.certificate_authority) {
        services::check_secret_is_safe(services.certificate_authority->url, "Fulcio");
    }
    return services;
}

}  // namespace modelseal::commands
