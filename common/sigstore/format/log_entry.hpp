// Transparency log entries as bundles carry them.
// Spec: sigstore protobuf-specs, sigstore_rekor.proto, TransparencyLogEntry.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::sigstore {

struct InclusionProof {
    std::uint64_t log_index = 0;  // in the tree that the checkpoint describes
    std::uint64_t tree_size = 0;
    core::Bytes root_hash{};
    std::vector<core::Bytes> hashes{};
    std::string checkpoint{};  // a signed note

    /// Errors: malformed.
    [[nodiscard]] static InclusionProof from_json(const core::Json& json);

    [[nodiscard]] core::Json to_json() const;
};

struct LogEntry {
    std::uint64_t log_index = 0;  // over all trees of the log
    core::Bytes log_id{};
    std::string kind{};
    std::string version{};
    std::uint64_t integrated_time = 0;  // seconds since 1970; 0 where the log gives none
    std::optional<core::Bytes> signed_timestamp{};  // the log's promise to include the entry
    std::optional<InclusionProof> proof{};
    core::Bytes body{};

    /// Errors: malformed.
    [[nodiscard]] static LogEntry from_json(const core::Json& json);

    /// In cosign's order of fields; as in every protobuf JSON, a number that is 0 and a list that
    /// is empty are left out.
    [[nodiscard]] core::Json to_json() const;
};

}  // namespace modelseal::sigstore
