#include "common/sigstore/demands.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "common/sigstore/format/predicate.hpp"
#include "common/sigstore/format/statement.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/world.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::Reason;
using pki::noon;

const digest::Digest artifact = digest::Digest::parse_lenient(std::string(64, 'a'));
const std::string commit(40, 'c');
const std::string other(40, 'd');

/// A certificate of a workflow at one commit, a release key, and statements by both.
struct Signers {
    pki::World world;
    crypto::KeySigner key{crypto::PrivateKey::generate()};

    Evidence by_workflow(const oci::Annotations& annotations, const std::string& source = commit) {
        const Bundle bundle =
            world.sign(cosign_sign_statement(artifact, annotations),
                       {.leaf = {.extensions = {pki::fulcio_extension(13, source)}}});
        return {.origin = "workflow", .content = write_bundle(bundle)};
    }

    Evidence by_key(std::string payload) {
        Envelope envelope{.payload_type = std::string(in_toto_payload_type),
                          .payload = std::move(payload),
                          .signature = {}};
        envelope.signature = key.sign(
            core::as_bytes(pre_authentication_encoding(envelope.payload_type, envelope.payload)));
        return {.origin = "key", .content = key_bundle(envelope, key.public_key().fingerprint())};
    }

    Evidence signed_by_key(const oci::Annotations& annotations) {
        return by_key(cosign_sign_statement(artifact, annotations));
    }

    /// What the provenance states under "training".
    Evidence provenance(std::string_view training) {
        return by_key(core::concat(
            R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":")",
            artifact.hex(),
            R"("}}],"predicateType":")",
            predicate_types::modelseal_provenance,
            R"(","predicate":{"training":)",
            training,
            "}}"));
    }

    [[nodiscard]] Requirements workflow_at_one_commit() const {
        return {.signers = {TrustedIdentity{.subject = TextPattern::glob("https://github.com/*"),
                                            .issuer = TextPattern::glob("https://*")}},
                .same_commit = true};
    }

    [[nodiscard]] Requirements by_release_key(
        std::string_view type = predicate_types::cosign_sign) const {
        return {.signers = {TrustedKey{key.public_key()}}, .predicate_type = std::string(type)};
    }

    [[nodiscard]] Demands demanding(std::vector<Requirements> statements) const {
        return {.statements = std::move(statements),
                .trust = {.root = world.trusted_root(), .now = noon()}};
    }
};

core::Error refusal(const std::vector<Evidence>& evidence,
                    const Demands& demands,
                    const std::optional<std::string>& revision) {
    return test::error_of([&] { return verify_artifact(artifact, evidence, demands, revision); });
}

}  // namespace

