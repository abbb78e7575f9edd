#include "common/http/curl_transport.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

using modelseal::core::Error;
using modelseal::core::ErrorKind;
using modelseal::core::Variables;
using modelseal::http::CurlOptions;
using modelseal::http::CurlTransport;
using modelseal::http::Method;
using modelseal::http::Request;
using modelseal::http::Response;
using modelseal::http::Url;
using modelseal::test::error_of;
using modelseal::test::LoopbackServer;
using modelseal::test::ReceivedRequest;
using modelseal::test::Reply;

namespace {

CurlOptions quick() {
    CurlOptions options;
    options.user_agent = "modelseal-test";
    options.stall_timeout = std::chrono::seconds(1);
    options.connect_timeout = std::chrono::seconds(2);
    return options;
}

Variables variable(const std::string& name, const std::string& value) {
    return Variables(std::map<std::string, std::string, std::less<>>{{name, value}});
}

Request request_to(const LoopbackServer& server, std::string_view target) {
    return {.url = Url::parse("http://" + server.address() + std::string(target))};
}

ErrorKind kind_of_failure(const LoopbackServer& server, Request request) {
    request.url = Url::parse("http://" + server.address() + "/");
    CurlTransport transport(quick(), {});
    return error_of([&] { return transport.send(request); }).kind();
}

ErrorKind kind_of_failure(const std::string& raw, bool keep_open = false) {
    const LoopbackServer server([&](const ReceivedRequest&) { return Reply{raw, keep_open}; });
    return kind_of_failure(server, {.url = Url::parse("http://unset/")});
}

}  // namespace

