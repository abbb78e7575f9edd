// Signing without a key: whose name it is done in, by options.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/http/transport.hpp"
#include "common/services/keyless_signer.hpp"

#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --identity-token, --oidc-provider, --allow-pull-request.
[[nodiscard]] const std::vector<cli::Option>& identity_options();

/// Where the token will come from. One that is given is read now, and that there is somebody to ask
/// for another one is made sure of; nobody is asked yet. `environment` and `transport` outlive the
/// result. Errors: usage, malformed, not_found; denied as the source.
///
/// Errors of the source: those of obtain_identity_token(); denied for a token by which anybody's
/// pull request would sign, unless --allow-pull-request is given.
[[nodiscard]] services::TokenSource token_source(cli::Environment& environment,
                                                 const cli::Arguments& arguments,
                                                 http::Transport& transport);

}  // namespace modelseal::commands
