// What a model artifact says about itself in its manifest's annotations.
#pragma once

#include "common/core/time.hpp"
#include "common/core/variables.hpp"
#include "common/digest/digest.hpp"
#include "common/git/git_facts.hpp"
#include "common/oci/descriptor.hpp"

#include <optional>
#include <string>

namespace modelseal::artifact {

/// Facts about where an artifact comes from; each is left out of the manifest when it is not known.
struct Origin {
    std::optional<git::GitFacts> git{};
    std::optional<core::Timestamp> source_date_epoch{};
    std::optional<std::string> name{};
    std::optional<std::string> version{};
    std::optional<std::string> licenses{};
    std::optional<std::string> run_id{};
    std::optional<std::string> framework{};
    std::optional<std::string> dataset_digest{};
};

/// SOURCE_DATE_EPOCH as the reproducible-builds specification defines it. Errors: usage when it is
/// set to something else than whole seconds.
[[nodiscard]] std::optional<core::Timestamp> source_date_epoch(const core::Variables& variables);

/// Joins the facts, the record root and the user's own annotations. The same facts give the same
/// annotations: nothing here asks the clock. A user's key wins over ours outside "dev.modelseal.".
/// Errors: usage when a user's key is inside it, or when `created` is not an RFC 3339 time.
[[nodiscard]] oci::Annotations manifest_annotations(const Origin& origin,
                                                    const digest::Digest& root,
                                                    const oci::Annotations& from_user);

/// Errors: usage when a key lies under "dev.modelseal.".
void refuse_own_keys(const oci::Annotations& from_user);

}  // namespace modelseal::artifact
