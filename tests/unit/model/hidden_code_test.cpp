// Code that is reached through what looks like data.
#include "common/core/files/file.hpp"
#include "common/model/check.hpp"
#include "tests/support/model_files.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;
using Rules = std::vector<std::string>;

Rules rules_of(const CheckedModel& model) {
    Rules rules;
    for (const Finding& finding : model.findings) {
        rules.push_back(finding.rule);
    }
    return rules;
}

}  // namespace

TEST_SUITE("model/hidden_code") {
    TEST_CASE("refuses modules that are not of the packages they are made for") {
        const auto rules_with = [](const std::string& type) {
            const std::string text = R"([{"idx":0,"name":"0","path":"","type":")" + type + "\"}]";
            const core::MemoryAccess bytes(core::as_bytes(text));
            return rules_of(check_contents({{"modules.json", &bytes}}, {}));
        };
        CHECK(rules_with("sentence_transformers.models.Transformer").empty());
        CHECK(rules_with("pylate.models.Dense.Dense").empty());
        CHECK(rules_with("evil/repo--mod.Class") == Rules{"config/remote-code"});
        CHECK(rules_with("sentence_transformers.x/r--mod.Class") == Rules{"config/remote-code"});
        CHECK(rules_with("custom_st.Transformer") == Rules{"config/auto-map"});
    }

    TEST_CASE("judges the chat templates in a GGUF model") {
        const auto rules_with = [](const std::string& bytes) {
            const core::MemoryAccess content(core::as_bytes(bytes));
            return rules_of(check_contents({{"model.gguf", &content}}, {}));
        };
        const auto golden = [](const std::string& name) {
            return core::read_small_file("tests/data/gguf/" + name, 4096);
        };
        CHECK(rules_with(golden("template.gguf")).empty());
        // "__" and "cycler."
        CHECK(rules_with(golden("template-escape.gguf")) ==
              Rules{"config/template", "config/template"});
        CHECK(rules_with(golden("named-template-escape.gguf")) ==
              Rules{"config/template", "config/template"});
        CHECK(rules_with(golden("template.gguf").substr(0, 200)) == Rules{"content/gguf-metadata"});
        const auto with_template = [](std::size_t size) {
            return "GGUF\3\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"s +
                   test::gguf_text("tokenizer.chat_template") + "\x08\0\0\0"s +
                   test::gguf_text(std::string(size, ' '));
        };
        CHECK(rules_with(with_template(1U << 20U)).empty());
        CHECK(rules_with(with_template((1U << 20U) + 1)) == Rules{"content/gguf-metadata"});
    }

    TEST_CASE("sees the pickle in a safetensors file whose header length is a number in a line") {
        const std::string data = "0cos\nsystem\n(S'id'\ntR.";
        std::string header = R"({"a":{"dtype":"U8","shape":[22],"data_offsets":[0,22]})";
        header.resize(71, ' ');
        header += "\n}";
        const std::string file = test::safetensors(header, data);
        REQUIRE(data.size() == 22);
        REQUIRE(header.size() == 73);  // 'I', a number in a line
        const core::MemoryAccess content(core::as_bytes(file));
        CHECK(rules_of(check_contents({{"model.safetensors", &content}}, {})) ==
              Rules{"safetensors/pickle"});
    }
}

}  // namespace modelseal::model
