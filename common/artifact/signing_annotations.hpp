// What a signature says about a model besides its digest: which model and version it is, and what
// it was made from. Without that, any other model by the same signer could be put in its place.
#pragma once

#include "common/artifact/signing_check.hpp"
#include "common/core/variables.hpp"
#include "common/git/git_facts.hpp"
#include "common/oci/manifest.hpp"
#include "common/oci/reference.hpp"

#include <optional>
#include <string>

namespace modelseal::artifact {

/// Where the facts come from, strongest first.
struct SigningSources {
    std::optional<std::string> model{};    // asked for
    std::optional<std::string> version{};  // asked for
    oci::Annotations annotations{};        // asked for: -a KEY=VALUE
    oci::Annotations artifact{};           // of the manifest
    std::optional<git::GitFacts> git{};    // of a repository that was named for this, or of CI
    std::optional<std::string> ci_run{};   // from run_of_ci()
    oci::Repository repository{};
    std::optional<oci::Tag> tag{};
    CheckLevel check = CheckLevel::none;
    bool tree_computed = false;  // whether this process computed every fs-verity digest
};

/// The commit that is known but not signed, because the tree had changes: the model was not made
/// from it alone. Nothing when the commit is signed, none is known, or `annotations` state one.
[[nodiscard]] std::optional<std::string> commit_left_out(const SigningSources& sources);

/// The run that a CI job says it belongs to: GITHUB_RUN_ID, CI_PIPELINE_ID (GitLab).
[[nodiscard]] std::optional<std::string> run_of_ci(const core::Variables& variables);

/// The annotations to sign: those asked for, and `model`, `version`, `training_commit`,
/// `training_run_id`, `framework_version`, `modelseal.check`, `modelseal.tree` as far as they are
/// known. What nobody stated is left out, and so is the commit of a tree with changes unless it is
/// asked for.
/// Errors: usage when two sources that both name a fact disagree, when `modelseal.*` is asked for,
/// or for an empty key.
[[nodiscard]] oci::Annotations annotations_to_sign(const SigningSources& sources);

}  // namespace modelseal::artifact
