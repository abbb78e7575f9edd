#include "common/commands/cosign/program.hpp"

#include "common/commands/cosign/key_commands.hpp"
#include "common/commands/cosign/sign.hpp"
#include "common/commands/cosign/verify.hpp"

namespace modelseal::commands::cosign {

cli::Program program() {
    return {
        .name = "cosign-modelseal",
        .summary = "sign models and verify who signed them, readable by stock cosign",
        .description =
            "Writes and reads what cosign 3 does: key files, Sigstore bundles as OCI referrers, "
            "and with --legacy the signature tags of cosign 2.",
        .commands = {generate_key_pair_command(),
                     import_key_pair_command(),
                     public_key_command(),
                     sign_command(),
                     verify_command()},
        .has_subcommands = true};
}

}  // namespace modelseal::commands::cosign
