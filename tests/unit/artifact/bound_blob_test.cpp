#include "common/artifact/bound_blob.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/image_layout.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>

#include <doctest/doctest.h>

namespace modelseal::artifact {

TEST_SUITE("artifact/bound_blob") {
    TEST_CASE("proves ranges that overlap, repeat and reach the end, and nothing else") {
        const test::TemporaryFolder folder;
        const auto store = oci::ImageLayout::open_or_create(folder / "layout");
        const std::string good(100000, 'a');
        const auto digest =
            store->push_blob(core::MemoryAccess(core::as_bytes(good)), std::nullopt, {});
        const oci::Descriptor blob{.media_type = oci::MediaType::parse("application/octet-stream"),
                                   .digest = digest,
                                   .size = good.size()};
        core::WindowPool pool;
        const BoundBlob bound(*store, blob, pool);
        std::array<std::byte, 1000> buffer{};
        for (const std::uint64_t offset : {0U, 0U, 500U, 65000U, 99500U}) {
            static_cast<void>(bound.read_at(offset, buffer));
        }
        std::uint64_t seen = 0;
        CHECK_NOTHROW(bound.prove([&](std::uint64_t count) { seen += count; }));
        CHECK(seen == good.size());
    }

    TEST_CASE("refuses a range that was not of the bytes with the digest") {
        const test::TemporaryFolder folder;
        const auto store = oci::ImageLayout::open_or_create(folder / "layout");
        const std::string good(5000, 'a');
        const auto digest =
            store->push_blob(core::MemoryAccess(core::as_bytes(good)), std::nullopt, {});
        const oci::Descriptor blob{.media_type = oci::MediaType::parse("application/octet-stream"),
                                   .digest = digest,
                                   .size = good.size()};
        const std::string path = "layout/blobs/sha256/" + digest.hex();
        std::string shown = good;
        shown[10] = 'b';
        std::filesystem::permissions(folder / path, std::filesystem::perms::owner_all);
        folder.write(path, shown);
        core::WindowPool pool;
        const BoundBlob bound(*store, blob, pool);
        std::array<std::byte, 100> buffer{};
        static_cast<void>(bound.read_at(0, buffer));
        folder.write(path, good);
        try {
            bound.prove({});
            FAIL("proved");
        } catch (const core::Error& error) {
            CHECK(error.kind() == core::ErrorKind::mismatch);
            CHECK(error.reason() == core::Reason::changed_while_read);
        }
    }
}

}  // namespace modelseal::artifact
