// A registry and a token service whose answers the test writes.
#include "common/registry/client.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_transport.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/set_clock.hpp"

#include <algorithm>
#include <atomic>

#include <doctest/doctest.h>

using namespace modelseal;
using namespace std::chrono_literals;
using core::concat;
using core::Error;
using core::ErrorKind;
using test::error_of;
using test::LoopbackServer;
using test::ReceivedRequest;
using test::Reply;

namespace {

const std::string basic_header = "Basic dHJhaW5lcjpwYXNzIHdvcmQ6MQ==";

registry::Credential trainer() {
    return {.username = "trainer", .password = core::Secret("pass word:1")};
}

std::string challenge(std::string_view realm) {
    return concat("WWW-Authenticate: Bearer realm=\"",
                  realm,
                  "\",service=\"the registry\",scope=\"repository:team/model:pull\"\r\n");
}

/// A registry that accepts the newest token of its token service, named by number.
struct TokenFixture {
    explicit TokenFixture(std::optional<registry::Credential> credential = trainer())
        : client(
              std::make_unique<http::CurlTransport>(http::CurlOptions(), core::Variables()),
              http::Url::parse(concat("http://", server.address())),
              [=] { return credential; },
              {"repository:team/model:pull,push", "repository:team/base:pull"},
              clock) {}

    Reply answer_registry(const ReceivedRequest& request) const {
        const bool known = request.header("authorization") == concat("Bearer t", accepted.load());
        return known
                   ? Reply::of(200, "welcome")
                   : Reply::of(401, "", challenge(concat("http://", service.address(), "/token")));
    }

    Reply answer_service() {
        accepted = ++given;
        return Reply::of(200, concat(R"({"token":"t)", given.load(), R"(","expires_in":300})"));
    }

    http::Response get() {
        return client.send({.url = http::Url::parse(concat("http://", server.address(), "/v2/x"))});
    }

    std::atomic<int> given = 0;
    std::atomic<int> accepted = 0;
    test::SetClock clock;
    LoopbackServer service{[this](const ReceivedRequest&) {
        return answer_service();
    }};
    LoopbackServer server{[this](const ReceivedRequest& r) {
        return answer_registry(r);
    }};
    registry::Client client;
};

/// What a client does with a registry that names `realm`.
Error naming(std::string_view realm) {
    const LoopbackServer server(
        [&](const ReceivedRequest&) { return Reply::of(401, "", challenge(realm)); });
    const auto url = http::Url::parse(concat("http://", server.address()));
    const core::SystemClock clock;
    registry::Client client(
        std::make_unique<http::CurlTransport>(http::CurlOptions(), core::Variables()),
        url,
        [] { return trainer(); },
        {},
        clock);
    return error_of([&] { return client.send({.url = url}); });
}

}  // namespace

