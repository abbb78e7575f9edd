#include "common/oci/layout_index.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/oci/manifest.hpp"

#include <doctest/doctest.h>

namespace modelseal::oci {

namespace {

std::string golden() {
    return core::read_small_file(std::string(TEST_DATA_DIR) + "/oci/manifests/index.json",
                                 manifest_size_limit);
}

}  // namespace

TEST_SUITE("oci/layout_index") {
    TEST_CASE("reads the tags of a layout of oras, and keeps every entry") {
        const LayoutIndex index = LayoutIndex::parse(golden());
        CHECK(index.entries().size() == 9);
        CHECK(index.tags().size() == 7);
        CHECK(index.find(Tag::parse("v1"))->artifact_type->to_string() ==
              media_types::model_artifact);
        CHECK_FALSE(index.find(Tag::parse("v2")).has_value());
        const std::string written = index.to_bytes();
        CHECK(written.size() == golden().size());
        CHECK(LayoutIndex::parse(written).to_bytes() == written);
    }

    TEST_CASE("keeps what other tools wrote and only they understand") {
        const std::string theirs =
            R"({"schemaVersion":2,"x":{"y":1},"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"urls":["u"],"platform":{"os":"linux"},"annotations":{"kind":"k","org.opencontainers.image.ref.name":"a/b:full reference"}}]})";
        LayoutIndex index = LayoutIndex::parse(theirs);
        CHECK(index.tags().empty());
        Descriptor ours = empty_descriptor();
        ours.data.reset();
        index.add(ours, {Tag::parse("mine")});
        const std::string bytes = index.to_bytes();
        CHECK(bytes.find(R"("x":{"y":1})") != std::string::npos);
        CHECK(bytes.find(R"("urls":["u"],"platform":{"os":"linux"})") != std::string::npos);
        CHECK(index.entries().size() == 2);
    }

    TEST_CASE("a tag replaces the untagged entry of the same manifest, once") {
        LayoutIndex index;
        Descriptor manifest = empty_descriptor();
        manifest.data.reset();
        index.add(manifest, {});
        index.add(manifest, {});
        CHECK(index.entries().size() == 1);
        index.add(manifest, {Tag::parse("a"), Tag::parse("b")});
        index.add(manifest, {Tag::parse("a")});
        index.add(manifest, {});
        CHECK(index.entries().size() == 2);
        CHECK(index.tags().size() == 2);
    }

    TEST_CASE("refuses a tag that names two manifests, and documents that are no index") {
        LayoutIndex index;
        Descriptor manifest = empty_descriptor();
        manifest.data.reset();
        index.add(manifest, {Tag::parse("a")});
        std::string bytes = index.to_bytes();
        const std::string entry =
            bytes.substr(bytes.find('[') + 1, bytes.rfind(']') - bytes.find('[') - 1);
        std::string other = entry;
        other.replace(other.find("44136f"), 6, "000000");
        bytes.replace(bytes.find(entry), entry.size(), entry + "," + other);
        CHECK_THROWS_AS(static_cast<void>(LayoutIndex::parse(bytes).find(Tag::parse("a"))),
                        core::Error);
        for (const auto* text : {"",
                                 "[]",
                                 "{}",
                                 R"({"schemaVersion":2})",
                                 R"({"schemaVersion":1,"manifests":[]})",
                                 R"({"schemaVersion":2,"manifests":{}})",
                                 R"({"schemaVersion":2,"manifests":[{}]})"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(LayoutIndex::parse(text)), core::Error);
        }
    }
}

}  // namespace modelseal::oci
