// How modelseal-verify says what it found: lines, JSON, and Kubernetes' termination message.
#pragma once

#include "common/cli/environment.hpp"
#include "common/commands/verify/settings.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/seal/verified_model.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace modelseal::commands {

/// What came of one run: exactly one of the two is set.
struct VerifyOutcome {
    std::optional<seal::VerifiedModel> model{};
    std::optional<core::Error> refusal{};
    bool writable = false;  // what was verified can still be changed through this mount
};

/// Whether an error says something about the model or its evidence, and not only that it could not
/// be looked at. Whatever exit code its kind has elsewhere, a verdict's is 1, and --warn covers it.
[[nodiscard]] bool is_verdict(const core::Error& refusal) noexcept;

/// The one line about the outcome: "Model integrity verified: X",
/// "INTEGRITY CHECK FAILED: expected X, got Y",
/// "MODEL_DIGEST environment variable not set. Refusing to load.", or, where there is no verdict,
/// "Model not verified: …".
[[nodiscard]] std::string outcome_line(const VerifySettings& settings,
                                       const VerifyOutcome& outcome);

/// Schema: schemas/verify-report.schema.json.
[[nodiscard]] core::Json to_json(const VerifySettings& settings, const VerifyOutcome& outcome);

/// The same without the list of files, compact and at most `termination_limit` bytes: the message
/// and the path are shortened when they must be.
[[nodiscard]] std::string termination_message(const VerifySettings& settings,
                                              const VerifyOutcome& outcome);
inline constexpr std::size_t termination_limit = 4096;

/// The line or the JSON on standard output, notes on standard error unless quiet, and the
/// termination log.
void report_outcome(cli::Environment& environment,
                    const VerifySettings& settings,
                    const VerifyOutcome& outcome);

}  // namespace modelseal::commands