TEST_SUITE("registry/client") {
    TEST_CASE("gets one token for all that it is going to do") {
        TokenFixture fixture;
        CHECK(fixture.get().body == "welcome");
        CHECK(fixture.get().body == "welcome");
        CHECK(fixture.server.requests().size() == 3);  // one refusal
        const auto asked = fixture.service.requests();
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].method == "GET");
        CHECK(asked[0].target ==
              "/token?service=the%20registry&scope=repository%3Ateam%2Fbase%3Apull"
              "&scope=repository%3Ateam%2Fmodel%3Apull%2Cpush");
        CHECK(asked[0].header("authorization") == basic_header);
        CHECK(fixture.server.requests()[0].header("authorization").empty());
    }

    TEST_CASE("gets a token as nobody where there are no credentials") {
        TokenFixture fixture(std::nullopt);
        CHECK(fixture.get().ok());
        CHECK(fixture.service.requests()[0].header("authorization").empty());
    }

    TEST_CASE("exchanges an identity token in a form") {
        TokenFixture fixture(registry::Credential{.identity_token = core::Secret("id+token&")});
        CHECK(fixture.get().ok());
        const auto asked = fixture.service.requests();
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].method == "POST");
        CHECK(asked[0].target == "/token");
        CHECK(asked[0].header("authorization").empty());
        CHECK(asked[0].header("content-type") == "application/x-www-form-urlencoded");
        CHECK(asked[0].body ==
              "grant_type=refresh_token&client_id=modelseal&service=the%20registry&scope="
              "repository%3Ateam%2Fbase%3Apull%20repository%3Ateam%2Fmodel%3Apull%2Cpush"
              "&refresh_token=id%2Btoken%26");
    }

    TEST_CASE("sends a registry token as it is") {
        TokenFixture fixture(registry::Credential{.registry_token = core::Secret("t0")});
        CHECK(fixture.get().ok());
        CHECK(fixture.service.requests().empty());
        fixture.accepted = 7;
        CHECK(error_of([&] { return fixture.get(); }).message().find("registry token") !=
              std::string::npos);
    }

    TEST_CASE("renews a token before it runs out") {
        TokenFixture fixture;
        CHECK(fixture.get().ok());
        fixture.clock.advance(269s);
        CHECK(fixture.get().ok());
        CHECK(fixture.given == 1);
        fixture.clock.advance(2s);
        CHECK(fixture.get().ok());
        CHECK(fixture.given == 2);
        CHECK(fixture.server.requests().size() == 4);  // not a second refusal
    }

    TEST_CASE("renews a token that is refused in the middle, and sends the content again") {
        TokenFixture fixture;
        CHECK(fixture.get().ok());
        fixture.accepted = 99;  // until the service gives another one
        const std::string bytes(3'000'000, 'x');
        const core::MemoryAccess content(core::as_bytes(bytes));
        const auto url = http::Url::parse(concat("http://", fixture.server.address(), "/upload"));
        CHECK(fixture.client.send({.method = http::Method::put, .url = url, .content = &content})
                  .ok());
        CHECK(fixture.given == 2);
        CHECK(fixture.server.requests().back().body == bytes);
    }

    TEST_CASE("threads that are refused at once get one token together") {
        TokenFixture fixture;
        std::vector<std::jthread> threads;
        std::atomic<int> welcome = 0;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] { welcome += fixture.get().ok() ? 1 : 0; });
        }
        threads.clear();
        CHECK(welcome == 8);
        CHECK(fixture.given == 1);
    }

    TEST_CASE("gives up when the registry refuses the token it asked for") {
        TokenFixture fixture;
        LoopbackServer deaf([&](const ReceivedRequest&) {
            return Reply::of(401, "", challenge(concat("http://", fixture.service.address())));
        });
        const auto url = http::Url::parse(concat("http://", deaf.address()));
        registry::Client client(
            std::make_unique<http::CurlTransport>(http::CurlOptions(), core::Variables()),
            url,
            [] { return trainer(); },
            {},
            fixture.clock);
        const Error error = error_of([&] { return client.send({.url = url}); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("does not allow \"repository:team/model:pull\"") !=
              std::string::npos);
        CHECK(deaf.requests().size() == 2);
    }

    TEST_CASE("a token service that refuses, redirects or fails is told apart") {
        const auto answered = [](const Reply& reply) {
            const LoopbackServer service([&](const ReceivedRequest&) { return reply; });
            return naming(concat("http://", service.address()));
        };
        CHECK(answered(Reply::of(401, "pass word:1")).kind() == ErrorKind::denied);
        CHECK(answered(Reply::of(401, "pass word:1")).message().find("pass word") ==
              std::string::npos);
        CHECK(answered(Reply::of(503, "")).kind() == ErrorKind::unavailable);
        CHECK(answered(Reply::of(200, "<html>")).kind() == ErrorKind::malformed);
        CHECK(answered(Reply::of(200, std::string(200'000, ' '))).kind() == ErrorKind::malformed);
        const LoopbackServer elsewhere([](const ReceivedRequest&) { return Reply::of(200, "{}"); });
        const Error redirected =
            answered(Reply::of(307, "", concat("Location: http://", elsewhere.address(), "/\r\n")));
        CHECK(redirected.kind() == ErrorKind::denied);
        CHECK(redirected.message().find("not sent on") != std::string::npos);
        CHECK(elsewhere.requests().empty());
    }

    TEST_CASE("a realm in a link-local network gets nothing") {
        for (const std::string_view realm : {"http://169.254.169.254/token",
                                             "http://[fe80::1]/token",
                                             "http://[::ffff:169.254.169.254]/",
                                             "http://0xa9fea9fe/",
                                             "http://100.100.100.200/",
                                             "http://168.63.129.16/"}) {
            const Error error = naming(realm);
            CHECK_MESSAGE(error.kind() == ErrorKind::denied, error.message());
            CHECK(error.message().find("link-local") != std::string::npos);
        }
    }

    TEST_CASE("a realm that is no web address is refused") {
        for (const std::string_view realm :
             {"", "/token", "ftp://a/", "file:///etc/passwd", "http://user@a/", "gopher://a"}) {
            CHECK(naming(realm).kind() == ErrorKind::malformed);
        }
    }
}

TEST_SUITE("registry/token_service") {
    using registry::TokenService;

    http::Challenge realm(std::string_view url) {
        return {.scheme = "bearer", .parameters = {{"realm", std::string(url)}}};
    }

    TEST_CASE("a registry with TLS cannot name a token service without") {
        const auto registry = http::Url::parse("https://registry.example");
        CHECK(error_of([&] {
                  return TokenService::from(realm("http://registry.example/t"), registry);
              }).kind() == ErrorKind::denied);
        CHECK(TokenService::from(realm("https://auth.example/t"), registry).reach ==
              http::Reach::no_loopback);
        CHECK(TokenService::from(realm("https://registry.example:9/t"), registry).reach ==
              http::Reach::anywhere);
        const auto local = http::Url::parse("http://localhost:5000");
        CHECK(TokenService::from(realm("http://127.0.0.1:5001/t"), local).reach ==
              http::Reach::no_metadata);
    }

    TEST_CASE("reads the scopes of a challenge up to a limit") {
        http::Challenge asked{.scheme = "bearer", .parameters = {{"scope", " a:b:c  d:e:f "}}};
        CHECK(registry::scopes_of(asked) == registry::Scopes{"a:b:c", "d:e:f"});
        CHECK(registry::scopes_of({}).empty());
        std::string many;
        for (int i = 0; i < 17; ++i) {
            many += concat("repository:", i, ":pull ");
        }
        asked.parameters["scope"] = many;
        CHECK(error_of([&] { return registry::scopes_of(asked); }).kind() == ErrorKind::malformed);
    }

    TEST_CASE("joins what is allowed on one repository") {
        using registry::Scopes;
        CHECK(registry::merge({"repository:a:pull"},
                              {"repository:a:push,pull", "registry:catalog:*"}) ==
              Scopes{"registry:catalog:*", "repository:a:pull,push"});
        CHECK(registry::merge({"repository:host:5000/a:pull"}, {}) ==
              Scopes{"repository:host:5000/a:pull"});
    }
}
