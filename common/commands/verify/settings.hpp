// What modelseal-verify was told, from its flags and variables.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/cli/progress.hpp"
#include "common/core/error.hpp"
#include "common/seal/verify_folder.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::commands {

struct VerifySettings {
    std::filesystem::path path;
    seal::FolderDemands demands;
    bool json = false;
    bool explain = false;
    bool warn = false;
    bool quiet = false;
    cli::ProgressForm progress = cli::ProgressForm::automatic;
    std::filesystem::path termination_log;
    std::vector<std::string> command{};  // to become after success

    std::optional<core::Error> refusal{};  // what the trust policy says of every model like this

    /// Whether there is anything to verify against.
    [[nodiscard]] bool has_demand() const { return demands.digest || demands.signature; }
};

/// The options, for the command's table.
[[nodiscard]] const std::vector<cli::Option>& verify_options();

/// A flag decides over its variable MODELSEAL_<FLAG>, except that a condition (key, model, version,
/// annotation, digest) that is given twice with different values is an error: no source may weaken
/// another's demand. --warn has no variable.
/// Errors: usage; those of demands_of().
[[nodiscard]] VerifySettings verify_settings(cli::Environment& environment,
                                             const cli::Arguments& arguments);

}  // namespace modelseal::commands
