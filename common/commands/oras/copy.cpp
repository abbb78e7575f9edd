#include "common/commands/oras/copy.hpp"

#include "common/artifact/copy.hpp"
#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/commands/oras/output.hpp"
#include "common/commands/registry_options.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

namespace {

constexpr std::string_view from_prefix = "from-";
constexpr std::string_view to_prefix = "to-";

core::Json to_json(const oci::Reference& to, const artifact::CopiedArtifact& copied) {
    core::Json json = layer_json(to.repository, copied.descriptor);
    core::Json tags = core::Json::array();
    for (const oci::Tag& tag : to.tags) {
        tags.push_back(
            core::concat(core::as_utf8(to.repository.to_string()), ':', tag.to_string()));
    }
    json["referenceAsTags"] = std::move(tags);
    core::Json referrers = core::Json::array();
    for (const oci::Descriptor& referrer : copied.referrers) {
        referrers.push_back(layer_json(to.repository, referrer));
    }
    json["referrers"] = std::move(referrers);
    json["blobs"] = copied.blobs;
    json["bytesSent"] = copied.sent;
    return json;
}

void print_text(std::ostream& out,
                const oci::Reference& from,
                const oci::Reference& to,
                const artifact::CopiedArtifact& copied) {
    out << "Copied " << from.to_string() << " => " << to.to_string() << '\n'
        << "Referrers: " << copied.referrers.size() << '\n'
        << "Sent: " << core::human_size(copied.sent) << " of " << copied.blobs << " blobs\n"
        << "Digest: " << copied.descriptor.digest.to_string() << '\n';
}

void check_standard_input(const cli::Arguments& arguments) {
    if (arguments.has("from-password-stdin") && arguments.has("to-password-stdin")) {
        throw core::Error(core::ErrorKind::usage,
                          "standard input holds one password: give --from-password-stdin or "
                          "--to-password-stdin, and log in to the other registry");
    }
}

/// The source's repository, when it lies in the destination's registry: nothing is sent then.
std::vector<std::string> mountable(const oci::Reference& from, std::string_view to) {
    const bool same_registry =
        !from.repository.is_layout() && to.starts_with(core::concat(from.repository.registry, '/'));
    return same_registry ? std::vector{from.repository.name} : std::vector<std::string>{};
}

int run_copy(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    const std::vector<std::string>& words = arguments.positional();
    if (words.size() != 2) {
        throw core::Error(core::ErrorKind::usage, "copy takes a source and a destination");
    }
    if (arguments.has("recursive") && arguments.has("no-referrers")) {
        throw core::Error(core::ErrorKind::usage,
                          "--recursive and --no-referrers contradict each other");
    }
    check_standard_input(arguments);
    static_cast<void>(
        parse_destination(arguments, words[1], to_prefix));  // before a layout is made
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const OpenedStore from =
        open_source(environment, arguments, words[0], *progress, {.prefix = from_prefix});
    const OpenedStore to =
        open_store(environment,
                   arguments,
                   words[1],
                   Access::write,
                   {.prefix = to_prefix, .mount_from = mountable(from.reference, words[1])});
    const artifact::CopiedArtifact copied =
        artifact::copy(*from.store,
                       *to.store,
                       {.reference = from.reference,
                        .tags = to.reference.tags,
                        .with_referrers = !arguments.has("no-referrers"),
                        .concurrency = concurrency(arguments)},
                       *progress);
    if (format == "json") {
        environment.out << core::to_pretty_json(to_json(to.reference, copied)) << '\n';
    } else {
        print_text(environment.out, from.reference, to.reference, copied);
    }
    return cli::exit_ok;
}

/// --oci-layout and the like, which do not say which of the two stores they are about.
std::vector<cli::Option> options_without_side() {
    std::vector<cli::Option> options = prefixed_store_options("", "");
    const auto of_source = prefixed_source_options("", "");
    options.insert(options.end(), of_source.begin(), of_source.end());
    for (cli::Option& option : options) {
        const bool has_both =
            std::none_of(of_source.begin(), of_source.end(), [&](const cli::Option& other) {
                return other.long_name == option.long_name;
            });
        option.refused =
            core::concat("say which side it is about: --", from_prefix, option.long_name);
        if (has_both) {
            option.refused += core::concat(" or --", to_prefix, option.long_name);
        }
    }
    return options;
}

std::vector<cli::Option> copy_options() {
    std::vector<cli::Option> options = {
        {.long_name = "no-referrers",
         .help = "leave signatures and everything else behind that refers to the artifact"},
        {.long_name = "recursive",
         .short_name = 'r',
         .help = "as oras cp has it; this is what copy does anyway",
         .hidden = true},
        cli::format_option(),
        concurrency_option(),
        cli::progress_option(),
    };
    options.insert(options.end(), retry_options().begin(), retry_options().end());
    const auto sources = prefixed_source_options(from_prefix, "source");
    options.insert(options.end(), sources.begin(), sources.end());
    for (const auto& [prefix, which] :
         {std::pair(from_prefix, "source"), std::pair(to_prefix, "destination")}) {
        const auto of_store = prefixed_store_options(prefix, which);
        options.insert(options.end(), of_store.begin(), of_store.end());
    }
    const auto unprefixed = options_without_side();
    options.insert(options.end(), unprefixed.begin(), unprefixed.end());
    return options;
}

}  // namespace

cli::Command copy_command() {
    return {
        .name = "copy",
        .usage = "[OPTIONS] FROM TO",
        .summary = "copy an artifact with its signatures between registries and layouts",
        .description =
            "Every byte is checked on its way. Signatures, attestations and other referrers come "
            "along unless --no-referrers is given, and a tag of the destination changes only when "
            "everything is there. Content that the destination has is not sent again. For a site "
            "without a network: copy to a layout, carry it over, copy from the layout.",
        .examples =
            "  oras-modelseal copy registry.example.com/models/fraud-detector:v2.3 \\\n"
            "      --to-oci-layout ./carry:v2.3\n"
            "  oras-modelseal copy --from-oci-layout ./carry:v2.3 \\\n"
            "      inside.example.com/models/fraud-detector:v2.3\n",
        .options = copy_options(),
        .run = run_copy};
}

}  // namespace modelseal::commands::oras
