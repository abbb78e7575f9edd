#include "common/services/signing_config.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/services/public_good_config.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using core::ErrorKind;
using services::LogVersion;
using services::SigningConfig;
using services::SigningServices;
using test::error_of;

namespace {

core::Timestamp at(std::string_view time) {
    return core::Timestamp::parse(time);
}

const core::Timestamp now = at("2026-11-26T00:00:00Z");

std::string golden(std::string_view name) {
    return test::read_data(core::concat("keyless/", name));
}

std::string log_at(std::string_view url,
                   int version,
                   std::string_view start,
                   std::string_view end,
                   std::string_view operated_by) {
    return core::concat(R"({"url":"https://)",
                        url,
                        R"(","majorApiVersion":)",
                        version,
                        R"(,"validFor":{"start":")",
                        start,
                        end.empty() ? "" : R"(","end":")",
                        end,
                        R"("},"operator":")",
                        operated_by,
                        R"("})");
}

/// A config of logs only.
SigningConfig with_logs(const std::vector<std::string>& logs, std::string_view choice) {
    return SigningConfig::parse(core::concat(
        R"({"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogUrls":[)",
        core::join(logs, ","),
        R"(],"rekorTlogConfig":)",
        choice,
        R"(,"tsaConfig":{}})"));
}

std::vector<std::string> hosts(const SigningServices& services) {
    std::vector<std::string> names;
    for (const auto& log : services.logs) {
        names.push_back(log.url.host());
    }
    return names;
}

constexpr std::string_view any = R"({"selector":"ANY"})";
constexpr std::string_view all = R"({"selector":"ALL"})";
constexpr std::string_view long_ago = "2020-01-01T00:00:00Z";

}  // namespace

