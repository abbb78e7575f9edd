#include "common/model/content/gguf_metadata.hpp"

#include "common/core/bytes.hpp"
#include "common/core/files/file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/model_files.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;
using test::gguf_text;
using test::little_endian64;

std::vector<GgufText> texts_of(const std::string& bytes) {
    return read_gguf_texts(core::MemoryAccess(core::as_bytes(bytes)));
}

std::string gguf(std::size_t keys, const std::string& pairs) {
    return "GGUF\3\0\0\0"s + little_endian64(0) + little_endian64(keys) + pairs;
}

std::string pair(const std::string& key, char type, const std::string& value) {
    return gguf_text(key) + type + "\0\0\0"s + value;
}

std::string array(char type, std::uint64_t count, const std::string& values) {
    return type + "\0\0\0"s + little_endian64(count) + values;
}

}  // namespace

TEST_SUITE("model/content/gguf_metadata") {
    TEST_CASE("finds the texts in what the gguf package writes") {
        const std::string file =
            core::read_small_file("tests/data/gguf/named-template-escape.gguf", 4096);
        std::vector<std::string> keys;
        for (const GgufText& text : texts_of(file)) {
            keys.push_back(text.key);
            if (text.key == "tokenizer.chat_template.tool_use") {
                CHECK(file.substr(text.offset, text.size) ==
                      "{{ cycler.__init__.__globals__.os.popen('id').read() }}");
            }
        }
        CHECK(keys == std::vector<std::string>{"general.architecture",
                                               "general.name",
                                               "tokenizer.ggml.model",
                                               "tokenizer.chat_template.tool_use",
                                               "tokenizer.chat_template"});
    }

    TEST_CASE("steps over values of every type") {
        const std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        for (char type = 0; type < 13; ++type) {
            const std::size_t size = sizes[static_cast<std::size_t>(type)];
            const std::string last = pair("last", 8, gguf_text("x"));
            if (size > 0) {
                const std::string value(size, '\1');
                CHECK(texts_of(gguf(2, pair("a", type, value) + last)).size() == 1);
                CHECK(
                    texts_of(gguf(2, pair("a", 9, array(type, 2, value + value)) + last)).size() ==
                    1);
            }
        }
        const std::string texts = array(8, 2, gguf_text("a") + gguf_text(""));
        CHECK(texts_of(gguf(1, pair("a", 9, texts))).empty());
        std::string older = gguf(1, pair("a", 8, gguf_text("x")));
        older[4] = 2;
        CHECK(texts_of(older).size() == 1);
    }

    TEST_CASE("refuses what readers would not agree on") {
        const std::string text = pair("a", 8, gguf_text("x"));
        const std::vector<std::string> files = {
            "",
            "GGML" + gguf(0, "").substr(4),
            "GGUF\1"s + gguf(0, "").substr(5),
            "GGUF\4"s + gguf(0, "").substr(5),
            gguf(2, text + text),                                      // a key twice
            gguf(1, pair("", 8, gguf_text("x"))),                      // an empty key
            gguf(1, pair(std::string(1025, 'k'), 8, gguf_text("x"))),  // a long one
            gguf(1, pair("a", 13, "\0\0\0\0\0\0\0\0"s)),               // a type
            gguf(1, pair("a", 9, array(13, 0, ""))),                   // of elements
            gguf(1, pair("a", 9, array(9, 0, ""))),                    // arrays of arrays
            gguf(1, pair("a", 9, array(12, 1ULL << 61U, ""))),         // a size that overflows
            gguf(1, pair("a", 9, array(0, 100, ""))),                  // and one that is too long
            gguf(1, pair("a", 9, array(8, (1ULL << 24U) + 1, ""))),    // texts in arrays
            gguf(1, gguf_text("a") + "\x08\0\0\0"s + little_endian64(~0ULL)),
            gguf((1U << 14U) + 1, text),
        };
        for (const std::string& file : files) {
            CAPTURE(&file - files.data());
            CHECK(test::error_of([&] { return texts_of(file); }).kind() ==
                  core::ErrorKind::malformed);
        }
        CHECK(texts_of(gguf(1, pair(std::string(1024, 'k'), 8, gguf_text("x")))).size() == 1);
    }

    TEST_CASE("refuses metadata that is cut off anywhere") {
        const std::string file =
            gguf(3,
                 pair("a", 8, gguf_text("xy")) + pair("b", 9, array(8, 1, gguf_text("z"))) +
                     pair("c", 4, "\1\0\0\0"s));
        CHECK(texts_of(file).size() == 1);
        for (std::size_t length = 0; length < file.size(); ++length) {
            CAPTURE(length);
            CHECK(test::error_of([&] { return texts_of(file.substr(0, length)); }).kind() ==
                  core::ErrorKind::malformed);
        }
    }
}

}  // namespace modelseal::model
