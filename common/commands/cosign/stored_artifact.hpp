// An artifact and what might be its signatures, fetched and not yet judged.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/commands/store_options.hpp"
#include "common/sigstore/demands.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::commands::cosign {

struct StoredArtifact {
    digest::Digest digest;
    std::optional<std::string> revision{};  // the commit that its own manifest states
    std::vector<sigstore::Evidence> evidence{};
};

/// What is in a store that could count.
using EvidenceCollector = std::function<std::vector<sigstore::Evidence>(oci::Store& signatures)>;

/// The candidate in the file of --bundle where that is given, of up to `limit` bytes, else what
/// `collect` finds in the store that holds signatures. Errors: those of SignatureStore and
/// `collect`; not_found for the file.
[[nodiscard]] std::vector<sigstore::Evidence> find_evidence(cli::Environment& environment,
                                                            const cli::Arguments& arguments,
                                                            OpenedStore& opened,
                                                            std::uint64_t limit,
                                                            const EvidenceCollector& collect);

/// Every candidate that can fulfil one of `demands`: the file of --bundle where that is given, else
/// what the store holds. Errors: those of oci::fetch() and sigstore::collect_for(); not_found for
/// the file.
[[nodiscard]] StoredArtifact fetch_artifact(cli::Environment& environment,
                                            const cli::Arguments& arguments,
                                            OpenedStore& opened,
                                            const sigstore::Demands& demands);

}  // namespace modelseal::commands::cosign
