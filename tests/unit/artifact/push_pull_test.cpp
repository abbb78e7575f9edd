// Push and pull against a real image layout on disk; registries are tested in tests/e2e.
#include "common/artifact/pull.hpp"
#include "common/artifact/push.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/output_folder.hpp"
#include "common/crypto/private_key.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/image_layout.hpp"
#include "common/seal/seal.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/trust.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::artifact {

namespace {

namespace fs = std::filesystem;

class Fixture {
  public:
    Fixture() : store_(oci::ImageLayout::open_or_create(folder_.path() / "store")) {}

    FileToPush file(const std::string& name, const std::string& content) {
        const fs::path path = folder_.path() / "source" / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << content;
        return {.path = name,
                .content = std::make_shared<const core::File>(core::File::open(path)),
                .media_type = oci::MediaType::parse("application/octet-stream")};
    }

    PushedArtifact push_files(std::vector<FileToPush> files) {
        return push(*store_,
                    {.files = std::move(files),
                     .artifact_type = oci::MediaType::parse("application/vnd.ml.model"),
                     .tags = {oci::Tag::parse("v1")}},
                    progress_);
    }

    PulledArtifact pull_tag(
        OldFiles old_files = OldFiles::replaced,
        const std::optional<sigstore::Requirements>& requirements = std::nullopt) {
        return pull(
            *store_,
            {.reference = {.repository = store_->repository(),
                           .tags = {oci::Tag::parse("v1")},
                           .digest = std::nullopt},
             .output = output(),
             .demands = requirements ? std::optional(sigstore::Demands{
                                           .statements = {*requirements}, .trust = test::trust()})
                                     : std::nullopt,
             .old_files = old_files},
            progress_);
    }

    /// Stores a manifest with these layers as v1: push() refuses to make one without files.
    void store_manifest(const std::vector<oci::Descriptor>& layers) {
        const oci::Manifest manifest{.config = oci::empty_descriptor(), .layers = layers};
        store_->push_manifest(oci::MediaType::parse(oci::media_types::image_manifest),
                              manifest.to_bytes(),
                              {oci::Tag::parse("v1")});
    }

    [[nodiscard]] fs::path output() const { return folder_.path() / "out"; }

    [[nodiscard]] std::string content_of(const std::string& name) const {
        return core::read_small_file(output() / name, 1U << 20U);
    }

    [[nodiscard]] fs::path blob(const digest::Digest& digest) const {
        return folder_.path() / "store" / "blobs" / "sha256" / digest.hex();
    }

  private:
    test::TemporaryFolder folder_;
    std::unique_ptr<oci::ImageLayout> store_;
    core::NoProgress progress_;
};

template <typename Body>
core::ErrorKind kind_of_failure(const Body& body) {
    return test::error_of(body).kind();
}

}  // namespace

TEST_SUITE("artifact/push") {
    TEST_CASE("orders layers by path and names each in both ways") {
        Fixture fixture;
        const PushedArtifact pushed =
            fixture.push_files({fixture.file("z.bin", "zz"), fixture.file("a/b.bin", "ab")});
        REQUIRE(pushed.manifest.layers.size() == 2);
        CHECK(pushed.manifest.layers[0].annotations.at("org.opencontainers.image.title") ==
              "a/b.bin");
        CHECK(pushed.manifest.layers[0].annotations.at("org.cncf.model.filepath") == "a/b.bin");
        CHECK(pushed.manifest.layers[1].size == 2);
    }

    TEST_CASE("gives the same bytes for the same files in any order") {
        Fixture one;
        Fixture other;
        CHECK(one.push_files({one.file("a", "1"), one.file("b", "2")}).manifest_bytes ==
              other.push_files({other.file("b", "2"), other.file("a", "1")}).manifest_bytes);
    }

    TEST_CASE("refuses nothing at all, unsafe names and names that collide") {
        Fixture fixture;
        CHECK(kind_of_failure([&] { fixture.push_files({}); }) == core::ErrorKind::usage);
        for (const auto* name : {"../a", ".modelseal/manifest.json", "a\nb"}) {
            CAPTURE(name);
            FileToPush file = fixture.file("a", "1");
            file.path = name;
            CHECK(kind_of_failure([&] { fixture.push_files({file}); }) ==
                  core::ErrorKind::malformed);
        }
        CHECK(kind_of_failure([&] {
                  fixture.push_files({fixture.file("a", "1"), fixture.file("A", "2")});
              }) == core::ErrorKind::malformed);
    }

    TEST_CASE("refuses a manifest that no registry would take, before a blob is stored") {
        Fixture fixture;
        FileToPush file = fixture.file("a", "1");
        file.annotations.emplace("long", std::string(oci::manifest_size_limit, 'x'));
        CHECK(kind_of_failure([&] { fixture.push_files({file}); }) == core::ErrorKind::malformed);
        CHECK_FALSE(fs::exists(fixture.blob(digest::sha256_of(core::as_bytes("1")))));
    }

    TEST_CASE("notices a file that changed since it was opened") {
        Fixture fixture;
        const FileToPush file = fixture.file("a", "1");
        fs::resize_file(file.content->name(), 1000);
        CHECK(kind_of_failure([&] { fixture.push_files({file}); }) == core::ErrorKind::io);
    }
}

