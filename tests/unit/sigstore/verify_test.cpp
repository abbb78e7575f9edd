#include "common/sigstore/verify.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/statement.hpp"
#include "common/sigstore/sign.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"
#include "tests/support/trust.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const digest::Digest artifact = digest::Digest::parse(
    "sha256:ddba2492f18d3fbbaae9bd68c4ef92167355fbd4a7312102b7ce3493d4452f98");
const digest::Digest another = digest::Digest::parse_lenient(
    "1111111111111111111111111111111111111111111111111111111111111111");

crypto::PublicKey cosign_key() {
    return crypto::PublicKey::parse_pem(test::read_data("cosign/cosign.pub"));
}

crypto::KeySigner signer(std::string_view name = "p256") {
    return crypto::KeySigner(
        crypto::PrivateKey::parse_pem(test::read_data(core::concat("cosign/keys/", name, ".pem"))));
}

Evidence bundle_of(std::string content) {
    return {.origin = "test", .content = std::move(content)};
}

Evidence golden(std::string_view name) {
    return bundle_of(test::read_data(core::concat("cosign/", name, ".bundle.json")));
}

/// A bundle over any statement, correctly signed.
Evidence signed_statement(std::string payload,
                          std::string_view type = in_toto_payload_type,
                          std::string_view key = "p256") {
    auto by = signer(key);
    Envelope envelope{
        .payload_type = std::string(type), .payload = std::move(payload), .signature = {}};
    envelope.signature = by.sign(
        core::as_bytes(pre_authentication_encoding(envelope.payload_type, envelope.payload)));
    return bundle_of(key_bundle(envelope, by.public_key().fingerprint()));
}

Evidence signed_with(const oci::Annotations& annotations, std::string_view key = "p256") {
    return signed_statement(
        cosign_sign_statement(artifact, annotations), in_toto_payload_type, key);
}

Requirements by_p256() {
    return {.signers = {TrustedKey{signer().public_key()}}};
}

VerifiedSignature verify(const digest::Digest& of,
                         const std::vector<Evidence>& evidence,
                         const Requirements& requirements) {
    return verify_signature_of(of, evidence, requirements, test::trust());
}

core::Error refusal(const std::vector<Evidence>& evidence, const Requirements& requirements) {
    return test::error_of([&] { return verify(artifact, evidence, requirements); });
}

Evidence legacy(const oci::Annotations& annotations, const digest::Digest& subject = artifact) {
    auto by = signer();
    const LegacySignature made = sign_artifact_legacy(subject, "reg/repo", annotations, by);
    return {.format = SignatureFormat::legacy,
            .origin = "legacy",
            .content = made.payload,
            .legacy = {.signature = made.signature}};
}

}  // namespace

