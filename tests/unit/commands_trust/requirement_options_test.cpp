#include "common/commands/trust/requirement_options.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

namespace modelseal::commands {

namespace {

constexpr std::string_view public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

/// Calls `use` with an environment that has a key in PUB, and the parsed command line.
template <typename Use>
auto with_command_line(const std::vector<std::string>& words, const Use& use) {
    test::TestEnvironment environment({{"PUB", std::string(public_key)}, {"EMPTY", ""}});
    const cli::Command command{.name = "verify", .options = requirement_options()};
    return use(*environment, cli::parse_arguments(command, words));
}

PublicKeyLoader loader(const cli::Environment& environment) {
    return [&](std::string_view reference) {
        return load_public_key(environment.variables, reference);
    };
}

sigstore::Requirements parse(const std::vector<std::string>& words) {
    return with_command_line(words, [](const auto& environment, const auto& arguments) {
        return requirements_of(arguments, loader(environment));
    });
}

std::optional<sigstore::Requirements> parse_for(const std::vector<std::string>& words,
                                                const oci::Reference& reference) {
    return with_command_line(words, [&](const auto& environment, const auto& arguments) {
        return requirements_for(arguments, reference.repository, loader(environment));
    });
}

core::ErrorKind refusal(const std::vector<std::string>& words) {
    return test::error_of([&] { return parse(words); }).kind();
}

}  // namespace

TEST_SUITE("commands/trust/requirement_options") {
    TEST_CASE("demands nothing when nothing is given") {
        CHECK(parse({}).keys.empty());
    }

    TEST_CASE("reads a key from the environment, and the conditions beside it") {
        const auto requirements = parse({"--key",
                                         "env://PUB",
                                         "-a",
                                         "training_run_id=run-1",
                                         "--min-version",
                                         "v2",
                                         "--allow-legacy"});
        CHECK(requirements.keys.at(0) == crypto::PublicKey::parse_pem(public_key));
        CHECK(requirements.annotations == oci::Annotations{{"training_run_id", "run-1"}});
        CHECK(requirements.min_version == "v2");
        CHECK(requirements.allow_legacy);
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
        CHECK(in_registry->model->name == "m");
        CHECK(in_registry->model->may_be_unstated);
        const auto in_layout =
            parse_for({"--key", "env://PUB"}, oci::Reference::parse_layout("./store:v1"));
        CHECK_FALSE(in_layout->model.has_value());
        const auto asked = parse_for({"--key", "env://PUB", "--model", "other"},
                                     oci::Reference::parse("r.example/team/m:v1"));
        CHECK(asked->model->name == "other");
        CHECK_FALSE(asked->model->may_be_unstated);
        CHECK_FALSE(parse_for({}, oci::Reference::parse("r.example/team/m:v1")).has_value());
    }

    TEST_CASE("refuses malformed and contradictory annotations") {
        CHECK(refusal({"--key", "env://PUB", "-a", "novalue"}) == core::ErrorKind::usage);
        CHECK(refusal({"--key", "env://PUB", "-a", "=v"}) == core::ErrorKind::usage);
        CHECK(refusal({"--key", "env://PUB", "-a", "k=1", "-a", "k=2"}) == core::ErrorKind::usage);
    }

    TEST_CASE("refuses keys that are missing, unset or only reachable through a service") {
        CHECK(refusal({"--key", "/nonexistent/cosign.pub"}) == core::ErrorKind::not_found);
        CHECK(refusal({"--key", "env://UNSET"}) == core::ErrorKind::not_found);
        CHECK(refusal({"--key", "env://EMPTY"}) == core::ErrorKind::not_found);
        CHECK(refusal({"--key", "awskms://alias/k"}) == core::ErrorKind::usage);
    }
}

}  // namespace modelseal::commands
