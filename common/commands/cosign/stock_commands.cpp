#include "common/commands/cosign/stock_commands.hpp"

namespace modelseal::commands::cosign {

std::vector<cli::Command> stock_commands() {
    return {
        {.name = "attest-blob",
         .hidden = true,
         .refused = "not in this version; use 'cosign attest-blob', or here 'attest' for a stored "
                    "artifact and 'sign-blob' for a file"},
        {.name = "verify-blob-attestation",
         .hidden = true,
         .refused = "not in this version; use 'cosign verify-blob-attestation', or here "
                    "'verify-attestation --bundle' for a stored artifact"}};
}

}  // namespace modelseal::commands::cosign
