#include "common/model/model_record.hpp"

#include "common/core/error.hpp"
#include "common/core/progress.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/model_files.hpp"
#include "tests/support/replaced.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using test::replaced;
using test::TemporaryFolder;

ModelRecord record_of(const TemporaryFolder& folder, bool tree = false) {
    core::NoProgress progress;
    return make_record(check_paths({folder.path()}, {.name = "m"}),
                       {.tool = "modelseal-check", .version = "1", .tree = tree},
                       progress);
}

}  // namespace

TEST_SUITE("model/model_record") {
    TEST_CASE("records digests, the root over them and facts") {
        const TemporaryFolder folder;
        folder.write("b.safetensors", test::one_tensor());
        folder.write("a.txt", "hello\n");
        const ModelRecord record = record_of(folder);
        REQUIRE(record.files.size() == 2);
        CHECK(record.files[0].path == "a.txt");
        // sha256sum a.txt
        CHECK(record.files[0].sha256.hex() ==
              "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
        CHECK(record.size_bytes() == 6 + test::one_tensor().size());
        digest::Sha256 root;
        root.write(record.files[0].sha256.bytes());
        root.write(record.files[1].sha256.bytes());
        CHECK(record.root() == root.finish());
        CHECK_FALSE(record.files[0].fsverity.has_value());
        CHECK(record_of(folder, true).files[0].fsverity.has_value());
    }

    TEST_CASE("reads what it writes") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        folder.write("config.json", R"({"architectures":["BertModel"]})");
        folder.write("adapter_config.json", R"({"base_model_name_or_path":"org/base"})");
        for (const bool tree : {false, true}) {
            const std::string text = record_of(folder, tree).to_text();
            CHECK(ModelRecord::parse(text).to_text() == text);
        }
    }

    TEST_CASE("refuses every prefix of a record") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        std::string text = record_of(folder).to_text();
        text.pop_back();  // the newline
        for (std::size_t length = 0; length < text.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(ModelRecord::parse(text.substr(0, length))),
                            core::Error);
        }
    }

    TEST_CASE("refuses a record whose parts do not agree") {
        const TemporaryFolder folder;
        folder.write("a.txt", "hello\n");
        folder.write("b.txt", "hello\n");
        const std::string text = record_of(folder).to_text();
        const auto refuses = [](const std::string& changed) {
            CHECK_THROWS_AS(static_cast<void>(ModelRecord::parse(changed)), core::Error);
        };
        refuses(replaced(text, "record/v1", "record/v2"));
        refuses(replaced(text, "\"root\": \"sha256:", "\"root\": \"sha256:00"));
        refuses(replaced(text, "\"size_bytes\": 12", "\"size_bytes\": 13"));
        refuses(replaced(text, "\"path\": \"a.txt\"", "\"path\": \"../a.txt\""));
        refuses(replaced(text, "\"path\": \"a.txt\"", "\"path\": \"c.txt\""));
        refuses(replaced(text, "\"path\": \"a.txt\"", "\"path\": \"b.txt\""));
        refuses(replaced(text, "\"kind\": \"text\"", "\"kind\": \"prose\""));
        refuses(replaced(text, "\"policy\": \"recommended\"", "\"policy\": \"lenient\""));
        refuses(replaced(text, "\"name\": \"m\"", "\"name\": \"m\", \"more\": 1"));
        refuses(replaced(text, "\"name\": \"m\"", "\"name\": 1"));
    }

    TEST_CASE("refuses to record a file that changed after it was checked") {
        const TemporaryFolder folder;
        const auto path = folder.write("a.txt", "hello\n");
        const CheckedModel model = check_paths({folder.path()}, {});
        std::ofstream(path, std::ios::app) << "more";
        core::NoProgress progress;
        CHECK_THROWS_AS(static_cast<void>(make_record(model, {}, progress)), core::Error);
    }
}

}  // namespace modelseal::model
