#include "common/oci/mirrored_store.hpp"

#include "common/digest/sha256.hpp"
#include "common/oci/image_layout.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/unreachable_store.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::oci {

namespace {

using core::ErrorKind;
using test::error_of;
using test::TemporaryFolder;
using test::UnreachableStore;

const Tag tag_v1 = Tag::parse("v1");

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

Descriptor push_manifest(Store& store, std::string_view bytes, const std::vector<Tag>& tags = {}) {
    return store.push_manifest(MediaType::parse(media_types::image_manifest), bytes, tags);
}

/// A layout for the origin or a mirror, which a test fills and damages.
class Place {
  public:
    Place() : layout_(ImageLayout::open_or_create(folder_ / "layout")) {}

    Store& store() { return *layout_; }

    Descriptor add(std::string_view text) {
        layout_->push_blob(core::MemoryAccess(core::as_bytes(text)), {}, {});
        return blob_of(text);
    }

    /// Gives a blob other bytes than its digest says.
    void replace(const Descriptor& blob, std::string_view text) {
        const std::string path = "layout/blobs/sha256/" + blob.digest.hex();
        std::filesystem::remove(folder_ / path);
        static_cast<void>(folder_.write(path, text));
    }

    /// A store that reads it.
    std::unique_ptr<Store> reader() {
        push_manifest(*layout_, manifest_of("of every layout"));
        return ImageLayout::open(folder_ / "layout");
    }

  private:
    TemporaryFolder folder_;
    std::unique_ptr<ImageLayout> layout_;
};

/// Keeps what it is given in memory.
class MemoryTarget final : public BlobTarget {
  public:
    explicit MemoryTarget(std::uint64_t size) : bytes_(size, '?') {}

    [[nodiscard]] std::vector<core::ByteRange> missing() const override {
        return written_.missing(bytes_.size());
    }

    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        if (is_full) {
            throw core::Error(ErrorKind::io, "no space left on the device");
        }
        std::copy(bytes.begin(),
                  bytes.end(),
                  std::as_writable_bytes(std::span(bytes_)).subspan(offset).begin());
        written_.add({offset, offset + bytes.size()});
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

    bool is_full = false;

  private:
    std::string bytes_;
    core::ByteRanges written_;
};

/// A store over an origin and mirrors, with the warnings that it gave.
struct Fixture {
    template <typename... Mirrors>
    explicit Fixture(std::unique_ptr<Store> origin, Mirrors... mirrors) {
        std::vector<std::unique_ptr<Store>> all;
        (all.push_back(std::move(mirrors)), ...);
        store = std::make_unique<MirroredStore>(
            std::move(origin), std::move(all), [this](const std::string& warning) {
                warnings.push_back(warning);
            });
    }

    std::string read(const Descriptor& blob) { return fetch_small_blob(*store, blob, blob.size); }

    std::vector<std::string> warnings;
    std::unique_ptr<MirroredStore> store;
};

std::unique_ptr<UnreachableStore> unreachable(std::string name) {
    return std::make_unique<UnreachableStore>(std::move(name));
}

}  // namespace

