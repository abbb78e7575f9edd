#include "common/core/bytes.hpp"
#include "common/model/content/content_kind.hpp"
#include "tests/support/model_files.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;

std::string kind_of(std::string_view path, const std::string& bytes) {
    const core::MemoryAccess content(core::as_bytes(bytes));
    return std::string(to_string(identify(path, content).kind));
}

}  // namespace

TEST_SUITE("model/content/protobuf") {
    TEST_CASE("knows a graph of TensorFlow, whatever else is in the file") {
        const std::string saved = "\x08\x01"s + test::field(2, test::field(1, "\x22\x02v1"));
        CHECK(kind_of("model.pb", saved) == "saved-model");
        CHECK(kind_of("model.pb", saved + "\x3A\0"s) == "saved-model");
        CHECK(kind_of("model.pb", saved + test::field(7, test::field(2, "g"))) == "saved-model");
        CHECK(kind_of("model.pb", saved + "\xFA\x7F\0"s) == "saved-model");
        CHECK(kind_of("model.pb", saved + "\x3D\1\2\3\4") == "saved-model");
        const std::string node = test::field(1, "x") + test::field(2, "ReadFile");
        const std::string graph = test::field(1, node) + test::field(2, "") + "\x22\x02\x08\x01";
        CHECK(kind_of("frozen_graph.pb", graph) == "saved-model");
        CHECK(kind_of("tokenizer.model", test::field(1, test::field(1, "<unk>")) + graph) ==
              "saved-model");
        for (const auto* name : {"saved_model.pb", "a/Saved_Model.pbtxt"}) {
            CHECK(kind_of(name, "text") == "saved-model");
            CHECK(kind_of(name, test::onnx()) == "saved-model");
        }
    }

    TEST_CASE("takes for ONNX only what has one graph and one name of its producer") {
        const std::string head = "\x08\x08";
        const std::string graph = test::field(7, test::field(2, "g"));
        CHECK(kind_of("m.onnx", head + graph) == "onnx");
        CHECK(kind_of("m.onnx", head + test::field(2, "py\xC3\xA9") + graph) == "onnx");
        CHECK(kind_of("m.onnx", head + test::field(7, "")) == "unknown");
        CHECK(kind_of("m.onnx", head + graph + graph) == "unknown");
        CHECK(kind_of("m.onnx", head + test::field(7, "\x08\x01")) == "unknown");
        CHECK(kind_of("m.onnx", head + test::field(7, "no message")) == "unknown");
        CHECK(kind_of("m.onnx", head + graph + test::field(2, "a") + test::field(2, "b")) ==
              "unknown");
        CHECK(kind_of("m.onnx", head + graph + test::field(2, "\xFF")) == "unknown");
        CHECK(kind_of("m.onnx", head + graph + test::field(2, "\x01")) == "unknown");
    }

    TEST_CASE("takes for a vocabulary only what has pieces") {
        const auto vocabulary = [](const std::string& piece) {
            return kind_of("tokenizer.model", test::field(1, piece) + test::field(2, "\x08\x01"));
        };
        const std::string text = test::field(1, "<unk>");
        CHECK(vocabulary(text) == "sentencepiece");
        CHECK(vocabulary(text + "\x15\0\0\0\0\x18\x02"s) == "sentencepiece");
        CHECK(vocabulary(text + text) == "unknown");
        CHECK(vocabulary("\x15\0\0\0\0"s) == "unknown");
        CHECK(vocabulary(text + "\x18\x07") == "unknown");
        CHECK(vocabulary(text + "\x10\x01") == "unknown");
        CHECK(vocabulary(text + test::field(5, "attr")) == "unknown");
        CHECK(kind_of("tokenizer.model", test::field(1, text) + test::field(2, "")) == "unknown");
    }
}

}  // namespace modelseal::model
