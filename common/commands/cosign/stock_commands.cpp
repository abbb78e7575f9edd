#include "common/commands/cosign/stock_commands.hpp"

#include <string_view>

namespace modelseal::commands::cosign {

namespace {

cli::Command command_of(std::string_view name, std::string_view instead) {
    return {.name = std::string(name), .hidden = true, .refused = std::string(instead)};
}

}  // namespace

std::vector<cli::Command> stock_commands() {
    constexpr std::string_view tokens =
        "hardware tokens are used through a plugin, as --key PLUGIN://KEY; to set one up use a "
        "cosign that is built with it";
    constexpr std::string_view each_image =
        "not in this version; give each artifact that it names to 'verify'";
    return {
        command_of("attach", "use 'attest', which signs what it attaches, or 'oras attach'"),
        command_of("attest-blob",
                   "not in this version; use 'cosign attest-blob', or here 'attest' for a stored "
                   "artifact and 'sign-blob' for a file"),
        command_of("bundle",
                   "a signature is a bundle already, which --bundle writes to a file; use 'cosign "
                   "bundle' to make one of older parts, or to look at one"),
        command_of("clean",
                   "nothing is removed here; use 'oras manifest delete', or 'cosign clean' for the "
                   "format of cosign 2"),
        command_of("copy", "use 'oras-modelseal copy', which brings signatures along"),
        command_of("dockerfile", each_image),
        command_of("download",
                   "use 'verify-attestation', which prints the envelopes that it verified, or "
                   "'oras discover' and 'oras pull' for what nobody has verified"),
        command_of("env", "the variables that a command reads are in its --help"),
        command_of("initialize",
                   "nothing has to be fetched: the public instance's trusted root is compiled in, "
                   "and --trusted-root names another"),
        command_of("load", "use 'oras-modelseal copy --from-oci-layout'"),
        command_of("login",
                   "use 'cosign login', 'oras login' or 'docker login': their logins are "
                   "used here"),
        command_of("manifest", each_image),
        command_of("piv-tool", tokens),
        command_of("pkcs11-tool", tokens),
        command_of("save",
                   "use 'oras-modelseal copy --to-oci-layout', which brings signatures "
                   "along"),
        command_of("signing-config",
                   "use 'cosign signing-config create'; --signing-config takes what it makes"),
        command_of("tree", "use 'oras discover', which shows what is attached to an artifact"),
        command_of("triangulate",
                   "signatures are referrers, which 'oras discover' shows; with --legacy also the "
                   "tag sha256-HEX.sig"),
        command_of("trusted-root",
                   "use 'cosign trusted-root create'; --trusted-root takes what it makes"),
        command_of("upload", "use 'oras-modelseal push', or 'oras blob push'"),
        command_of("verify-blob-attestation",
                   "not in this version; use 'cosign verify-blob-attestation', or here "
                   "'verify-attestation --bundle' for a stored artifact")};
}

}  // namespace modelseal::commands::cosign
