#include "common/commands/cosign/program.hpp"

#include "common/commands/cosign/attest.hpp"
#include "common/commands/cosign/conformance.hpp"
#include "common/commands/cosign/key_commands.hpp"
#include "common/commands/cosign/policy.hpp"
#include "common/commands/cosign/sign.hpp"
#include "common/commands/cosign/sign_blob.hpp"
#include "common/commands/cosign/stock_commands.hpp"
#include "common/commands/cosign/verify.hpp"
#include "common/commands/cosign/verify_attestation.hpp"
#include "common/commands/cosign/verify_blob.hpp"

namespace modelseal::commands::cosign {

cli::Program program() {
    std::vector<cli::Command> commands = {generate_key_pair_command(),
                                          import_key_pair_command(),
                                          public_key_command(),
                                          sign_command(),
                                          verify_command(),
                                          attest_command(),
                                          verify_attestation_command(),
                                          sign_blob_command(),
                                          verify_blob_command(),
                                          policy_command(),
                                          conformance_command()};
    const auto refused = stock_commands();
    commands.insert(commands.end(), refused.begin(), refused.end());
    return {
        .name = "cosign-modelseal",
        .summary = "sign and attest models and files and verify who did, readable by stock cosign",
        .description =
            "Writes and reads what cosign 3 does: key files, Sigstore bundles as OCI referrers, "
            "and with --legacy the signature tags of cosign 2.",
        .commands = std::move(commands),
        .has_subcommands = true};
}

}  // namespace modelseal::commands::cosign