TEST_SUITE("sigstore/verify") {
    TEST_CASE("accepts what cosign signed and says what was signed") {
        const auto verified = verify(
            artifact, std::vector{golden("annotated")}, {.signers = {TrustedKey{cosign_key()}}});
        CHECK(test::key_of(verified.facts().authentication) == cosign_key());
        CHECK(verified.facts().format == SignatureFormat::bundle);
        CHECK(verified.facts().predicate_type == predicate_types::cosign_sign);
        CHECK(verified.facts().annotations.at("note") == "a<b>&c");
        CHECK(verified.facts().states_model);
        CHECK(verified.facts().content == golden("annotated").content);
        CHECK(verified.rejected().empty());
    }

    TEST_CASE("accepts every key type") {
        for (const auto* name :
             {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"}) {
            CAPTURE(name);
            const Requirements requirements{.signers = {TrustedKey{signer(name).public_key()}}};
            CHECK_NOTHROW(static_cast<void>(
                verify(artifact, std::vector{signed_with({}, name)}, requirements)));
        }
    }

    TEST_CASE("any of several keys will do, and the one that fits is reported") {
        const Requirements requirements{
            .signers = {TrustedKey{cosign_key()}, TrustedKey{signer().public_key()}}};
        const auto verified = verify(artifact, std::vector{signed_with({})}, requirements);
        CHECK(test::key_of(verified.facts().authentication) == signer().public_key());
    }

    TEST_CASE("without a key there is nothing to verify with") {
        CHECK(refusal({golden("annotated")}, {}).kind() == core::ErrorKind::usage);
    }

    TEST_CASE("without evidence the artifact is not signed") {
        CHECK(refusal({}, by_p256()).kind() == core::ErrorKind::no_signature);
    }

    TEST_CASE("an attestation by the right key is not a signature") {
        const core::Error error =
            refusal({golden("attestation")}, {.signers = {TrustedKey{cosign_key()}}});
        CHECK(error.kind() == core::ErrorKind::no_signature);
        CHECK(error.message().find("attestation") != std::string::npos);
    }

    TEST_CASE("refuses the wrong key") {
        const core::Error error = refusal({golden("annotated")}, by_p256());
        CHECK(error.kind() == core::ErrorKind::no_matching_signature);
        CHECK(error.reason() == core::Reason::wrong_signer);
    }

    TEST_CASE("refuses a signature of another artifact") {
        const Evidence evidence = signed_statement(cosign_sign_statement(another, {}));
        CHECK(refusal({evidence}, by_p256()).reason() == core::Reason::digest_mismatch);
    }

    TEST_CASE("refuses a statement that was changed after it was signed") {
        const std::string before =
            core::to_base64(core::as_bytes(cosign_sign_statement(artifact, {{"env", "test"}})));
        const std::string after =
            core::to_base64(core::as_bytes(cosign_sign_statement(artifact, {{"env", "prod"}})));
        const std::string text =
            test::replaced(signed_with({{"env", "test"}}).content, before, after);
        CHECK(refusal({bundle_of(text)}, by_p256()).reason() == core::Reason::wrong_signer);
    }

    TEST_CASE("refuses another payload type, although it is signed") {
        const Evidence evidence =
            signed_statement(cosign_sign_statement(artifact, {}), "text/plain");
        CHECK(refusal({evidence}, by_p256()).kind() == core::ErrorKind::no_signature);
    }

    TEST_CASE("refuses a bundle over bytes") {
        CHECK(refusal({golden("blob")}, {.signers = {TrustedKey{cosign_key()}}}).kind() ==
              core::ErrorKind::no_signature);
    }

    TEST_CASE("accepts what cosign signed in the name of an identity, Rekor v1 and v2") {
        for (const auto& [name, root] :
             {std::pair("cosign/keyless-rekor-v1.bundle.json", "rekor/v1.trusted_root.json"),
              std::pair("cosign/keyless-rekor-v2.bundle.json", "rekor/oci.v2.trusted_root.json")}) {
            CAPTURE(name);
            const Evidence evidence = bundle_of(test::read_data(name));
            const Bundle bundle = Bundle::parse(evidence.content);
            const Statement statement =
                Statement::parse(std::get<Envelope>(bundle.content).payload);
            const Requirements requirements{
                .signers = {TrustedIdentity{
                    .subject = TextPattern::glob("https://github.com/*/.github/workflows/*"),
                    .issuer = TextPattern::glob("http://127.0.0.1:*")}}};
            const Trust trust{.root = std::make_shared<const TrustedRoot>(
                                  TrustedRoot::parse(test::read_data(root))),
                              .now = core::Timestamp::parse("2030-01-01T00:00:00Z")};
            const digest::Digest& of = *statement.subjects.front().sha256;
            const auto verified =
                verify_signature_of(of, std::vector{evidence}, requirements, trust);
            CHECK_FALSE(verified.facts().authentication.times.empty());
            const auto by_public = test::error_of([&] {
                return verify_signature_of(of, std::vector{evidence}, requirements, test::trust());
            });
            CHECK(by_public.reason() == core::Reason::untrusted_log);
            const std::vector by_a_key_and_by_it{golden("annotated"), evidence};
            const auto found = signatures_of(of, by_a_key_and_by_it, {}, trust);
            REQUIRE(found.size() == 1);
            CHECK(std::get<SigningCertificate>(found.front().authentication.signer).identity ==
                  std::get<SigningCertificate>(verified.facts().authentication.signer).identity);
            CHECK(test::error_of([&] {
                      return signatures_of(of, by_a_key_and_by_it, {}, test::trust());
                  }).kind() == core::ErrorKind::no_matching_signature);
        }
    }

    TEST_CASE("every signature that fulfils what is asked, and of keys only those that are named") {
        const std::vector both{signed_with({}), signed_with({{"stage", "prod"}})};
        CHECK(signatures_of(artifact, both, by_p256(), test::trust()).size() == 2);
        const auto refused = [](const std::vector<Evidence>& evidence) {
            return test::error_of(
                [&] { return signatures_of(artifact, evidence, {}, test::trust()); });
        };
        CHECK(refused(both).reason() == core::Reason::wrong_signer);
        CHECK(refused({}).kind() == core::ErrorKind::no_signature);
    }

    TEST_CASE("a signed model that is not text is not taken for none") {
        Requirements requirements = by_p256();
        requirements.model = {.name = "m", .may_be_unstated = true};
        const std::string stated = cosign_sign_statement(artifact, {{"model", "other"}});
        const auto error =
            refusal({signed_statement(test::replaced(stated, R"("other")", "7"))}, requirements);
        CHECK(error.kind() == core::ErrorKind::no_matching_signature);
        CHECK(error.reason() == core::Reason::malformed_evidence);
        CHECK_NOTHROW(static_cast<void>(verify(artifact, {signed_with({})}, requirements)));
    }

    TEST_CASE("what was checked is noted: what held, what failed, and what nobody asked") {
        Requirements requirements = by_p256();
        requirements.annotations = {{"stage", "prod"}};
        const auto verified = verify(artifact,
                                     {signed_with({}, "p384"),
                                      signed_with({{"stage", "test"}}),
                                      signed_with({{"stage", "prod"}, {"version", "v2"}})},
                                     requirements);
        using Outcome = core::CheckNote::Outcome;
        const auto outcome_of = [](const std::vector<core::CheckNote>& checks,
                                   std::string_view what) -> std::optional<Outcome> {
            for (const core::CheckNote& note : checks) {
                if (note.check == what) {
                    return note.outcome;
                }
            }
            return std::nullopt;
        };
        const auto& held = verified.facts().checks;
        for (const auto* what : {"format", "statement", "signature", "annotation \"stage\""}) {
            CAPTURE(what);
            CHECK(outcome_of(held, what) == Outcome::held);
        }
        for (const auto* what :
             {"transparency log", "trusted time", "model", "minimum version", "same commit"}) {
            CAPTURE(what);
            CHECK(outcome_of(held, what) == Outcome::not_asked);
        }
        REQUIRE(verified.rejected().size() == 2);
        const auto& by_another = verified.rejected()[0].checks;
        CHECK(by_another.back().check == "signature");
        CHECK(by_another.back().outcome == Outcome::failed);
        CHECK(by_another.back().evidence == verified.rejected()[0].why);
        const auto& other_stage = verified.rejected()[1].checks;
        CHECK(outcome_of(other_stage, "signature") == Outcome::held);
        CHECK(other_stage.back().check == "annotation \"stage\"");
        CHECK(other_stage.back().outcome == Outcome::failed);
        CHECK(other_stage.back().evidence == verified.rejected()[1].why);
    }

    TEST_CASE("what was looked for, not found and not demanded is not noted as held") {
        Requirements requirements = by_p256();
        requirements.model = {.name = "m", .may_be_unstated = true};
        Trust at_noon = test::trust();
        at_noon.asks_about_now = false;
        const auto verified =
            verify_signature_of(artifact, std::vector{signed_with({})}, requirements, at_noon);
        std::size_t found = 0;
        for (const core::CheckNote& note : verified.facts().checks) {
            if (note.check == "model" || note.check == "transparency log" ||
                note.check == "trusted time") {
                ++found;
                CHECK(note.outcome == core::CheckNote::Outcome::not_asked);
                CHECK(note.evidence == "there is none, and none is demanded");
            }
        }
        CHECK(found == 3);
    }

    TEST_CASE("a refusal explains every candidate, and exactly the last check of each failed") {
        const auto error = refusal({bundle_of("{"),
                                    {.origin = "damaged", .problem = "the blob is missing"},
                                    legacy({}),
                                    signed_with({}, "p384"),
                                    signed_statement("no statement")},
                                   by_p256());
        REQUIRE(error.explanation().candidates.size() == 5);
        for (const core::ExplainedCandidate& candidate : error.explanation().candidates) {
            CAPTURE(candidate.origin);
            CHECK_FALSE(candidate.accepted);
            CHECK(candidate.statement == predicate_types::cosign_sign);
            REQUIRE_FALSE(candidate.checks.empty());
            for (const core::CheckNote& note : candidate.checks) {
                CHECK((note.outcome == core::CheckNote::Outcome::failed) ==
                      (&note == &candidate.checks.back()));
            }
        }
        CHECK(error.explanation().candidates[1].checks.back().evidence == "the blob is missing");
    }

    TEST_CASE("evidence that cannot be read counts as none but is named") {
        const core::Error error =
            refusal({bundle_of("{}"), {.origin = "x", .problem = "gone"}}, by_p256());
        CHECK(error.kind() == core::ErrorKind::no_matching_signature);
        CHECK(error.reason() == core::Reason::malformed_evidence);
        CHECK(error.message().find("x: gone") != std::string::npos);
    }

    TEST_CASE("broken, unrelated and foreign bundles hide no signature") {
        const std::vector<Evidence> evidence = {bundle_of("{"),
                                                golden("attestation"),
                                                golden("blob"),
                                                golden("keyless-rekor-v1"),
                                                golden("annotated"),
                                                signed_with({})};
        const auto verified = verify(artifact, evidence, by_p256());
        CHECK(verified.rejected().size() == 5);
    }

    TEST_CASE("demands every annotation with exactly its value") {
        Requirements requirements = by_p256();
        requirements.annotations = {{"env", "prod"}, {"team", "a"}};
        CHECK_NOTHROW(static_cast<void>(
            verify(artifact,
                   std::vector{signed_with({{"env", "prod"}, {"team", "a"}, {"x", "y"}})},
                   requirements)));
        CHECK(refusal({signed_with({{"env", "prod"}})}, requirements).reason() ==
              core::Reason::wrong_annotation);
        CHECK(refusal({signed_with({{"env", "Prod"}, {"team", "a"}})}, requirements).reason() ==
              core::Reason::wrong_annotation);
    }

    TEST_CASE("conditions met by two signatures together are met by none") {
        Requirements requirements = by_p256();
        requirements.annotations = {{"env", "prod"}, {"team", "a"}};
        CHECK(refusal({signed_with({{"env", "prod"}}), signed_with({{"team", "a"}})}, requirements)
                  .kind() == core::ErrorKind::no_matching_signature);
    }

    TEST_CASE("annotations of another subject in the statement do not count") {
        const std::string payload = core::concat(
            R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":")",
            another.hex(),
            R"("},"annotations":{"env":"prod"}},{"digest":{"sha256":")",
            artifact.hex(),
            R"("},"annotations":{}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}})");
        Requirements requirements = by_p256();
        CHECK_NOTHROW(static_cast<void>(
            verify(artifact, std::vector{signed_statement(payload)}, requirements)));
        requirements.annotations = {{"env", "prod"}};
        CHECK(refusal({signed_statement(payload)}, requirements).reason() ==
              core::Reason::wrong_annotation);
    }

    TEST_CASE("refuses another model of the same signer") {
        Requirements requirements = by_p256();
        requirements.model = RequiredModel{.name = "fraud"};
        CHECK(refusal({signed_with({{"model", "spam"}})}, requirements).reason() ==
              core::Reason::wrong_model);
        CHECK(refusal({signed_with({})}, requirements).reason() == core::Reason::wrong_model);
        CHECK_NOTHROW(static_cast<void>(
            verify(artifact, std::vector{signed_with({{"model", "fraud"}})}, requirements)));
    }

    TEST_CASE(
        "where the artifact was asked for by name, a statement without one is accepted and "
        "reported") {
        Requirements requirements = by_p256();
        requirements.model = RequiredModel{.name = "fraud", .may_be_unstated = true};
        const auto verified = verify(artifact, std::vector{signed_with({})}, requirements);
        CHECK_FALSE(verified.facts().states_model);
        CHECK(refusal({signed_with({{"model", "spam"}})}, requirements).reason() ==
              core::Reason::wrong_model);
    }

    TEST_CASE("refuses older versions, versions without an order, and none") {
        Requirements requirements = by_p256();
        requirements.min_version = "v1.10";
        CHECK(refusal({signed_with({{"version", "v1.9"}})}, requirements).reason() ==
              core::Reason::older_version);
        CHECK(refusal({signed_with({{"version", "latest"}})}, requirements).reason() ==
              core::Reason::older_version);
        CHECK(refusal({signed_with({})}, requirements).reason() == core::Reason::older_version);
        CHECK_NOTHROW(static_cast<void>(
            verify(artifact, std::vector{signed_with({{"version", "2.0.0"}})}, requirements)));
        requirements.min_version = "newest";
        CHECK(refusal({signed_with({{"version", "v2"}})}, requirements).kind() ==
              core::ErrorKind::usage);
    }

    TEST_CASE("legacy signatures count only when they are allowed") {
        Requirements requirements = by_p256();
        CHECK(refusal({legacy({})}, requirements).kind() == core::ErrorKind::no_matching_signature);
        requirements.allow_legacy = true;
        const auto verified = verify(artifact, std::vector{legacy({{"model", "m"}})}, requirements);
        CHECK(verified.facts().format == SignatureFormat::legacy);
        CHECK(verified.facts().states_model);
    }

    TEST_CASE("legacy signatures obey the same conditions") {
        Requirements requirements = by_p256();
        requirements.allow_legacy = true;
        CHECK(refusal({legacy({}, another)}, requirements).reason() ==
              core::Reason::digest_mismatch);
        Evidence changed = legacy({});
        changed.legacy.signature = "AAAA";
        CHECK(refusal({changed}, requirements).reason() == core::Reason::wrong_signer);
        changed.legacy.signature = "?";
        CHECK(refusal({changed}, requirements).reason() == core::Reason::malformed_evidence);
        changed = legacy({});
        changed.legacy.certificate = "no certificate";
        CHECK(refusal({changed}, requirements).reason() == core::Reason::malformed_evidence);
        requirements.model = RequiredModel{.name = "fraud"};
        CHECK(refusal({legacy({{"model", "spam"}})}, requirements).reason() ==
              core::Reason::wrong_model);
    }

    TEST_CASE("an error names the candidate that got furthest first, and not all of very many") {
        Requirements requirements = by_p256();
        requirements.annotations = {{"env", "prod"}};
        std::vector<Evidence> evidence(20, bundle_of("{}"));
        evidence.push_back(signed_with({{"env", "test"}}));
        const core::Error error = refusal(evidence, requirements);
        CHECK(error.reason() == core::Reason::wrong_annotation);
        CHECK(error.message().find("18 more") != std::string::npos);
    }
}

}  // namespace modelseal::sigstore
