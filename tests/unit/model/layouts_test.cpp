// Ordinary repositories, as people publish them, must pass without a single allowance.
#include "common/model/check.hpp"
#include "tests/support/model_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;
using Files = std::vector<std::pair<std::string, std::string>>;
using test::TemporaryFolder;

const std::string config = R"({"architectures":["LlamaForCausalLM"],"model_type":"llama"})";
const std::string tokenizer_config =
    R"({"tokenizer_class":"LlamaTokenizer","chat_template":"{% set ns = namespace(x=0) %}{{ bos_token }}"})";
const std::string png = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s;

Files with(Files files, const Files& more) {
    files.insert(files.end(), more.begin(), more.end());
    return files;
}

const Files documents = {{"README.md", "---\nlicense: apache-2.0\n---\n# Model\n"},
                         {"LICENSE", "Apache License\n"},
                         {"USE_POLICY.md", "# Use\n"},
                         {".gitattributes", "*.safetensors filter=lfs\n"}};

const Files sentencepiece_tokenizer = {{"tokenizer.model", test::sentencepiece()},
                                       {"tokenizer_config.json", tokenizer_config},
                                       {"special_tokens_map.json", "{}"},
                                       {"added_tokens.json", "{}"}};

const Files bpe_tokenizer = {{"tokenizer.json", R"({"version":"1.0"})"},
                             {"vocab.json", R"({"a":0})"},
                             {"merges.txt", "#version: 0.2\n\xC4\xA0 t\n"},
                             {"tokenizer_config.json", "{}"}};

const Files sharded = {
    {"model-00001-of-00002.safetensors", test::one_tensor("a")},
    {"model-00002-of-00002.safetensors", test::one_tensor("b")},
    {"model.safetensors.index.json",
     R"({"metadata":{"total_size":8},"weight_map":{"a":"model-00001-of-00002.safetensors",)"
     R"("b":"model-00002-of-00002.safetensors"}})"}};

const Files single = {{"model.safetensors", test::one_tensor()}, {"config.json", config}};

/// What the check has to say about a repository.
std::vector<Finding> findings_of(const Files& files) {
    const TemporaryFolder folder;
    for (const auto& [path, content] : files) {
        folder.write(path, content);
    }
    return check_paths({folder.path()}, {.policy = Policy::strict}).findings;
}

void check_passes(const Files& files) {
    for (const Finding& finding : findings_of(files)) {
        FAIL_CHECK(finding.file << ": " << finding.rule << ": " << finding.message);
    }
}

}  // namespace

TEST_SUITE("model/layouts") {
    TEST_CASE("a single file with a BPE tokenizer") {
        check_passes(with(single, bpe_tokenizer));
    }

    TEST_CASE("a sharded model with a sentencepiece tokenizer, licences and documents") {
        check_passes(
            with(with(with(sharded, sentencepiece_tokenizer), documents),
                 {{"config.json", config}, {"generation_config.json", R"({"max_length":4096})"}}));
    }

    TEST_CASE("an encoder with a WordPiece vocabulary, as BERT") {
        check_passes(with(with(single, documents), {{"vocab.txt", "[PAD]\n[UNK]\ncat\ndog\n"}}));
    }

    TEST_CASE("a sentence-transformers model with modules and pooling") {
        check_passes(with(single,
                          {{"modules.json", "[]"},
                           {"1_Pooling/config.json", "{}"},
                           {"sentence_bert_config.json", "{}"},
                           {"config_sentence_transformers.json", "{}"},
                           {"vocab.txt", "[PAD]\n"}}));
    }

    TEST_CASE("a PEFT adapter, which only warns of its base model") {
        const Files adapter = {
            {"adapter_model.safetensors", test::one_tensor()},
            {"adapter_config.json", R"({"peft_type":"LORA","base_model_name_or_path":"org/base"})"},
            {"README.md", "# Adapter\n"}};
        const auto findings = findings_of(adapter);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].rule == "config/base-model");
        CHECK(findings[0].severity == Severity::warning);
    }

    TEST_CASE("a diffusers pipeline with a folder for each part") {
        check_passes(with(documents,
                          {{"model_index.json", R"({"_class_name":"StableDiffusionPipeline"})"},
                           {"unet/config.json", "{}"},
                           {"unet/diffusion_pytorch_model.safetensors", test::one_tensor()},
                           {"unet/diffusion_pytorch_model.fp16.safetensors", test::one_tensor()},
                           {"vae/config.json", "{}"},
                           {"vae/diffusion_pytorch_model.safetensors", test::one_tensor()},
                           {"text_encoder/model.safetensors", test::one_tensor()},
                           {"tokenizer/merges.txt", "#version: 0.2\n"},
                           {"tokenizer/vocab.json", "{}"},
                           {"scheduler/scheduler_config.json", "{}"},
                           {"images/sample.png", png}}));
    }

    TEST_CASE("an ONNX export, with and without external data, beside safetensors") {
        const std::string entry = test::field(1, "location") + test::field(2, "decoder.onnx_data");
        check_passes(
            with(with(single, bpe_tokenizer),
                 {{"onnx/model.onnx", test::onnx()},
                  {"onnx/decoder.onnx", test::onnx(test::field(5, test::field(13, entry)))},
                  {"onnx/decoder.onnx_data", "\1\2\3\xFF"s}}));
    }

    TEST_CASE("GGUF quantizations beside safetensors") {
        const std::string gguf = "GGUF\3\0\0\0"s + std::string(16, '\0');
        check_passes(with(single, {{"model-q4_k_m.gguf", gguf}, {"model-q8_0.gguf", gguf}}));
    }

    TEST_CASE("a vision model with a processor and pictures") {
        check_passes(with(single,
                          {{"preprocessor_config.json", R"({"size":{"height":224}})"},
                           {"processor_config.json", "{}"},
                           {"assets/a.png", png},
                           {"assets/b.jpg", "\xFF\xD8\xFF\xE0\0\x10JFIF"s},
                           {"assets/c.gif", test::gif()},
                           {"assets/d.webp", "RIFF\x24\0\0\0WEBPVP8 "s},
                           {"assets/e.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"}}));
    }

    TEST_CASE("a chat model with its template in a file of its own") {
        check_passes(with(with(single, sentencepiece_tokenizer),
                          {{"chat_template.jinja",
                            "{% for message in messages %}{{ message.content }}{% endfor %}"}}));
    }

    TEST_CASE("a tokenizer without weights, of which that is said") {
        const auto findings = findings_of(bpe_tokenizer);
        REQUIRE(findings.size() == 1);
        CHECK(findings.front().rule == "content/no-weights");
    }
}

}  // namespace modelseal::model
