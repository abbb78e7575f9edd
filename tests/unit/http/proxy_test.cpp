#include "common/http/proxy.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

using modelseal::core::ErrorKind;
using modelseal::core::Variables;
using modelseal::http::ProxyRules;
using modelseal::http::Url;
using modelseal::test::error_of;

namespace {

using Map = std::map<std::string, std::string, std::less<>>;

std::string proxy(const Map& variables, std::string_view url) {
    return ProxyRules(Variables(variables)).proxy_for(Url::parse(url));
}

bool is_direct(std::string_view no_proxy, std::string_view url) {
    return proxy({{"HTTP_PROXY", "http://p:1"},
                  {"HTTPS_PROXY", "http://p:1"},
                  {"NO_PROXY", std::string(no_proxy)}},
                 url)
        .empty();
}

}  // namespace

TEST_SUITE("http/proxy") {
    TEST_CASE("takes the variable of the scheme, the upper case first") {
        const Map both{{"HTTP_PROXY", "http://upper:1"},
                       {"http_proxy", "http://lower:1"},
                       {"https_proxy", "https://user:secret@tls:2"}};
        CHECK(proxy(both, "http://registry.example/") == "http://upper:1");
        CHECK(proxy(both, "https://registry.example/") == "https://user:secret@tls:2");
        CHECK(proxy({{"http_proxy", "http://lower:1"}}, "http://a.example/") == "http://lower:1");
        CHECK(proxy({{"http_proxy", "http://lower:1"}}, "https://a.example/").empty());
        CHECK(proxy({{"ALL_PROXY", "http://all:1"}}, "http://a.example/").empty());
    }

    TEST_CASE("a proxy without a scheme speaks HTTP, socks5 resolves names") {
        CHECK(proxy({{"HTTPS_PROXY", "proxy:3128"}}, "https://a.example/") == "http://proxy:3128");
        CHECK(proxy({{"HTTPS_PROXY", "socks5://p:1"}}, "https://a.example/") == "socks5h://p:1");
        CHECK(proxy({{"HTTPS_PROXY", "SOCKS5H://p:1"}}, "https://a.example/") == "socks5h://p:1");
    }

    TEST_CASE("a proxy that cannot be one is refused without showing it") {
        for (const char* value : {"ftp://user:secret@p", "http://", "http://user:secret@p q"}) {
            const auto error = error_of([&] {
                return ProxyRules(Variables(Map{{"HTTP_PROXY", value}}));
            });
            CHECK(error.kind() == ErrorKind::usage);
            CHECK(error.message().find("secret") == std::string::npos);
        }
    }

    TEST_CASE("this machine is never reached through a proxy") {
        for (const char* url : {"http://localhost:5000/",
                                "http://127.0.0.1/",
                                "http://127.8.8.8/",
                                "https://[::1]/",
                                "http://0x7f.1/"}) {
            CHECK_MESSAGE(is_direct("", url), url);
        }
        CHECK_FALSE(is_direct("", "http://localhost.example/"));
    }

    TEST_CASE("NO_PROXY holds hosts with their subdomains, or subdomains alone") {
        CHECK(is_direct("registry.example", "http://registry.example/"));
        CHECK(is_direct(" other , Registry.Example ", "http://REGISTRY.example/"));
        CHECK(is_direct("registry.example", "http://eu.registry.example/"));
        CHECK_FALSE(is_direct("registry.example", "http://myregistry.example/"));
        CHECK(is_direct(".example", "http://registry.example/"));
        CHECK_FALSE(is_direct(".registry.example", "http://registry.example/"));
        CHECK(is_direct("*.registry.example", "http://eu.registry.example/"));
        CHECK_FALSE(is_direct("*.registry.example", "http://registry.example/"));
        CHECK(is_direct("*", "http://registry.example/"));
        CHECK(is_direct("a,*", "http://registry.example/"));
        CHECK_FALSE(is_direct("", "http://registry.example/"));
        CHECK_FALSE(is_direct(",,", "http://registry.example/"));
    }

    TEST_CASE("NO_PROXY holds ports") {
        CHECK(is_direct("registry.example:5000", "http://registry.example:5000/"));
        CHECK_FALSE(is_direct("registry.example:5000", "http://registry.example:5001/"));
        CHECK(is_direct("registry.example:443", "https://registry.example/"));
        CHECK(is_direct("10.0.0.1:80", "http://10.0.0.1/"));
        CHECK_FALSE(is_direct("10.0.0.1:81", "http://10.0.0.1/"));
        CHECK(is_direct("[2001:db8::1]:80", "http://[2001:db8::1]/"));
    }

    TEST_CASE("NO_PROXY holds addresses and networks") {
        CHECK(is_direct("10.0.0.1", "http://10.0.0.1/"));
        CHECK_FALSE(is_direct("10.0.0.1", "http://10.0.0.10/"));
        CHECK(is_direct("10.0.0.0/8", "http://10.200.3.4:5000/"));
        CHECK_FALSE(is_direct("10.0.0.0/8", "http://11.0.0.1/"));
        CHECK_FALSE(is_direct("10.0.0.0/8", "http://ten.example/"));
        CHECK(is_direct("2001:db8::/32", "http://[2001:db8:1::5]/"));
        CHECK(is_direct("2001:db8::1", "http://[2001:db8::1]/"));
        CHECK(is_direct("[2001:db8::1]", "http://[2001:db8::1]/"));
        CHECK_FALSE(is_direct("10.0.0.0/x", "http://10.0.0.1/"));
        CHECK_FALSE(is_direct("10.0.0.0/129", "http://10.0.0.1/"));
    }
}
