// The options with which a command reaches a registry or an image layout, spelled as oras does.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/oci/reference.hpp"
#include "common/oci/store.hpp"
#include "common/registry/registry_store.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --oci-layout, registry_options(), retry_options().
[[nodiscard]] const std::vector<cli::Option>& store_options();

/// The same but retry_options(), for one of two stores, as oras cp spells them: with the prefix
/// "from-" they are --from-oci-layout, --from-plain-http and so on. `which` names the store in
/// help.
[[nodiscard]] std::vector<cli::Option> prefixed_store_options(std::string_view prefix,
                                                              std::string_view which);

/// Options as one of two stores has them: named with `prefix`, and in help for `which`.
[[nodiscard]] std::vector<cli::Option> with_prefix(std::vector<cli::Option> options,
                                                   std::string_view prefix,
                                                   std::string_view which);

/// --concurrency, for commands that transfer several blobs.
[[nodiscard]] const cli::Option& concurrency_option();

/// More for commands that push: --mount-from, --chunk-size.
[[nodiscard]] const std::vector<cli::Option>& upload_options();

/// What a command is going to do with a store.
enum class Access {
    read,
    add,    // write to what must be there already: a layout that is missing is an error
    write,  // a layout that is missing is created
};

/// Which of two stores is meant, for a command that has two.
struct StoreSide {
    std::string_view prefix = "";           // as given to prefixed_store_options()
    std::vector<std::string> mount_from{};  // beside those that --mount-from names
};

struct OpenedStore {
    std::unique_ptr<oci::Store> store;
    oci::Reference reference;
};

/// What `reference` means under the options given; nothing is opened or asked.
/// Errors: usage (a local path without --oci-layout, a name that is a folder too, no reference).
[[nodiscard]] oci::Reference parse_reference(const cli::Arguments& arguments,
                                             std::string_view reference,
                                             std::string_view prefix = "");

/// The same for a place that an artifact is going to be stored at. Errors: also usage when a digest
/// is named: content has its digest, and cannot be given another.
[[nodiscard]] oci::Reference parse_destination(const cli::Arguments& arguments,
                                               std::string_view reference,
                                               std::string_view prefix = "");

/// The store that `reference` means under the options given. No request is sent yet but
/// that of registry::connect(), and --password-stdin is read. `environment` outlives the store.
/// Errors: usage (options that contradict each other), those of parse_reference(),
/// oci::ImageLayout and registry::open_registry.
[[nodiscard]] OpenedStore open_store(cli::Environment& environment,
                                     const cli::Arguments& arguments,
                                     std::string_view reference,
                                     Access access,
                                     const StoreSide& side = {});

/// The same for a registry that is asked about itself. Errors: as open_store().
[[nodiscard]] registry::Connection open_connection(cli::Environment& environment,
                                                   const cli::Arguments& arguments,
                                                   const oci::Repository& repository,
                                                   Access access);

/// Whether a word on the command line is a path, whatever else there is: it begins with "/", "./"
/// or "../", or is "." or "..".
[[nodiscard]] bool is_local_path(std::string_view word);

/// Errors: usage when `word`, about to be read as a reference, is the name of a folder as well.
void check_not_a_folder(std::string_view word);

/// What concurrency_option() says. Errors: usage when not between 1 and 64.
[[nodiscard]] std::size_t concurrency(const cli::Arguments& arguments);

}  // namespace modelseal::commands
