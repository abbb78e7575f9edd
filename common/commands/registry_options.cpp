#include "common/commands/registry_options.hpp"

#include "common/cli/progress.hpp"
#include "common/cli/retry_lines.hpp"
#include "common/cli/version.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <istream>
#include <mutex>
#include <ostream>

namespace modelseal::commands {

namespace {

constexpr std::size_t password_limit = 65536;
constexpr std::uint64_t most_retries = 1000;

[[noreturn]] void refuse(std::string message) {
    throw core::Error(core::ErrorKind::usage, std::move(message));
}

/// The first line of standard input.
core::Secret read_password(std::istream& in) {
    std::string line;
    std::getline(in, line);
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    core::Secret password(line);
    core::wipe(line);
    if (password.empty() || password.reveal().size() > password_limit) {
        refuse("--password-stdin: standard input holds no password");
    }
    return password;
}

core::Secret password_of(cli::Environment& environment, const StoreArguments& arguments) {
    const bool on_stdin = arguments.has("password-stdin");
    if (on_stdin && arguments.has("password")) {
        refuse(core::concat("--",
                            arguments.name_of("password"),
                            " and --",
                            arguments.name_of("password-stdin"),
                            " exclude each other"));
    }
    if (arguments.has("username") != (on_stdin || arguments.has("password"))) {
        refuse(core::concat("--",
                            arguments.name_of("username"),
                            " and --",
                            arguments.name_of("password"),
                            " (or --",
                            arguments.name_of("password-stdin"),
                            ") belong together"));
    }
    if (arguments.has("username") && arguments.has("registry-token")) {
        refuse(core::concat("--",
                            arguments.name_of("registry-token"),
                            " and --",
                            arguments.name_of("username"),
                            " exclude each other"));
    }
    return on_stdin ? read_password(environment.in)
                    : core::Secret(arguments.get_or("password", ""));
}

std::optional<registry::CertificatePair> client_certificate(const StoreArguments& arguments) {
    if (arguments.has("cert-file") != arguments.has("key-file")) {
        refuse(core::concat("--",
                            arguments.name_of("cert-file"),
                            " and --",
                            arguments.name_of("key-file"),
                            " belong together"));
    }
    if (!arguments.has("cert-file")) {
        return std::nullopt;
    }
    return registry::CertificatePair{arguments.get_or("cert-file", ""),
                                     arguments.get_or("key-file", "")};
}

/// What progress says of retries, where none is shown.
std::function<void(const core::Retry&)> retry_reporter(cli::Environment& environment) {
    return [&environment,
            mutex = std::make_shared<std::mutex>(),
            lines = std::make_shared<cli::RetryLines>()](const core::Retry& retry) {
        if (environment.progress != nullptr) {
            environment.progress->retry(retry);
            return;
        }
        const std::lock_guard lock(*mutex);
        if (lines->deserves_line(retry, std::chrono::steady_clock::now())) {
            environment.err << core::concat(cli::retry_text(retry), '\n') << std::flush;
        }
    };
}

}  // namespace

bool StoreArguments::has(std::string_view option) const {
    return arguments_.has(name_of(option));
}

std::string StoreArguments::get_or(std::string_view option, std::string_view fallback) const {
    return arguments_.get_or(name_of(option), fallback);
}

std::vector<std::string> StoreArguments::get_all(std::string_view option) const {
    return arguments_.get_all(name_of(option));
}

std::optional<std::uint64_t> StoreArguments::get_number(std::string_view option) const {
    return arguments_.get_number(name_of(option));
}

std::string StoreArguments::name_of(std::string_view option) const {
    return core::concat(prefix_, option);
}

const std::vector<cli::Option>& registry_options() {
    // The aliases are cosign's names.
    static const std::vector<cli::Option> options = {
        {.long_name = "plain-http",
         .help = "speak to the registry without TLS",
         .aliases = {"allow-http-registry"}},
        {.long_name = "insecure",
         .help = "accept any certificate of the registry, and on this machine none",
         .aliases = {"allow-insecure-registry"}},
        {.long_name = "ca-file",
         .value = "FILE",
         .help = "trust the authorities in this PEM file, too",
         .aliases = {"registry-cacert"},
         .variable = "MODELSEAL_CA_FILE",
         .yields_to = {"plain-http", "insecure", "oci-layout"}},
        {.long_name = "cert-file",
         .value = "FILE",
         .help = "show the registry this client certificate (PEM)",
         .aliases = {"registry-client-cert"}},
        {.long_name = "key-file",
         .value = "FILE",
         .help = "the key of --cert-file (PEM)",
         .aliases = {"registry-client-key"}},
        {.long_name = "registry-config",
         .value = "FILE",
         .help = "read credentials from this file instead of the usual places",
         .repeatable = true,
         .variable = "MODELSEAL_REGISTRY_CONFIG",
         .yields_to = {"oci-layout"}},
        {.long_name = "username",
         .short_name = 'u',
         .value = "USER",
         .help = "user name for the registry",
         .aliases = {"registry-username"}},
        {.long_name = "password",
         .short_name = 'p',
         .value = "PASSWORD",
         .help = "password for the registry; others can see it: prefer --password-stdin",
         .aliases = {"registry-password"}},
        {.long_name = "password-stdin", .help = "read the password from standard input"},
        {.long_name = "registry-token",
         .value = "TOKEN",
         .help = "bearer token for the registry, instead of name and password; others can see it"},
    };
    return options;
}

const std::vector<cli::Option>& retry_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "retries",
         .value = "N",
         .help = core::concat("send a request that failed again up to N times (default ",
                              http::RetryOptions().retries,
                              ')'),
         .variable = "MODELSEAL_RETRIES"},
        {.long_name = "timeout",
         .short_name = 't',
         .value = "DURATION",
         .help = "wait no longer than this, in all, to send a request again (default 10m)",
         .variable = "MODELSEAL_TIMEOUT"},
    };
    return options;
}

