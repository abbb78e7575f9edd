// Copies between real image layouts; registries are tested in tests/e2e/copy.bats.
#include "common/artifact/copy.hpp"

#include "common/core/error.hpp"
#include "common/oci/image_layout.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace modelseal::artifact {

namespace {

class TwoLayouts {
  public:
    TwoLayouts()
        : from_(oci::ImageLayout::open_or_create(folder_.path() / "from")),
          to_(oci::ImageLayout::open_or_create(folder_.path() / "to")) {
        from_->push_blob(core::MemoryAccess(core::as_bytes(oci::empty_content)),
                         oci::empty_descriptor().digest,
                         {});
    }

    /// A manifest without layers. `number` tells it from others.
    oci::Descriptor add(int number, const std::optional<oci::Descriptor>& subject, bool tagged) {
        oci::Manifest manifest{.config = oci::empty_descriptor(), .subject = subject};
        manifest.annotations["number"] = std::to_string(number);
        return from_->push_manifest(*manifest.media_type,
                                    manifest.to_bytes(),
                                    tagged ? std::vector{tag()} : std::vector<oci::Tag>{});
    }

    /// What cosign 2 would have stored beside `artifact`.
    oci::Descriptor add_legacy(int number, const oci::Descriptor& artifact) {
        oci::Manifest manifest{.config = oci::empty_descriptor()};
        manifest.annotations["number"] = std::to_string(number);
        return from_->push_manifest(*manifest.media_type,
                                    manifest.to_bytes(),
                                    {oci::Tag::of_digest(artifact.digest, ".sig")});
    }

    /// Each refers to the one before it; the first is tagged.
    void add_chain(int length) {
        oci::Descriptor last = add(0, std::nullopt, true);
        for (int i = 1; i < length; ++i) {
            last = add(i, last, false);
        }
    }

    CopiedArtifact copy_tag(bool with_referrers = true) {
        return copy(*from_,
                    *to_,
                    {.reference = {.repository = from_->repository(),
                                   .tags = {tag()},
                                   .digest = std::nullopt},
                     .tags = {oci::Tag::parse("copied")},
                     .with_referrers = with_referrers},
                    progress_);
    }

    [[nodiscard]] oci::Store& to() { return *to_; }

  private:
    static oci::Tag tag() { return oci::Tag::parse("v1"); }

    test::TemporaryFolder folder_;
    std::unique_ptr<oci::ImageLayout> from_;
    std::unique_ptr<oci::ImageLayout> to_;
    core::NoProgress progress_;
};

}  // namespace

TEST_SUITE("artifact/copy") {
    TEST_CASE("brings what refers to the artifact, and what refers to that") {
        TwoLayouts layouts;
        layouts.add_chain(3);
        const CopiedArtifact copied = layouts.copy_tag();
        CHECK(copied.referrers.size() == 2);
        CHECK(copied.blobs == 1);
        CHECK(copied.sent == oci::empty_content.size());
        CHECK(layouts.to().resolve(oci::Tag::parse("copied")).digest == copied.descriptor.digest);
        CHECK(layouts.to().referrers(copied.descriptor.digest).size() == 1);
    }

    TEST_CASE("brings older signatures under their tags, and looks for none of a referrer") {
        TwoLayouts layouts;
        const oci::Descriptor artifact = layouts.add(0, std::nullopt, true);
        const oci::Descriptor referrer = layouts.add(1, artifact, false);
        const oci::Descriptor legacy = layouts.add_legacy(2, artifact);
        layouts.add_legacy(3, referrer);
        const CopiedArtifact copied = layouts.copy_tag();
        CHECK(copied.referrers.size() == 2);
        CHECK(layouts.to().tags() ==
              std::vector{oci::Tag::parse("copied"), oci::Tag::of_digest(artifact.digest, ".sig")});
        CHECK(layouts.to().resolve(oci::Tag::of_digest(artifact.digest, ".sig")) == legacy);
    }

    TEST_CASE("sends nothing that the destination has") {
        TwoLayouts layouts;
        layouts.add_chain(2);
        layouts.copy_tag();
        CHECK(layouts.copy_tag().sent == 0);
    }

    TEST_CASE("brings the artifact alone when asked to") {
        TwoLayouts layouts;
        layouts.add_chain(2);
        CHECK(layouts.copy_tag(false).referrers.empty());
    }

    TEST_CASE("follows 16 levels of referrers and refuses more, with nothing tagged") {
        TwoLayouts sixteen;
        sixteen.add_chain(17);
        CHECK(sixteen.copy_tag().referrers.size() == 16);
        TwoLayouts more;
        more.add_chain(18);
        const core::Error error = test::error_of([&] { more.copy_tag(); });
        CHECK(error.kind() == core::ErrorKind::unavailable);
        CHECK(more.to().tags().empty());
    }
}

}  // namespace modelseal::artifact
