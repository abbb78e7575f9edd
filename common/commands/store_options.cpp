#include "common/commands/store_options.hpp"

#include "common/cli/version.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/image_layout.hpp"
#include "common/registry/registry_store.hpp"

#include <filesystem>
#include <istream>
#include <string>

namespace modelseal::commands {

namespace {

constexpr std::size_t default_concurrency = 5;
constexpr std::size_t highest_concurrency = 64;
constexpr std::uint64_t largest_chunk_size = 65536;  // MiB
constexpr std::size_t password_limit = 65536;

/// The options about one store: of "--from-ca-file" with the prefix "from-", the one "ca-file".
class StoreArguments {
  public:
    StoreArguments(const cli::Arguments& arguments, std::string_view prefix)
        : arguments_(arguments), prefix_(prefix) {}

    [[nodiscard]] bool has(std::string_view option) const {
        return arguments_.has(name_of(option));
    }

    [[nodiscard]] std::string get_or(std::string_view option, std::string_view fallback) const {
        return arguments_.get_or(name_of(option), fallback);
    }

    [[nodiscard]] std::vector<std::string> get_all(std::string_view option) const {
        return arguments_.get_all(name_of(option));
    }

    [[nodiscard]] std::optional<std::uint64_t> get_number(std::string_view option) const {
        return arguments_.get_number(name_of(option));
    }

    [[nodiscard]] std::string name_of(std::string_view option) const {
        return core::concat(prefix_, option);
    }

  private:
    const cli::Arguments& arguments_;
    std::string_view prefix_;
};

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
    return on_stdin ? read_password(environment.in)
                    : core::Secret(arguments.get_or("password", ""));
}

/// Options that say how to reach a server mean nothing for a folder.
void check_for_layout(const StoreArguments& arguments) {
    for (const std::string_view option : {"plain-http",
                                          "insecure",
                                          "ca-file",
                                          "registry-config",
                                          "username",
                                          "password",
                                          "password-stdin",
                                          "mount-from",
                                          "chunk-size"}) {
        if (arguments.has(option)) {
            refuse(core::concat("--",
                                arguments.name_of(option),
                                " is for registries and --",
                                arguments.name_of("oci-layout"),
                                " for folders"));
        }
    }
}

/// In bytes; nothing when it is not given.
std::optional<std::uint64_t> chunk_size(const StoreArguments& arguments) {
    const auto mebibytes = arguments.get_number("chunk-size");
    if (!mebibytes) {
        return std::nullopt;
    }
    if (*mebibytes < 1 || *mebibytes > largest_chunk_size) {
        refuse(core::concat("--",
                            arguments.name_of("chunk-size"),
                            " must be between 1 and ",
                            largest_chunk_size,
                            " MiB"));
    }
    return *mebibytes << 20U;
}

registry::ConnectionOptions connection_options(cli::Environment& environment,
                                               const StoreArguments& arguments,
                                               Access access) {
    registry::ConnectionOptions options;
    options.for_push = access != Access::read;
    options.plain_http = arguments.has("plain-http");
    options.insecure = arguments.has("insecure");
    options.ca_file = arguments.get_or("ca-file", "");
    options.username = arguments.get_or("username", "");
    options.password = password_of(environment, arguments);
    for (const std::string& path : arguments.get_all("registry-config")) {
        options.registry_configs.emplace_back(path);
    }
    options.mount_from = arguments.get_all("mount-from");
    options.chunk_size = chunk_size(arguments);
    options.user_agent = core::concat("modelseal/", cli::version());
    if (options.plain_http && (options.insecure || !options.ca_file.empty())) {
        refuse("--plain-http uses no certificates: leave out --insecure and --ca-file");
    }
    if (options.insecure && !options.ca_file.empty()) {
        refuse("--insecure accepts every certificate: leave out --ca-file, or rather --insecure");
    }
    return options;
}

OpenedStore open_layout(std::string_view text, Access access) {
    oci::Reference reference = oci::Reference::parse_layout(text);
    const std::filesystem::path& path = reference.repository.layout;
    if (access != Access::write) {
        auto readable = oci::ImageLayout::open(path);
        if (access == Access::read) {
            return {std::move(readable), std::move(reference)};
        }
    }
    return {oci::ImageLayout::open_or_create(path), std::move(reference)};
}

}  // namespace

