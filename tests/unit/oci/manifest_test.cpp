#include "common/oci/manifest.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::oci {

namespace {

using test::replaced;

std::string golden(const std::string& name) {
    return core::read_small_file(std::string(TEST_DATA_DIR) + "/oci/manifests/" + name + ".json",
                                 manifest_size_limit);
}

void refuses_manifest(const std::string& text, std::string_view because) {
    CAPTURE(because);
    const core::Error error = test::error_of([&] { return Manifest::parse(text); });
    CHECK(error.kind() == core::ErrorKind::malformed);
    CHECK(error.message().find(because) != std::string::npos);
}

std::string manifest_with_layers(std::size_t count) {
    Manifest manifest{.config = empty_descriptor(), .layers = {}};
    Descriptor layer = empty_descriptor();
    layer.media_type = MediaType::parse("a/b");
    layer.data.reset();
    manifest.layers.assign(count, layer);
    return manifest.to_bytes();
}

}  // namespace

TEST_SUITE("oci/manifest") {
    TEST_CASE("writes the very bytes that oras wrote") {
        for (const auto* name : {"files",
                                 "names",
                                 "image-spec-1.0",
                                 "image-spec-1.0-untyped",
                                 "no-files",
                                 "directory",
                                 "config",
                                 "attached"}) {
            CAPTURE(name);
            const std::string bytes = golden(name);
            CHECK(Manifest::parse(bytes).to_bytes() == bytes);
            CHECK(media_type_of(bytes) == media_types::image_manifest);
        }
        const std::string index = golden("index");
        CHECK(Index::parse(index).to_bytes() == index);
        CHECK(media_type_of(index) == media_types::image_index);
    }

    TEST_CASE("the effective artifact type falls back to the config's media type") {
        CHECK(Manifest::parse(golden("files")).effective_artifact_type() ==
              media_types::model_artifact);
        CHECK(Manifest::parse(golden("image-spec-1.0")).effective_artifact_type() ==
              "application/x.y");
    }

    TEST_CASE("reads Docker manifests and manifests without a media type, and keeps them so") {
        const std::string docker = replaced(
            golden("image-spec-1.0"), media_types::image_manifest, media_types::docker_manifest);
        CHECK(Manifest::parse(docker).to_bytes() == docker);
        CHECK(media_type_of(docker) == media_types::docker_manifest);
        const std::string untyped =
            replaced(golden("image-spec-1.0"),
                     R"("mediaType":"application/vnd.oci.image.manifest.v1+json",)",
                     "");
        CHECK(Manifest::parse(untyped).to_bytes() == untyped);
        CHECK(media_type_of(untyped) == media_types::image_manifest);
    }

    TEST_CASE("ignores fields that it does not know") {
        const std::string more = replaced(golden("files"), "{", R"({"x":[1,{"y":null}],)");
        CHECK(Manifest::parse(more) == Manifest::parse(golden("files")));
    }

    TEST_CASE("refuses what is not exactly one manifest") {
        const std::string good = golden("attached");
        refuses_manifest("", "not valid JSON");
        refuses_manifest("[]", "not a JSON object");
        refuses_manifest(good + "x", "not valid JSON");
        refuses_manifest(replaced(good, R"("schemaVersion":2)", R"("schemaVersion":1)"),
                         "schemaVersion is 1");
        refuses_manifest(replaced(good, R"("schemaVersion":2)", R"("schemaVersion":"2")"),
                         "schemaVersion");
        refuses_manifest(replaced(good, R"("schemaVersion":2,)", ""), "schemaVersion");
        refuses_manifest(replaced(good, "image.manifest.v1", "image.index.v1"),
                         "not the media type of a manifest");
        refuses_manifest(replaced(good, R"("config")", R"("konfig")"), "config");
        refuses_manifest(replaced(good, R"("layers")", R"("player")"), "layers");
        refuses_manifest(replaced(good, R"("config")", R"("layers":[],"config")"), "twice");
        refuses_manifest(replaced(good, R"("size":8)", R"("size":-8)"), "layers[0]");
        refuses_manifest(replaced(good, R"("subject":{)", R"("subject":{"size":1,)"), "twice");
        refuses_manifest(replaced(good, R"("subject":{)", R"("subject":null,"s":{)"), "subject");
    }

    TEST_CASE("refuses a document that is a manifest and an index at once") {
        const std::string both =
            replaced(golden("files"), R"("config")", R"("manifests":[],"config")");
        refuses_manifest(both, "manifests");
        CHECK_THROWS_AS(static_cast<void>(Index::parse(both)), core::Error);
        CHECK_THROWS_AS(static_cast<void>(media_type_of(both)), core::Error);
        CHECK_THROWS_AS(static_cast<void>(Index::parse(golden("files"))), core::Error);
    }

    TEST_CASE("refuses documents over the limits of size, depth and number of layers") {
        refuses_manifest(std::string(manifest_size_limit + 1, ' '), "larger than the limit");
        refuses_manifest(std::string(10'000, '['), "nested deeper");
        refuses_manifest(manifest_with_layers(layer_count_limit + 1), "more than the limit");
        CHECK(Manifest::parse(manifest_with_layers(layer_count_limit)).layers.size() ==
              layer_count_limit);
    }

    TEST_CASE("refuses every truncation") {
        for (const std::string& bytes : {golden("attached"), golden("names")}) {
            for (std::size_t length = 0; length < bytes.size(); ++length) {
                CAPTURE(length);
                CHECK_THROWS_AS(static_cast<void>(Manifest::parse(bytes.substr(0, length))),
                                core::Error);
            }
        }
    }
}

}  // namespace modelseal::oci
