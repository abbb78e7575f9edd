#include "common/oci/artifact_files.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::oci {

namespace {

using core::Reason;

constexpr std::string_view weight_type = "application/vnd.cncf.model.weight.v1.raw";

Manifest golden(const std::string& name) {
    return Manifest::parse(core::read_small_file(
        std::string(TEST_DATA_DIR) + "/oci/manifests/" + name + ".json", manifest_size_limit));
}

Descriptor layer_of(std::string_view type,
                    Annotations annotations,
                    std::string_view content = "x") {
    return {.media_type = MediaType::parse(type),
            .digest = digest::sha256_of(core::as_bytes(content)),
            .size = content.size(),
            .annotations = std::move(annotations)};
}

Descriptor titled(std::string_view name, std::string_view content = "x") {
    return layer_of(
        "text/plain", {{std::string(annotation_keys::title), std::string(name)}}, content);
}

std::vector<ArtifactFile> files_of(std::vector<Descriptor> layers) {
    return list_files({.config = empty_descriptor(), .layers = std::move(layers)});
}

void refuses(std::vector<Descriptor> layers, Reason reason, std::string_view because) {
    CAPTURE(because);
    const core::Error error = test::error_of([&] { return files_of(std::move(layers)); });
    CHECK(error.kind() == core::ErrorKind::malformed);
    CHECK(error.reason() == reason);
    CHECK(error.message().find(because) != std::string::npos);
}

}  // namespace

TEST_SUITE("oci/artifact_files") {
    TEST_CASE("lists the files of artifacts of oras") {
        const auto files = list_files(golden("files"));
        REQUIRE(files.size() == 2);
        CHECK(files[0].path == "model.safetensors");
        CHECK(files[0].packing == Packing::raw);
        CHECK(files[0].layer.size == 5000);
        CHECK(files[1].path == "card.json");
        CHECK(list_files(golden("names"))[1].path == "é✓.txt");
    }

    TEST_CASE("a plain file of oras stays one although its media type is that of an archive") {
        CHECK(list_files(golden("image-spec-1.0"))[0].packing == Packing::raw);
    }

    TEST_CASE("a directory of oras is a compressed archive") {
        const auto files = list_files(golden("directory"));
        REQUIRE(files.size() == 1);
        CHECK(files[0].path == "cfg");
        CHECK(files[0].packing == Packing::tar_gzip);
    }

    TEST_CASE("an artifact without files has none") {
        CHECK(list_files(golden("no-files")).empty());
        CHECK(files_of({}).empty());
    }

    TEST_CASE("reads the names and packings of ModelPack") {
        const auto packing = [](std::string_view type) {
            return files_of({layer_of(type, {{"org.cncf.model.filepath", "m"}})})[0].packing;
        };
        CHECK(packing(weight_type) == Packing::raw);
        CHECK(packing("application/vnd.cncf.model.weight.v1.gguf") == Packing::raw);
        CHECK(packing("application/vnd.cncf.model.weight.v1.tar") == Packing::tar);
        CHECK(packing("application/vnd.cncf.model.weight.v1.tar+gzip") == Packing::tar_gzip);
        CHECK(packing("application/vnd.cnai.model.weight.v1.tar") == Packing::tar);
        CHECK(files_of({layer_of(weight_type, {{"org.cnai.model.filepath", "old"}})})[0].path ==
              "old");
        refuses({layer_of("application/vnd.cncf.model.weight.v1.tar+zstd",
                          {{"org.cncf.model.filepath", "m"}})},
                Reason::unsupported,
                "zstd");
    }

    TEST_CASE("several names of one layer must agree") {
        const std::string title(annotation_keys::title);
        CHECK(files_of({layer_of(weight_type, {{title, "m"}, {"org.cncf.model.filepath", "m"}})})
                  .size() == 1);
        refuses({layer_of(weight_type, {{title, "m"}, {"org.cncf.model.filepath", "n"}})},
                Reason::malformed_evidence,
                "both \"m\" and \"n\"");
    }

    TEST_CASE("a layer without a name is an error that says which") {
        refuses({titled("a"), layer_of("application/vnd.ollama.image.model", {})},
                Reason::malformed_evidence,
                "layers[1]: the layer of type application/vnd.ollama.image.model has no file name");
        refuses({titled("a"), empty_descriptor()}, Reason::malformed_evidence, "layers[1]");
    }

    TEST_CASE("refuses names that would leave the folder or hide in it") {
        for (const std::string& name : {std::string(""),
                                        std::string("/etc/passwd"),
                                        std::string("../x"),
                                        std::string("a/../../x"),
                                        std::string("./a"),
                                        std::string("a//b"),
                                        std::string("a/"),
                                        std::string("a\\b"),
                                        std::string("a\nb"),
                                        std::string("a\0b", 3),
                                        std::string("\xFF"),
                                        std::string(256, 'x'),
                                        std::string(".modelseal"),
                                        std::string(".modelseal/manifest.json"),
                                        std::string(".ModelSeal/x"),
                                        std::string("a\xE2\x80\xAE.bin")}) {
            refuses({titled(name)}, Reason::unsafe_path, "is refused");
        }
        CHECK(files_of({titled("modelseal"), titled("a.modelseal"), titled(".model")}).size() == 3);
    }

    TEST_CASE("refuses names of the seal and of files in the making, wherever they stand") {
        for (const std::string_view name : {".modelseal-0123456789abcdef.part",
                                            ".modelseal-0123456789abcdef.journal",
                                            "a/.modelseal-0123456789abcdef.tmp",
                                            "a/.MODELSEAL-0123456789abcdef.part",
                                            "a/.modelseal/x",
                                            "a/.modelseal.d/x/y",
                                            ".model\xC5\xBF"
                                            "eal",  // the long s
                                            ".modelsealed"}) {
            refuses({titled(std::string(name))}, Reason::unsafe_path, "files in the making");
        }
    }

    TEST_CASE("refuses names that a file system could take for one another") {
        refuses({titled("Model"), titled("model")}, Reason::unsafe_path, "differ only in case");
        refuses({titled("É/a"), titled("é/A")}, Reason::unsafe_path, "differ only in case");
        refuses({titled("a/b"), titled("a")}, Reason::unsafe_path, "a file and the folder");
        refuses({titled("a"), titled("a.txt"), titled("A/b/c")}, Reason::unsafe_path, "folder");
        CHECK(files_of({titled("a"), titled("a.b"), titled("ab/c"), titled("a b")}).size() == 4);
    }

    TEST_CASE("takes a file that is listed twice once, and refuses two of one name") {
        CHECK(files_of({titled("b"), titled("a"), titled("b")}).size() == 2);
        refuses({titled("a", "1"), titled("a", "2")}, Reason::unsafe_path, "two different layers");
    }

    TEST_CASE("lists twenty thousand files at once") {
        std::vector<Descriptor> layers;
        for (std::size_t i = 0; i < layer_count_limit; ++i) {
            layers.push_back(titled(core::concat("folder/file-", i)));
        }
        CHECK(files_of(std::move(layers)).size() == layer_count_limit);
    }
}

}  // namespace modelseal::oci
