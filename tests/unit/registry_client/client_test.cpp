// A registry and a token service whose answers the test writes.
#include "common/registry/client/client.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_transport.hpp"
#include "common/registry/client/redirect.hpp"
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

TEST_SUITE("registry/client/client") {
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

    TEST_CASE(
        "after the clock was set back a token is renewed when it is refused, and in time again") {
        TokenFixture fixture;
        CHECK(fixture.get().ok());
        fixture.clock.advance(-std::chrono::hours(24));
        CHECK(fixture.get().ok());
        fixture.accepted = 99;  // it has run out by the registry's clock
        CHECK(fixture.get().ok());
        CHECK(fixture.given == 2);
        const std::size_t requests = fixture.server.requests().size();
        fixture.clock.advance(271s);
        CHECK(fixture.get().ok());
        CHECK(fixture.given == 3);
        CHECK(fixture.server.requests().size() == requests + 1);  // no refusal
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

TEST_SUITE("registry/auth/token_service") {
    using registry::TokenService;

    http::Challenge realm(std::string_view url) {
        return {.scheme = "bearer", .parameters = {{"realm", std::string(url)}}};
    }

    TEST_CASE("a registry with TLS cannot name a token service without") {
        constexpr auto elsewhere = http::Reach::no_loopback;
        const auto registry = http::Url::parse("https://registry.example");
        CHECK(error_of([&] {
                  return TokenService::from(
                      realm("http://registry.example/t"), registry, elsewhere);
              }).kind() == ErrorKind::denied);
        CHECK(TokenService::from(realm("https://auth.example/t"), registry, elsewhere).reach ==
              http::Reach::no_loopback);
        CHECK(
            TokenService::from(realm("https://registry.example:9/t"), registry, elsewhere).reach ==
            elsewhere);
        const auto local = http::Url::parse("http://localhost:5000");
        CHECK(TokenService::from(realm("http://127.0.0.1:5001/t"), local, elsewhere).reach ==
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

namespace {

/// A registry with basic authentication whose blobs lie elsewhere.
struct RedirectFixture {
    explicit RedirectFixture(LoopbackServer::Handler storage_handler)
        : storage(std::move(storage_handler)),
          client(
              std::make_unique<http::CurlTransport>(http::CurlOptions(), core::Variables()),
              http::Url::parse(concat("http://", server.address())),
              [] { return trainer(); },
              {},
              clock) {}

    Reply answer(const ReceivedRequest& request) {
        if (request.header("authorization") != basic_header) {
            return Reply::of(401, "", "WWW-Authenticate: Basic realm=\"r\"\r\n");
        }
        if (request.target == "/v2/here") {
            return Reply::of(200, "here");
        }
        const std::string to =
            location.empty() ? concat("http://", storage.address(), "/blob?signature=s") : location;
        return Reply::of(status, "", concat("Location: ", to, "\r\n"));
    }

    http::Response send(http::Method method = http::Method::get) {
        http::Request request{
            .method = method,
            .url = http::Url::parse(concat("http://", server.address(), "/v2/blob"))};
        request.headers.add("Range", "bytes=0-3");
        request.headers.add("X-Own", "1");
        return client.send(request);
    }

    std::atomic<int> status = 307;
    std::string location;
    core::SystemClock clock;
    LoopbackServer storage;
    LoopbackServer server{[this](const ReceivedRequest& request) {
        return answer(request);
    }};
    registry::Client client;
};

}  // namespace

TEST_SUITE("registry/client redirects") {
    TEST_CASE("follows to another server without credentials and with nothing but the range") {
        RedirectFixture fixture([](const ReceivedRequest&) { return Reply::of(206, "blob"); });
        for (const int status : {301, 302, 303, 307, 308}) {
            fixture.status = status;
            CHECK(fixture.send().body == "blob");
            CHECK(fixture.send(http::Method::head).status == 206);
        }
        for (const ReceivedRequest& request : fixture.storage.requests()) {
            CHECK(request.target == "/blob?signature=s");
            CHECK(request.header("range") == "bytes=0-3");
            CHECK(request.header("authorization").empty());
            CHECK(request.header("x-own").empty());
        }
    }

    TEST_CASE("keeps the credentials on the way to another path of the registry only") {
        RedirectFixture fixture([](const ReceivedRequest&) { return Reply::of(200, ""); });
        fixture.location = "/v2/here";
        CHECK(fixture.send().body == "here");
        CHECK(fixture.server.requests().back().header("authorization") == basic_header);
        CHECK(fixture.server.requests().back().header("x-own") == "1");
    }

    TEST_CASE("who is sent back to the registry by another server comes as nobody") {
        std::string back;
        RedirectFixture fixture([&](const ReceivedRequest&) {
            return Reply::of(307, "", concat("Location: ", back, "\r\n"));
        });
        back = concat("http://", fixture.server.address(), "/v2/here");
        CHECK(fixture.send().status == 401);
        CHECK(fixture.server.requests().back().header("authorization").empty());
    }

    TEST_CASE("asks for another address once when the first one has expired") {
        std::atomic<int> asked = 0;
        RedirectFixture fixture([&](const ReceivedRequest&) {
            return ++asked == 1 ? Reply::of(403, "expired") : Reply::of(200, "blob");
        });
        CHECK(fixture.send().body == "blob");
        CHECK(asked == 2);
        RedirectFixture closed([](const ReceivedRequest&) { return Reply::of(403, "expired"); });
        const http::Response response = closed.send();
        CHECK(response.status == 403);
        CHECK(response.redirected_to == concat("http://", closed.storage.address()));
        CHECK(closed.storage.requests().size() == 2);
    }

    TEST_CASE("stops after ten redirects") {
        RedirectFixture fixture([](const ReceivedRequest&) { return Reply::of(200, ""); });
        fixture.location = "/v2/again";
        const Error error = error_of([&] { return fixture.send(); });
        CHECK(error.kind() == ErrorKind::unavailable);
        CHECK(fixture.server.requests().size() == 12);  // one refusal, the first answer, ten more
    }

    TEST_CASE("follows to no address in a link-local network, and to no other protocol") {
        RedirectFixture fixture([](const ReceivedRequest&) { return Reply::of(200, ""); });
        for (const std::string_view target : {"http://169.254.169.254/latest/meta-data/iam/",
                                              "http://[fe80::1]/",
                                              "http://0xa9fea9fe/"}) {
            fixture.location = target;
            CHECK(error_of([&] { return fixture.send(); }).kind() == ErrorKind::denied);
        }
        for (const std::string_view target :
             {"file:///etc/passwd", "gopher://127.0.0.1/", "http://user:password@127.0.0.1/"}) {
            fixture.location = target;
            CHECK(error_of([&] { return fixture.send(); }).kind() == ErrorKind::malformed);
        }
    }

    TEST_CASE("does not follow where something would be changed") {
        RedirectFixture fixture([](const ReceivedRequest&) { return Reply::of(201, ""); });
        CHECK(fixture.send(http::Method::put).status == 307);
        CHECK(fixture.send(http::Method::post).status == 307);
        CHECK(fixture.send(http::Method::remove).status == 307);
        CHECK(fixture.storage.requests().empty());
    }
}

namespace {

/// A registry by name, whose address the test says; keeps what it was asked.
class NamedRegistry final : public http::Transport {
  public:
    explicit NamedRegistry(std::vector<http::Request>& asked) : asked_(asked) {}

    http::Response send(const http::Request& request) override {
        asked_.push_back(request);
        http::Response response{.status = 404, .address = http::IpAddress::parse(address)};
        if (request.url.to_string() == "http://evil.test/v2/moved") {
            response.status = 307;
            response.headers.add("Location", "http://evil.test:9/admin");
        } else if (request.url.to_string() == "http://evil.test/v2/closed") {
            response.status = 401;
            response.headers.add("WWW-Authenticate", "Bearer realm=\"http://evil.test:9/t\"");
        }
        return response;
    }

    std::string address;

  private:
    std::vector<http::Request>& asked_;
};

/// The reach of each request that a registry at `address` provokes with a redirect, then with a
/// realm, both to another port of its own name.
std::vector<http::Reach> reaches_from(std::string_view address) {
    std::vector<http::Request> asked;
    auto transport = std::make_unique<NamedRegistry>(asked);
    transport->address = address;
    const core::SystemClock clock;
    registry::Client client(
        std::move(transport),
        http::Url::parse("http://evil.test"),
        [] { return trainer(); },
        {},
        clock);
    static_cast<void>(client.send({.url = http::Url::parse("http://evil.test/v2/moved")}));
    static_cast<void>(error_of(
        [&] { return client.send({.url = http::Url::parse("http://evil.test/v2/closed")}); }));
    std::vector<http::Reach> reaches;
    for (const http::Request& request : asked) {
        reaches.push_back(request.reach);
    }
    return reaches;
}

}  // namespace

TEST_SUITE("registry/client names") {
    TEST_CASE("a registry's own name leads to this machine only when it did so at first") {
        using enum http::Reach;
        const auto then = [](http::Reach reach) {
            // The registry, where it redirects to, the registry again, its token service.
            return std::vector{anywhere, reach, reach, reach};
        };
        CHECK(reaches_from("203.0.113.7") == then(no_loopback));
        CHECK(reaches_from("10.0.0.1") == then(no_loopback));
        CHECK(reaches_from("127.0.0.1") == then(no_metadata));
        CHECK(reaches_from("::1") == then(no_metadata));
        CHECK(reaches_from("169.254.1.1") == then(anywhere));
        CHECK(reaches_from("") == then(no_loopback));  // behind a proxy
    }
}

TEST_SUITE("registry/client/redirect") {
    TEST_CASE("leads from no server with TLS to one without") {
        const auto registry = http::Url::parse("https://registry.example");
        const http::Request request{.url = http::Url::parse("https://registry.example/v2/blob")};
        http::Response response{.status = 307};
        const auto leads_to = [&](std::string_view location) {
            response.headers.set("Location", location);
            return registry::redirected(request, response, registry, http::Reach::no_metadata);
        };
        for (const std::string_view target :
             {"http://registry.example/blob", "http://storage.example/"}) {
            CHECK(error_of([&] { return leads_to(target); }).kind() == ErrorKind::denied);
        }
        CHECK(leads_to("https://storage.example/").reach == http::Reach::no_loopback);
        CHECK(leads_to("/elsewhere").reach == http::Reach::no_metadata);
    }
}
