#include "common/commands/source_options.hpp"

#include "common/commands/registry_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/mirrored_store.hpp"
#include "common/registry/mirror.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <ostream>

namespace modelseal::commands {

namespace {

/// One line for each warning. A line that a terminal shows of the progress is overwritten.
std::function<void(const std::string&)> warner(cli::Environment& environment) {
    constexpr std::size_t progress_width = 79;
    return [&out = environment.err,
            on_terminal = environment.err_is_terminal,
            mutex = std::make_shared<std::mutex>()](const std::string& sentence) {
        std::string line = core::concat(on_terminal ? "\r" : "", "Warning: ", sentence);
        if (on_terminal) {
            line.resize(std::max(line.size(), progress_width + 1), ' ');
        }
        const std::lock_guard lock(*mutex);
        out << core::concat(line, '\n') << std::flush;
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
    if (arguments.has("mirror")) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat("--",
                                       arguments.name_of("mirror"),
                                       " is for registries and --",
                                       arguments.name_of("oci-layout"),
                                       " for folders"));
    }
}

}  // namespace

const std::vector<cli::Option>& source_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "mirror",
         .value = "HOST[/PREFIX]",
         .help = "ask this registry first for what is named by its digest",
         .repeatable = true},
    };
    return options;
}

std::vector<cli::Option> prefixed_source_options(std::string_view prefix, std::string_view which) {
    return with_prefix(source_options(), prefix, which);
}

OpenedStore open_source(cli::Environment& environment,
                        const cli::Arguments& all_arguments,
                        std::string_view reference,
                        const StoreSide& side) {
    const StoreArguments arguments(all_arguments, side.prefix);
    if (arguments.has("oci-layout")) {
        check_for_layout(arguments);
    }
    OpenedStore opened = open_store(environment, all_arguments, reference, Access::read, side);
    auto mirrors = open_mirrors(environment, arguments, opened.reference.repository);
    if (!mirrors.empty()) {
        opened.store = std::make_unique<oci::MirroredStore>(
            std::move(opened.store), std::move(mirrors), warner(environment));
    }
    return opened;
}

}  // namespace modelseal::commands