TEST_SUITE("artifact/pull") {
    TEST_CASE("gives the files back and seals the folder") {
        Fixture fixture;
        const PushedArtifact pushed =
            fixture.push_files({fixture.file("a", "1"), fixture.file("sub/b", "")});
        const PulledArtifact pulled = fixture.pull_tag();
        CHECK(fixture.content_of("a") == "1");
        CHECK(fixture.content_of("sub/b").empty());
        CHECK(pulled.sealed);
        CHECK_FALSE(pulled.verified.has_value());
        CHECK(seal::read_seal(core::Folder::open(fixture.output())).manifest ==
              pushed.manifest_bytes);
    }

    TEST_CASE("leaves files alone that are right already") {
        Fixture fixture;
        fixture.push_files({fixture.file("a", "1"), fixture.file("b", "2")});
        fixture.pull_tag();
        std::ofstream(fixture.output() / "b") << "x";
        const PulledArtifact again = fixture.pull_tag();
        CHECK(again.files[0].outcome == PullOutcome::reused);
        CHECK(again.files[1].outcome == PullOutcome::written);
        CHECK(fixture.content_of("b") == "2");
    }

    TEST_CASE("refuses to replace a differing file when told to keep old ones") {
        Fixture fixture;
        fixture.push_files({fixture.file("a", "1")});
        fixture.pull_tag();
        std::ofstream(fixture.output() / "a") << "x";
        CHECK(kind_of_failure([&] { fixture.pull_tag(OldFiles::kept); }) == core::ErrorKind::usage);
        CHECK(fixture.content_of("a") == "x");
    }

    TEST_CASE("changes nothing when something of the user's stands where the seal belongs") {
        Fixture fixture;
        fixture.push_files({fixture.file("a", "1")});
        fixture.pull_tag();
        fixture.push_files({fixture.file("a", "2")});
        std::ofstream(fixture.output() / ".modelseal" / "notes.txt") << "mine";
        const core::Error error = test::error_of([&] { fixture.pull_tag(); });
        CHECK(error.reason() == core::Reason::unsafe_path);
        CHECK(error.message().find("notes.txt") != std::string::npos);
        CHECK(fixture.content_of("a") == "1");
        CHECK(fixture.content_of(".modelseal/notes.txt") == "mine");
    }

    TEST_CASE("refuses an artifact without files, whoever signed it") {
        Fixture fixture;
        const sigstore::Requirements somebody{
            .signers = {sigstore::TrustedKey{
                crypto::KeySigner(crypto::PrivateKey::generate()).public_key()}}};
        for (const auto& layers :
             {std::vector<oci::Descriptor>{}, std::vector{oci::empty_descriptor()}}) {
            fixture.store_manifest(layers);
            for (const auto& requirements :
                 {std::optional<sigstore::Requirements>(), std::optional(somebody)}) {
                const core::Error error =
                    test::error_of([&] { fixture.pull_tag(OldFiles::replaced, requirements); });
                CHECK(error.kind() == core::ErrorKind::malformed);
                CHECK(error.message().find("has no files") != std::string::npos);
            }
        }
        CHECK_FALSE(fs::exists(fixture.output()));
    }

    TEST_CASE("keeps every old file when one blob is wrong, and leaves no litter") {
        Fixture fixture;
        fixture.push_files({fixture.file("a", "old"), fixture.file("b", "old")});
        fixture.pull_tag();
        const PushedArtifact next =
            fixture.push_files({fixture.file("a", "new"), fixture.file("b", "NEW")});
        const fs::path blob = fixture.blob(next.manifest.layers[1].digest);
        fs::permissions(blob, fs::perms::owner_all);
        std::ofstream(blob) << "bad";
        CHECK(kind_of_failure([&] { fixture.pull_tag(); }) == core::ErrorKind::mismatch);
        CHECK(fixture.content_of("a") == "old");
        CHECK(fixture.content_of("b") == "old");
        for (const auto& entry : fs::directory_iterator(fixture.output())) {
            CHECK_FALSE(core::is_temporary_name(entry.path().filename().string()));
        }
    }

    TEST_CASE("is the old model again when one of its files cannot be replaced") {
        if (::geteuid() != 0) {
            MESSAGE("needs root, for files of two owners");
            return;
        }
        constexpr uid_t somebody = 65534;
        Fixture fixture;
        const PushedArtifact old =
            fixture.push_files({fixture.file("a", "old"), fixture.file("b", "old")});
        fixture.pull_tag();
        REQUIRE(::chown((fixture.output() / "a").c_str(), somebody, somebody) == 0);
        REQUIRE(::chown((fixture.output() / ".modelseal").c_str(), somebody, somebody) == 0);
        REQUIRE(::chmod(fixture.output().c_str(), 01777) == 0);
        REQUIRE(::chmod(fixture.output().parent_path().c_str(), 0755) == 0);
        fixture.push_files({fixture.file("a", "new"), fixture.file("b", "new")});
        const int before = ::setfsuid(somebody);
        const core::Error error = test::error_of([&] { fixture.pull_tag(); });
        ::setfsuid(static_cast<uid_t>(before));
        CHECK(error.kind() == core::ErrorKind::denied);
        CHECK(fixture.content_of("a") == "old");
        CHECK(fixture.content_of("b") == "old");
        CHECK(seal::read_seal(core::Folder::open(fixture.output())).manifest == old.manifest_bytes);
        CHECK(std::distance(fs::directory_iterator(fixture.output()), fs::directory_iterator()) ==
              3);
    }

    TEST_CASE("is the old model again when its seal cannot be replaced") {
        if (::geteuid() != 0) {
            MESSAGE("needs root, for files of two owners");
            return;
        }
        constexpr uid_t somebody = 65534;
        Fixture fixture;
        fixture.push_files({fixture.file("a", "old")});
        fixture.pull_tag();
        REQUIRE(::chown((fixture.output() / "a").c_str(), somebody, somebody) == 0);
        REQUIRE(::chmod(fixture.output().c_str(), 01777) == 0);
        REQUIRE(::chmod(fixture.output().parent_path().c_str(), 0755) == 0);
        fixture.push_files({fixture.file("a", "new")});
        const int before = ::setfsuid(somebody);
        const core::Error error = test::error_of([&] { fixture.pull_tag(); });
        ::setfsuid(static_cast<uid_t>(before));
        CHECK(error.kind() == core::ErrorKind::denied);
        CHECK(fixture.content_of("a") == "old");
    }

    TEST_CASE("makes no folder when the artifact cannot be pulled") {
        Fixture fixture;
        fixture.push_files({fixture.file("a", "1")});
        std::ofstream(fixture.output().parent_path() / "store" / "index.json") << "{";
        CHECK_THROWS_AS(fixture.pull_tag(), core::Error);
        CHECK_FALSE(fs::exists(fixture.output()));
    }
}

}  // namespace modelseal::artifact
