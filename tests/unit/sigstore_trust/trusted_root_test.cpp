#include "common/sigstore/trust/trusted_root.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/trust/public_good.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const std::string golden_name = "rekor/v2.trusted_root.json";

/// The golden root with one part replaced.
std::string changed(std::string_view from, std::string_view to) {
    return test::replaced(test::read_data(golden_name), from, to);
}

void check_refused(const std::string& text) {
    CAPTURE(text);
    CHECK(test::error_of([&] { return TrustedRoot::parse(text); }).kind() ==
          core::ErrorKind::malformed);
}

core::Timestamp time(std::string_view text) {
    return core::Timestamp::parse(text);
}

/// `text` as many times as said, with commas.
std::string list_of(std::string_view text, std::size_t count) {
    return core::join(std::vector<std::string>(count, std::string(text)), ",");
}

}  // namespace

TEST_SUITE("sigstore/trust/trusted_root") {
    TEST_CASE("reads what cosign wrote") {
        const TrustedRoot root = TrustedRoot::parse(test::read_data(golden_name));
        REQUIRE(root.logs().size() == 1);
        CHECK(root.logs().front().base_url == "http://127.0.0.1:8802");
        CHECK(root.logs().front().host() == "127.0.0.1");
        CHECK(root.logs().front().key.algorithm() == crypto::KeyAlgorithm::ed25519);
        CHECK(root.logs().front().id.size() == 32);
        CHECK(root.logs().front().validity == Validity{.start = time("2020-01-01T00:00:00Z")});
        REQUIRE(root.ct_logs().size() == 1);
        CHECK(root.ct_logs().front().key.algorithm() == crypto::KeyAlgorithm::ecdsa_p256);
        REQUIRE(root.certificate_authorities().size() == 1);
        CHECK(root.certificate_authorities().front().uri == "http://127.0.0.1:8801");
        CHECK(root.certificate_authorities().front().chain.size() == 2);
        CHECK(root.certificate_authorities().front().chain.back().subject() ==
              "CN=local fulcio root,O=sigstore.local");
        REQUIRE(root.timestamp_authorities().size() == 1);
        CHECK(root.timestamp_authorities().front().validity.start > time("2026-01-01T00:00:00Z"));
        CHECK(root.unusable().empty());
    }

    TEST_CASE("the public instance's root is compiled in, byte for byte") {
        CHECK(digest::sha256_of(core::as_bytes(public_good_json())).hex() ==
              "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66");
        const TrustedRoot& root = TrustedRoot::public_good();
        REQUIRE(root.logs().size() == 2);
        CHECK(root.logs().at(0).host() == "rekor.sigstore.dev");
        CHECK(root.logs().at(1).host() == "log2025-1.rekor.sigstore.dev");
        CHECK(root.ct_logs().size() == 2);
        CHECK(root.ct_logs().front().validity.end == time("2022-10-31T23:59:59Z"));
        CHECK(root.certificate_authorities().size() == 2);
        CHECK(root.certificate_authorities().front().validity.end == time("2022-12-31T23:59:59Z"));
        CHECK(root.timestamp_authorities().size() == 1);
        CHECK(root.unusable().empty());
        CHECK(TrustedRoot::public_good_date() == time("2026-10-20T15:12:48Z"));
    }

    TEST_CASE("reads the staging instance's root, which has an RSA key in PKCS#1 form") {
        const TrustedRoot root = TrustedRoot::parse(test::read_data("trusted_root/staging.json"));
        CHECK(root.logs().size() == 4);
        REQUIRE(root.ct_logs().size() == 4);
        const TransparencyLog& log = root.ct_logs().front();
        CHECK(log.key.algorithm() == crypto::KeyAlgorithm::rsa_4096);
        const auto id = log.key.fingerprint().bytes();
        CHECK(log.id == core::Bytes(id.begin(), id.end()));
    }

    TEST_CASE("keeps a log whose kind of key is not supported apart, and says why") {
        const TrustedRoot root = TrustedRoot::parse(changed("PKIX_ED25519", "PKIX_ML_DSA_65"));
        CHECK(root.logs().empty());
        CHECK(root.ct_logs().size() == 1);
        REQUIRE(root.unusable().size() == 1);
        CHECK(root.unusable().front().base_url == "http://127.0.0.1:8802");
        CHECK(root.unusable().front().id.size() == 32);
        CHECK(root.unusable().front().why.find("\"PKIX_ML_DSA_65\"") != std::string::npos);
    }

    TEST_CASE("reads a root without some or any of its lists, null means absent") {
        const std::string type =
            R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1")";
        CHECK(TrustedRoot::parse(core::concat(type, "}")).logs().empty());
        CHECK(TrustedRoot::parse(core::concat(type, R"(,"tlogs":null,"ctlogs":[]})"))
                  .ct_logs()
                  .empty());
        CHECK_NOTHROW(static_cast<void>(TrustedRoot::parse(
            changed("\"uri\":\"http://127.0.0.1:8801\",", "\"operator\":\"example.com\","))));
    }

    TEST_CASE("refuses other media types") {
        check_refused(changed("version=0.1", "version=0.2"));
        check_refused(changed("application/vnd", "text/vnd"));
        check_refused("{}");
    }

    TEST_CASE("refuses unknown fields wherever they stand, and duplicates") {
        for (const auto* at : {"{\"mediaType\"",
                               "{\"baseUrl\"",
                               "{\"rawBytes\"",
                               "{\"start\"",
                               "{\"keyId\"",
                               "{\"subject\"",
                               "{\"organization\"",
                               "{\"certificates\"",
                               "[{\"rawBytes\""}) {
            CAPTURE(at);
            std::string with_unknown(at);
            with_unknown.insert(with_unknown.find('{') + 1, "\"x\":1,");
            check_refused(changed(at, with_unknown));
        }
        check_refused(changed("{\"baseUrl\"", "{\"baseUrl\":\"http://a\",\"baseUrl\""));
    }

    TEST_CASE("refuses a log without start, key or id, and another hash than SHA-256") {
        check_refused(changed("\"start\"", "\"end\""));
        check_refused(changed(",\"validFor\":{\"start\":\"2020-01-01T00:00:00Z\"}", ""));
        check_refused(changed("2020-01-01T00:00:00Z", "2020-01-01"));
        check_refused(changed("SHA2_256", "SHA2_512"));
        check_refused(changed("\"hashAlgorithm\":\"SHA2_256\",", ""));
        check_refused(changed("\"keyDetails\":\"PKIX_ED25519\",", ""));
        check_refused(changed("\"keyId\":\"hqh0", "\"keyId\":\"hq h0"));
        check_refused(changed("\"keyId\":\"hqh0", "\"keyId\":\"hqh0AAAA"));
        check_refused(changed("\"logId\":{", "\"checkpointKeyId\":{"));
    }

    TEST_CASE("refuses keys that are not what they say, and certificates that cannot be read") {
        check_refused(changed("\"rawBytes\":\"MCow", "\"rawBytes\":\"MCox"));
        check_refused(changed("PKIX_ED25519", "PKIX_ECDSA_P256_SHA_256"));
        check_refused(changed("[{\"rawBytes\":\"MIIC", "[{\"rawBytes\":\"MIID"));
    }

    TEST_CASE("refuses an authority without certificates or period") {
        check_refused(changed("\"certChain\":{\"certificates\":[{",
                              "\"certChain\":{},\"subject\":{\"x\":[{"));
        check_refused(changed(",\"validFor\":{\"start\":\"2026-11-23T16:36:32Z\"}", ""));
        const std::string root = test::read_data(golden_name);
        const std::size_t start = root.find("\"certificates\":[") + 16;
        check_refused(test::replaced(root, root.substr(start, root.find(']', start) - start), ""));
    }

    TEST_CASE("refuses more logs, authorities, certificates and bytes than the limits") {
        for (const auto* list :
             {"tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"}) {
            CAPTURE(list);
            const std::string start = core::concat('"', list, "\":[");
            const std::string text = changed(start, core::concat(start, list_of("{}", 64), ","));
            CHECK(test::error_of([&] { return TrustedRoot::parse(text); }).reason() ==
                  core::Reason::limit_exceeded);
        }
        const std::string root = test::read_data(golden_name);
        const std::size_t start = root.find("[{\"rawBytes\"") + 1;
        const std::string certificate = root.substr(start, root.find('}', start) + 1 - start);
        CHECK_NOTHROW(static_cast<void>(
            TrustedRoot::parse(test::replaced(root, certificate, list_of(certificate, 9)))));
        check_refused(test::replaced(root, certificate, list_of(certificate, 10)));
        check_refused(root + std::string(std::size_t{1} << 20U, ' '));
    }

    TEST_CASE("refuses every truncation") {
        const std::string text = test::read_data(golden_name);
        const std::size_t end = text.find_last_of('}');
        for (std::size_t length = 0; length <= end; ++length) {
            CHECK_THROWS_AS(static_cast<void>(TrustedRoot::parse(text.substr(0, length))),
                            core::Error);
        }
    }
}

}  // namespace modelseal::sigstore