TEST_SUITE("oci/mirrored_store") {
    TEST_CASE("manifests and blobs by digest come from the mirror, the origin is not asked") {
        Place mirror;
        const Descriptor blob = mirror.add("weights");
        const Descriptor manifest = push_manifest(mirror.store(), manifest_of("weights"));
        auto origin = unreachable("origin");
        const UnreachableStore& asked = *origin;
        Fixture fixture(std::move(origin), mirror.reader());
        CHECK(fixture.store->fetch_manifest(manifest.digest).bytes == manifest_of("weights"));
        CHECK(fixture.read(blob) == "weights");
        MemoryTarget target(blob.size);
        fixture.store->fetch_parts(blob, target);
        CHECK(target.bytes() == "weights");
        CHECK(asked.calls() == 0);
        CHECK(fixture.warnings.empty());
    }

    TEST_CASE("what a tag means is asked of the origin alone") {
        Place origin;
        Place mirror;
        const Descriptor meant = push_manifest(origin.store(), manifest_of("new"), {tag_v1});
        push_manifest(mirror.store(), manifest_of("old"), {tag_v1});
        Fixture fixture(origin.reader(), mirror.reader());
        CHECK(fixture.store->resolve(tag_v1).digest == meant.digest);

        Fixture without_origin(unreachable("origin"), mirror.reader());
        const auto error = error_of([&] { return without_origin.store->resolve(tag_v1); });
        CHECK(error.kind() == ErrorKind::unavailable);
        CHECK(error.message().find("by its digest") != std::string::npos);
    }

    TEST_CASE("what a mirror does not have comes from the next place, without a word") {
        Place origin;
        Place mirror;
        const Descriptor first = origin.add("only at the origin");
        const Descriptor second = mirror.add("only in the mirror");
        Fixture fixture(origin.reader(), mirror.reader());
        CHECK(fixture.read(first) == "only at the origin");
        CHECK(fixture.read(second) == "only in the mirror");
        CHECK(fixture.warnings.empty());
    }

    TEST_CASE("a mirror that sends another manifest is not asked again, with one warning") {
        Place origin;
        Place liar;
        const Descriptor manifest = push_manifest(origin.store(), manifest_of("weights"));
        const Descriptor blob = origin.add("weights");
        push_manifest(liar.store(), manifest_of("weights"));
        liar.add("weights");
        liar.replace(manifest, manifest_of("others"));
        Fixture fixture(origin.reader(), liar.reader());
        CHECK(fixture.store->fetch_manifest(manifest.digest).bytes == manifest_of("weights"));
        liar.replace(blob, "WEIGHTS");  // is not looked at any more
        CHECK(fixture.read(blob) == "weights");
        REQUIRE(fixture.warnings.size() == 1);
        CHECK(fixture.warnings.front().find("is not asked any more") != std::string::npos);
    }

    TEST_CASE("a blob of another size or other bytes is fetched again from the next place") {
        Place origin;
        Place short_of_it;
        Place liar;
        const Descriptor blob = origin.add("weights");
        short_of_it.add("weights");
        short_of_it.replace(blob, "weigh");
        liar.add("weights");
        liar.replace(blob, "WEIGHTS");
        Fixture fixture(origin.reader(), short_of_it.reader(), liar.reader());
        CHECK(fixture.read(blob) == "weights");
        CHECK(fixture.warnings.size() == 2);
        CHECK(fixture.read(blob) == "weights");
        CHECK(fixture.warnings.size() == 2);
    }

    TEST_CASE("parts whose owner finds them wrong are given up for those of the next place") {
        Place origin;
        Place liar;
        const Descriptor blob = origin.add("weights");
        liar.add("weights");
        liar.replace(blob, "WEIGHTS");
        Fixture fixture(origin.reader(), liar.reader());
        MemoryTarget wrong(blob.size);
        fixture.store->fetch_parts(blob, wrong);
        CHECK(wrong.bytes() == "WEIGHTS");
        CHECK(fixture.store->give_up_source(blob));
        REQUIRE(fixture.warnings.size() == 1);
        CHECK(fixture.warnings.front().find(blob.digest.to_string()) != std::string::npos);
        MemoryTarget right(blob.size);
        fixture.store->fetch_parts(blob, right);
        CHECK(right.bytes() == "weights");
        CHECK_FALSE(fixture.store->give_up_source(blob));  // the origin is the last one
    }

    TEST_CASE("a mirror that never answered is asked once") {
        Place origin;
        const Descriptor blob = origin.add("weights");
        auto down = unreachable("down.example");
        const UnreachableStore& asked = *down;
        Fixture fixture(origin.reader(), std::move(down));
        CHECK(fixture.read(blob) == "weights");
        CHECK(fixture.read(blob) == "weights");
        CHECK(asked.calls() == 1);
        REQUIRE(fixture.warnings.size() == 1);
        CHECK(fixture.warnings.front().find("down.example") != std::string::npos);
    }

    TEST_CASE("an error of whoever takes the bytes is not one of the mirror") {
        Place mirror;
        const Descriptor blob = mirror.add("weights");
        Fixture fixture(unreachable("origin"), mirror.reader());
        MemoryTarget full(blob.size);
        full.is_full = true;
        CHECK(error_of([&] { fixture.store->fetch_parts(blob, full); }).kind() == ErrorKind::io);
        CHECK(fixture.warnings.empty());
        CHECK(fixture.read(blob) == "weights");
    }

    TEST_CASE("mirrors are asked who refers to something only when the origin is out of reach") {
        Place origin;
        Place mirror;
        const Descriptor subject = push_manifest(origin.store(), manifest_of("weights"));
        push_manifest(mirror.store(), manifest_of("weights"));
        push_manifest(mirror.store(), manifest_of("signature", subject));
        Fixture fixture(origin.reader(), mirror.reader());
        CHECK(fixture.store->referrers(subject.digest).empty());

        Fixture without_origin(unreachable("origin"), unreachable("down"), mirror.reader());
        CHECK(without_origin.store->referrers(subject.digest).size() == 1);
        CHECK(without_origin.warnings.size() == 2);  // the mirror that is down; the origin

        Fixture alone(unreachable("origin"), unreachable("down"));
        CHECK(error_of([&] { return alone.store->referrers(subject.digest); }).message() ==
              "origin does not answer");
    }
}

}  // namespace modelseal::oci
