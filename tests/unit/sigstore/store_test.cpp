// Signatures in a real layout: what is stored, what is found again.
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/image_layout.hpp"
#include "common/sigstore/evidence.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "common/sigstore/sign.hpp"
#include "common/sigstore/verify.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/trust.hpp"

#include <thread>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const oci::MediaType manifest_type = oci::MediaType::parse(oci::media_types::image_manifest);
const core::Timestamp created = core::Timestamp::parse("2026-11-23T16:31:15Z");

crypto::KeySigner signer(std::string_view name = "p256") {
    return crypto::KeySigner(
        crypto::PrivateKey::parse_pem(test::read_data(core::concat("cosign/keys/", name, ".pem"))));
}

oci::Descriptor push_blob(oci::Store& store, std::string_view type, std::string_view text) {
    const auto bytes = core::as_bytes(text);
    const auto digest = store.push_blob(core::MemoryAccess(bytes), std::nullopt, {});
    return {.media_type = oci::MediaType::parse(type), .digest = digest, .size = text.size()};
}

oci::Descriptor push_artifact(oci::Store& store) {
    oci::Manifest manifest{.artifact_type = oci::MediaType::parse(oci::media_types::model_artifact),
                           .config = push_blob(store, oci::media_types::empty, "{}"),
                           .layers = {push_blob(store, "application/octet-stream", "weights")}};
    return store.push_manifest(manifest_type, manifest.to_bytes(), {oci::Tag::parse("v1")});
}

/// A referrer with one layer of the given type, as `oras attach` makes one.
oci::Descriptor attach(oci::Store& store,
                       const oci::Descriptor& subject,
                       std::string_view layer_type,
                       std::string_view content) {
    oci::Manifest manifest{.artifact_type = oci::MediaType::parse("application/example"),
                           .config = push_blob(store, oci::media_types::empty, "{}"),
                           .layers = {push_blob(store, layer_type, content)},
                           .subject = subject};
    return store.push_manifest(manifest_type, manifest.to_bytes(), {});
}

struct Layout {
    test::TemporaryFolder folder{};
    std::unique_ptr<oci::ImageLayout> store = oci::ImageLayout::open_or_create(folder / "layout");
    oci::Descriptor artifact = push_artifact(*store);

    [[nodiscard]] std::vector<Evidence> evidence(LegacySignatures legacy) const {
        return collect_evidence(*store, artifact.digest, legacy);
    }
};

VerifiedSignature verify(const digest::Digest& of,
                         const std::vector<Evidence>& evidence,
                         const Requirements& requirements) {
    return verify_signature_of(of, evidence, requirements, test::trust());
}

}  // namespace

