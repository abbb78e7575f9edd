// What is found in a registry that somebody hostile writes to, or that does not answer.
#include "common/sigstore/evidence.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/unreachable_store.hpp"

#include <map>

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;
using core::Reason;

const digest::Digest artifact = digest::Digest::parse_lenient(std::string(64, 'a'));
const digest::Digest another = digest::Digest::parse_lenient(std::string(64, 'b'));

digest::Digest digest_of(std::string_view text) {
    return digest::sha256_of(core::as_bytes(text));
}

oci::Descriptor descriptor(std::string_view type, std::string_view text) {
    return {
        .media_type = oci::MediaType::parse(type), .digest = digest_of(text), .size = text.size()};
}

/// A registry of what a test puts into it.
class Registry final : public test::UnreachableStore {
  public:
    Registry() : UnreachableStore("registry.example.com") {}

    oci::Descriptor blob(std::string_view type, std::string text) {
        const oci::Descriptor stored = descriptor(type, text);
        content_[stored.digest.hex()] = std::move(text);
        return stored;
    }

    oci::Descriptor manifest(const oci::Manifest& manifest) {
        return blob(oci::media_types::image_manifest, manifest.to_bytes());
    }

    /// A referrer whose layers are these, about `subject`.
    void attach(std::vector<oci::Descriptor> layers,
                const std::optional<digest::Digest>& subject = artifact) {
        oci::Manifest made{.config = blob(oci::media_types::empty, "{}"),
                           .layers = std::move(layers),
                           .annotations = {{"number", std::to_string(listed.size())}}};
        if (subject) {
            made.subject = descriptor(oci::media_types::image_manifest, "");
            made.subject->digest = *subject;
        }
        listed.push_back(manifest(made));
    }

    void attach_bundle(std::string text, const std::optional<digest::Digest>& subject = artifact) {
        attach({blob(oci::media_types::sigstore_bundle, std::move(text))}, subject);
    }

    /// What the legacy tag has.
    void tag(std::vector<oci::Descriptor> layers) {
        tagged =
            manifest({.config = blob(oci::media_types::empty, "{}"), .layers = std::move(layers)});
    }

    oci::Descriptor legacy_layer(std::string text,
                                 std::string_view type = oci::media_types::simple_signing) {
        oci::Descriptor layer = blob(type, std::move(text));
        layer.annotations.emplace(oci::annotation_keys::legacy_signature, "AAAA");
        return layer;
    }

    [[nodiscard]] std::vector<oci::Descriptor> referrers(const digest::Digest&) override {
        return listed;
    }

    [[nodiscard]] oci::Descriptor resolve(const oci::Tag& /*tag*/) override {
        if (!tagged) {
            throw core::Error(ErrorKind::no_such_tag, "no such tag");
        }
        return *tagged;
    }

    [[nodiscard]] oci::ManifestContent fetch_manifest(const digest::Digest& digest) override {
        ++fetched;
        return {descriptor(oci::media_types::image_manifest, stored(digest)), stored(digest)};
    }

    void fetch_blob(const oci::Descriptor& blob, core::ByteSink& to) override {
        to.write(core::as_bytes(stored(blob.digest)));
    }

    std::vector<oci::Descriptor> listed{};
    std::optional<oci::Descriptor> tagged{};
    std::optional<core::Error> failure{};  // of everything that is fetched
    unsigned fetched = 0;

  private:
    const std::string& stored(const digest::Digest& digest) {
        if (failure) {
            throw *failure;
        }
        return content_.at(digest.hex());
    }

    std::map<std::string, std::string> content_;
};

core::Error refusal(Registry& registry) {
    return test::error_of(
        [&] { return collect_evidence(registry, artifact, LegacySignatures::allowed); });
}

std::vector<Evidence> found_in(Registry& registry) {
    return collect_evidence(registry, artifact, LegacySignatures::allowed);
}

/// Why the only candidate is none; empty when it is one.
std::string problem_in(Registry& registry) {
    const auto found = found_in(registry);
    REQUIRE(found.size() == 1);
    return found.front().problem;
}

}  // namespace

