// Uploads to a registry that does what the specification allows and what it does not.
#include "common/registry/upload/blob_upload.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/http/curl_transport.hpp"
#include "common/http/retrying_transport.hpp"
#include "common/registry/client/client.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>

#include <doctest/doctest.h>

using namespace modelseal;
using core::ErrorKind;
using test::LoopbackServer;
using test::ReceivedRequest;
using test::Reply;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

/// A registry in memory for one upload at a time, with an answer of the test's own first.
class UploadServer {
  public:
    using Fault = std::function<std::optional<Reply>(const ReceivedRequest&)>;

    explicit UploadServer(Fault fault = [](const ReceivedRequest&) { return std::nullopt; })
        : fault_(std::move(fault)),
          server_([this](const ReceivedRequest& r) { return answer(r); }) {}

    [[nodiscard]] std::string address() const { return server_.address(); }

    /// "POST PATCH PUT": every request so far.
    [[nodiscard]] std::string methods() const {
        std::vector<std::string> methods;
        for (const ReceivedRequest& request : server_.requests()) {
            methods.push_back(request.method);
        }
        return core::join(methods, " ");
    }

    [[nodiscard]] std::vector<ReceivedRequest> requests() const { return server_.requests(); }

    [[nodiscard]] bool has(const std::string& bytes) const {
        const std::lock_guard lock(mutex_);
        return stored_ == bytes;
    }

    std::string post_headers{};        // more of them
    std::string location = "/upload";  // without the number of the state
    bool knows_status = true;

  private:
    Reply answer(const ReceivedRequest& request) {
        if (auto reply = fault_(request)) {
            return *reply;
        }
        const std::lock_guard lock(mutex_);
        const std::string state = core::concat("Location: ", location, states_ + 1, "\r\n");
        if (request.method == "HEAD") {
            return Reply::of(stored_.empty() ? 404 : 200, "");
        }
        if (request.method == "POST") {
            ++states_;
            received_.clear();
            return Reply::of(202, "", state_header() + post_headers);
        }
        if (!request.target.starts_with(core::concat(location, states_))) {
            return Reply::of(404, "");  // not the newest location
        }
        if (request.method == "PATCH" || request.method == "PUT") {
            received_ += request.body;
        }
        if (request.method == "PUT") {
            stored_ = received_;
            const auto digest = digest::sha256_of(core::as_bytes(received_)).to_string();
            const bool is_right = request.target.ends_with(http::percent_encode(digest));
            return Reply::of(is_right ? 201 : 400, "");
        }
        if (request.method == "GET" && !knows_status) {
            return Reply::of(405, "");
        }
        if (request.method == "DELETE") {
            return Reply::of(204, "");
        }
        ++states_;
        return Reply::of(
            request.method == "PATCH" ? 202 : 204,
            "",
            state_header() +
                core::concat("Range: 0-", received_.empty() ? 0 : received_.size() - 1, "\r\n"));
    }

    [[nodiscard]] std::string state_header() const {
        return core::concat("Location: ", location, states_, "\r\n");
    }

    mutable std::mutex mutex_;
    int states_ = 0;
    std::string received_;
    std::string stored_;
    Fault fault_;
    LoopbackServer server_;  // last: it uses the above
};

std::string some_bytes(std::uint64_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>((i * 2654435761U) >> 13U);
    }
    return bytes;
}

/// For servers that never go on: a loaded machine can take longer than this over many bytes.
http::CurlOptions impatient() {
    http::CurlOptions options;
    options.stall_timeout = std::chrono::seconds(1);
    options.answer_timeout = std::chrono::seconds(1);
    return options;
}

/// A client of a server of this test.
struct Connection {
    Connection(const UploadServer& server, http::CurlOptions curl)
        : endpoint({.registry = server.address(), .name = "team/model", .layout = {}}, true),
          client(
              std::make_unique<http::RetryingTransport>(
                  std::make_unique<http::CurlTransport>(std::move(curl), core::Variables()),
                  http::RetryOptions{.retries = 2},
                  http::RetrySeams{.clock = clock,
                                   .sleep = [](auto) {},
                                   .random =
                                       [] {
                                           return 0.5;
                                       }}),
              endpoint.base(),
              [] { return std::nullopt; },
              {},
              clock) {}

