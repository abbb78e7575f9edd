#include "common/commands/signature_store.hpp"

#include "common/commands/source_options.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands {

SignatureStore::SignatureStore(cli::Environment& environment,
                               const cli::Arguments& arguments,
                               OpenedStore& artifact,
                               Access access)
    : store_(artifact.store.get()) {
    const auto repository = environment.variables.get_nonempty("COSIGN_REPOSITORY");
    if (!repository) {
        return;
    }
    if (artifact.reference.repository.is_layout()) {
        throw core::Error(core::ErrorKind::usage,
                          "COSIGN_REPOSITORY is set, but signatures in a layout are kept in that "
                          "layout: unset it");
    }
    OpenedStore opened = core::with_context("COSIGN_REPOSITORY", [&] {
        return access == Access::read
                   ? open_source(environment, arguments, *repository, no_progress_)
                   : open_store(environment, arguments, *repository, access);
    });
    if (!opened.reference.tags.empty() || opened.reference.digest) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat("COSIGN_REPOSITORY is ",
                                       core::in_quotes(*repository),
                                       ": it names a repository, without tag and digest"));
    }
    own_ = std::move(opened.store);
    store_ = own_.get();
}

}  // namespace modelseal::commands
