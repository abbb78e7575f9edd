// The services that take part in a signature, as options name them.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/services/signing_services.hpp"

#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --signing-config, --use-signing-config, --fulcio-url,
/// --rekor-url, --timestamp-server-url, --tlog-upload, --trusted-root.
[[nodiscard]] const std::vector<cli::Option>& service_options();

/// An option that is true or false as a value of its own, as cosign has them.
[[nodiscard]] bool is_on(const cli::Arguments& arguments,
                         std::string_view option,
                         std::string_view fallback);

/// Errors: usage when service_options() contradict each other, or --key.
void check_service_options(const cli::Arguments& arguments);

/// Which services log and time a signature and, without --key, certify who makes it. Nobody is
/// asked. A key is neither logged nor timed unless an option says so; without a key those of the
/// public instance are taken that no option replaces. Errors: those of check_service_options();
/// not_found, malformed; usage for a service that would get an identity token without TLS.
[[nodiscard]] services::SigningServices chosen_services(const cli::Environment& environment,
                                                        const cli::Arguments& arguments);

}  // namespace modelseal::commands