TEST_SUITE("sigstore/demands") {
    TEST_CASE("each demand is fulfilled by a statement of its own signer, and all are") {
        Signers by;
        const Demands demands =
            by.demanding({by.workflow_at_one_commit(),
                          by.by_release_key(predicate_types::modelseal_provenance)});
        const Evidence signature = by.by_workflow({{"model", "m"}});
        const Evidence provenance = by.provenance(core::concat(R"({"commit":")", commit, R"("})"));
        const auto verified =
            verify_artifact(artifact, std::vector{signature, provenance}, demands, std::nullopt);
        CHECK(verified.statements().size() == 2);
        CHECK(verified.signature().annotations.at("model") == "m");
        const auto unproved = refusal({signature}, demands, commit);
        CHECK(unproved.kind() == core::ErrorKind::no_matching_signature);
        CHECK(unproved.reason() == Reason::missing_statement);
        CHECK(unproved.message().find(core::concat(
                  "is signed by ", verified.signature().authentication.signer_text())) !=
              std::string::npos);
        CHECK(unproved.message().find(core::concat(
                  "no statement of type ",
                  core::in_quotes(predicate_types::modelseal_provenance),
                  " by the key ",
                  by.key.public_key().fingerprint().to_string())) != std::string::npos);
        // Without the signature, it is that which is missing; by another key, it does not count.
        CHECK(refusal({provenance}, demands, commit).kind() == core::ErrorKind::no_signature);
        Signers another;
        CHECK(refusal({signature, another.provenance("{}")}, demands, commit).reason() ==
              Reason::wrong_signer);
        // The signature that held is explained as well as the provenance that is not there.
        REQUIRE(unproved.explanation().candidates.size() == 2);
        CHECK(unproved.explanation().candidates[0].accepted);
        CHECK(unproved.explanation().candidates[1].statement ==
              predicate_types::modelseal_provenance);
        CHECK_FALSE(unproved.explanation().candidates[1].accepted);
        CHECK(verified.explanation().candidates.size() ==
              4);  // the signature twice, the provenance, all
    }

    TEST_CASE("all who state a commit state the same, whichever demand asks for it") {
        Signers by;
        const Demands demands = by.demanding({by.by_release_key(), by.workflow_at_one_commit()});
        const auto verify = [&](const Evidence& key, const std::optional<std::string>& revision) {
            return verify_artifact(
                artifact, std::vector{key, by.by_workflow({})}, demands, revision);
        };
        CHECK_NOTHROW(
            static_cast<void>(verify(by.signed_by_key({{"training_commit", commit}}), commit)));
        CHECK(test::error_of([&] {
                  return verify(by.signed_by_key({{"training_commit", other}}), std::nullopt);
              }).reason() == Reason::wrong_annotation);
        CHECK(test::error_of([&] { return verify(by.signed_by_key({}), other); }).reason() ==
              Reason::wrong_annotation);
        CHECK(test::error_of([&] { return verify(by.signed_by_key({}), std::nullopt); })
                  .message()
                  .find("only the certificate") != std::string::npos);
    }

    TEST_CASE("each demand is fulfilled by the attestations of its own signer, and all are") {
        Signers by;
        const auto type = predicate_types::modelseal_provenance;
        Requirements by_another = by.by_release_key(type);
        by_another.signers = {TrustedKey{crypto::PrivateKey::generate().public_key()}};
        const std::vector<Evidence> evidence = {
            by.signed_by_key({}), by.provenance("{}"), by.provenance(R"({"commit":7})")};
        const auto verify = [&](std::vector<Requirements> statements) {
            return verify_attestations(artifact, evidence, by.demanding(std::move(statements)));
        };
        const auto verified = verify({by.by_release_key(type), by.by_release_key(type)});
        REQUIRE(verified.fulfilled().size() == 2);
        for (const VerifiedAttestations& by_one : verified.fulfilled()) {
            CHECK(by_one.all().size() == 2);
            CHECK(by_one.rejected().size() == 1);
        }
        CHECK(verified.explanation().candidates.size() == 6);
        const auto error = test::error_of([&] {
            return verify({by.by_release_key(type), by_another});
        });
        CHECK(error.reason() == Reason::wrong_signer);
        // What held for the first demand is explained as well as what did not for the second.
        REQUIRE(error.explanation().candidates.size() == 6);
        CHECK(error.explanation().candidates[2].accepted);
        CHECK_FALSE(error.explanation().candidates[5].accepted);
        CHECK(test::error_of([&] { return verify({}); }).kind() == core::ErrorKind::internal);
    }

    TEST_CASE("an older signature from another commit hides no good one") {
        Signers by;
        const Demands demands = by.demanding({by.workflow_at_one_commit()});
        const std::vector<Evidence> evidence = {by.by_workflow({}, other), by.by_workflow({})};
        const auto verified = verify_artifact(artifact, evidence, demands, commit);
        CHECK(verified.statements().front().rejected().size() == 1);
    }

    TEST_CASE("the provenance's commit is compared, and must be text") {
        Signers by;
        const Demands demands =
            by.demanding({by.workflow_at_one_commit(),
                          by.by_release_key(predicate_types::modelseal_provenance)});
        for (const std::string& training :
             {core::concat(R"({"commit":")", other, R"("})"), std::string(R"({"commit":7})")}) {
            CAPTURE(training);
            const auto error =
                refusal({by.by_workflow({}), by.provenance(training)}, demands, commit);
            CHECK(error.kind() == core::ErrorKind::no_matching_signature);
            CHECK(error.reason() == Reason::wrong_annotation);
            const auto& of_all = error.explanation().candidates.back();
            CHECK_FALSE(of_all.accepted);
            CHECK(of_all.checks.back().check == "same commit of all");
            CHECK(of_all.checks.back().outcome == core::CheckNote::Outcome::failed);
        }
    }

    TEST_CASE("each check of a certificate is explained, and where it stops") {
        Signers by;
        const Demands demands = by.demanding({by.workflow_at_one_commit()});
        const auto verified =
            verify_artifact(artifact, std::vector{by.by_workflow({})}, demands, commit);
        std::string held;
        std::string unasked;
        for (const core::CheckNote& note : verified.explanation().candidates.front().checks) {
            (note.outcome == core::CheckNote::Outcome::held ? held : unasked)
                .append(core::concat(note.check, "; "));
        }
        CHECK(held ==
              "format; statement; certificate; transparency log; trusted time; certificate "
              "authority; certificate transparency; signer; signature; same commit; ");
        CHECK(unasked ==
              "repository id; branch or tag; what triggered the run; model; minimum version; check "
              "of the model; other annotations; ");
        Demands of_another = demands;
        of_another.statements[0].signers = {
            TrustedIdentity{.subject = TextPattern::exact("https://example.com/other"),
                            .issuer = TextPattern::glob("https://*")}};
        const auto error = refusal({by.by_workflow({})}, of_another, commit);
        CHECK(error.explanation().candidates.front().checks.back().check == "signer");
    }

    TEST_CASE("nothing that is demanded is nothing that is verified") {
        Signers signers;
        const std::vector evidence = {signers.by_workflow({})};
        const Demands none{.statements = {},
                           .trust = {.root = signers.world.trusted_root(), .now = noon()}};
        CHECK(test::error_of([&] {
                  return verify_artifact(artifact, evidence, none, std::nullopt);
              }).kind() == core::ErrorKind::internal);
        CHECK(test::error_of([&] {
                  return verify_attestations(artifact, evidence, none);
              }).kind() == core::ErrorKind::internal);
    }
}

}  // namespace modelseal::sigstore
