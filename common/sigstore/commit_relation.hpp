// Whether all who state a training commit state the same one.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace modelseal::sigstore {

/// A commit that somebody states about one model: the signer's certificate (its source
/// repository's digest), the signed annotation `training_commit`, the artifact
/// (org.opencontainers.image.revision), a provenance statement.
struct StatedCommit {
    std::string by;  // "the certificate"
    std::string commit;
};

/// Why the commits differ; nothing when they do not, which says little of fewer than two. All must
/// be full commit ids and the same; hexadecimal case does not count.
/// Spec: gitglossary "object name": 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.
[[nodiscard]] std::optional<std::string> why_commits_differ(std::span<const StatedCommit> commits);

/// The same, but at least two must be stated: one alone agrees with nothing, and whoever can leave
/// the others out would decide.
[[nodiscard]] std::optional<std::string> why_commits_disagree(
    std::span<const StatedCommit> commits);

}  // namespace modelseal::sigstore
