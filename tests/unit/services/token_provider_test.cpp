#include "common/services/token_provider.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/recorded_http.hpp"
#include "tests/support/signing_service.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace modelseal;
using core::concat;
using core::ErrorKind;
using core::Reason;
using services::TokenProvider;
using test::error_of;
using test::Reply;

namespace {

using VariableMap = std::map<std::string, std::string, std::less<>>;

std::string token_text() {
    return core::require_string(core::parse_json(test::recorded("oidc-1.response").body), "value");
}

/// A machine on which no provider is there unless a test puts it there.
struct Machine {
    explicit Machine(VariableMap values = {}) : variables(std::move(values)) {}

    [[nodiscard]] services::TokenSources sources() {
        return {.variables = variables,
                .transport = transport,
                .token_file = folder.path() / "oidc-token",
                .product_name_file = folder.path() / "product_name",
                .google_metadata = metadata};
    }

    void write(std::string_view name, std::string_view content) const {
        std::ofstream(folder.path() / name) << content;
    }

    services::IdentityToken obtain(std::optional<TokenProvider> provider = {}) {
        return services::obtain_identity_token(sources(), {.provider = provider});
    }

    core::Error refusal(std::optional<TokenProvider> provider = {}) {
        return error_of([&] { return obtain(provider); });
    }