TEST_SUITE("http/curl_transport") {
    TEST_CASE("returns status, headers and body") {
        const LoopbackServer server(
            [](const ReceivedRequest&) { return Reply::of(203, "hello", "X-Answer: yes\r\n"); });
        CurlTransport transport(quick(), {});
        const Response response = transport.send(request_to(server, "/a?b=c"));
        CHECK(response.status == 203);
        CHECK(response.body == "hello");
        CHECK(response.headers.get("x-answer") == "yes");
        CHECK(server.requests().at(0).target == "/a?b=c");
        CHECK(server.requests().at(0).header("user-agent") == "modelseal-test");
    }

    TEST_CASE("sends what each method should send") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(200, ""); });
        CurlTransport transport(quick(), {});
        Request request = request_to(server, "/");
        for (const auto& [method, name] : {std::pair{Method::get, "GET"},
                                           std::pair{Method::head, "HEAD"},
                                           std::pair{Method::post, "POST"},
                                           std::pair{Method::put, "PUT"},
                                           std::pair{Method::patch, "PATCH"},
                                           std::pair{Method::remove, "DELETE"}}) {
            request.method = method;
            CHECK(transport.send(request).status == 200);
            const ReceivedRequest received = server.requests().back();
            CHECK(received.method == name);
            CHECK(received.header("content-type").empty());
            CHECK(received.header("expect").empty());
            const bool has_body =
                method == Method::post || method == Method::put || method == Method::patch;
            CHECK(received.header("content-length") == (has_body ? "0" : ""));
        }
    }

    TEST_CASE("uploads content with its length") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(201, ""); });
        const std::string bytes(5'000'000, 'x');
        const modelseal::core::MemoryAccess content(modelseal::core::as_bytes(bytes));
        Request request = request_to(server, "/");
        request.method = Method::put;
        request.content = &content;
        CurlTransport transport(quick(), {});
        CHECK(transport.send(request).status == 201);
        CHECK(server.requests().at(0).body == bytes);
        CHECK(server.requests().at(0).header("transfer-encoding").empty());
    }

    TEST_CASE("streams content whose length is not announced, until it gives no more") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(202, ""); });
        const std::string bytes(300'000, 'x');
        const modelseal::core::MemoryAccess content(modelseal::core::as_bytes(bytes));
        Request request = request_to(server, "/");
        request.method = Method::patch;
        request.content = &content;
        request.streams = true;
        CurlTransport transport(quick(), {});
        CHECK(transport.send(request).status == 202);
        CHECK(server.requests().at(0).body == bytes);
        CHECK(server.requests().at(0).header("transfer-encoding") == "chunked");
        CHECK(server.requests().at(0).header("content-length").empty());
    }

    TEST_CASE("gives a 2xx body to the sink and keeps the body of a failure") {
        const LoopbackServer server([](const ReceivedRequest& received) {
            return received.target == "/good" ? Reply::of(200, "bytes") : Reply::of(500, "why");
        });
        CurlTransport transport(quick(), {});
        modelseal::core::StringSink sink(100);
        Request request = request_to(server, "/good");
        request.sink = &sink;
        CHECK(transport.send(request).body.empty());
        CHECK(sink.text() == "bytes");
        request.url = request_to(server, "/bad").url;
        CHECK(transport.send(request).body == "why");
        CHECK(sink.text() == "bytes");
    }

    TEST_CASE("asks accept before the first body byte reaches the sink") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(200, "bytes"); });
        modelseal::core::StringSink sink(100);
        Request request = {.url = Url::parse("http://unset/")};
        request.sink = &sink;
        request.accept = [](const Response&) {
            throw Error(ErrorKind::mismatch, "not this");
        };
        CHECK(kind_of_failure(server, request) == ErrorKind::mismatch);
        CHECK(sink.text().empty());
    }

    TEST_CASE("passes on what the sink throws") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(200, "bytes"); });
        modelseal::core::StringSink sink(3);
        Request request = {.url = Url::parse("http://unset/")};
        request.sink = &sink;
        CHECK(kind_of_failure(server, request) == ErrorKind::malformed);
    }

    TEST_CASE("refuses a body over its limit, stated or not") {
        for (const char* raw : {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                                "HTTP/1.1 200 OK\r\n\r\nmuch too long"}) {
            const LoopbackServer server([&](const ReceivedRequest&) { return Reply{raw}; });
            Request request = {.url = Url::parse("http://unset/")};
            request.body_limit = 5;
            CHECK(kind_of_failure(server, request) == ErrorKind::malformed);
        }
    }

    TEST_CASE("cuts the body of a failure") {
        const LoopbackServer server(
            [](const ReceivedRequest&) { return Reply::of(502, std::string(1'000'000, 'x')); });
        CurlTransport transport(quick(), {});
        CHECK(transport.send(request_to(server, "/")).body.size() ==
              modelseal::http::error_body_limit);
    }

    TEST_CASE("a server that breaks off, stalls or is not there is unavailable") {
        CHECK(kind_of_failure("") == ErrorKind::unavailable);
        CHECK(kind_of_failure("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort") ==
              ErrorKind::unavailable);
        CHECK(kind_of_failure("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", true) ==
              ErrorKind::unavailable);
        CHECK(kind_of_failure("", true) == ErrorKind::unavailable);
        CurlTransport transport(quick(), {});
        CHECK_THROWS_WITH_AS(
            static_cast<void>(transport.send({.url = Url::parse("http://127.0.0.1:1/")})),
            doctest::Contains("cannot connect"),
            Error);
    }

    TEST_CASE("refuses endless headers") {
        std::string raw = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 2000; ++i) {
            raw += "X-Padding: " + std::string(100, 'x') + "\r\n";
        }
        CHECK(kind_of_failure(raw + "\r\n") == ErrorKind::malformed);
    }

    TEST_CASE("does not follow a redirect") {
        const LoopbackServer server([](const ReceivedRequest&) {
            return Reply::of(307, "", "Location: http://127.0.0.1:1/\r\n");
        });
        CurlTransport transport(quick(), {});
        CHECK(transport.send(request_to(server, "/")).status == 307);
    }

    TEST_CASE("interim answers leave nothing behind") {
        const LoopbackServer server([](const ReceivedRequest&) {
            return Reply{
                "HTTP/1.1 103 Early Hints\r\nX-Interim: yes\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
        });
        CurlTransport transport(quick(), {});
        const Response response = transport.send(request_to(server, "/"));
        CHECK(response.status == 200);
        CHECK_FALSE(response.headers.get("X-Interim").has_value());
    }

    TEST_CASE("connects to no address that the request may not reach, whatever name it has") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(200, ""); });
        const std::string port = server.address().substr(server.address().find(':'));
        CurlTransport transport(quick(), {});
        for (const char* host :
             {"127.0.0.1", "localhost", "0x7f.1", "0.0.0.0", "[::ffff:7f00:1]"}) {
            Request request = {.url = Url::parse("http://" + std::string(host) + port)};
            request.reach = modelseal::http::Reach::no_loopback;
            const Error error = error_of([&] { return transport.send(request); });
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find("this machine") != std::string::npos);
        }
        CHECK(server.requests().empty());
        Request request = request_to(server, "/");
        request.reach = modelseal::http::Reach::no_metadata;
        CHECK(transport.send(request).status == 200);
    }

    TEST_CASE("says which address answered, and sends nothing over a kept connection elsewhere") {
        const LoopbackServer server([](const ReceivedRequest&) {
            return Reply{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                         .keep_open = true};
        });
        CurlTransport transport(quick(), {});
        Request request = request_to(server, "/");
        const Response response = transport.send(request);
        REQUIRE(response.address);
        CHECK(response.address->is_loopback());
        request.reach = modelseal::http::Reach::no_loopback;
        CHECK(error_of([&] { return transport.send(request); }).kind() == ErrorKind::denied);
        CHECK(server.requests().size() == 1);
    }

    TEST_CASE("keeps the connection of an answer that ends with the bytes that are enough") {
        const LoopbackServer server(
            [](const ReceivedRequest&) { return Reply::kept(206, "12345"); });
        CurlTransport transport(quick(), {});
        for (const std::uint64_t enough : {5U, 5U, 4U, 5U}) {
            modelseal::core::StringSink sink(100);
            Request request = request_to(server, "/");
            request.sink = &sink;
            request.enough = enough;
            CHECK(transport.send(request).ok());
            CHECK(sink.text() == std::string("12345").substr(0, enough));
        }
        const auto requests = server.requests();
        REQUIRE(requests.size() == 4);
        CHECK(requests[0].connection == requests[1].connection);
        CHECK(requests[1].connection == requests[2].connection);
        CHECK(requests[2].connection != requests[3].connection);
    }

    TEST_CASE("a body that goes on past its stated end is not read past what is enough") {
        std::string endless =
            "HTTP/1.1 206 OK\r\nContent-Length: 5\r\n"
            "Transfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 5; ++i) {
            endless += "5\r\n12345\r\n";
        }
        const LoopbackServer server(
            [&](const ReceivedRequest&) { return Reply{.raw = endless, .keep_open = true}; });
        CurlTransport transport(quick(), {});
        modelseal::core::StringSink sink(100);
        Request request = request_to(server, "/");
        request.sink = &sink;
        request.enough = 5;
        CHECK(transport.send(request).ok());
        CHECK(sink.text() == "12345");
    }

    TEST_CASE("a header line longer than any is refused at once") {
        const Error error = error_of([] {
            const LoopbackServer server([](const ReceivedRequest&) {
                return Reply{"HTTP/1.1 200 OK\r\nX-Long: " + std::string(8U << 20U, 'x')};
            });
            CurlTransport transport(quick(), {});
            return transport.send(request_to(server, "/"));
        });
        CHECK(error.kind() == ErrorKind::malformed);
        CHECK(error.reason() == modelseal::core::Reason::limit_exceeded);
    }

    TEST_CASE("never sends a loopback request to a proxy") {
        const LoopbackServer server([](const ReceivedRequest&) { return Reply::of(200, ""); });
        ::setenv("http_proxy", "http://127.0.0.1:1", 1);
        CurlTransport transport(quick(), variable("http_proxy", "http://127.0.0.1:1"));
        CHECK(transport.send(request_to(server, "/")).status == 200);
        ::unsetenv("http_proxy");
    }

    TEST_CASE("sends everything else through the proxy, and no address that it must not reach") {
        const LoopbackServer proxy(
            [](const ReceivedRequest&) { return Reply::of(200, "by the proxy"); });
        CurlTransport transport(quick(), variable("HTTP_PROXY", proxy.address()));
        Request request = {.url = Url::parse("http://registry.invalid/v2/")};
        request.reach = modelseal::http::Reach::no_loopback;
        CHECK(transport.send(request).body == "by the proxy");
        CHECK(proxy.requests().at(0).target == "http://registry.invalid/v2/");
        request.url = Url::parse("http://169.254.169.254/");
        CHECK(error_of([&] { return transport.send(request); }).kind() == ErrorKind::denied);
        CHECK(proxy.requests().size() == 1);
    }

    TEST_CASE("refuses a CA file without a certificate") {
        const auto path = std::filesystem::temp_directory_path() / "modelseal-not-a-ca.pem";
        std::ofstream(path) << "no certificate\n";
        CurlOptions options = quick();
        options.ca_files = {path};
        CHECK_THROWS_WITH_AS(
            CurlTransport(options, {}), doctest::Contains("holds no PEM certificate"), Error);
        std::filesystem::remove(path);
    }
}
