#include "common/oci/cache/cached_store.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/image_layout.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/unreachable_store.hpp"

#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace modelseal::oci {

namespace {

using test::error_of;
using test::TemporaryFolder;
using test::UnreachableStore;

Descriptor blob_of(std::string_view text) {
    return {.media_type = MediaType::parse("text/plain"),
            .digest = digest::sha256_of(core::as_bytes(text)),
            .size = text.size()};
}

std::string manifest_of(std::string_view text, const std::optional<Descriptor>& subject = {}) {
    return Manifest{.artifact_type = MediaType::parse("application/x.y"),
                    .config = empty_descriptor(),
                    .layers = {blob_of(text)},
                    .subject = subject}
        .to_bytes();
}

/// A layout as the registry, and a cache in front of it.
class Fixture {
  public:
    Fixture() : registry_(ImageLayout::open_or_create(folder_ / "registry")) {}

    Descriptor add_blob(std::string_view text) {
        registry_->push_blob(core::MemoryAccess(core::as_bytes(text)), {}, {});
        return blob_of(text);
    }

    Descriptor add_manifest(std::string_view bytes) {
        return registry_->push_manifest(MediaType::parse(media_types::image_manifest), bytes, {});
    }

    std::unique_ptr<CachedStore> open(std::unique_ptr<Store> registry,
                                      std::optional<std::uint64_t> limit = {}) {
        return std::make_unique<CachedStore>(
            std::move(registry),
            std::make_unique<BlobCache>(folder_ / "cache", limit, clock_, BlobLock::Patience()),
            progress_,
            [this](const std::string& warning) { warnings.push_back(warning); });
    }

    std::unique_ptr<CachedStore> open() { return open(ImageLayout::open(folder_ / "registry")); }

    std::unique_ptr<CachedStore> open_without_registry() {
        return open(std::make_unique<UnreachableStore>("registry"));
    }

    [[nodiscard]] std::string cached_path(const Descriptor& blob) const {
        return "cache/blobs/sha256/" + blob.digest.hex();
    }

    /// Gives what the cache holds other bytes.
    void damage(const Descriptor& blob, std::string_view text) {
        std::filesystem::remove(folder_ / cached_path(blob));
        static_cast<void>(folder_.write(cached_path(blob), text));
    }

    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

    std::vector<std::string> warnings;

  private:
    TemporaryFolder folder_;
    std::unique_ptr<ImageLayout> registry_;
    core::SystemClock clock_;
    core::NoProgress progress_;
};

std::string read(Store& store, const Descriptor& blob) {
    return fetch_small_blob(store, blob, blob.size);
}

}  // namespace