    test::TemporaryFolder folder{};
    core::Variables variables;
    test::PatientTransport transport{};
    std::string metadata = "http://127.0.0.1:1";
};

VariableMap github(const test::SigningService& service) {
    return {{"ACTIONS_ID_TOKEN_REQUEST_URL", service.url("/actions/token?identity=x").to_string()},
            {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"}};
}

}  // namespace

TEST_SUITE("services/token_provider") {
    TEST_CASE("names are cosign's") {
        for (const auto* name : {"envvar",
                                 "filesystem",
                                 "github-actions",
                                 "buildkite-agent",
                                 "google-workload-identity",
                                 "google-impersonate",
                                 "spiffe"}) {
            CHECK(to_string(services::parse_token_provider(name)) == name);
        }
        const auto error = error_of([] { return services::parse_token_provider("github"); });
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(error.message().find("envvar, filesystem, github-actions") != std::string::npos);
    }

    TEST_CASE("a token that was given comes before any provider") {
        Machine machine(VariableMap{{"SIGSTORE_ID_TOKEN", "broken"}});
        const auto token = services::obtain_identity_token(
            machine.sources(), {.given = core::Secret(concat(token_text(), "\n"))});
        CHECK(token.text().reveal() == token_text());
    }

    TEST_CASE("the variable comes before the file, and the file before GitHub's service") {
        test::SigningService service(
            {{"/actions/token", {reply_of(test::recorded("oidc-1.response"))}}});
        VariableMap variables = github(service);
        variables["SIGSTORE_ID_TOKEN"] = token_text();
        Machine machine(variables);
        machine.write("oidc-token", "broken");
        CHECK(machine.obtain().text().reveal() == token_text());
        Machine without_variable(github(service));
        without_variable.write("oidc-token", concat(token_text(), "\n"));
        CHECK(without_variable.obtain().text().reveal() == token_text());
        CHECK(service.requests().empty());
        Machine empty(VariableMap{{"SIGSTORE_ID_TOKEN", ""}});
        CHECK(empty.refusal().message().find("SIGSTORE_ID_TOKEN: the identity token is empty") !=
              std::string::npos);
    }

    TEST_CASE("a GitHub job asks its token service as cosign does") {
        test::SigningService service(
            {{"/actions/token", {reply_of(test::recorded("oidc-1.response"))}}});
        Machine machine(github(service));
        CHECK(machine.obtain().text().reveal() == token_text());
        REQUIRE(service.requests().size() == 1);
        const auto request = service.requests().front();
        CHECK(request.method == "GET");
        CHECK(request.target == "/actions/token?identity=x&audience=sigstore");
        CHECK(request.header("authorization") == "bearer request-secret");
    }

    TEST_CASE("GitHub's service is asked three times, and its secret is not shown") {
        test::SigningService service(
            {{"/actions/token", {Reply::of(503, "request-secret is busy")}}});
        Machine machine(github(service));
        const auto error = machine.refusal();
        CHECK(error.kind() == ErrorKind::unavailable);
        CHECK(error.reason() == Reason::service_error);
        CHECK(error.message().find("request-secret") == std::string::npos);
        CHECK(error.message().find("answered 503") != std::string::npos);
        CHECK(service.requests().size() == 3);
        test::SigningService forbidden({{"/actions/token", {Reply::of(403, "no")}}});
        Machine other(github(forbidden));
        CHECK(other.refusal().kind() == ErrorKind::denied);
        CHECK(forbidden.requests().size() == 1);
    }

    TEST_CASE("refuses other answers of GitHub's service") {
        for (const std::string_view body :
             {"", "[]", "{}", R"({"value":7})", R"({"value":""})", R"({"value":"x"})"}) {
            CAPTURE(body);
            test::SigningService service({{"/actions/token", {Reply::of(200, body)}}});
            Machine machine(github(service));
            CHECK(machine.refusal().kind() == ErrorKind::malformed);
        }
        test::SigningService large(
            {{"/actions/token", {Reply::of(200, std::string(300'000, ' '))}}});
        Machine machine(github(large));
        CHECK(machine.refusal().reason() == Reason::limit_exceeded);
    }

    TEST_CASE("sends no secret without TLS to another machine") {
        Machine machine({{"ACTIONS_ID_TOKEN_REQUEST_URL", "http://tokens.example/?a=b"},
                         {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"}});
        CHECK(machine.refusal().kind() == ErrorKind::usage);
        CHECK(machine.refusal().message().find("has no TLS") != std::string::npos);
    }

    TEST_CASE(
        "a Google machine's metadata server is asked when it is named, or it says so itself") {
        constexpr std::string_view path =
            "/computeMetadata/v1/instance/service-accounts/default/identity";
        test::SigningService service({{std::string(path), {Reply::of(200, token_text())}}});
        Machine machine;
        machine.metadata = service.url().origin();
        CHECK(machine.refusal().reason() == Reason::not_configured);
        machine.write("product_name", "Something else\n");
        CHECK(machine.refusal().reason() == Reason::not_configured);
        CHECK(service.requests().empty());
        CHECK(machine.obtain(TokenProvider::google_workload_identity).text().reveal() ==
              token_text());
        machine.write("product_name", "Google Compute Engine\n");
        CHECK(machine.obtain().text().reveal() == token_text());
        REQUIRE(service.requests().size() == 2);
        CHECK(service.requests()[0].target == concat(path, "?audience=sigstore&format=full"));
        CHECK(service.requests()[0].header("metadata-flavor") == "Google");
    }

    TEST_CASE("a provider that was named is the only one") {
        Machine machine(VariableMap{{"SIGSTORE_ID_TOKEN", token_text()}});
        CHECK(machine.obtain(TokenProvider::envvar).text().reveal() == token_text());
        CHECK(machine.refusal(TokenProvider::filesystem).kind() == ErrorKind::not_found);
        const auto github_error = machine.refusal(TokenProvider::github_actions);
        CHECK(github_error.reason() == Reason::not_configured);
        CHECK(github_error.message().find("id-token: write") != std::string::npos);
        Machine bare;
        CHECK(bare.refusal(TokenProvider::envvar).reason() == Reason::not_configured);
    }

    TEST_CASE("what this version does not know is refused with a way around") {
        for (const TokenProvider provider : {TokenProvider::buildkite_agent,
                                             TokenProvider::google_impersonate,
                                             TokenProvider::spiffe}) {
            Machine machine;
            const auto error = machine.refusal(provider);
            CHECK(error.kind() == ErrorKind::usage);
            CHECK(error.reason() == Reason::unsupported);
            CHECK(error.message().find("set SIGSTORE_ID_TOKEN to") != std::string::npos);
        }
        Machine agent(VariableMap{{"BUILDKITE_AGENT_ACCESS_TOKEN", "x"}});
        CHECK(agent.refusal().message().find("buildkite-agent oidc request-token") !=
              std::string::npos);
    }

    TEST_CASE("without any token says what to do") {
        Machine machine;
        CHECK(machine.refusal().kind() == ErrorKind::usage);
        CHECK(machine.refusal().message().find("--identity-token") != std::string::npos);
        Machine job(VariableMap{{"GITHUB_ACTIONS", "true"}});
        CHECK(job.refusal().message().find("permissions: id-token: write") != std::string::npos);
    }
}