TEST_SUITE("sigstore/evidence") {
    TEST_CASE("a registry that does not answer, or lets nobody in, has not said 'unsigned'") {
        for (const auto kind : {ErrorKind::denied, ErrorKind::unavailable, ErrorKind::io}) {
            Registry registry;
            registry.attach_bundle("{}");
            registry.failure = core::Error(kind, "401 or 500");
            CHECK(refusal(registry).kind() == kind);
            Registry legacy;
            legacy.tag({legacy.legacy_layer("{}")});
            legacy.failure = core::Error(kind, "401 or 500");
            CHECK(refusal(legacy).kind() == kind);
        }
        for (const auto kind : {ErrorKind::not_found, ErrorKind::mismatch, ErrorKind::malformed}) {
            Registry registry;
            registry.attach_bundle("{}");
            registry.failure = core::Error(kind, "damaged");
            CHECK(problem_in(registry) == "damaged");
        }
    }

    TEST_CASE("past 1000 referrers nothing is read, and 'unsigned' is not guessed") {
        Registry registry;
        registry.attach({});
        registry.listed.assign(1000, registry.listed.front());
        CHECK(found_in(registry).empty());
        CHECK(registry.fetched == 1000);
        registry.listed.push_back(registry.listed.front());
        CHECK(refusal(registry).reason() == Reason::limit_exceeded);
        registry.listed.resize(2000, registry.listed.front());
        CHECK(refusal(registry).kind() == ErrorKind::unavailable);
        CHECK(registry.fetched == 1000);
    }

    TEST_CASE("past 1000 legacy signatures neither") {
        Registry registry;
        std::vector<oci::Descriptor> layers(1000, registry.legacy_layer("{}"));
        registry.tag(layers);
        CHECK(found_in(registry).size() == 1000);
        layers.push_back(layers.front());
        registry.tag(layers);
        CHECK(refusal(registry).reason() == Reason::limit_exceeded);
    }

    TEST_CASE("a legacy signature has at most 64 KiB, a bundle 1 MiB, and all 32 MiB") {
        constexpr std::size_t kibibyte = 1024;
        Registry legacy;
        legacy.tag({legacy.legacy_layer(std::string(64 * kibibyte, 'a'))});
        CHECK(problem_in(legacy).empty());
        legacy.tag({legacy.legacy_layer(std::string(64 * kibibyte + 1, 'a'))});
        CHECK_FALSE(problem_in(legacy).empty());
        Registry bundles;
        for (int i = 0; i < 32; ++i) {
            bundles.attach_bundle(std::string(kibibyte * kibibyte, 'a'));
        }
        CHECK(found_in(bundles).size() == 32);
        bundles.attach_bundle("a");
        const core::Error error = refusal(bundles);
        CHECK(error.kind() == ErrorKind::unavailable);
        CHECK(error.reason() == Reason::limit_exceeded);
    }

    TEST_CASE("a referrer of another artifact, or of none, is evidence of nothing") {
        for (const auto& subject : {std::optional(another), std::optional<digest::Digest>()}) {
            Registry registry;
            registry.attach_bundle("{}", subject);
            CHECK(problem_in(registry) == "it is listed as a referrer of another artifact");
        }
    }

    TEST_CASE("only a manifest with one layer, a bundle, is a candidate") {
        Registry registry;
        const auto bundle = registry.blob(oci::media_types::sigstore_bundle, "{}");
        registry.attach({});
        registry.attach({bundle, bundle});
        registry.attach({registry.blob("application/spdx+json", "{}")});
        registry.listed.push_back(registry.blob("application/octet-stream", "no manifest"));
        CHECK(found_in(registry).empty());
        registry.attach({bundle});
        CHECK(found_in(registry).size() == 1);
    }

    TEST_CASE("a layer of the legacy tag is a signature by its media type and its annotation") {
        Registry registry;
        registry.tag({registry.legacy_layer("{}", "application/octet-stream")});
        CHECK(problem_in(registry) == "the layer is not a signature");
        registry.tag({registry.blob(oci::media_types::simple_signing, "{}")});
        CHECK(problem_in(registry) == "the layer is not a signature");
        registry.tag({registry.legacy_layer("{}")});
        CHECK(problem_in(registry).empty());
    }
}

}  // namespace modelseal::sigstore
