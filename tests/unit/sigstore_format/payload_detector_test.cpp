#include "common/sigstore/format/payload_detector.hpp"

#include "common/core/bytes.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/replay_guard.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

/// Whether a payload is found, in one piece and byte by byte.
bool found(std::string_view text) {
    PayloadDetector whole;
    whole.write(core::as_bytes(text));
    PayloadDetector pieces;
    for (std::size_t i = 0; i < text.size(); ++i) {
        pieces.write(core::as_bytes(text.substr(i, 1)));
    }
    CHECK(whole.found() == pieces.found());
    return whole.found();
}

}  // namespace

TEST_SUITE("sigstore/format/payload_detector") {
    TEST_CASE("finds the payloads that cosign signs") {
        CHECK(found(test::read_data("cosign/legacy-payload-0.json")));
        CHECK(found(test::read_data("cosign/legacy-payload-1.json")));
    }

    TEST_CASE("finds payloads in every spelling that Go's decoder reads as one") {
        for (const auto* text :
             {R"({"critical":{"image":{"docker-manifest-digest":"sha256:00"}}})",
              " \t\r\n{ \"critical\" : { \"image\" : { \"docker-manifest-digest\" : \"x\" } } }\n",
              R"({"CRITICAL":{"Image":{"Docker-Manifest-DIGEST":""}}})",
              R"({"\u0063ritical":{"im\u0041ge":{"docker\u002dmanifest-digest":"x"}}})",
              "{\"critical\":{\"image\":{\"doc\xE2\x84\xAA"
              "er-manife\xC5\xBFt-dige\xC5\xBFt\":\"x\"}}}",
              R"({"critical":{"image":{"doc\u212Aer-manife\u017ft-digest":"x"}}})",
              R"({"a":[{"b":{}},"critical",{"image":1}],"critical":{"identity":{"c":"}"},)"
              R"("type":"t","image":{"d":[],"docker-manifest-digest":"x"}}})",
              R"({"critical":null,"critical":{},"critical":{"image":"x","image":{"a":"b",)"
              R"("docker-manifest-digest":"x"}}})",
              R"({"x":"\"","y\\":"\\","critical":{"image":{"docker-manifest-digest":"x"}}})"}) {
            CAPTURE(text);
            CHECK(found(text));
        }
    }

    TEST_CASE("finds a payload behind any amount of other content") {
        const std::string payload = R"("critical":{"image":{"docker-manifest-digest":"x"}})";
        const std::string filler(std::size_t{1} << 20U, 'a');
        CHECK(found(core::concat(R"({"filler":")", filler, R"(",)", payload, '}')));
        CHECK(found(core::concat('{', std::string(100000, ' '), payload, '}')));
        CHECK(found(core::concat(
            R"({"n":)", std::string(5000, '['), std::string(5000, ']'), ',', payload, '}')));
    }

    TEST_CASE("does not take other content for a payload") {
        for (const auto* text :
             {"",
              "text with \"critical\", \"image\" and \"docker-manifest-digest\"",
              R"([{"critical":{"image":{"docker-manifest-digest":"x"}}}])",
              R"("critical")",
              R"({"critical":["image",{"docker-manifest-digest":"x"}]})",
              R"({"critical":[{"image":{"docker-manifest-digest":"x"}}]})",
              R"({"more":{"critical":{"image":{"docker-manifest-digest":"x"}}}})",
              R"({"critical":{"more":{"image":{"docker-manifest-digest":"x"}}}})",
              R"({"critical":{"image":{"docker-manifest-digest":1}}})",
              R"({"critical":{"image":{"docker-manifest-digest":["x"]}}})",
              R"({"critical":{"image":{}},"docker-manifest-digest":"x"})",
              R"({"critical":{"image":{"a":"docker-manifest-digest","b":"x"}}})",
              R"({"criticals":{"image":{"docker-manifest-digest":"x"}}})",
              R"({"criticaI":{"image":{"docker-manifest-digest":"x"}}})",
              R"({"critical":{"image":{"docker-manifest-digest ":"x"}}})",
              R"({}{"critical":{"image":{"docker-manifest-digest":"x"}}})"}) {
            CAPTURE(text);
            CHECK_FALSE(found(text));
        }
    }

    TEST_CASE("finds it at the end of the digest, and not a byte earlier") {
        const std::string text = test::read_data("cosign/legacy-payload-0.json");
        const std::size_t end = text.find('"', text.find("sha256:"));
        REQUIRE(end != std::string::npos);
        for (std::size_t size = 0; size <= text.size(); ++size) {
            CHECK(found(std::string_view(text).substr(0, size)) == (size > end));
        }
    }
}

TEST_SUITE("sigstore/format/replay_guard") {
    TEST_CASE("refuses the message of an envelope, also when it comes byte by byte") {
        for (const auto* text : {"DSSEv1 ", "DSSEv1 28 application/vnd.in-toto+json 2 {}"}) {
            ReplayGuard guard;
            for (const char& c : std::string_view(text)) {
                guard.write(core::as_bytes(std::string_view(&c, 1)));
            }
            const auto error = test::error_of([&] { guard.require_harmless(); });
            CHECK(error.kind() == core::ErrorKind::mismatch);
            CHECK(error.reason() == core::Reason::unsafe_content);
        }
    }

    TEST_CASE("refuses a simple-signing payload") {
        ReplayGuard guard;
        guard.write(core::as_bytes(test::read_data("cosign/legacy-payload-0.json")));
        CHECK(test::error_of([&] { guard.require_harmless(); }).reason() ==
              core::Reason::unsafe_content);
    }

    TEST_CASE("lets everything else pass") {
        for (const auto* text :
             {"", "D", "DSSEv1", "DSSEv2 ", " DSSEv1 ", "dssev1 ", "{}", "weights"}) {
            CAPTURE(text);
            ReplayGuard guard;
            guard.write(core::as_bytes(text));
            CHECK_NOTHROW(guard.require_harmless());
        }
    }
}

}  // namespace modelseal::sigstore