TEST_SUITE("sigstore/store") {
    TEST_CASE("the referrer's manifest is the one that cosign writes") {
        Layout layout;
        const std::string bundle = test::read_data("cosign/plain.bundle.json");
        oci::Descriptor subject{
            .media_type = manifest_type,
            .digest = digest::Digest::parse("sha256:d10609f0d0190b3218eaa8344d01a5f8a8abc"
                                            "05023f3188b5f6003074eb6d59c"),
            .size = 770};
        const auto pushed = push_bundle(*layout.store, subject, bundle, created);
        CHECK(layout.store->fetch_manifest(pushed.digest).bytes ==
              test::read_data("cosign/bundle-manifest.json"));
    }

    TEST_CASE("a stored signature is found and verifies") {
        Layout layout;
        auto by = signer();
        KeyBundleMaker maker(by);
        const std::string bundle =
            sign_artifact(layout.artifact.digest, {{"model", "m"}}, maker).bundle;
        const auto referrer = push_bundle(*layout.store, layout.artifact, bundle, created);
        const auto evidence = layout.evidence(LegacySignatures::ignored);
        REQUIRE(evidence.size() == 1);
        CHECK(evidence.front().content == bundle);
        CHECK(evidence.front().origin == referrer.digest.to_string());
        CHECK_NOTHROW(static_cast<void>(
            verify(layout.artifact.digest, evidence, {.signers = {TrustedKey{by.public_key()}}})));
    }

    TEST_CASE("only the layer's media type makes a referrer a candidate") {
        Layout layout;
        auto by = signer();
        KeyBundleMaker maker(by);
        attach(*layout.store, layout.artifact, "application/spdx+json", "{}");
        CHECK(layout.evidence(LegacySignatures::ignored).empty());
        const std::string bundle = sign_artifact(layout.artifact.digest, {}, maker).bundle;
        attach(*layout.store, layout.artifact, oci::media_types::sigstore_bundle, bundle);
        const auto evidence = layout.evidence(LegacySignatures::ignored);
        REQUIRE(evidence.size() == 1);
        CHECK_NOTHROW(static_cast<void>(
            verify(layout.artifact.digest, evidence, {.signers = {TrustedKey{by.public_key()}}})));
    }

    TEST_CASE("a candidate that is too large or damaged is named and hides no other") {
        Layout layout;
        auto by = signer();
        KeyBundleMaker maker(by);
        attach(*layout.store,
               layout.artifact,
               oci::media_types::sigstore_bundle,
               std::string((std::size_t{1} << 20U) + 1, ' '));
        const auto lost =
            attach(*layout.store, layout.artifact, oci::media_types::sigstore_bundle, "lost");
        std::filesystem::remove(
            layout.folder /
            core::concat("layout/blobs/sha256/", digest::sha256_of(core::as_bytes("lost")).hex()));
        push_bundle(*layout.store,
                    layout.artifact,
                    sign_artifact(layout.artifact.digest, {}, maker).bundle,
                    created);
        const auto evidence = layout.evidence(LegacySignatures::ignored);
        CHECK(evidence.size() == 3);
        CHECK(std::count_if(evidence.begin(), evidence.end(), [](const Evidence& candidate) {
                  return !candidate.problem.empty();
              }) == 2);
        CHECK_NOTHROW(static_cast<void>(
            verify(layout.artifact.digest, evidence, {.signers = {TrustedKey{by.public_key()}}})));
    }

    TEST_CASE("the legacy tag is read only when it is allowed") {
        Layout layout;
        auto by = signer();
        push_legacy_signature(
            *layout.store,
            layout.artifact.digest,
            sign_artifact_legacy(layout.artifact.digest, "r/m", {{"env", "prod"}}, by),
            by.public_key());
        const auto ignored = layout.evidence(LegacySignatures::ignored);
        REQUIRE(ignored.size() == 1);
        CHECK(ignored.front().content.empty());
        const auto refused = test::error_of([&] {
            return verify(
                layout.artifact.digest, ignored, {.signers = {TrustedKey{by.public_key()}}});
        });
        CHECK(refused.message().find("--allow-legacy") != std::string::npos);
        const auto evidence = layout.evidence(LegacySignatures::allowed);
        REQUIRE(evidence.size() == 1);
        const auto verified =
            verify(layout.artifact.digest,
                   evidence,
                   {.signers = {TrustedKey{by.public_key()}}, .allow_legacy = true});
        CHECK(verified.facts().annotations.at("env") == "prod");
    }

    TEST_CASE("legacy signatures are appended, and the same one by the same key only once") {
        Layout layout;
        for (const auto* name : {"p256", "p384", "p256", "rsa2048"}) {
            auto by = signer(name);
            push_legacy_signature(*layout.store,
                                  layout.artifact.digest,
                                  sign_artifact_legacy(layout.artifact.digest, "r/m", {}, by),
                                  by.public_key());
        }
        CHECK(layout.evidence(LegacySignatures::allowed).size() == 3);
    }

    TEST_CASE("the legacy config is the one that cosign writes") {
        Layout layout;
        const auto golden = oci::Manifest::parse(test::read_data("cosign/legacy-manifest.json"));
        const auto key = crypto::PublicKey::parse_pem(test::read_data("cosign/cosign.pub"));
        for (std::size_t i = 0; i < golden.layers.size(); ++i) {
            push_legacy_signature(
                *layout.store,
                layout.artifact.digest,
                {test::read_data(core::concat("cosign/legacy-payload-", i, ".json")),
                 golden.layers[i].annotations.at("dev.cosignproject.cosign/signature")},
                key);
        }
        const auto tag = legacy_signature_tag(layout.artifact.digest);
        const auto content = layout.store->fetch_manifest(layout.store->resolve(tag).digest);
        const auto written = oci::Manifest::parse(content.bytes);
        CHECK(written.config == golden.config);
        CHECK(written.layers == golden.layers);
    }

    TEST_CASE("eight signers at once all stay listed") {
        Layout layout;
        std::vector<std::jthread> signers;
        for (int i = 0; i < 8; ++i) {
            signers.emplace_back([&layout, i] {
                const auto own = oci::ImageLayout::open_or_create(layout.folder / "layout");
                auto by = signer();
                KeyBundleMaker maker(by);
                push_bundle(
                    *own,
                    layout.artifact,
                    sign_artifact(layout.artifact.digest, {{"signer", std::to_string(i)}}, maker)
                        .bundle,
                    created);
            });
        }
        signers.clear();
        CHECK(layout.evidence(LegacySignatures::ignored).size() == 8);
    }

    TEST_CASE("a stored attestation is found, up to 8 MiB, and its referrer names its type") {
        Layout layout;
        auto by = signer();
        KeyBundleMaker maker(by);
        const std::string filler(std::size_t{3} << 20U, 'a');
        const auto made = attest_artifact(layout.artifact.digest,
                                          "r/m",
                                          {"urn:large", core::concat(R"({"a":")", filler, "\"}")},
                                          maker);
        const auto referrer =
            push_bundle(*layout.store, layout.artifact, made.bundle, created, "urn:large");
        CHECK(oci::Manifest::parse(layout.store->fetch_manifest(referrer.digest).bytes)
                  .annotations.at("dev.sigstore.bundle.predicateType") == "urn:large");
        const auto evidence =
            collect_attestations(*layout.store, layout.artifact.digest, LegacySignatures::ignored);
        REQUIRE(evidence.size() == 1);
        CHECK(evidence.front().content == made.bundle);
        // Too large for a signature, which it hides none of.
        const auto as_signature = layout.evidence(LegacySignatures::ignored);
        REQUIRE(as_signature.size() == 1);
        CHECK_FALSE(as_signature.front().problem.empty());
    }

    TEST_CASE("legacy attestations are appended, and read only when it is allowed") {
        Layout layout;
        auto by = signer();
        KeyBundleMaker maker(by);
        std::vector<std::string> envelopes;
        for (const auto* type : {"urn:one", "urn:two"}) {
            envelopes.push_back(
                attest_artifact(layout.artifact.digest, "r/m", {type, "{}"}, maker).envelope);
            for (int i = 0; i < 2; ++i) {
                push_legacy_attestation(
                    *layout.store, layout.artifact.digest, envelopes.back(), type);
            }
        }
        CHECK(collect_attestations(*layout.store, layout.artifact.digest, LegacySignatures::ignored)
                  .empty());
        const auto evidence =
            collect_attestations(*layout.store, layout.artifact.digest, LegacySignatures::allowed);
        REQUIRE(evidence.size() == 2);
        CHECK(evidence.at(0).content == envelopes.at(0));
        CHECK(evidence.at(1).content == envelopes.at(1));
        CHECK(evidence.at(0).format == SignatureFormat::legacy);
        const auto tag = oci::Tag::of_digest(layout.artifact.digest, ".att");
        const auto manifest = oci::Manifest::parse(
            layout.store->fetch_manifest(layout.store->resolve(tag).digest).bytes);
        CHECK(manifest.layers.at(1).annotations ==
              oci::Annotations{{"dev.cosignproject.cosign/signature", ""},
                               {"predicateType", "urn:two"}});
        CHECK(layout.evidence(LegacySignatures::allowed).empty());
    }
}

}  // namespace modelseal::sigstore
