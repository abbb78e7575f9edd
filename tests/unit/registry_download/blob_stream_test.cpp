// A registry whose connections break: what is asked for next, and when it is given up.
#include "common/registry/download/blob_stream.hpp"

#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/http/curl_transport.hpp"
#include "common/registry/download/blob_download.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using core::Error;
using core::ErrorKind;
using core::Reason;
using registry::Allowance;
using test::error_of;
using test::LoopbackServer;
using test::ReceivedRequest;
using test::Reply;

namespace {

const std::string content = "0123456789abcdefghijklmnopqrstuvwxyz";

/// Announces everything from `first` on and closes the connection after `sent` bytes of it.
Reply broken_off(std::size_t first, std::size_t sent) {
    const std::string status = first == 0 ? "200 OK\r\n"
                                          : core::concat(
                                                "206 Partial Content\r\nContent-Range: "
                                                "bytes ",
                                                first,
                                                '-',
                                                content.size() - 1,
                                                '/',
                                                content.size(),
                                                "\r\n");
    return {core::concat("HTTP/1.1 ",
                         status,
                         "Content-Length: ",
                         content.size() - first,
                         "\r\n\r\n",
                         content.substr(first, sent))};
}

std::size_t first_asked_for(const ReceivedRequest& request) {
    const std::string range = request.header("range");
    return range.empty() ? 0 : std::stoul(range.substr(std::string("bytes=").size()));
}

/// Fetches `content` from a server whose answers the test writes.
struct Fetch {
    explicit Fetch(LoopbackServer::Handler handler)
        : server(std::move(handler)),
          endpoint({.registry = server.address(), .name = "team/model", .layout = {}}, true),
          client(
              std::make_unique<http::CurlTransport>(
                  http::CurlOptions{.stall_timeout = std::chrono::seconds(1)}, core::Variables()),
              endpoint.base(),
              [] { return std::nullopt; },
              registry::Scopes{"repository:team/model:pull"},
              clock) {}

    std::string run() {
        core::StringSink sink(content.size());
        registry::download_blob(client,
                                endpoint,
                                {.media_type = oci::MediaType::parse("application/octet-stream"),
                                 .digest = digest::sha256_of(core::as_bytes(content)),
                                 .size = content.size()},
                                sink);
        return sink.take();
    }

    /// The Range headers so far, joined.
    [[nodiscard]] std::string ranges() const {
        std::vector<std::string> all;
        for (const ReceivedRequest& request : server.requests()) {
            all.push_back(request.header("range"));
        }
        return core::join(all, " ");
    }

    core::SystemClock clock;
    LoopbackServer server;
    registry::Endpoint endpoint;
    registry::Client client;
};

}  // namespace

TEST_SUITE("registry/download/blob_stream") {
    TEST_CASE("a blob that breaks off goes on at the byte where it broke") {
        for (std::size_t cut = 1; cut < content.size(); cut += 7) {
            Fetch fetch([&](const ReceivedRequest& request) {
                const std::size_t first = first_asked_for(request);
                return broken_off(first, first == 0 ? cut : content.size());
            });
            CHECK(fetch.run() == content);
            CHECK(fetch.ranges() == core::concat(" bytes=", cut, "-35"));
        }
    }

    TEST_CASE("a blob that stalls, or ends without a stated length, goes on as well") {
        Fetch stalled([&](const ReceivedRequest& request) {
            Reply reply = broken_off(first_asked_for(request), 30);
            reply.keep_open = true;
            return reply;
        });
        CHECK(stalled.run() == content);
        CHECK(stalled.ranges() == " bytes=30-35");
        Fetch unstated([&](const ReceivedRequest& request) {
            return first_asked_for(request) == 0
                       ? Reply{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789"}
                       : broken_off(10, 26);
        });
        CHECK(unstated.run() == content);
        CHECK(unstated.ranges() == " bytes=10-35");
    }

    TEST_CASE("the whole blob as a part of itself is taken, another part is not") {
        Fetch whole([](const ReceivedRequest&) {
            return Reply::of(206, content, "Content-Range: bytes 0-35/36\r\n");
        });
        CHECK(whole.run() == content);
        CHECK(whole.ranges().empty());
        for (const std::string range : {"bytes 0-34/36", "bytes 1-35/36", "bytes 0-35/37", ""}) {
            Fetch part([&](const ReceivedRequest&) {
                return Reply::of(206, content, "Content-Range: " + range + "\r\n");
            });
            CHECK(error_of([&] { part.run(); }).kind() == core::ErrorKind::io);
        }
    }

    TEST_CASE("a registry that serves no parts is read again from the start") {
        int requests = 0;
        Fetch whole([&](const ReceivedRequest&) {
            ++requests;
            return broken_off(0, requests == 1 ? 20 : content.size());
        });
        CHECK(whole.run() == content);
        CHECK(whole.ranges() == " bytes=20-35");
    }

    TEST_CASE("a registry that answers with another range is asked for the whole blob") {
        for (const std::string_view wrong :
             {"bytes 19-35/36", "bytes 20-34/36", "bytes 20-35/37", ""}) {
            Fetch fetch([&](const ReceivedRequest& request) {
                if (!request.header("range").empty()) {
                    return Reply::of(
                        206, content.substr(20), core::concat("Content-Range: ", wrong, "\r\n"));
                }
                static int whole = 0;
                return broken_off(0, ++whole % 2 == 1 ? 20 : content.size());
            });
            CHECK(fetch.run() == content);
            CHECK(fetch.ranges() == " bytes=20-35 ");
        }
        Fetch unsatisfied([&](const ReceivedRequest& request) {
            static int whole = 0;
            return request.header("range").empty()
                       ? broken_off(0, ++whole == 1 ? 20 : content.size())
                       : Reply::of(416, "");
        });
        CHECK(unsatisfied.run() == content);
    }

    TEST_CASE("what gets nowhere is given up after a few tries") {
        Fetch fetch([&](const ReceivedRequest& request) {
            return broken_off(first_asked_for(request), 1);
        });
        CHECK(error_of([&] { fetch.run(); }).kind() == ErrorKind::unavailable);
        CHECK(fetch.server.requests().size() == 1 + Allowance::tries);
    }

    TEST_CASE("wrong bytes are a mismatch, however often the connection broke") {
        Fetch fetch([&](const ReceivedRequest& request) {
            const std::size_t first = first_asked_for(request);
            Reply reply = broken_off(first, first == 0 ? 20 : 16);
            reply.raw.back() ^= 1;
            return reply;
        });
        CHECK(error_of([&] { fetch.run(); }).reason() == Reason::digest_mismatch);
    }

    TEST_CASE("a definite answer is an error at once") {
        for (const auto& [status, kind] :
             {std::pair(404, ErrorKind::not_found), std::pair(403, ErrorKind::denied)}) {
            Fetch fetch([status = status](const ReceivedRequest& request) {
                return first_asked_for(request) == 0 ? broken_off(0, 20) : Reply::of(status, "");
            });
            CHECK(error_of([&] { fetch.run(); }).kind() == kind);
            CHECK(fetch.server.requests().size() == 2);
        }
    }

    TEST_CASE("every MiB that moved renews the allowance") {
        Allowance allowance;
        for (unsigned i = 0; i < Allowance::tries; ++i) {
            CHECK(allowance.permits(Allowance::renewed_by - 1));
        }
        CHECK_FALSE(allowance.permits(0));
        CHECK(allowance.permits(Allowance::renewed_by));
        CHECK(allowance.permits(0));
    }
}
