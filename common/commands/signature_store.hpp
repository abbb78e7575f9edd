// Where the signatures of an artifact are kept.
#pragma once

#include "common/commands/store_options.hpp"

#include <memory>

namespace modelseal::commands {

/// The artifact's own repository, or the one that COSIGN_REPOSITORY names.
class SignatureStore {
  public:
    /// `artifact` outlives this. Errors: usage when COSIGN_REPOSITORY is no repository, or is set
    /// for a layout; those of open_store().
    SignatureStore(cli::Environment& environment,
                   const cli::Arguments& arguments,
                   OpenedStore& artifact,
                   Access access);

    [[nodiscard]] oci::Store& get() const noexcept { return *store_; }

  private:
    core::NoProgress no_progress_;     // signatures are small
    std::unique_ptr<oci::Store> own_;  // nothing when it is the artifact's
    oci::Store* store_;
};

}  // namespace modelseal::commands
