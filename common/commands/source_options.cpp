#include "common/commands/source_options.hpp"

#include "common/cli/progress.hpp"
#include "common/commands/registry_options.hpp"
#include "common/core/byte_size.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/cache/cached_store.hpp"
#include "common/oci/mirrored_store.hpp"
#include "common/registry/mirror.hpp"

#include <functional>
#include <mutex>
#include <ostream>

namespace modelseal::commands {

namespace {

constexpr std::string_view folder_variable = "MODELSEAL_CACHE";
constexpr std::string_view size_variable = "MODELSEAL_CACHE_SIZE";

/// One line for each warning.
std::function<void(const std::string&)> warner(cli::Environment& environment) {
    return [&environment, mutex = std::make_shared<std::mutex>()](const std::string& sentence) {
        if (environment.progress != nullptr) {
            environment.progress->warn(sentence);
            return;
        }
        const std::lock_guard lock(*mutex);
        environment.err << core::concat(cli::warning_text(sentence), '\n') << std::flush;
    };
}

std::vector<std::unique_ptr<oci::Store>> open_mirrors(cli::Environment& environment,
                                                      const StoreArguments& arguments,
                                                      const oci::Repository& origin) {
    std::vector<std::unique_ptr<oci::Store>> mirrors;
    for (const std::string& location : arguments.get_all("mirror")) {
        core::with_context(core::concat("--", arguments.name_of("mirror")), [&] {
            mirrors.push_back(
                registry::open_mirror(registry::MirrorAddress::parse(location, origin),
                                      origin,
                                      mirror_options(arguments),
                                      environment.variables,
                                      environment.subprocess,
                                      environment.clock));
        });
    }
    return mirrors;
}

void check_for_layout(const StoreArguments& arguments) {
    for (const cli::Option& option : source_options()) {
        if (arguments.has(option.long_name)) {
            throw core::Error(core::ErrorKind::usage,
                              core::concat("--",
                                           arguments.name_of(option.long_name),
                                           " is for registries and --",
                                           arguments.name_of("oci-layout"),
                                           " for folders"));
        }
    }
}

/// An option, or else the variable that says the same for all commands.
std::optional<std::string> option_or_variable(const cli::Environment& environment,
                                              const StoreArguments& arguments,
                                              std::string_view option,
                                              std::string_view variable) {
    return arguments.has(option) ? std::optional(arguments.get_or(option, ""))
                                 : environment.variables.get_nonempty(variable);
}

std::optional<std::uint64_t> cache_size(const cli::Environment& environment,
                                        const StoreArguments& arguments) {
    const auto text = option_or_variable(environment, arguments, "cache-size", size_variable);
    const auto size = text ? core::parse_size(*text) : std::nullopt;
    if (text && (!size || *size == 0)) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat("the size of the cache, ",
                                       core::in_quotes(*text),
                                       ", is none such as 500M, 50G or 2T"));
    }
    return size;
}

std::unique_ptr<oci::BlobCache> open_cache(const cli::Environment& environment,
                                           const StoreArguments& arguments,
                                           const oci::BlobLock::Patience& patience) {
    const auto folder = option_or_variable(environment, arguments, "cache", folder_variable);
    const auto size = cache_size(environment, arguments);
    if (!folder) {
        if (arguments.has("cache-size")) {
            throw core::Error(core::ErrorKind::usage,
                              core::concat("--",
                                           arguments.name_of("cache-size"),
                                           " is about a cache: name it by --",
                                           arguments.name_of("cache")));
        }
        return nullptr;
    }
    return core::with_context("opening the cache", [&] {
        return std::make_unique<oci::BlobCache>(*folder, size, environment.clock, patience);
    });
}

}  // namespace

const std::vector<cli::Option>& source_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "mirror",
         .value = "HOST[/PREFIX]",
         .help = "ask this registry first for what is named by its digest",
         .repeatable = true},
        {.long_name = "cache",
         .value = "DIR",
         .help = core::concat("keep what is fetched in this folder, and take from it what is there "
                              "(default $",
                              folder_variable,
                              ')')},
        {.long_name = "cache-size",
         .value = "SIZE",
         .help = core::concat("remove from the cache what was used the longest time ago when it "
                              "is larger, as 50G (default $",
                              size_variable,
                              ", else no limit)")},
    };
    return options;
}

std::vector<cli::Option> prefixed_source_options(std::string_view prefix, std::string_view which) {
    return with_prefix(source_options(), prefix, which);
}

OpenedStore open_source(cli::Environment& environment,
                        const cli::Arguments& all_arguments,
                        std::string_view reference,
                        core::Progress& progress,
                        const StoreSide& side) {
    const StoreArguments arguments(all_arguments, side.prefix);
    if (arguments.has("oci-layout")) {
        check_for_layout(arguments);
    }
    OpenedStore opened = open_store(environment, all_arguments, reference, Access::read, side);
    if (opened.reference.repository.is_layout()) {
        return opened;
    }
    const auto warn = warner(environment);
    auto mirrors = open_mirrors(environment, arguments, opened.reference.repository);
    if (!mirrors.empty()) {
        opened.store =
            std::make_unique<oci::MirroredStore>(std::move(opened.store), std::move(mirrors), warn);
    }
    if (auto cache = open_cache(
            environment, arguments, {.limit = wait_limit(all_arguments), .notice = warn})) {
        opened.store = std::make_unique<oci::CachedStore>(
            std::move(opened.store), std::move(cache), progress, warn);
    }
    return opened;
}

}  // namespace modelseal::commands
