// An artifact and what might be its signatures, fetched and not yet judged.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/commands/store_options.hpp"
#include "common/sigstore/demands.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::commands::cosign {

struct StoredArtifact {
    digest::Digest digest;
    std::optional<std::string> revision{};  // the commit that its own manifest states
    std::vector<sigstore::Evidence> evidence{};
};

/// Every candidate that can fulfil one of `demands`: the file of --bundle where that is given, else
/// what the store holds. Errors: those of oci::fetch() and sigstore::collect_for(); not_found for
/// the file.
[[nodiscard]] StoredArtifact fetch_artifact(cli::Environment& environment,
                                            const cli::Arguments& arguments,
                                            OpenedStore& opened,
                                            const sigstore::Demands& demands);

}  // namespace modelseal::commands::cosign
