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
#include "tests/support/temporary_folder.hpp"

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
        const std::string bundle = sign_artifact(layout.artifact.digest, {{"model", "m"}}, by);
        const auto referrer = push_bundle(*layout.store, layout.artifact, bundle, created);
        const auto evidence = layout.evidence(LegacySignatures::ignored);
        REQUIRE(evidence.size() == 1);
        CHECK(evidence.front().content == bundle);
        CHECK(evidence.front().origin == referrer.digest.to_string());
        CHECK_NOTHROW(static_cast<void>(
            verify_signature_of(layout.artifact.digest, evidence, {.keys = {by.public_key()}})));
    }

    TEST_CASE("only the layer's media type makes a referrer a candidate") {
        Layout layout;
        auto by = signer();
        attach(*layout.store, layout.artifact, "application/spdx+json", "{}");
        CHECK(layout.evidence(LegacySignatures::ignored).empty());
        const std::string bundle = sign_artifact(layout.artifact.digest, {}, by);
        attach(*layout.store, layout.artifact, oci::media_types::sigstore_bundle, bundle);
        const auto evidence = layout.evidence(LegacySignatures::ignored);
        REQUIRE(evidence.size() == 1);
        CHECK_NOTHROW(static_cast<void>(
            verify_signature_of(layout.artifact.digest, evidence, {.keys = {by.public_key()}})));
    }

    TEST_CASE("a candidate that is too large or damaged is named and hides no other") {
        Layout layout;
        auto by = signer();
        attach(*layout.store,
               layout.artifact,
               oci::media_types::sigstore_bundle,
               std::string((std::size_t{1} << 20U) + 1, ' '));
        const auto lost =
            attach(*layout.store, layout.artifact, oci::media_types::sigstore_bundle, "lost");
        std::filesystem::remove(
            layout.folder /
            core::concat("layout/blobs/sha256/", digest::sha256_of(core::as_bytes("lost")).hex()));
        push_bundle(
            *layout.store, layout.artifact, sign_artifact(layout.artifact.digest, {}, by), created);
        const auto evidence = layout.evidence(LegacySignatures::ignored);
        CHECK(evidence.size() == 3);
        CHECK(std::count_if(evidence.begin(), evidence.end(), [](const Evidence& candidate) {
                  return !candidate.problem.empty();
              }) == 2);
        CHECK_NOTHROW(static_cast<void>(
            verify_signature_of(layout.artifact.digest, evidence, {.keys = {by.public_key()}})));
    }

    TEST_CASE("the legacy tag is read only when it is allowed") {
        Layout layout;
        auto by = signer();
        push_legacy_signature(
            *layout.store,
            layout.artifact.digest,
            sign_artifact_legacy(layout.artifact.digest, "r/m", {{"env", "prod"}}, by),
            by.public_key());
        CHECK(layout.evidence(LegacySignatures::ignored).empty());
        const auto evidence = layout.evidence(LegacySignatures::allowed);
        REQUIRE(evidence.size() == 1);
        const auto verified = verify_signature_of(
            layout.artifact.digest, evidence, {.keys = {by.public_key()}, .allow_legacy = true});
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
                push_bundle(
                    *own,
                    layout.artifact,
                    sign_artifact(layout.artifact.digest, {{"signer", std::to_string(i)}}, by),
                    created);
            });
        }
        signers.clear();
        CHECK(layout.evidence(LegacySignatures::ignored).size() == 8);
    }
}

}  // namespace modelseal::sigstore
