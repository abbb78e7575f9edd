#include "common/seal/verify_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/sealed_model.hpp"
#include "tests/support/trust.hpp"

#include <functional>

#include <doctest/doctest.h>

namespace modelseal::seal {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;
using test::SealedModel;

FolderDemands digest_of(const SealedModel& model) {
    return {.digest = ExpectedDigest(model.digest().to_string())};
}

FolderDemands signer_of(const SealedModel& model, std::string name = "m") {
    return {.signature = sigstore::Demands{
                .statements = {{.signers = {sigstore::TrustedKey{model.key()}},
                                .model = sigstore::RequiredModel{.name = std::move(name)}}},
                .trust = test::trust()}};
}

VerifiedModel verify(const SealedModel& model, const FolderDemands& demands) {
    core::NoProgress progress;
    return verify_folder(model.open(), demands, progress);
}

Error error_of(const SealedModel& model, const FolderDemands& demands) {
    return test::error_of([&] { return verify(model, demands); });
}

Reason reason_of(const SealedModel& model, const FolderDemands& demands) {
    return error_of(model, demands).reason();
}

}  // namespace

TEST_SUITE("seal/verify_folder") {
    TEST_CASE("proves every file from the manifest's digest alone") {
        const SealedModel model;
        const VerifiedModel verified = verify(model, digest_of(model));
        CHECK(verified.digest == model.digest());
        CHECK(verified.files.size() == 2);
        CHECK(verified.size == 20);
        CHECK_FALSE(verified.signature.has_value());
        CHECK(verified.unasked ==
              std::vector{Unasked::signature, Unasked::model, Unasked::version});
    }

    TEST_CASE("proves every file from a signature, and says what was signed") {
        SealedModel model;
        model.sign(model.digest(), {{"model", "m"}, {"version", "v2.10"}});
        FolderDemands demands = signer_of(model);
        demands.signature->statements.front().min_version = "v2.3";
        const VerifiedModel verified = verify(model, demands);
        REQUIRE(verified.signature.has_value());
        CHECK(test::key_of(verified.signature->signature().authentication) == model.key());
        CHECK(verified.signature->signature().annotations.at("version") == "v2.10");
        CHECK(verified.unasked == std::vector{Unasked::digest});
    }

    TEST_CASE("a byte, a truncation, an addition: each is refused") {
        const struct {
            const char* name;
            const char* content;
            Reason reason;
        } changes[] = {{"weights/model.safetensors", "not really weightS", Reason::digest_mismatch},
                       {"weights/model.safetensors", "not really weight", Reason::size_mismatch},
                       {"modeling.py", "import os", Reason::extra_file},
                       {"weights/b.safetensors", "", Reason::extra_file}};

        for (const auto& change : changes) {
            CAPTURE(change.name);
            const SealedModel model;
            model.folder().write(change.name, change.content);
            const Error error = error_of(model, digest_of(model));
            CHECK(error.kind() == ErrorKind::mismatch);
            CHECK(error.reason() == change.reason);
        }
    }

    TEST_CASE("missing, linked and exchanged files are refused") {
        const SealedModel missing;
        std::filesystem::remove(missing.folder() / "config.json");
        CHECK(reason_of(missing, digest_of(missing)) == Reason::missing_file);

        const SealedModel linked;
        std::filesystem::rename(linked.folder() / "config.json", linked.folder() / "c");
        std::filesystem::create_symlink("c", linked.folder() / "config.json");
        CHECK(reason_of(linked, digest_of(linked)) == Reason::unsafe_path);

        const SealedModel linked_parent;
        std::filesystem::rename(linked_parent.folder() / "weights",
                                linked_parent.folder() / "elsewhere");
        std::filesystem::create_directory_symlink("elsewhere", linked_parent.folder() / "weights");
        CHECK(error_of(linked_parent, digest_of(linked_parent)).kind() == ErrorKind::mismatch);

        SealedModel exchanged;
        exchanged.add("a", "1");
        exchanged.add("b", "2");
        exchanged.seal();
        exchanged.folder().write("a", "2");
        exchanged.folder().write("b", "1");
        CHECK(reason_of(exchanged, digest_of(exchanged)) == Reason::digest_mismatch);
    }

    TEST_CASE("a manifest changed to match the files no longer has the digest") {
        SealedModel model;
        const FolderDemands demands = digest_of(model);
        model.add("modeling.py", "import os");
        model.seal();
        const Error error = error_of(model, demands);
        CHECK(error.message() ==
              core::concat(
                  "expected ", demands.digest->to_string(), ", got ", model.digest().to_string()));
    }

    TEST_CASE("no signature, another's signature, one for another artifact: refused") {
        SealedModel model;
        CHECK(error_of(model, signer_of(model)).kind() == ErrorKind::no_signature);
        model.sign(model.digest(), {{"model", "m"}});
        const SealedModel other;
        CHECK(error_of(model, {.signature = signer_of(other).signature}).kind() ==
              ErrorKind::no_matching_signature);

        SealedModel swapped;
        swapped.sign(other.digest(), {{"model", "m"}});
        swapped.manifest().annotations["x"] = "y";
        swapped.seal();
        swapped.sign(other.digest(), {{"model", "m"}});
        CHECK(error_of(swapped, signer_of(swapped)).kind() == ErrorKind::no_matching_signature);
    }

    TEST_CASE("another or unnamed model and an older version by the same signer are refused") {
        SealedModel model;
        model.sign(model.digest(), {{"model", "other"}, {"version", "v9"}});
        model.sign(model.digest(), {{"version", "v9"}});
        model.sign(model.digest(), {{"model", "m"}, {"version", "v2.3"}});
        CHECK(error_of(model, signer_of(model, "unknown")).kind() ==
              ErrorKind::no_matching_signature);
        FolderDemands demands = signer_of(model);
        demands.signature->statements.front().min_version = "v2.10";
        CHECK(error_of(model, demands).kind() == ErrorKind::no_matching_signature);
        demands.signature->statements.front().min_version = "v2.3";
        CHECK(verify(model, demands).signature->signature().annotations.at("version") == "v2.3");
    }

    TEST_CASE("digest and signature must both hold") {
        SealedModel model;
        model.sign(model.digest(), {{"model", "m"}});
        FolderDemands both = signer_of(model);
        both.digest = ExpectedDigest(model.digest().hex());
        CHECK(verify(model, both).unasked == std::vector{Unasked::version});
        both.digest = ExpectedDigest(std::string(64, '0'));
        CHECK(reason_of(model, both) == Reason::digest_mismatch);
    }

    TEST_CASE("an index that lists the manifest vouches for it, another does not") {
        SealedModel model;
        const oci::Index index{
            .manifests = {{.media_type = oci::MediaType::parse(oci::media_types::image_manifest),
                           .digest = model.digest(),
                           .size = model.content().manifest.size()}}};
        model.content().index = index.to_bytes();
        const auto index_digest = digest::sha256_of(core::as_bytes(*model.content().index));
        model.sign(index_digest, {{"model", "m"}});
        FolderDemands demands = signer_of(model);
        demands.digest = ExpectedDigest(index_digest.to_string());
        CHECK(verify(model, demands).signature->signature().artifact == index_digest);

        model.content().index = oci::Index{}.to_bytes();
        model.write();
        CHECK(reason_of(model, digest_of(model)) == Reason::malformed_evidence);
    }

    TEST_CASE("says when the digest given is a root") {
        SealedModel model;
        const auto root = digest::sha256_of(core::as_bytes("root"));
        model.manifest().annotations[std::string(oci::annotation_keys::record_root)] =
            root.to_string();
        model.seal();
        const Error error = error_of(model, {.digest = ExpectedDigest(root.hex())});
        CHECK(error.kind() == ErrorKind::mismatch);
        CHECK(error.message().find("root") != std::string::npos);
    }

    TEST_CASE("archives, empty artifacts and unreadable manifests prove nothing") {
        SealedModel archive;
        archive.manifest().layers.front().annotations[std::string(
            oci::annotation_keys::oras_unpack)] = "true";
        archive.seal();
        CHECK(reason_of(archive, digest_of(archive)) == Reason::unsupported);

        SealedModel empty;
        empty.manifest().layers = {oci::empty_descriptor()};
        empty.seal();
        CHECK(reason_of(empty, digest_of(empty)) == Reason::malformed_evidence);

        SealedModel broken;
        for (const char* manifest : {"", "{", "[]", "null"}) {
            broken.content().manifest = manifest;
            broken.write();
            CHECK(error_of(broken, digest_of(broken)).kind() == ErrorKind::malformed);
        }
        std::filesystem::remove_all(broken.folder() / ".modelseal");
        CHECK(reason_of(broken, digest_of(broken)) == Reason::missing_file);
    }

    TEST_CASE("more files than descriptors are verified") {
        SealedModel model;
        for (int i = 0; i < 1500; ++i) {
            model.add("many/" + std::to_string(i), "x");
        }
        model.seal();
        CHECK(verify(model, digest_of(model)).files.size() == 1502);
    }
}

}  // namespace modelseal::seal
