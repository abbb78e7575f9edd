#include "common/oci/descriptor.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/manifest.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::oci {

namespace {

Descriptor parse(std::string_view text) {
    return Descriptor::from_json(core::parse_json(text));
}

/// A valid descriptor with `member` added to it.
std::string with(std::string_view member) {
    return std::string(
               R"({"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2)") +
           std::string(member) + "}";
}

void refuses(const std::string& text) {
    CAPTURE(text);
    CHECK(test::error_of([&] { return parse(text); }).kind() == core::ErrorKind::malformed);
}

}  // namespace

TEST_SUITE("oci/descriptor") {
    TEST_CASE("reads every member that it interprets and ignores the others") {
        const Descriptor read = parse(with(
            R"(,"urls":["http://x"],"annotations":{"b":"2","a":"1"},"data":"e30=","platform":{"os":"linux"},"artifactType":"c/d","new":1)"));
        CHECK(read.media_type == "a/b");
        CHECK(read.digest == digest::sha256_of(core::as_bytes("{}")));
        CHECK(read.size == 2);
        CHECK(read.annotations == Annotations{{"a", "1"}, {"b", "2"}});
        CHECK(read.data == "{}");
        CHECK(read.artifact_type->to_string() == "c/d");
        CHECK(core::to_go_json(read.to_json()) ==
              with(R"(,"annotations":{"a":"1","b":"2"},"data":"e30=","artifactType":"c/d")"));
    }

    TEST_CASE("refuses a missing member or one of another type") {
        refuses("[]");
        refuses("null");
        refuses(
            R"({"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2})");
        refuses(R"({"mediaType":"a/b","size":2})");
        refuses(
            R"({"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"})");
        refuses(with(R"(,"annotations":[])"));
        refuses(with(R"(,"annotations":null)"));
        refuses(with(R"(,"annotations":{"a":1})"));
        refuses(with(R"(,"annotations":{"a":"1","a":"2"})"));
        refuses(with(R"(,"artifactType":"nonsense")"));
        refuses(with(R"(,"artifactType":3)"));
    }

    TEST_CASE("refuses a size that is negative, fractional or beyond 63 bits") {
        for (const auto* size :
             {"-1", "1.5", "1e3", "\"2\"", "9223372036854775808", "99999999999999999999"}) {
            refuses(
                std::string(
                    R"({"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":)") +
                size + "}");
        }
    }

    TEST_CASE("refuses a digest that is not canonical SHA-256") {
        for (const auto* digest :
             {"",
              "sha256:",
              "sha512:00",
              "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
              "sha256:44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A",
              "sha256:../../../../../../../../../../../../../../../../../../etc/passwdx"}) {
            refuses(std::string(R"({"mediaType":"a/b","size":2,"digest":")") + digest + "\"}");
        }
    }

    TEST_CASE("refuses embedded data that is not the content described") {
        refuses(with(R"(,"data":"e31=")"));  // not canonical base64
        refuses(with(R"(,"data":"W10=")"));  // "[]": another digest
        refuses(with(R"(,"data":"e30g")"));  // "{} ": another size
        refuses(with(R"(,"data":"")"));
    }

    TEST_CASE("the empty descriptor is the one of the image specification") {
        CHECK(
            core::to_go_json(empty_descriptor().to_json()) ==
            R"({"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="})");
    }
}

}  // namespace modelseal::oci
