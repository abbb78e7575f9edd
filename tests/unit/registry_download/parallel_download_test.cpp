// A registry that takes its time: how many connections a blob is fetched over.
#include "common/registry/download/parallel_download.hpp"

#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/http/curl_transport.hpp"
#include "tests/support/loopback_server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace modelseal;
using namespace std::chrono_literals;
using test::LoopbackServer;
using test::ReceivedRequest;
using test::Reply;

namespace {

constexpr std::size_t blob_size = std::size_t{32} << 20U;

/// Longer than what the download looks at to decide about a second connection.
constexpr auto slow_answer = 500ms;

std::string make_content() {
    std::string bytes(blob_size, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>((i * 31 + i / 4096) & 0xff);
    }
    return bytes;
}

constexpr std::size_t connections = 16;

/// Whether all connections can be had by other blobs, before long.
bool is_whole(registry::ConnectionBudget& budget) {
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < give_up) {
        const std::size_t taken = budget.take(connections);
        budget.give_back(taken);
        if (taken == connections) {
            return true;
        }
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

/// Takes so long for every write that one connection is slow and several are faster.
class SlowTarget final : public oci::BlobTarget {
  public:
    explicit SlowTarget(registry::ConnectionBudget& budget) : budget_(budget) {}

    [[nodiscard]] std::vector<core::ByteRange> missing() const override { return {{0, blob_size}}; }

    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        std::this_thread::sleep_for(20ms);
        const auto all = std::as_writable_bytes(std::span(content));
        std::copy(bytes.begin(), bytes.end(), all.subspan(offset, bytes.size()).begin());
        if ((written_ += bytes.size()) == blob_size) {
            gave_back = is_whole(budget_);
        }
    }

    /// While the last connection was still at work.
    bool gave_back = false;
    std::string content = std::string(blob_size, '\0');

  private:
    registry::ConnectionBudget& budget_;
    std::atomic<std::size_t> written_ = 0;
};

/// Fetches the blob; returns how many requests it took.
std::size_t requests_for(const std::string& content, const LoopbackServer::Handler& handler) {
    const LoopbackServer server(handler);
    const registry::Endpoint endpoint(
        {.registry = server.address(), .name = "team/model", .layout = {}}, true);
    core::SystemClock clock;
    registry::Client client(
        std::make_unique<http::CurlTransport>(http::CurlOptions{}, core::Variables()),
        endpoint.base(),
        [] { return std::nullopt; },
        registry::Scopes{"repository:team/model:pull"},
        clock);
    const oci::Descriptor blob{.media_type = oci::MediaType::parse("application/octet-stream"),
                               .digest = digest::sha256_of(core::as_bytes(content)),
                               .size = content.size()};
    registry::ConnectionBudget budget(connections);
    SlowTarget target(budget);
    registry::ParallelDownload(client, endpoint, blob, target, budget).run();
    CHECK((target.content == content));
    CHECK(target.gave_back);
    return server.requests().size();
}

/// The range that was asked for; the first request asks for none.
Reply part_of(const std::string& content, const ReceivedRequest& request) {
    const std::string range = request.header("range");
    if (range.empty()) {
        return Reply::of(200, content, "Accept-Ranges: bytes\r\n");
    }
    const std::size_t equals = range.find('=');
    const std::size_t first = std::stoul(range.substr(equals + 1));
    const std::size_t last = std::stoul(range.substr(range.find('-') + 1));
    return Reply::of(
        206,
        std::string_view(content).substr(first, last + 1 - first),
        core::concat("Content-Range: bytes ", first, '-', last, '/', content.size(), "\r\n"));
}

}  // namespace

TEST_SUITE("registry/download/parallel_download") {
    TEST_CASE("others join in when the first answer was slow, too") {
        const std::string content = make_content();
        CHECK(requests_for(content, [&](const ReceivedRequest& request) {
                  if (request.header("range").empty()) {
                      std::this_thread::sleep_for(slow_answer);
                  }
                  return part_of(content, request);
              }) > 1);
    }

    TEST_CASE("a registry that offers no parts is not asked for any") {
        const std::string content = make_content();
        CHECK(requests_for(content,
                           [&](const ReceivedRequest&) { return Reply::of(200, content); }) == 1);
    }
}