std::chrono::milliseconds wait_limit(const cli::Arguments& arguments) {
    const auto text = arguments.get("timeout");
    if (!text) {
        return http::RetryOptions().wait_limit;
    }
    const auto limit = core::parse_duration(*text);
    if (!limit) {
        refuse(core::concat("--timeout ",
                            core::in_quotes(*text),
                            " is no length of time such as 90s, 10m or 1h30m"));
    }
    return *limit;
}

http::RetryOptions retries(cli::Environment& environment, const cli::Arguments& arguments) {
    http::RetryOptions options;
    const std::uint64_t count = arguments.get_number("retries").value_or(options.retries);
    if (count > most_retries) {
        refuse(core::concat("--retries must be at most ", most_retries));
    }
    options.retries = static_cast<unsigned>(count);
    options.wait_limit = wait_limit(arguments);
    if (!arguments.has("quiet")) {
        options.notice = retry_reporter(environment);
    }
    return options;
}

registry::ConnectionOptions mirror_options(const StoreArguments& arguments) {
    registry::ConnectionOptions options;
    options.ca_file = arguments.get_or("ca-file", "");
    for (const std::string& path : arguments.get_all("registry-config")) {
        options.registry_configs.emplace_back(path);
    }
    options.user_agent = core::concat("modelseal/", cli::version());
    return options;
}

registry::ConnectionOptions connection_options(cli::Environment& environment,
                                               const StoreArguments& arguments) {
    registry::ConnectionOptions options = mirror_options(arguments);
    options.plain_http = arguments.has("plain-http");
    options.plain_http_advice =
        core::concat("a registry without it needs --", arguments.name_of("plain-http"));
    options.insecure = arguments.has("insecure");
    options.client = client_certificate(arguments);
    options.username = arguments.get_or("username", "");
    options.password = password_of(environment, arguments);
    options.registry_token = core::Secret(arguments.get_or("registry-token", ""));
    options.retry = retries(environment, arguments.of_command());
    if (options.plain_http && (options.insecure || !options.ca_file.empty() || options.client)) {
        refuse(
            "--plain-http uses no certificates: leave out --insecure, --ca-file and --cert-file");
    }
    if (options.insecure && !options.ca_file.empty()) {
        refuse("--insecure accepts every certificate: leave out --ca-file, or rather --insecure");
    }
    return options;
}

}  // namespace modelseal::commands
