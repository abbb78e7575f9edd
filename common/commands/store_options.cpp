#include "common/commands/store_options.hpp"

#include "common/commands/registry_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/image_layout.hpp"
#include "common/registry/registry_store.hpp"

#include <filesystem>
#include <string>

namespace modelseal::commands {

namespace {

constexpr std::size_t default_concurrency = 5;
constexpr std::size_t highest_concurrency = 64;
constexpr std::uint64_t largest_chunk_size = 65536;  // MiB

[[noreturn]] void refuse(std::string message) {
    throw core::Error(core::ErrorKind::usage, std::move(message));
}

/// Options that say how to reach a server mean nothing for a folder.
void check_for_layout(const StoreArguments& arguments) {
    const auto check = [&](std::string_view option) {
        if (arguments.has(option)) {
            refuse(core::concat("--",
                                arguments.name_of(option),
                                " is for registries and --",
                                arguments.name_of("oci-layout"),
                                " for folders"));
        }
    };
    for (const cli::Option& option : registry_options()) {
        check(option.long_name);
    }
    for (const cli::Option& option : upload_options()) {
        check(option.long_name);
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

registry::ConnectionOptions options_for(cli::Environment& environment,
                                        const StoreArguments& arguments,
                                        Access access) {
    registry::ConnectionOptions options = connection_options(environment, arguments);
    options.for_push = access != Access::read;
    options.mount_from = arguments.get_all("mount-from");
    options.chunk_size = chunk_size(arguments);
    return options;
}

OpenedStore open_layout(oci::Reference reference, Access access) {
    const std::filesystem::path& path = reference.repository.layout;
    if (access != Access::write) {
        auto readable = oci::ImageLayout::open(path);
        if (access == Access::read) {
            return {std::move(readable), std::move(reference)};
        }
    }
    return {oci::ImageLayout::open_or_create(path), std::move(reference)};
}

std::vector<cli::Option> one_store_options() {
    std::vector<cli::Option> options = {
        {.long_name = "oci-layout", .help = "the reference is a folder: PATH[:TAG][@DIGEST]"}};
    options.insert(options.end(), registry_options().begin(), registry_options().end());
    return options;
}

}  // namespace

const std::vector<cli::Option>& store_options() {
    static const std::vector<cli::Option> options = [] {
        std::vector<cli::Option> all = one_store_options();
        all.insert(all.end(), retry_options().begin(), retry_options().end());
        return all;
    }();
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
    return with_prefix(one_store_options(), prefix, which);
}

std::vector<cli::Option> with_prefix(std::vector<cli::Option> options,
                                     std::string_view prefix,
                                     std::string_view which) {
    for (cli::Option& option : options) {
        option.long_name = core::concat(prefix, option.long_name);
        for (std::string& other : option.yields_to) {
            other.insert(0, prefix);
        }
        option.short_name = '\0';
        option.aliases.clear();
        option.help = core::concat("for the ", which, ": ", option.help);
    }
    return options;
}

registry::Connection open_connection(cli::Environment& environment,
                                     const cli::Arguments& arguments,
                                     const oci::Repository& repository,
                                     Access access) {
    return registry::connect(repository,
                             options_for(environment, StoreArguments(arguments, ""), access),
                             environment.variables,
                             environment.subprocess,
                             environment.clock);
}

oci::Reference parse_reference(const cli::Arguments& all_arguments,
                               std::string_view reference,
                               std::string_view prefix) {
    const StoreArguments arguments(all_arguments, prefix);
    if (arguments.has("oci-layout")) {
        return oci::Reference::parse_layout(reference);
    }
    if (is_local_path(reference)) {
        refuse(core::concat(core::in_quotes(reference),
                            " is a local path: give --",
                            arguments.name_of("oci-layout"),
                            " to use an image layout there"));
    }
    check_not_a_folder(reference);
    return oci::Reference::parse(reference);
}

oci::Reference parse_destination(const cli::Arguments& arguments,
                                 std::string_view reference,
                                 std::string_view prefix) {
    oci::Reference parsed = parse_reference(arguments, reference, prefix);
    if (parsed.digest) {
        refuse(core::concat(core::in_quotes(parsed.to_string()),
                            ": what is stored has the digest of its content, which cannot be "
                            "chosen; name a tag, or only the repository"));
    }
    return parsed;
}

OpenedStore open_store(cli::Environment& environment,
                       const cli::Arguments& all_arguments,
                       std::string_view reference,
                       Access access,
                       const StoreSide& side) {
    const StoreArguments arguments(all_arguments, side.prefix);
    oci::Reference parsed = parse_reference(all_arguments, reference, side.prefix);
    if (parsed.repository.is_layout()) {
        check_for_layout(arguments);
        return open_layout(std::move(parsed), access);
    }
    registry::ConnectionOptions options = options_for(environment, arguments, access);
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