TEST_SUITE("services/signing_config") {
    TEST_CASE("reads what cosign writes, and chooses from it") {
        const auto v2 = SigningConfig::parse(golden("signing_config.json")).select(now);
        REQUIRE(v2.certificate_authority.has_value());
        CHECK(v2.certificate_authority->url.to_string() == "http://127.0.0.1:8801/");
        REQUIRE(v2.logs.size() == 1);
        CHECK(v2.logs.front().version == LogVersion::rekor_v2);
        CHECK(v2.logs.front().url.to_string() == "http://127.0.0.1:8802/");
        REQUIRE(v2.timestamp_authorities.size() == 1);
        CHECK(v2.timestamp_authorities.front().to_string() ==
              "http://127.0.0.1:8803/api/v1/timestamp");
        const auto v1 = SigningConfig::parse(golden("signing_config.rekor-v1.json")).select(now);
        CHECK(v1.logs.front().version == LogVersion::rekor_v1);
        CHECK(v1.timestamp_authorities.empty());
    }

    TEST_CASE("the public config is that of the public instance, and names Rekor v1 today") {
        CHECK(services::public_good_config == golden("signing_config.v0.2.json"));
        const auto& config = SigningConfig::public_good();
        const auto chosen = config.select(now);
        CHECK(chosen.certificate_authority->url.to_string() == "https://fulcio.sigstore.dev/");
        CHECK(hosts(chosen) == std::vector<std::string>{"rekor.sigstore.dev"});
        CHECK(chosen.logs.front().version == LogVersion::rekor_v1);
        CHECK(chosen.timestamp_authorities.front().to_string() ==
              "https://timestamp.sigstore.dev/api/v1/timestamp");
    }

    TEST_CASE("takes the highest version that is valid now") {
        const auto config = SigningConfig::parse(golden("signing_config_rekor_v2.v0.2.json"));
        CHECK(hosts(config.select(now)) ==
              std::vector<std::string>{"log2025-1.rekor.sigstore.dev"});
        CHECK(hosts(config.select(at("2025-12-31T23:59:59Z"))) ==
              std::vector<std::string>{"rekor.sigstore.dev"});
        const auto newer = with_logs(
            {log_at("v3", 3, long_ago, "", "a"), log_at("v1", 1, long_ago, "", "a")}, any);
        CHECK(hosts(newer.select(now)) == std::vector<std::string>{"v1"});
    }

    TEST_CASE("both ends of a validity belong to it") {
        const auto config =
            with_logs({log_at("a", 1, "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "a")}, any);
        CHECK(hosts(config.select(at("2026-01-01T00:00:00Z"))).size() == 1);
        CHECK(hosts(config.select(at("2026-06-01T00:00:00Z"))).size() == 1);
        for (const auto* time : {"2025-12-31T23:59:59Z", "2026-06-01T00:00:01Z"}) {
            const auto error = error_of([&] { return config.select(at(time)); });
            CHECK(error.kind() == ErrorKind::usage);
            CHECK(error.message().find("has 0 logs that this version can use now") !=
                  std::string::npos);
        }
    }

    TEST_CASE("takes the newest of each operator, and as many as the config says") {
        const std::vector<std::string> logs = {log_at("old", 2, long_ago, "", "a"),
                                               log_at("new", 2, "2026-01-01T00:00:00Z", "", "a"),
                                               log_at("other", 2, "2021-01-01T00:00:00Z", "", "b"),
                                               log_at("third", 2, "2022-01-01T00:00:00Z", "", "c")};
        CHECK(hosts(with_logs(logs, any).select(now)) == std::vector<std::string>{"new"});
        CHECK(hosts(with_logs(logs, all).select(now)) ==
              std::vector<std::string>{"new", "third", "other"});
        CHECK(hosts(with_logs(logs, R"({"selector":"EXACT","count":2})").select(now)) ==
              std::vector<std::string>{"new", "third"});
        const auto four = with_logs(logs, R"({"selector":"EXACT","count":4})");
        CHECK(error_of([&] { return four.select(now); }).kind() == ErrorKind::usage);
    }

    TEST_CASE("an empty list is a service that is not used") {
        const auto config = SigningConfig::parse(
            R"({"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}})");
        const auto chosen = config.select(now);
        CHECK_FALSE(chosen.certificate_authority.has_value());
        CHECK(chosen.logs.empty());
        CHECK(chosen.timestamp_authorities.empty());
        CHECK(with_logs({}, any).select(now).logs.empty());
    }

    TEST_CASE("URLs on the command line are an alternative") {
        const auto chosen = SigningServices::from_urls(
            "https://fulcio.example", "https://rekor.example", {"https://tsa.example/ts"});
        CHECK(chosen.certificate_authority->url.host() == "fulcio.example");
        CHECK(chosen.logs.front().version == LogVersion::rekor_v1);
        CHECK(chosen.timestamp_authorities.front().to_string() == "https://tsa.example/ts");
        CHECK(SigningServices::from_urls({}, {}, {}).logs.empty());
        CHECK(error_of([] { return SigningServices::from_urls("fulcio", {}, {}); }).kind() ==
              ErrorKind::malformed);
    }

    TEST_CASE("refuses each rule that is broken") {
        const std::string good = golden("signing_config.json");
        for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
                 {"signingconfig.v0.2", "signingconfig.v0.1"},
                 {"{\"mediaType\"", "{\"x\":1,\"mediaType\""},
                 {"{\"mediaType\"", "{\"mediaType\":\"x\",\"mediaType\""},
                 {"\"mediaType\":", "\"x\":"},
                 {"\"caUrls\":[", "\"caUrls\":{},\"x\":["},
                 {"\"url\":\"http://127.0.0.1:8801\",", ""},
                 {"\"url\":\"http://127.0.0.1:8801\"", "\"url\":\"127.0.0.1\""},
                 {"\"url\":\"http://127.0.0.1:8800\"", "\"url\":7"},
                 {"\"majorApiVersion\":1,", ""},
                 {"\"majorApiVersion\":1", "\"majorApiVersion\":\"1\""},
                 {"\"majorApiVersion\":1", "\"majorApiVersion\":-1"},
                 {"\"validFor\":{\"start\":\"2020-01-01T00:00:00Z\"},", ""},
                 {"\"start\":\"2020-01-01T00:00:00Z\"", ""},
                 {"\"start\":\"2020-01-01T00:00:00Z\"", "\"start\":\"2020-01-01\""},
                 {"\"start\":\"2020", "\"end\":7,\"start\":\"2020"},
                 {"\"start\":\"2020", "\"x\":7,\"start\":\"2020"},
                 {"\"operator\":\"local\"", "\"operator\":7"},
                 {"\"operator\":\"local\"", "\"operator\":\"local\",\"x\":1"},
                 {"\"selector\":\"ANY\"", "\"selector\":\"SOME\""},
                 {"\"selector\":\"ANY\"", "\"selector\":2"},
                 {"\"selector\":\"ANY\"", ""},
                 {"\"selector\":\"ANY\"", "\"selector\":\"EXACT\""},
                 {"\"selector\":\"ANY\"", "\"selector\":\"ANY\",\"count\":1"},
                 {"\"selector\":\"ANY\"", "\"selector\":\"EXACT\",\"count\":-1"},
                 {"\"selector\":\"ANY\"", "\"selector\":\"ANY\",\"x\":1"}}) {
            CAPTURE(from);
            CAPTURE(to);
            CHECK(error_of([&] {
                      return SigningConfig::parse(test::replaced(good, from, to));
                  }).kind() == ErrorKind::malformed);
        }
        const std::vector<std::string> many(65, log_at("a", 1, long_ago, "", "a"));
        CHECK(error_of([&] { return with_logs(many, any); }).reason() ==
              core::Reason::limit_exceeded);
    }

    TEST_CASE("refuses a file that is cut at any byte") {
        const std::string good(core::trim(golden("signing_config.v0.2.json")));
        for (std::size_t size = 0; size < good.size(); ++size) {
            CHECK_THROWS_AS(static_cast<void>(SigningConfig::parse(good.substr(0, size))),
                            core::Error);
        }
    }
}
