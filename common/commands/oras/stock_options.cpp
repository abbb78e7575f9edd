#include "common/commands/oras/stock_options.hpp"

#include "common/core/text.hpp"

#include <initializer_list>

namespace modelseal::commands::oras {

namespace {

using Options = std::vector<cli::Option>;

void append(Options& options, const Options& more) {
    options.insert(options.end(), more.begin(), more.end());
}

cli::Option value_of(std::string_view name, std::string_view instead) {
    return {.long_name = std::string(name), .value = "VALUE", .refused = std::string(instead)};
}

cli::Option switch_of(std::string_view name, std::string_view instead) {
    return {.long_name = std::string(name), .refused = std::string(instead)};
}

/// How a registry or layout is reached; `prefix` as in store_options.hpp.
Options of_connection(std::string_view prefix) {
    const auto named = [&](std::string_view name) {
        return core::concat(prefix, name);
    };
    Options options = {
        value_of(named("header"), "requests carry no headers of yours; use stock oras"),
        value_of(named("resolve"),
                 "addresses come from the system; name the host in /etc/hosts, or use stock oras"),
        value_of(named("identity-token"),
                 "run 'oras login --identity-token-stdin' first: its login is used here"),
        value_of(
            named("oci-layout-path"),
            core::concat("give --", prefix, "oci-layout, and PATH:TAG in place of the reference")),
    };
    if (prefix.empty()) {
        options.front().short_name = 'H';
        options.push_back(
            switch_of("identity-token-stdin",
                      "run 'oras login --identity-token-stdin' first: its login is used here"));
    } else {
        options.push_back(
            value_of(named("distribution-spec"),
                     "leave it out: signatures are listed by the referrers API where the registry "
                     "has it, else by tags"));
    }
    return options;
}

const cli::Option& no_tty() {
    static const cli::Option option = switch_of("no-tty", "write --progress plain");
    return option;
}

const cli::Option& no_template() {
    static const cli::Option option = value_of("template", "write --format json, and use jq");
    return option;
}

const cli::Option& no_platform() {
    static const cli::Option option =
        value_of("platform",
                 "nothing is chosen from an index here: name one of its artifacts by digest, as "
                 "'oras manifest fetch' shows them");
    return option;
}

const cli::Option& no_force() {
    static const cli::Option option =
        switch_of("force", "leave it out: every blob is asked for or sent before a tag changes");
    return option;
}

Options of_push() {
    return {
        no_tty(),
        no_template(),
        no_force(),
        value_of("artifact-platform", "a model has no platform; use 'oras push'"),
        value_of("config", "the config is made from the files, as --profile says; use 'oras push'"),
        switch_of("disable-path-validation",
                  "leave it out: a path that is absolute or climbs is stored by its base name"),
        value_of("export-manifest",
                 "afterwards write 'oras manifest fetch --output FILE' with the digest"),
        value_of("image-spec",
                 "manifests are those of image-spec 1.1; use 'oras push' for others")};
}

Options of_pull() {
    return {no_tty(),
            no_template(),
            no_platform(),
            {.long_name = "allow-path-traversal",
             .short_name = 'T',
             .refused = "no file is written outside of the output folder; use 'oras pull'"},
            value_of("config",
                     "the config is no file of the model; use 'oras manifest "
                     "fetch-config'"),
            switch_of("include-subject", "pull the subject by a reference of its own")};
}

Options of_inspect() {
    return {no_template(),
            no_platform(),
            switch_of("descriptor", "write --format json: it has mediaType, digest and size"),
            switch_of("pretty", "write --format json, which is indented"),
            value_of("media-type", "leave it out: every type of manifest is accepted"),
            {.long_name = "output",
             .short_name = 'o',
             .value = "VALUE",
             .refused = "redirect standard output; 'oras manifest fetch -o' writes the manifest "
                        "itself"}};
}

Options of_copy() {
    Options options = {no_tty(),
                       no_platform(),
                       no_force(),
                       value_of("resolve",
                                "addresses come from the system; name the hosts in /etc/hosts, or "
                                "use 'oras cp'")};
    append(options, of_connection("from-"));
    append(options, of_connection("to-"));
    return options;
}

cli::Command command_of(std::string_view name, std::string_view instead) {
    return {.name = std::string(name), .hidden = true, .refused = std::string(instead)};
}

}  // namespace

std::vector<cli::Option> stock_options(std::string_view command) {
    Options options = {
        {.long_name = "debug",
         .short_name = 'd',
         .refused = "there is no debug log in this version"},
        {.long_name = "verbose",
         .short_name = 'v',
         .refused = "leave it out; every file is listed unless --quiet is given"},
    };
    if (command == "push") {
        append(options, of_push());
    } else if (command == "pull") {
        append(options, of_pull());
    } else if (command == "inspect") {
        append(options, of_inspect());
    } else if (command == "copy") {
        append(options, of_copy());
    }
    const bool has_one_store = command != "copy" && command != "layout";
    if (has_one_store) {
        append(options, of_connection(""));
    }
    if (command == "push") {  // where it is the signer's, as cosign has it
        std::erase_if(options, [](const cli::Option& option) {
            return option.long_name == "identity-token";
        });
    }
    return options;
}

std::vector<cli::Command> stock_commands() {
    return {
        command_of("attach", "not in this version; use 'oras attach'"),
        command_of("backup", "use 'oras backup', or here 'copy --to-oci-layout'"),
        command_of("blob", "not in this version; use 'oras blob'"),
        command_of("cp", "it is called 'copy' here, and brings signatures along without -r"),
        command_of("discover", "use 'oras discover', or 'cosign-modelseal verify' for signatures"),
        command_of("login", "use 'oras login': its logins are used here"),
        command_of("logout", "use 'oras logout': logins are shared with it"),
        command_of("manifest", "use 'oras manifest', or here 'inspect' to look at one"),
        command_of("repo", "not in this version; use 'oras repo'"),
        command_of("resolve", "use 'oras resolve', or here 'inspect', which prints the digest"),
        command_of("restore", "use 'oras restore', or here 'copy --from-oci-layout'"),
        command_of("tag", "use 'oras tag', or here 'copy' within the repository"),
    };
}

}  // namespace modelseal::commands::oras
