// Whether all who state a training commit state the same one.
#pragma once

#include <optional>
#include <string>

namespace modelseal::sigstore {

/// The commits that one model's evidence states, each where it is stated at all.
struct StatedCommits {
    std::optional<std::string>
        certificate{};                       // source repository digest of the signer's certificate
    std::optional<std::string> signature{};  // signed annotation `training_commit`
    std::optional<std::string> artifact{};   // org.opencontainers.image.revision
    std::optional<std::string> provenance{};  // of the provenance statement
};

/// Why the commits do not agree; nothing when they do. Whichever are stated must be full commit ids
/// and the same; hexadecimal case does not count. At least two must be stated: one alone agrees
/// with nothing, and whoever can leave the others out would decide.
/// Spec: gitglossary "object name": 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.
[[nodiscard]] std::optional<std::string> why_commits_disagree(const StatedCommits& commits);

}  // namespace modelseal::sigstore
