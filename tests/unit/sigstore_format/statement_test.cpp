#include "common/sigstore/format/statement.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

constexpr std::string_view hex = "ddba2492f18d3fbbaae9bd68c4ef92167355fbd4a7312102b7ce3493d4452f98";
const digest::Digest artifact = digest::Digest::parse_lenient(hex);

/// What cosign 3.1.3 signed with -a env=prod -a 'note=a<b>&c'.
const std::string written =
    core::concat(R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":")",
                 hex,
                 R"("},"annotations":{"env":"prod","note":"a<b>&c"}}],)",
                 R"("predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}})");

/// `written` with one part replaced.
std::string changed(std::string_view from, std::string_view to) {
    return test::replaced(written, from, to);
}

}  // namespace

TEST_SUITE("sigstore/format/statement") {
    TEST_CASE("writes the bytes that cosign signs, annotations sorted by key") {
        CHECK(cosign_sign_statement(artifact, {{"note", "a<b>&c"}, {"env", "prod"}}) == written);
        CHECK(cosign_sign_statement(artifact, {}).find(R"("annotations":{})") != std::string::npos);
    }

    TEST_CASE("reads subject, annotations and predicate type") {
        const Statement statement = Statement::parse(written);
        CHECK(statement.predicate_type == predicate_types::cosign_sign);
        const Subject* subject = statement.find_subject(artifact);
        REQUIRE(subject != nullptr);
        CHECK(subject->annotations == oci::Annotations{{"env", "prod"}, {"note", "a<b>&c"}});
        CHECK(statement.find_subject(digest::Digest::parse_lenient(std::string(64, '0'))) ==
              nullptr);
    }

    TEST_CASE("reads v0.1, absent predicates, other digests, and text laid out in lines") {
        CHECK_NOTHROW(
            static_cast<void>(Statement::parse(changed("Statement/v1", "Statement/v0.1"))));
        CHECK_NOTHROW(static_cast<void>(Statement::parse(changed(R"(,"predicate":{})", ""))));
        CHECK_NOTHROW(static_cast<void>(
            Statement::parse(changed(R"("predicate":{})", "\"predicate\" : null\n"))));
        const Statement other = Statement::parse(changed("sha256", "sha512"));
        CHECK_FALSE(other.subjects.front().sha256.has_value());
    }

    TEST_CASE("an annotation that is not text proves nothing") {
        const Statement statement = Statement::parse(changed("\"prod\"", "5"));
        CHECK(statement.subjects.front().annotations == oci::Annotations{{"note", "a<b>&c"}});
    }

    TEST_CASE("an annotation of ours that is not text is malformed, not absent") {
        for (const auto* name : {"model",
                                 "version",
                                 "training_commit",
                                 "training_run_id",
                                 "framework_version",
                                 "modelseal.check",
                                 "modelseal.tree"}) {
            CAPTURE(name);
            for (const auto* value : {"5", "null", "true", "[\"m\"]", "{}"}) {
                CAPTURE(value);
                const auto error = test::error_of([&] {
                    return Statement::parse(changed(
                        R"("note":)", core::concat('"', name, R"(":)", value, R"(,"note":)")));
                });
                CHECK(error.kind() == core::ErrorKind::malformed);
                CHECK(error.message().find(name) != std::string::npos);
            }
        }
    }

    TEST_CASE("refuses unknown types, unknown fields and digests that are not canonical") {
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(changed("Statement/v1", "Statement/v2"))),
            core::Error);
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(changed("{\"_type\"", "{\"x\":1,\"_type\""))),
            core::Error);
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(changed("{\"digest\"", "{\"x\":1,\"digest\""))),
            core::Error);
        CHECK_THROWS_AS(static_cast<void>(Statement::parse(changed("ddba", "DDBA"))), core::Error);
        CHECK_THROWS_AS(static_cast<void>(Statement::parse(changed("ddba", "ddb"))), core::Error);
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(changed("\"predicate\":{}", "\"predicate\":[]"))),
            core::Error);
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(changed("https://sigstore.dev/cosign/sign/v1", ""))),
            core::Error);
        CHECK_THROWS_AS(static_cast<void>(Statement::parse(
                            changed("{\"env\":\"prod\",\"note\":\"a<b>&c\"}", "[]"))),
                        core::Error);
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(changed("{\"env\"", "{\"env\":\"x\",\"env\""))),
            core::Error);
    }

    TEST_CASE("refuses a statement about nothing") {
        CHECK_THROWS_AS(
            static_cast<void>(Statement::parse(
                R"({"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x"})")),
            core::Error);
        CHECK_THROWS_AS(static_cast<void>(Statement::parse(
                            R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"x"})")),
                        core::Error);
    }

    TEST_CASE("refuses every truncation") {
        for (std::size_t length = 0; length < written.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(Statement::parse(written.substr(0, length))),
                            core::Error);
        }
    }

    TEST_CASE("refuses to write text that is not UTF-8") {
        CHECK_THROWS_AS(static_cast<void>(cosign_sign_statement(artifact, {{"k", "\xff"}})),
                        core::Error);
    }

    TEST_CASE("writes the statement that cosign attests, with the predicate as it is given") {
        // What cosign 3.1.3 signed with --type https://example.com/scan.
        CHECK(
            attestation_statement(
                artifact, "localhost:5099/models/m", "https://example.com/scan", R"({"a":1.50})") ==
            core::concat(
                R"({"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":)",
                R"("localhost:5099/models/m","digest":{"sha256":")",
                hex,
                R"("}}],"predicateType":"https://example.com/scan","predicate":{"a":1.50}})"));
    }

    TEST_CASE("an attestation of what has no name states none") {
        const std::string text = attestation_statement(artifact, "", "urn:x", "{}");
        CHECK(text.find("name") == std::string::npos);
        CHECK(Statement::parse(text).find_subject(artifact) != nullptr);
    }

    TEST_CASE("refuses a digest that is no object, too many subjects and too many bytes") {
        const auto with_subjects = [](std::string_view subjects) {
            return core::concat(R"({"_type":"https://in-toto.io/Statement/v1","subject":[)",
                                subjects,
                                R"(],"predicateType":"urn:x"})");
        };
        CHECK(test::error_of([&] {
                  return Statement::parse(with_subjects(R"({"digest":[]})"));
              }).kind() == core::ErrorKind::malformed);
        std::string many = "{}";
        for (int i = 1; i < 10000; ++i) {
            many.append(",{}");
        }
        CHECK(Statement::parse(with_subjects(many)).subjects.size() == 10000);
        many.append(",{}");
        CHECK(test::error_of([&] { return Statement::parse(with_subjects(many)); }).reason() ==
              core::Reason::limit_exceeded);
        CHECK(test::error_of([&] { return Statement::parse(with_subjects("{}"), 50); }).reason() ==
              core::Reason::limit_exceeded);
    }
}

}  // namespace modelseal::sigstore
