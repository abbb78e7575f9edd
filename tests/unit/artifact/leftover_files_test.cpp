#include "common/artifact/leftover_files.hpp"

#include "tests/support/temporary_folder.hpp"

#include <filesystem>

#include <doctest/doctest.h>

namespace modelseal::artifact {

TEST_SUITE("artifact/leftover_files") {
    TEST_CASE("names what is neither the model's nor the seal's") {
        const test::TemporaryFolder folder;
        for (const char* folder_name : {"sub", "empty", ".modelseal"}) {
            std::filesystem::create_directory(folder.path() / folder_name);
        }
        folder.write("model.safetensors", "x");
        folder.write("sub/config.json", "x");
        folder.write("sub/old.json", "x");
        folder.write("old.py", "x");
        folder.write(".modelseal/manifest.json", "x");
        const digest::Digest digest = digest::Digest::parse("sha256:" + std::string(64, '0'));
        const auto pulled = [&](const char* path) {
            return PulledFile{
                .path = path,
                .layer = {.media_type = oci::MediaType::parse("application/octet-stream"),
                          .digest = digest,
                          .size = 1}};
        };
        CHECK(leftover_files(core::Folder::open(folder.path()),
                             {pulled("model.safetensors"), pulled("sub/config.json")}) ==
              std::vector<std::string>{"old.py", "sub/old.json"});
    }
}

}  // namespace modelseal::artifact