const std::vector<cli::Option>& store_options() {
    // The aliases are cosign's names.
    static const std::vector<cli::Option> options = {
        {.long_name = "oci-layout", .help = "the reference is a folder: PATH[:TAG][@DIGEST]"},
        {.long_name = "plain-http",
         .help = "speak to the registry without TLS",
         .aliases = {"allow-http-registry"}},
        {.long_name = "insecure",
         .help = "accept any certificate of the registry",
         .aliases = {"allow-insecure-registry"}},
        {.long_name = "ca-file",
         .value = "FILE",
         .help = "trust the authorities in this PEM file, too",
         .aliases = {"registry-cacert"}},
        {.long_name = "registry-config",
         .value = "FILE",
         .help = "read credentials from this file instead of the usual places",
         .repeatable = true},
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
        concurrency_option(),
    };
    return options;
}

const cli::Option& concurrency_option() {
    static const cli::Option option = {
        .long_name = "concurrency",
        .value = "N",
        .help = core::concat("transfers at once (default ", default_concurrency, ')')};
    return option;
}

const std::vector<cli::Option>& upload_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "mount-from",
         .value = "REPOSITORY",
         .help = "take content that this repository of the same registry has already",
         .repeatable = true},
        {.long_name = "chunk-size",
         .value = "MIB",
         .help = "send files in chunks of this size (default: as the registry allows)"},
    };
    return options;
}

std::vector<cli::Option> prefixed_store_options(std::string_view prefix, std::string_view which) {
    std::vector<cli::Option> options;
    for (cli::Option option : store_options()) {
        if (option.long_name == concurrency_option().long_name) {
            continue;
        }
        option.long_name = core::concat(prefix, option.long_name);
        option.short_name = '\0';
        option.aliases.clear();
        option.help = core::concat("for the ", which, ": ", option.help);
        options.push_back(std::move(option));
    }
    return options;
}

OpenedStore open_store(cli::Environment& environment,
                       const cli::Arguments& all_arguments,
                       std::string_view reference,
                       Access access,
                       const StoreSide& side) {
    const StoreArguments arguments(all_arguments, side.prefix);
    if (arguments.has("oci-layout")) {
        check_for_layout(arguments);
        return open_layout(reference, access);
    }
    if (is_local_path(reference)) {
        refuse(core::concat(core::in_quotes(reference),
                            " is a local path: give --",
                            arguments.name_of("oci-layout"),
                            " to use an image layout there"));
    }
    check_not_a_folder(reference);
    oci::Reference parsed = oci::Reference::parse(reference);
    registry::ConnectionOptions options = connection_options(environment, arguments, access);
    options.mount_from.insert(
        options.mount_from.end(), side.mount_from.begin(), side.mount_from.end());
    auto store = registry::open_registry(parsed.repository,
                                         options,
                                         environment.variables,
                                         environment.subprocess,
                                         environment.clock);
    return {std::move(store), std::move(parsed)};
}

bool is_local_path(std::string_view word) {
    return word.starts_with('/') || word.starts_with("./") || word.starts_with("../") ||
           word == "." || word == "..";
}

void check_not_a_folder(std::string_view word) {
    std::error_code ignored;
    if (std::filesystem::is_directory(word, ignored)) {
        refuse(core::concat(core::in_quotes(word),
                            " is a folder here and could be a reference: write ",
                            core::in_quotes(core::concat("./", word)),
                            " for the folder or ",
                            core::in_quotes(core::concat(word, ":TAG")),
                            " for the reference"));
    }
}

std::size_t concurrency(const cli::Arguments& arguments) {
    const std::uint64_t number = arguments.get_number("concurrency").value_or(default_concurrency);
    if (number < 1 || number > highest_concurrency) {
        refuse(core::concat("--concurrency must be between 1 and ", highest_concurrency));
    }
    return static_cast<std::size_t>(number);
}

}  // namespace modelseal::commands
