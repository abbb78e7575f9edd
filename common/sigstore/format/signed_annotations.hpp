// Annotations that a signature carries in its signed statement, in one place for those who write
// them and those who demand them.
#pragma once

#include "common/core/json.hpp"
#include "common/oci/descriptor.hpp"

#include <string_view>

namespace modelseal::sigstore::signed_annotations {

inline constexpr std::string_view model = "model";
inline constexpr std::string_view version = "version";
inline constexpr std::string_view training_commit = "training_commit";
inline constexpr std::string_view training_run_id = "training_run_id";
inline constexpr std::string_view framework_version = "framework_version";

/// What was checked before signing: "full", "header" or "none".
inline constexpr std::string_view check = "modelseal.check";

/// "computed" when the signer computed every fs-verity digest over the bytes that it hashed.
inline constexpr std::string_view tree = "modelseal.tree";

/// Those of an object whose value is a string; another one proves nothing. One of the names above
/// with another value is malformed: read as absent, it would pass for a model that nobody named.
/// Errors: malformed.
[[nodiscard]] oci::Annotations read(const core::Json& members);

}  // namespace modelseal::sigstore::signed_annotations
