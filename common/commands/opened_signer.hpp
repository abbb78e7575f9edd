// Who signs: the key that --key names, or without one whoever an identity token names.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/crypto/signature.hpp"
#include "common/http/transport.hpp"
#include "common/sigstore/format/bundle_maker.hpp"
#include "common/sigstore/trust/trusted_root.hpp"

#include <memory>
#include <vector>

namespace modelseal::commands {

/// Rows for a command's option table: --key, --identity-token, --oidc-provider,
/// --allow-pull-request, --yes, and service_options().
[[nodiscard]] const std::vector<cli::Option>& signer_options();

/// Everything of signer_options() that can be wrong without asking anybody, or a file. Errors:
/// usage.
void check_signer_options(const cli::Environment& environment, const cli::Arguments& arguments);

/// Signs once what is to be signed is known and checked.
class OpenedSigner {
  public:
    /// Makes the bundles. Without a key, the first one costs an identity token and a certificate,
    /// which are good for minutes; nobody is asked before.
    [[nodiscard]] sigstore::BundleMaker& maker() noexcept { return *makers_.back(); }

    /// nullptr without one.
    [[nodiscard]] crypto::Signer* key() noexcept { return key_.get(); }

  private:
    friend OpenedSigner open_signer(cli::Environment& environment, const cli::Arguments& arguments);

    // Behind pointers, because they point at each other.
    std::unique_ptr<http::Transport> transport_;
    std::unique_ptr<crypto::Signer> key_;
    std::shared_ptr<const sigstore::TrustedRoot> root_;
    std::vector<std::unique_ptr<sigstore::BundleMaker>> makers_;  // each uses the one before
};

/// Opens the key, or finds out who could say who signs; asks whether to go on where that will be
/// in a log for good. No request is sent. `environment` and `arguments` outlive the result.
/// Errors: those of check_signer_options(), chosen_services() and load_signer(); usage
/// (not_configured) when there is no identity token or no service that is needed; denied for the
/// token of a pull request, and when the answer is not yes.
[[nodiscard]] OpenedSigner open_signer(cli::Environment& environment,
                                       const cli::Arguments& arguments);

}  // namespace modelseal::commands
