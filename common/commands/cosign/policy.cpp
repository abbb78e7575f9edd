#include "common/commands/cosign/policy.hpp"

#include "common/commands/cosign/policy_init.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/core/error.hpp"

namespace modelseal::commands::cosign {

namespace {

std::vector<cli::Option> policy_options() {
    std::vector<cli::Option> options = policy_init_options();
    options.push_back(trusted_root_option());
    for (const auto& more : {source_options(), store_options()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

int run_policy(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::vector<std::string>& words = arguments.positional();
    if (!words.empty() && words.front() == "init") {
        return run_policy_init(environment, arguments);
    }
    throw core::Error(core::ErrorKind::usage, "write: policy init --from REF");
}

}  // namespace

cli::Command policy_command() {
    return {.name = "policy",
            .usage = "init --from REF [OPTIONS]",
            .verbs = {"init"},
            .summary = "draft a trust policy",
            .description =
                "'init' verifies the signature of an artifact by the key or identity given, and "
                "drafts a policy that accepts it and demands as much of later ones. Where neither "
                "is given, the identity is taken from the certificate, which must still be of the "
                "trusted root; a warning says so, and the draft says it too. A file that exists is "
                "replaced only with --yes or --force. The draft was read again and accepts the "
                "artifact, or there is none.",
            .examples =
                "  cosign-modelseal policy init --key cosign.pub -o policy.yaml \\\n"
                "      --from registry.example.com/models/fraud-detector:v2.3\n",
            .options = policy_options(),
            .run = run_policy};
}

}  // namespace modelseal::commands::cosign
