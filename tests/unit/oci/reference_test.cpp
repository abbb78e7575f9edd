#include "common/oci/reference.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::oci {

namespace {

constexpr auto digest_text =
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

template <typename Parse>
void refuses(Parse parse, const std::string& text) {
    CAPTURE(text);
    CHECK(test::error_of([&] { return parse(text); }).kind() == core::ErrorKind::usage);
}

}  // namespace

TEST_SUITE("oci/reference") {
    TEST_CASE("reads registry, repository, tags and digest, and writes them back") {
        const std::string text =
            std::string("localhost:5000/models/fraud-detector:v1,latest@") + digest_text;
        const Reference reference = Reference::parse(text);
        CHECK(reference.repository.registry == "localhost:5000");
        CHECK(reference.repository.name == "models/fraud-detector");
        CHECK_FALSE(reference.repository.is_layout());
        CHECK(reference.repository.base_name() == "fraud-detector");
        CHECK(reference.tags == std::vector{Tag::parse("v1"), Tag::parse("latest")});
        CHECK(reference.digest == digest::Digest::parse(digest_text));
        CHECK(reference.to_string() == text);
    }

    TEST_CASE("accepts every form of host and repository name") {
        for (const auto* text : {"ghcr.io/a",
                                 "a/b/c/d",
                                 "127.0.0.1:65535/a.b",
                                 "[::1]/a_b",
                                 "[fe80::1]:443/a__b--c",
                                 "UPPER.example/a:T_0.-x"}) {
            CAPTURE(text);
            CHECK(Reference::parse(text).to_string() == text);
        }
    }

    TEST_CASE("refuses what is no registry reference") {
        for (const auto* text : {"",
                                 "a",
                                 "a:v1",
                                 "/a",
                                 "a/",
                                 "a//b",
                                 "a/b/",
                                 "a/B",
                                 "a/b:",
                                 "a/b:-x",
                                 "a/b:.x",
                                 "a/b:x y",
                                 "a/b:v1,",
                                 "a/b:,v1",
                                 "a/_b",
                                 "a/b_",
                                 "a/b___c",
                                 "a/b..c",
                                 "a/b._c",
                                 "a/../b",
                                 "a/b@",
                                 "a/b@sha256:00",
                                 "a/b@sha512:00",
                                 "-a/b",
                                 "a-/b",
                                 "a b/c",
                                 "a:0/b",
                                 "a:65536/b",
                                 "a:/b",
                                 "a:x/b",
                                 "[]/a",
                                 "[::1/a",
                                 "[g]/a",
                                 "user@host/a",
                                 "a/b\n",
                                 "http://a/b"}) {
            refuses(Reference::parse, text);
        }
        refuses(Reference::parse, "a/b:" + std::string(129, 'x'));
        refuses(Reference::parse, "a/" + std::string(254, 'x'));
        CHECK_NOTHROW(static_cast<void>(Reference::parse("a/" + std::string(253, 'x'))));
        CHECK_NOTHROW(static_cast<void>(Reference::parse("a/b:" + std::string(128, 'x'))));
    }

    TEST_CASE("refuses a user and a password without showing them") {
        for (const char* text : {"u:S3cretPw@host/m:v1",
                                 "u:S3cret/Pw@host/m:v1",
                                 "u:S3cretPw@host",
                                 "u:p@S3cretPw@host/m",
                                 "https://u:S3cretPw@host/m",
                                 "u:S3cretPw@host/m@sha256:x"}) {
            const core::Error error = test::error_of([&] { return Reference::parse(text); });
            CHECK(error.kind() == core::ErrorKind::usage);
            CHECK(error.message().find("S3cret") == std::string::npos);
            CHECK(error.message().find("--password-stdin") != std::string::npos);
        }
        const core::Error mistyped = test::error_of([] { return Reference::parse("host/m@v1"); });
        CHECK(mistyped.message().find("host/m@v1") != std::string::npos);
    }

    TEST_CASE("reads layout references whose path has colons and at signs") {
        const auto layout = [](std::string_view text) {
            const Reference reference = Reference::parse_layout(text);
            CHECK(reference.to_string() == text);
            return reference;
        };
        CHECK(layout("./models").repository.layout == "./models");
        CHECK(layout("./models").tags.empty());
        CHECK(layout("/a:b/c").repository.layout == "/a:b/c");
        CHECK(layout("/a@b/c:v1,v2").tags.size() == 2);
        CHECK(layout("c@d:v1").repository.layout == "c@d");
        const Reference pinned = layout(std::string("x:v1@") + digest_text);
        CHECK(pinned.repository.layout == "x");
        CHECK(pinned.digest.has_value());
        CHECK(pinned.tags.size() == 1);
    }

    TEST_CASE("names by a digest what belongs to a manifest") {
        const auto digest = digest::Digest::parse(digest_text);
        CHECK(Tag::of_digest(digest).to_string() == "sha256-" + digest.hex());
        CHECK(Tag::of_digest(digest, ".sig").to_string() == "sha256-" + digest.hex() + ".sig");
    }

    TEST_CASE("refuses what is no layout reference") {
        for (const auto* text : {"", ":v1", "x:", "x:a b", "x@sha256:00", "x:v1,,v2"}) {
            refuses(Reference::parse_layout, text);
        }
        refuses(Reference::parse_layout, std::string("a\0b", 3));
    }

    TEST_CASE("a layout is called as its folder, however its path is written") {
        const auto name = [](std::string_view text) {
            return Reference::parse_layout(text).repository.base_name();
        };
        CHECK(name("/models/fraud:v1") == "fraud");
        CHECK(name("/models/fraud/") == "fraud");
        CHECK(name("./fraud/.") == "fraud");
        CHECK(name("fraud/x/..") == "fraud");
        CHECK(name(".") == std::filesystem::current_path().filename());
    }
}

}  // namespace modelseal::oci
