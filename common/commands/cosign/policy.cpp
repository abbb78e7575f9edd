#include "common/commands/cosign/policy.hpp"

#include "common/cli/suggestion.hpp"
#include "common/commands/cosign/policy_init.hpp"
#include "common/commands/cosign/policy_test.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands::cosign {

namespace {

using core::Error;
using core::ErrorKind;

/// What an option of the other verb would mean, nobody could know.
void refuse_others(const cli::Arguments& arguments,
                   std::string_view verb,
                   const std::vector<cli::Option>& others) {
    for (const cli::Option& option : others) {
        if (arguments.has(option.long_name)) {
            throw Error(ErrorKind::usage,
                        core::concat("--", option.long_name, " is not for 'policy ", verb, '\''));
        }
    }
}

int run_policy(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::vector<std::string>& words = arguments.positional();
    const std::string verb = words.empty() ? "" : words.front();
    if (verb == "init") {
        refuse_others(arguments, verb, policy_test_options());
        return run_policy_init(environment, arguments);
    }
    if (verb == "test") {
        refuse_others(arguments, verb, policy_init_options());
        if (arguments.has("oci-layout")) {
            throw Error(ErrorKind::usage,
                        "the table says of each case whether it is in a layout: oci_layout: true");
        }
        return run_policy_test(environment, arguments);
    }
    const auto suggestion = cli::nearest(verb, {"init", "test"});
    throw Error(ErrorKind::usage,
                suggestion ? core::concat("there is no 'policy ",
                                          core::printable(verb),
                                          "'; did you mean ",
                                          *suggestion,
                                          '?')
                           : "write: policy init --from REF, or policy test TABLE");
}

std::vector<cli::Option> policy_options() {
    std::vector<cli::Option> options = policy_init_options();
    for (const auto& more :
         {policy_test_options(), {trusted_root_option()}, source_options(), store_options()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

}  // namespace

cli::Command policy_command() {
    return {.name = "policy",
            .usage = "init|test [OPTIONS] [TABLE]",
            .verbs = {"init", "test"},
            .summary = "draft a trust policy, or test one",
            .description =
                "'init' verifies the signature of an artifact by the key or identity given, and "
                "drafts a policy that accepts it and demands as much of later ones. Where neither "
                "is given, the identity is taken from the certificate, which must still be of the "
                "trusted root; a warning says so, and the draft says it too. A file that exists is "
                "replaced only with --yes or --force. The draft was read again and accepts the "
                "artifact, or there is none.\n\n"
                "'test' asks a policy about every artifact of a table, and says whether each is "
                "accepted or rejected as the table expects; see docs/trust-policy.md. Exit code 0 "
                "when all are, 1 when one is not. A registry that does not answer, or an artifact "
                "that is not there, is an error, and never a rejection: the others are judged all "
                "the same, and the exit code is that of the first error.",
            .examples =
                "  cosign-modelseal policy init --key cosign.pub -o policy.yaml \\\n"
                "      --from registry.example.com/models/fraud-detector:v2.3\n"
                "  cosign-modelseal policy test policy-test.yaml\n"
                "  cosign-modelseal policy test --trust-policy next.yaml policy-test.yaml\n",
            .options = policy_options(),
            .run = run_policy};
}

}  // namespace modelseal::commands::cosign
