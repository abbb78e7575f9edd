#include "common/sigstore/format/simple_signing.hpp"

#include "common/core/error.hpp"
#include "tests/support/data.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

std::string changed(std::string_view from, std::string_view to) {
    return test::replaced(test::read_data("cosign/legacy-payload-0.json"), from, to);
}

}  // namespace

TEST_SUITE("sigstore/format/simple_signing") {
    TEST_CASE("reads what cosign signed and writes the same bytes") {
        for (const auto* name : {"cosign/legacy-payload-0.json", "cosign/legacy-payload-1.json"}) {
            const std::string text = test::read_data(name);
            CHECK(SimpleSigning::parse(text).to_bytes() == text);
        }
        const auto payload = SimpleSigning::parse(test::read_data("cosign/legacy-payload-0.json"));
        CHECK(payload.annotations == oci::Annotations{{"env", "prod"}, {"note", "a<b>&c"}});
        CHECK(legacy_signature_tag(payload.manifest_digest).to_string() ==
              "sha256-ddba2492f18d3fbbaae9bd68c4ef92167355fbd4a7312102b7ce3493d4452f98.sig");
    }

    TEST_CASE("an annotation that is not text proves nothing") {
        CHECK(SimpleSigning::parse(changed("\"prod\"", "true")).annotations.size() == 1);
    }

    TEST_CASE("an annotation of ours that is not text is malformed, not absent") {
        for (const auto* model : {"{\"model\":7,", "{\"model\":null,", "{\"model\":[\"m\"],"}) {
            CAPTURE(model);
            CHECK_THROWS_AS(
                static_cast<void>(SimpleSigning::parse(changed("{\"env\":\"prod\",", model))),
                core::Error);
        }
        CHECK_NOTHROW(static_cast<void>(
            SimpleSigning::parse(changed("{\"env\":\"prod\",", "{\"model\":\"m\","))));
    }

    TEST_CASE("refuses unknown fields, another type and digests that are not canonical") {
        for (const auto& [from, to] :
             {std::pair("{\"critical\"", "{\"x\":1,\"critical\""),
              std::pair("{\"identity\"", "{\"x\":1,\"identity\""),
              std::pair("{\"docker-reference\"", "{\"x\":1,\"docker-reference\""),
              std::pair("{\"docker-manifest-digest\"", "{\"x\":1,\"docker-manifest-digest\""),
              std::pair("cosign container image signature", "atomic container signature"),
              std::pair("sha256:dd", "sha256:DD"),
              std::pair("sha256:dd", "md5:dd"),
              std::pair("{\"env\":\"prod\",\"note\":\"a\\u003cb\\u003e\\u0026c\"}", "[]")}) {
            CAPTURE(to);
            CHECK_THROWS_AS(static_cast<void>(SimpleSigning::parse(changed(from, to))),
                            core::Error);
        }
    }

    TEST_CASE("refuses every truncation") {
        const std::string text = test::read_data("cosign/legacy-payload-0.json");
        for (std::size_t length = 0; length < text.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(SimpleSigning::parse(text.substr(0, length))),
                            core::Error);
        }
    }
}

}  // namespace modelseal::sigstore