    core::SystemClock clock;
    registry::Endpoint endpoint;
    registry::Client client;
};

digest::Digest push(const UploadServer& server,
                    const core::RandomAccess& content,
                    registry::UploadOptions options,
                    http::CurlOptions curl = {}) {
    Connection connection(server, std::move(curl));
    options.first_pause = std::chrono::milliseconds(1);
    registry::BlobUpload upload(connection.client, connection.endpoint, std::move(options));
    return upload.push(content, std::nullopt, {});
}

digest::Digest push(const UploadServer& server,
                    const std::string& bytes,
                    registry::UploadOptions options = {.chunk_size = mib}) {
    return push(server, core::MemoryAccess(core::as_bytes(bytes)), std::move(options));
}

/// The fault of the first requests of a method, `count` of them.
UploadServer::Fault first(int count, std::string method, Reply reply) {
    auto left = std::make_shared<std::atomic<int>>(count);
    return [=](const ReceivedRequest& request) -> std::optional<Reply> {
        return request.method == method && (*left)-- > 0 ? std::optional(reply) : std::nullopt;
    };
}

}  // namespace

TEST_SUITE("registry/upload/blob_upload") {
    const std::string bytes = some_bytes(3 * mib + 5);
    const digest::Digest digest = digest::sha256_of(core::as_bytes(bytes));

    TEST_CASE("chunks state their range and go to the newest location") {
        UploadServer server;
        CHECK(push(server, bytes) == digest);
        CHECK(server.has(bytes));
        CHECK(server.methods() == "HEAD POST PATCH PATCH PATCH PATCH PUT");
        const auto requests = server.requests();
        CHECK(requests[2].header("content-range") == "0-1048575");
        CHECK(requests[2].header("content-length") == "1048576");
        CHECK(requests[5].header("content-range") == "3145728-3145732");
    }

    TEST_CASE("chunks are as large as the registry asks for") {
        UploadServer server;
        server.post_headers = "OCI-Chunk-Min-Length: 2097152\r\n";
        push(server, bytes);
        CHECK(server.methods() == "HEAD POST PATCH PATCH PUT");
    }

    TEST_CASE("content whose digest is not known is read once and named at the end") {
        UploadServer server;
        const std::string large = some_bytes(registry::BlobUpload::hashed_first_limit + 1);
        CHECK(push(server, large, {}) == digest::sha256_of(core::as_bytes(large)));
        CHECK(server.has(large));
        CHECK(server.methods() == "POST PATCH PUT");
        CHECK(server.requests()[1].header("content-range").empty());
        CHECK(server.requests()[1].header("transfer-encoding") == "chunked");
    }

    TEST_CASE("Distribution is sent chunks without a length") {
        UploadServer server;
        server.location = "/upload?_state=";
        push(server, bytes);
        CHECK(server.has(bytes));
        CHECK(server.requests()[2].header("content-range").empty());
        CHECK(server.methods() == "HEAD POST PATCH PATCH PATCH PATCH PUT");
    }

    TEST_CASE("after 413 smaller chunks are tried") {
        UploadServer server([](const ReceivedRequest& request) -> std::optional<Reply> {
            const bool is_large = request.body.size() > 2 * mib;
            return is_large ? std::optional(Reply::of(413, "")) : std::nullopt;
        });
        push(server, bytes, {});
        CHECK(server.has(bytes));
        CHECK(server.methods() == "HEAD POST PUT DELETE POST PATCH PATCH PATCH PATCH PUT");
    }

    TEST_CASE("413 to everything names the blob's size and what to do") {
        UploadServer server([](const ReceivedRequest& request) -> std::optional<Reply> {
            return request.body.empty() ? std::nullopt : std::optional(Reply::of(413, ""));
        });
        const core::Error error = test::error_of([&] { return push(server, bytes, {}); });
        CHECK(error.reason() == core::Reason::limit_exceeded);
        CHECK(error.message().find("3145733 bytes") != std::string::npos);
        CHECK(error.message().find("client_max_body_size") != std::string::npos);
        CHECK(server.requests().back().method == "DELETE");
    }

    TEST_CASE("where chunks do not work the blob goes whole") {
        for (const int status : {416, 201}) {
            UploadServer server(first(1, "PATCH", Reply::of(status, "")));
            push(server, bytes);
            CHECK(server.has(bytes));
            CHECK(server.methods() == "HEAD POST PATCH DELETE POST PUT");
        }
        UploadServer wrong_range(
            first(1, "PATCH", Reply::of(202, "", "Location: /upload1\r\nRange: 0-99\r\n")));
        push(wrong_range, bytes);
        CHECK(wrong_range.has(bytes));
    }

    TEST_CASE("a broken connection and an overloaded registry cost the rest of a chunk") {
        for (const Reply& reply : {Reply{""}, Reply::of(503, ""), Reply::of(500, "")}) {
            UploadServer server(first(1, "PATCH", reply));
            push(server, bytes);
            CHECK(server.has(bytes));
            CHECK(server.methods() == "HEAD POST PATCH GET PATCH PATCH PATCH PATCH PUT");
        }
    }

    TEST_CASE("an upload that the registry lost begins anew") {
        UploadServer server(first(1, "PATCH", Reply::of(404, "")));
        push(server, bytes);
        CHECK(server.has(bytes));
        UploadServer without_status(first(1, "PATCH", Reply{""}));
        without_status.knows_status = false;
        push(without_status, bytes);
        CHECK(without_status.has(bytes));
    }

    TEST_CASE("a lost answer to the last request is no failure") {
        std::atomic<bool> is_lost = false;
        UploadServer server([&](const ReceivedRequest& request) -> std::optional<Reply> {
            if (request.method == "HEAD") {
                return Reply::of(is_lost ? 200 : 404, "");
            }
            if (request.method == "PUT") {
                is_lost = true;
                return Reply{""};
            }
            return request.method == "GET" ? std::optional(Reply::of(404, "")) : std::nullopt;
        });
        CHECK(push(server, bytes) == digest);
        CHECK(server.methods() == "HEAD POST PATCH PATCH PATCH PATCH PUT GET HEAD");
    }

    TEST_CASE("failures without progress end the push, and the upload is cancelled") {
        UploadServer server(first(1000, "PATCH", Reply::of(503, "")));
        CHECK(test::error_of([&] { return push(server, bytes); }).kind() == ErrorKind::unavailable);
        CHECK(server.requests().back().method == "DELETE");
    }

    TEST_CASE(
        "an overloaded registry is left alone for as long as it asks, and each time it is said") {
        std::vector<core::Retry> notices;
        registry::UploadOptions options{.chunk_size = mib};
        options.retry.notice = [&](const core::Retry& notice) {
            notices.push_back(notice);
        };
        for (const auto* method : {"PATCH", "PUT"}) {
            UploadServer server(first(2, method, Reply::of(429, "", "Retry-After: 0\r\n")));
            push(server, bytes, options);
            CHECK(server.has(bytes));
        }
        REQUIRE(notices.size() == 4);
        CHECK(notices[1].wait == std::chrono::milliseconds(0));
        CHECK(notices[1].retry == 2);
        CHECK(notices[1].reason.find("429") != std::string::npos);
    }

    TEST_CASE("a registry that asks for too long a wait, or once too often, ends the push") {
        registry::UploadOptions options{.chunk_size = mib};
        options.retry.wait_limit = std::chrono::seconds(99);
        UploadServer busy(first(1, "PATCH", Reply::of(429, "", "Retry-After: 100\r\n")));
        CHECK(test::error_of([&] { return push(busy, bytes, options); }).kind() ==
              ErrorKind::unavailable);
        options.retry.retries = 0;
        UploadServer broken(first(1, "PATCH", Reply::of(503, "")));
        CHECK(test::error_of([&] { return push(broken, bytes, options); }).kind() ==
              ErrorKind::unavailable);
        CHECK(broken.methods() == "HEAD POST PATCH DELETE");
    }

    TEST_CASE("whatever request of an upload fails, it is sent as often as retries allow") {
        registry::UploadOptions options{.chunk_size = mib};
        options.retry.retries = 4;
        const auto fails = [&](std::string_view method, const UploadServer::Fault& fault) {
            UploadServer server(fault);
            CHECK(test::error_of([&] { return push(server, bytes, options); }).kind() ==
                  ErrorKind::unavailable);
            const auto requests = server.requests();
            return std::count_if(
                requests.begin(), requests.end(), [&](const ReceivedRequest& request) {
                    return request.method == method;
                });
        };
        CHECK(fails("PATCH", first(1000, "PATCH", Reply::of(503, ""))) == 5);
        CHECK(fails("PUT", first(1000, "PUT", Reply::of(503, ""))) == 5);
        // Where the upload stands is asked after the first failure, and that fails as well.
        const auto away = first(1000, "GET", Reply::of(503, ""));
        const auto broken = first(1000, "PATCH", Reply::of(503, ""));
        CHECK(fails("GET", [&](const ReceivedRequest& request) {
                  return request.method == "GET" ? away(request) : broken(request);
              }) == 4);
        // The upload is lost, and no other one can be begun.
        const auto lost = first(1000, "PATCH", Reply::of(404, ""));
        CHECK(fails("POST",
                    [&, posts = std::make_shared<std::atomic<int>>(0)](
                        const ReceivedRequest& request) -> std::optional<Reply> {
                        if (request.method == "GET") {
                            return Reply::of(404, "");
                        }
                        return request.method == "POST" && (*posts)++ > 0
                                   ? std::optional(Reply::of(503, ""))
                                   : lost(request);
                    }) == 5);
    }

    TEST_CASE("a registry that begins no other upload is left alone for as long as it asks") {
        registry::UploadOptions options{.chunk_size = mib};
        options.retry.wait_limit = std::chrono::seconds(99);
        const auto lost = first(1000, "PATCH", Reply::of(404, ""));
        UploadServer server([&, posts = std::make_shared<std::atomic<int>>(0)](
                                const ReceivedRequest& request) -> std::optional<Reply> {
            return request.method == "POST" && (*posts)++ > 0
                       ? std::optional(Reply::of(429, "", "Retry-After: 100\r\n"))
                       : lost(request);
        });
        CHECK(test::error_of([&] { return push(server, bytes, options); }).kind() ==
              ErrorKind::unavailable);
        CHECK(server.methods() == "HEAD POST PATCH DELETE POST DELETE");
    }

    TEST_CASE("a chunk that is confirmed starts the count of failures anew") {
        auto requests = std::make_shared<std::atomic<int>>(0);
        UploadServer server([=](const ReceivedRequest& request) -> std::optional<Reply> {
            const bool fails = request.method == "PATCH" && (*requests)++ % 3 != 2;
            return fails ? std::optional(Reply::of(503, "")) : std::nullopt;
        });
        push(server, bytes);
        CHECK(server.has(bytes));
    }

    TEST_CASE("an upload that another process began is continued") {
        const test::TemporaryFolder folder;
        folder.write("model", bytes);
        const auto content = core::File::open(folder / "model");
        const registry::UploadOptions options{.chunk_size = mib, .journal = folder / "journal"};
        std::atomic<bool> is_down = false;
        UploadServer server([&](const ReceivedRequest& request) -> std::optional<Reply> {
            const bool is_third = request.header("content-range").starts_with("2097152-");
            return is_down && is_third ? std::optional(Reply::of(503, "")) : std::nullopt;
        });
        is_down = true;
        CHECK(test::error_of([&] { return push(server, content, options); }).kind() ==
              ErrorKind::unavailable);
        CHECK(server.requests().back().method != "DELETE");
        is_down = false;
        const std::size_t before = server.requests().size();
        CHECK(push(server, content, options) == digest);
        CHECK(server.has(bytes));
        CHECK(server.requests().size() - before == 5);  // HEAD GET PATCH PATCH PUT
    }

    TEST_CASE("a server that takes no more of a chunk is not waited for") {
        UploadServer server(first(1, "PATCH", Reply{"", true}));
        push(server, core::MemoryAccess(core::as_bytes(bytes)), {.chunk_size = mib}, impatient());
        CHECK(server.has(bytes));
        CHECK(server.methods().starts_with("HEAD POST PATCH GET PATCH"));
    }

    TEST_CASE("what a registry says of ranges") {
        using registry::confirmed_bytes;
        CHECK(confirmed_bytes("0-1023") == 1024);
        CHECK(confirmed_bytes("bytes=0-1023") == 1024);
        CHECK(confirmed_bytes("0-0") == 0);
        for (const char* const text :
             {"", "-", "0-", "5-4", "0-x", "0-18446744073709551615", "0-18446744073709551616"}) {
            CHECK_FALSE(confirmed_bytes(text));
        }
    }
}
