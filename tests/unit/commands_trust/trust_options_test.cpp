#include "common/commands/trust/trust_options.hpp"

#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

namespace modelseal::commands {

namespace {

constexpr std::string_view public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

std::vector<cli::Option> options() {
    std::vector<cli::Option> options = signer_options("a file");
    options.insert(options.end(), demand_options().begin(), demand_options().end());
    options.push_back(trusted_root_option());
    options.push_back({.long_name = "allow-legacy", .help = "as the commands have it"});
    return options;
}

/// What the words demand of an artifact; the environment has a key in PUB.
std::optional<sigstore::Demands> parse(const std::vector<std::string>& words,
                                       const AskedModel& asked = {.default_policy = false}) {
    test::TestEnvironment environment({{"PUB", std::string(public_key)}, {"EMPTY", ""}});
    const cli::Command command{.name = "verify", .options = options()};
    const cli::Arguments arguments = cli::parse_arguments(command, words);
    return demands_of(*environment,
                      Settings::of_flags(arguments, environment->variables),
                      asked,
                      [&](std::string_view reference) {
                          return load_public_key(environment->variables, reference);
                      });
}

std::optional<sigstore::Demands> parse_for(const std::vector<std::string>& words,
                                           const oci::Reference& reference) {
    return parse(words, {.model = model_of(reference.repository), .default_policy = false});
}

const sigstore::Requirements& first(const std::optional<sigstore::Demands>& demands) {
    REQUIRE(demands.has_value());
    return demands->statements.front();
}

/// A file whose one rule, for fraud-*, wants the signer with that key, and has these lines as well.
std::string write_policy(const test::TemporaryFolder& folder, std::string_view lines) {
    const std::string key = core::join(core::split(core::trim(public_key), '\n'), "\n      ");
    return folder
        .write("policy.yaml",
               core::concat("schema: modelseal.trust-policy/v1\nserial: 1\n"
                            "expires: 2999-01-01T00:00:00Z\n"
                            "signers:\n  training:\n    key: |\n      ",
                            key,
                            "\nmodels:\n  - model: fraud-*\n    signers: [training]\n",
                            lines))
        .string();
}

core::ErrorKind refusal(const std::vector<std::string>& words) {
    return test::error_of([&] { return parse(words); }).kind();
}

}  // namespace

TEST_SUITE("commands/trust/trust_options") {
    TEST_CASE("demands nothing when nothing is given") {
        CHECK_FALSE(parse({}).has_value());
    }

    TEST_CASE("reads a key from the environment, and the conditions beside it") {
        const auto demands = parse({"--key",
                                    "env://PUB",
                                    "-a",
                                    "training_run_id=run-1",
                                    "--min-version",
                                    "v2",
                                    "--allow-legacy"});
        const sigstore::Requirements& requirements = first(demands);
        CHECK(std::get<sigstore::TrustedKey>(requirements.signers.at(0)).key ==
              crypto::PublicKey::parse_pem(public_key));
        CHECK(requirements.annotations == oci::Annotations{{"training_run_id", "run-1"}});
        CHECK(requirements.min_version == "v2");
        CHECK(requirements.allow_legacy);
    }

    TEST_CASE("says which trusted root is believed, and what names another") {
        const auto demands = parse({"--key", "env://PUB"});
        REQUIRE(demands.has_value());
        const std::string& about = demands->trust.about_root;
        CHECK(about.find("public Sigstore instance") != std::string::npos);
        CHECK(about.find("--trusted-root or MODELSEAL_TRUSTED_ROOT") != std::string::npos);
    }

    TEST_CASE("refuses a condition that names no signer") {
        CHECK(refusal({"-a", "k=v"}) == core::ErrorKind::usage);
        CHECK(refusal({"--min-version", "1"}) == core::ErrorKind::usage);
        CHECK(refusal({"--model", "m"}) == core::ErrorKind::usage);
        CHECK(refusal({"--allow-legacy"}) == core::ErrorKind::usage);
    }

    TEST_CASE("demands the model that was asked for by name, stated or not") {
        const auto in_registry =
            parse_for({"--key", "env://PUB"}, oci::Reference::parse("r.example/team/m:v1"));
        CHECK(first(in_registry).model->name == "m");
        CHECK(first(in_registry).model->may_be_unstated);
        const auto in_layout =
            parse_for({"--key", "env://PUB"}, oci::Reference::parse_layout("./store:v1"));
        CHECK_FALSE(first(in_layout).model.has_value());
        const auto asked = parse_for({"--key", "env://PUB", "--model", "other"},
                                     oci::Reference::parse("r.example/team/m:v1"));
        CHECK(first(asked).model->name == "other");
        CHECK_FALSE(first(asked).model->may_be_unstated);
        CHECK_FALSE(parse_for({}, oci::Reference::parse("r.example/team/m:v1")).has_value());
    }

    TEST_CASE("refuses malformed and contradictory annotations") {
        CHECK(refusal({"--key", "env://PUB", "-a", "novalue"}) == core::ErrorKind::usage);
        CHECK(refusal({"--key", "env://PUB", "-a", "=v"}) == core::ErrorKind::usage);
        CHECK(refusal({"--key", "env://PUB", "-a", "k=1", "-a", "k=2"}) == core::ErrorKind::usage);
    }

    TEST_CASE("reads an identity and its issuer, as text or expression of the whole") {
        const auto demands = parse({"--certificate-identity",
                                    "https://github.com/o/r/w.yml@refs/heads/main",
                                    "--certificate-oidc-issuer-regexp",
                                    "https://token\\..*"});
        const auto& identity = std::get<sigstore::TrustedIdentity>(first(demands).signers.at(0));
        CHECK(identity.subject.matches("https://github.com/o/r/w.yml@refs/heads/main"));
        CHECK_FALSE(identity.subject.matches("https://github.com/o/r/w.yml@refs/heads/main2"));
        CHECK(identity.issuer.matches("https://token.example"));
        CHECK_FALSE(identity.issuer.matches("evil https://token.example"));
    }

    TEST_CASE("refuses half an identity, two forms of one thing, and a key beside an identity") {
        CHECK(refusal({"--certificate-identity", "a"}) == core::ErrorKind::usage);
        CHECK(refusal({"--certificate-oidc-issuer", "a"}) == core::ErrorKind::usage);
        CHECK(refusal({"--certificate-identity",
                       "a",
                       "--certificate-identity-regexp",
                       "a",
                       "--certificate-oidc-issuer",
                       "b"}) == core::ErrorKind::usage);
        CHECK(refusal({"--key",
                       "env://PUB",
                       "--certificate-identity",
                       "a",
                       "--certificate-oidc-issuer",
                       "b"}) == core::ErrorKind::usage);
        CHECK(refusal({"--certificate-identity-regexp", "(", "--certificate-oidc-issuer", "b"}) ==
              core::ErrorKind::usage);
    }

    TEST_CASE("a trust policy demands what it says of the model, and the options more of it") {
        const test::TemporaryFolder folder;
        const std::string policy = write_policy(folder, "    min_version: v2\n");
        const AskedModel fraud = {.model = sigstore::RequiredModel{.name = "fraud-detector"},
                                  .default_policy = false};
        const auto demands =
            parse({"--trust-policy", policy, "--min-version", "v2.3", "-a", "stage=prod"}, fraud);
        CHECK(first(demands).signers.size() == 1);
        CHECK(first(demands).model->name == "fraud-detector");
        CHECK(first(demands).min_version == "v2.3");
        CHECK(first(demands).annotations.at("stage") == "prod");
        CHECK(first(parse({"--trust-policy", policy, "--min-version", "v1"}, fraud)).min_version ==
              "v2");
        CHECK(parse({"--trust-policy", policy, "--key", "env://PUB"}, fraud)->statements.size() ==
              2);
        const AskedModel spam = {.model = sigstore::RequiredModel{.name = "spam"},
                                 .default_policy = false};
        CHECK(test::error_of([&] {
                  return parse({"--trust-policy", policy}, spam);
              }).kind() == core::ErrorKind::mismatch);
        CHECK(refusal({"--trust-policy", policy}) == core::ErrorKind::usage);
        CHECK(refusal({"--trust-policy", "/nonexistent", "--model", "m"}) ==
              core::ErrorKind::not_found);
    }

    TEST_CASE("of attestations, a policy demands its statements of the type that is asked for") {
        const test::TemporaryFolder folder;
        const std::string policy = write_policy(folder,
                                                "    statements:\n      - type: urn:scan\n"
                                                "        signers: [training]\n"
                                                "        annotations: {stage: prod}\n");
        const auto asked = [&](const std::vector<std::string>& words, const std::string& type) {
            test::TestEnvironment environment({{"PUB", std::string(public_key)}});
            const cli::Command command{.name = "verify-attestation", .options = options()};
            const cli::Arguments arguments = cli::parse_arguments(command, words);
            return attestation_demands_of(*environment,
                                          Settings::of_flags(arguments, environment->variables),
                                          {.default_policy = false},
                                          type,
                                          [&](std::string_view reference) {
                                              return load_public_key(environment->variables,
                                                                     reference);
                                          });
        };
        const std::vector<std::string> by_policy = {
            "--trust-policy", policy, "--model", "fraud-detector"};
        const auto wanted = asked(by_policy, "urn:scan");
        REQUIRE(wanted->demands.statements.size() == 1);
        CHECK_FALSE(wanted->names_signer);
        CHECK(wanted->demands.statements[0].predicate_type == "urn:scan");
        CHECK(wanted->demands.statements[0].annotations.at("stage") == "prod");
        const auto unlisted = test::error_of([&] { return asked(by_policy, "urn:other"); });
        CHECK(unlisted.kind() == core::ErrorKind::mismatch);
        CHECK(unlisted.reason() == core::Reason::not_configured);
        auto with_key = by_policy;
        with_key.insert(with_key.end(), {"--key", "env://PUB"});
        CHECK(asked(with_key, "urn:scan")->demands.statements.size() == 2);
        CHECK(asked(with_key, "urn:scan")->names_signer);
        CHECK(asked(with_key, "urn:other")->demands.statements.size() == 1);
        CHECK_FALSE(asked({}, "urn:scan").has_value());
        for (const std::vector<std::string>& words :
             {std::vector<std::string>{"--key", "env://PUB", "--model", "m"},
              {"--trust-policy", policy},
              {"--trust-policy", policy, "--model", "fraud-detector", "--allow-legacy"}}) {
            CHECK(test::error_of([&] { return asked(words, "urn:scan"); }).kind() ==
                  core::ErrorKind::usage);
        }
    }

    TEST_CASE("refuses keys that are missing, unset or only reachable through a service") {
        CHECK(refusal({"--key", "/nonexistent/cosign.pub"}) == core::ErrorKind::not_found);
        CHECK(refusal({"--key", "env://UNSET"}) == core::ErrorKind::not_found);
        CHECK(refusal({"--key", "env://EMPTY"}) == core::ErrorKind::not_found);
        CHECK(refusal({"--key", "awskms://alias/k"}) == core::ErrorKind::usage);
    }
}

}  // namespace modelseal::commands
