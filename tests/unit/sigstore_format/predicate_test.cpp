#include "common/sigstore/format/predicate.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/statement.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const core::Timestamp now = core::Timestamp::parse("2026-11-23T16:31:15Z");
constexpr std::string_view any_type = "https://example.com/scan";

core::Error refusal(std::string_view content, std::string_view type = any_type) {
    CAPTURE(content);
    return test::error_of([&] { return make_predicate(type, content, now); });
}

}  // namespace

TEST_SUITE("sigstore/format/predicate") {
    TEST_CASE("resolves the short names of cosign and ours, and leaves URIs as they are") {
        CHECK(resolve_predicate_type("custom") == predicate_types::custom);
        CHECK(resolve_predicate_type("slsaprovenance") == "https://slsa.dev/provenance/v0.2");
        CHECK(resolve_predicate_type("slsaprovenance02") == "https://slsa.dev/provenance/v0.2");
        CHECK(resolve_predicate_type("slsaprovenance1") == "https://slsa.dev/provenance/v1");
        CHECK(resolve_predicate_type("spdx") == "https://spdx.dev/Document");
        CHECK(resolve_predicate_type("spdxjson") == "https://spdx.dev/Document");
        CHECK(resolve_predicate_type("cyclonedx") == "https://cyclonedx.org/bom");
        CHECK(resolve_predicate_type("link") == "https://in-toto.io/Link/v1");
        CHECK(resolve_predicate_type("vuln") == "https://cosign.sigstore.dev/attestation/vuln/v1");
        CHECK(resolve_predicate_type("openvex") == "https://openvex.dev/ns");
        CHECK(resolve_predicate_type("modelseal") == "https://modelseal.dev/provenance/v1");
        CHECK(resolve_predicate_type("modelseal-serving") == "https://modelseal.dev/serving/v1");
        for (const auto* uri :
             {"https://example.com/scan?v=1#a", "urn:example:scan", "a+b-c.1:x"}) {
            CHECK(resolve_predicate_type(uri) == uri);
        }
    }

    TEST_CASE("refuses what is no type, and the type that makes a signature") {
        for (const std::string& type : {std::string(),
                                        std::string("slsa"),
                                        std::string("https:"),
                                        std::string(":x"),
                                        std::string("1a:x"),
                                        std::string("https://a b"),
                                        std::string("https://a\n"),
                                        std::string("https://\"a\""),
                                        std::string("https://\xC3\xA9"),
                                        std::string("ht tp://a"),
                                        std::string("https://sigstore.dev/cosign/sign/v1"),
                                        "https://" + std::string(1024, 'a')}) {
            CAPTURE(type);
            CHECK(test::error_of([&] { return resolve_predicate_type(type); }).kind() ==
                  core::ErrorKind::usage);
        }
    }

    TEST_CASE("takes an object as it is, but for white space between tokens") {
        CHECK(make_predicate(any_type, " {\n \"a b\" : [ 1.50 , 1e3, \"x \\\" y\" ] }\n", now) ==
              R"({"a b":[1.50,1e3,"x \" y"]})");
        CHECK(make_predicate(any_type, R"({"n":12345678901234567890,"s":"\\"})", now) ==
              R"({"n":12345678901234567890,"s":"\\"})");
    }

    TEST_CASE("wraps any text for the type custom, with the time") {
        CHECK(make_predicate(predicate_types::custom, "a \"b\" <c>\n", now) ==
              R"({"Data":"a \"b\" <c>\n","Timestamp":"2026-11-23T16:31:15Z"})");
        CHECK(refusal("\xFF", predicate_types::custom).kind() == core::ErrorKind::malformed);
    }

    TEST_CASE("refuses what is not one JSON object") {
        for (const auto* content : {"",
                                    "[]",
                                    "1",
                                    "null",
                                    "\"text\"",
                                    "{}{}",
                                    "{\"a\":1,\"a\":2}",
                                    "{\"a\":\"\xFF\"}",
                                    "{\"a\":1e999}",
                                    "{\"a\":01}",
                                    "{'a':1}"}) {
            CHECK(refusal(content).kind() == core::ErrorKind::malformed);
        }
        const std::string text = R"({"a":[1,"b"]})";
        for (std::size_t size = 0; size < text.size(); ++size) {
            CHECK(refusal(std::string_view(text).substr(0, size)).kind() ==
                  core::ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses more than 4 MiB, and what a reader of the statement would find too deep") {
        const std::string filler(predicate_size_limit, 'a');
        CHECK(refusal(core::concat("{\"a\":\"", filler, "\"}")).reason() ==
              core::Reason::limit_exceeded);
        const auto nested = [](std::size_t depth) {
            return core::concat(
                "{\"a\":", std::string(depth - 1, '['), std::string(depth - 1, ']'), '}');
        };
        const std::string deepest = make_predicate(any_type, nested(63), now);
        CHECK_NOTHROW(static_cast<void>(Statement::parse(attestation_statement(
            digest::Digest::parse_lenient(std::string(64, '1')), "r/m", any_type, deepest))));
        CHECK(refusal(nested(64)).kind() == core::ErrorKind::malformed);
    }

    TEST_CASE("refuses a predicate of any type that is too large") {
        const std::string large(predicate_size_limit + 1, 'a');
        for (const std::string_view type : {predicate_types::custom, std::string_view("urn:x")}) {
            CHECK(test::error_of([&] {
                      return make_predicate(type, large, core::Timestamp::from_unix(0));
                  }).reason() == core::Reason::limit_exceeded);
        }
    }
}

}  // namespace modelseal::sigstore
