// The file that kubelet shows as a container's termination message.
// Spec: Kubernetes, "Determine the Reason for Pod Failure".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::commands {

/// Overwrites the file if it exists; it is never created, and a link or special file is left alone.
/// Returns why it could not be written; nothing when it was, or when there is none. Failing to
/// explain a verdict never changes it, so this throws nothing.
[[nodiscard]] std::optional<std::string> write_termination_log(const std::filesystem::path& path,
                                                               std::string_view message) noexcept;

}  // namespace modelseal::commands
