#include "common/commands/trust/trusted_root_option.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/trust/trusted_root.hpp"

#include <algorithm>
#include <ostream>

namespace modelseal::commands {

namespace {

using sigstore::Requirements;

constexpr std::int64_t root_is_old_after = std::int64_t{180} * 24 * 3600;  // seconds

/// A key that counts at any time needs nobody else.
bool uses_root(const Requirements& demand) {
    return demand.require_log || demand.require_timestamp ||
           std::any_of(demand.signers.begin(),
                       demand.signers.end(),
                       [](const sigstore::TrustedSigner& signer) {
                           const auto* key = std::get_if<sigstore::TrustedKey>(&signer);
                           return key == nullptr || key->validity || key->compromised_at;
                       });
}

}  // namespace

const cli::Option& trusted_root_option() {
    static const cli::Option option = {
        .long_name = "trusted-root",
        .value = "FILE",
        .help =
            "authorities and logs to believe instead of the public Sigstore instance's "
            "[MODELSEAL_TRUSTED_ROOT]"};
    return option;
}

std::shared_ptr<const sigstore::TrustedRoot> read_trusted_root(const std::string& path) {
    return core::with_context(
        core::concat("reading the trusted root ", core::in_quotes(path)), [&] {
            return std::make_shared<const sigstore::TrustedRoot>(sigstore::TrustedRoot::parse(
                core::read_small_file(path, sigstore::trusted_root_size_limit)));
        });
}

sigstore::Trust trust_of(cli::Environment& environment,
                         const Settings& settings,
                         const std::optional<core::Timestamp>& at) {
    const core::Timestamp now = at.value_or(environment.clock.now());
    const auto path = settings.get("trusted-root");
    if (!path) {
        // Not owned: it lives as long as the program.
        return {.root = {std::shared_ptr<void>(), &sigstore::TrustedRoot::public_good()},
                .now = now,
                .asks_about_now = !at,
                .about_root =
                    "the trusted root is that of the public Sigstore instance, compiled in; "
                    "--trusted-root or MODELSEAL_TRUSTED_ROOT names that of another"};
    }
    return {.root = read_trusted_root(*path),
            .now = now,
            .asks_about_now = !at,
            .about_root = core::concat("the trusted root is ",
                                       core::in_quotes(*path),
                                       ", which --trusted-root or MODELSEAL_TRUSTED_ROOT names")};
}

bool warn_if_old_root(cli::Environment& environment,
                      const Settings& settings,
                      const sigstore::Demands& demands,
                      bool quiet) {
    if (quiet || settings.get("trusted-root") ||
        std::none_of(demands.statements.begin(), demands.statements.end(), uses_root)) {
        return false;
    }
    const core::Timestamp date = sigstore::TrustedRoot::public_good_date();
    if (demands.trust.now.unix_seconds() - date.unix_seconds() <= root_is_old_after) {
        return false;
    }
    environment.err
        << "Warning: the compiled-in trusted root of the public Sigstore instance is of "
        << date.to_string() << "; take a newer release, or give --trusted-root\n";
    return true;
}

}  // namespace modelseal::commands