TEST_SUITE("oci/cache/cached_store") {
    TEST_CASE("what was fetched once is there without the registry") {
        Fixture fixture;
        const Descriptor blob = fixture.add_blob("weights");
        const Descriptor manifest = fixture.add_manifest(manifest_of("weights"));
        {
            const auto store = fixture.open();
            CHECK(read(*store, blob) == "weights");
            CHECK(store->fetch_manifest(manifest.digest).bytes == manifest_of("weights"));
        }
        const auto store = fixture.open_without_registry();
        CHECK(read(*store, blob) == "weights");
        CHECK(store->fetch_manifest(manifest.digest).bytes == manifest_of("weights"));
        CHECK(fixture.warnings.empty());
        CHECK(error_of([&] { return store->resolve(Tag::parse("v1")); }).kind() ==
              core::ErrorKind::unavailable);
    }

    TEST_CASE("signatures in the cache are enough when the registry is out of reach") {
        Fixture fixture;
        const Descriptor subject = fixture.add_manifest(manifest_of("weights"));
        const Descriptor signature = fixture.add_manifest(manifest_of("signature", subject));
        static_cast<void>(fixture.open()->fetch_manifest(signature.digest));
        const auto store = fixture.open_without_registry();
        CHECK(store->referrers(subject.digest).size() == 1);
        CHECK(fixture.warnings.size() == 1);
        CHECK(error_of([&] { return store->referrers(signature.digest); }).kind() ==
              core::ErrorKind::unavailable);
    }

    TEST_CASE("a damaged blob or manifest is removed and fetched again, with a warning") {
        Fixture fixture;
        const Descriptor blob = fixture.add_blob("weights");
        const Descriptor manifest = fixture.add_manifest(manifest_of("weights"));
        const auto store = fixture.open();
        CHECK(read(*store, blob) == "weights");
        static_cast<void>(store->fetch_manifest(manifest.digest));
        fixture.damage(blob, "WEIGHTS");
        fixture.damage(manifest, "{}");
        CHECK(read(*store, blob) == "weights");
        CHECK(store->fetch_manifest(manifest.digest).bytes == manifest_of("weights"));
        CHECK(fixture.warnings.size() == 2);
        CHECK(fixture.folder().read(fixture.cached_path(blob)) == "weights");
        CHECK(fixture.folder().read(fixture.cached_path(manifest)) == manifest_of("weights"));
    }

    TEST_CASE("all who took a damaged blob begin again, and it is discarded once") {
        Fixture fixture;
        const Descriptor blob = fixture.add_blob("weights");
        fixture.add_manifest(manifest_of("weights"));
        CHECK(read(*fixture.open(), blob) == "weights");
        fixture.damage(blob, "WEIGHTS");
        const auto store = fixture.open();
        for (int file = 0; file < 3; ++file) {
            core::StringSink sink(blob.size);
            CHECK(error_of([&] { store->fetch_blob(blob, sink); }).kind() ==
                  core::ErrorKind::mismatch);
        }
        CHECK(store->give_up_source(blob));
        CHECK(read(*store, blob) == "weights");
        CHECK(store->give_up_source(blob));
        CHECK(store->give_up_source(blob));
        CHECK(fixture.warnings.size() == 1);
        CHECK(fixture.folder().read(fixture.cached_path(blob)) == "weights");
    }

    TEST_CASE("who took nothing out of the cache does not begin again") {
        Fixture fixture;
        const Descriptor blob = fixture.add_blob("weights");
        fixture.add_manifest(manifest_of("weights"));
        CHECK(read(*fixture.open(), blob) == "weights");
        fixture.damage(blob, "WEIGHTS");
        const auto store = fixture.open();
        for (int file = 0; file < 2; ++file) {
            core::StringSink sink(blob.size);
            CHECK_THROWS_AS(store->fetch_blob(blob, sink), core::Error);
        }
        CHECK(store->give_up_source(blob));
        CHECK(store->give_up_source(blob));
        CHECK_FALSE(store->give_up_source(blob));
    }

    TEST_CASE("a FIFO or link in a blob's place is removed, and the blob is fetched anew") {
        for (const bool is_link : {false, true}) {
            CAPTURE(is_link);
            Fixture fixture;
            const Descriptor blob = fixture.add_blob("weights");
            const Descriptor manifest = fixture.add_manifest(manifest_of("weights"));
            CHECK(read(*fixture.open(), blob) == "weights");
            for (const Descriptor& content : {blob, manifest}) {
                const auto path = fixture.folder() / fixture.cached_path(content);
                std::filesystem::remove(path);
                if (is_link) {
                    std::filesystem::create_symlink("/dev/zero", path);
                } else {
                    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
                }
            }
            const auto store = fixture.open();
            CHECK(read(*store, blob) == "weights");
            CHECK(store->fetch_manifest(manifest.digest).bytes == manifest_of("weights"));
            CHECK(fixture.folder().read(fixture.cached_path(blob)) == "weights");
            CHECK(fixture.folder().read(fixture.cached_path(manifest)) == manifest_of("weights"));
            CHECK(fixture.warnings.empty());
        }
    }

    TEST_CASE("links on the way to the blobs mean going on without the cache, with one warning") {
        Fixture fixture;
        const Descriptor blob = fixture.add_blob("weights");
        const Descriptor other = fixture.add_blob("more");
        fixture.add_manifest(manifest_of("weights"));
        static_cast<void>(fixture.open());
        std::filesystem::remove_all(fixture.folder() / "cache/blobs");
        std::filesystem::create_symlink("/tmp", fixture.folder() / "cache/blobs");
        const auto store = fixture.open();
        CHECK(read(*store, blob) == "weights");
        CHECK(read(*store, other) == "more");
        CHECK(fixture.warnings.size() == 1);
    }

    TEST_CASE("a blob that is damaged again and again is fetched past the cache") {
        Fixture fixture;
        const Descriptor blob = fixture.add_blob("weights");
        fixture.add_manifest(manifest_of("weights"));
        const auto store = fixture.open();
        for (int i = 0; i < 4; ++i) {
            CHECK(read(*store, blob) == "weights");
            fixture.damage(blob, "weigh");
        }
        CHECK(fixture.warnings.size() == 2);
    }

    TEST_CASE("a cache without room is done without, with one warning") {
        Fixture fixture;
        const Descriptor first = fixture.add_blob("weights");
        const Descriptor second = fixture.add_blob("more weights");
        const auto store =
            fixture.open(ImageLayout::open_or_create(fixture.folder() / "registry"), 3);
        CHECK(read(*store, first) == "weights");
        CHECK(read(*store, second) == "more weights");
        CHECK(fixture.warnings.size() == 1);
    }
}

}  // namespace modelseal::oci
