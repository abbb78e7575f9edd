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

TEST_SUITE("model/content/text_kind") {
    TEST_CASE("refuses a graph of TensorFlow in text form") {
        CHECK(kind_of("g.pbtxt", "node { name: \"w\" op: \"WriteFile\" }") == "saved-model");
        CHECK(kind_of("g.prototxt", "node #\n<op#\n:'W'>") == "saved-model");
        CHECK(kind_of("g.pbtxt", "meta_graphs { }") == "saved-model");
        CHECK(kind_of("config.pbtxt", "platform: \"node op\" # node op\ninput { dims: 1 }") ==
              "text");
        CHECK(kind_of("g.txt", "a node and an op") == "text");
    }

    TEST_CASE("refuses YAML that has Python make objects") {
        for (const auto* text :
             {"a: !!python/object/apply:os.system ['id']\n",
              "a: !!%70ython/name:os.system\n",
              "a: !<tag:yaml.org,2002:python/module:os>\n",
              "%TAG !p! tag:yaml.org,2002:py\n---\na: !p!thon/name:os.system\n"}) {
            CHECK(kind_of("hyperparams.yaml", text) == "python");
            CHECK(kind_of("A.YML", text) == "python");
            CHECK(kind_of("MLmodel", text) == "python");
            CHECK(kind_of("README.md", text) == "markdown");
        }
        CHECK(kind_of("a.yaml", "a: !!float 1\nb: 100%\nc: python/x\n") == "text");
        CHECK(kind_of("a.yaml", std::string(200'000, '#') + "\na: !!python/none\n") == "python");
    }

    TEST_CASE("refuses an SVG image with a script") {
        CHECK(kind_of("a.svg", "<svg><script>alert(1)</script></svg>") == "script");
        CHECK(kind_of("a.svg", "<svg onload=\"alert(1)\"/>") == "script");
        CHECK(kind_of("a.svg", "<svg\nONLOAD = 'alert(1)'/>") == "script");
        CHECK(kind_of("a.svg", "<!-- a --> <svg/onload=alert(1)>") == "script");
        CHECK(kind_of("a.svg", "<svg>" + std::string(100'000, ' ') + "<script/></svg>") ==
              "script");
        CHECK(kind_of("a.svg", "<svg version='1'><text>click on a = b</text></svg>") == "svg");
    }

    TEST_CASE("finds the first element behind comments and instructions") {
        for (const auto* text : {"<net name='x'>",
                                 "<net\nname='x'>",
                                 "<net>",
                                 "<!-- a > --><net/>",
                                 "<?xml version='1.0'?><!-- <svg --><net><svg/></net>",
                                 "<!DOCTYPE net><net>",
                                 "<!-- without end"}) {
            CAPTURE(text);
            for (const auto* name : {"model.xml", "README.md", "notes.txt", "model"}) {
                CHECK(kind_of(name, text) == "xml");
            }
        }
        CHECK(kind_of("page", "<html></html>") == "xml");
        CHECK(kind_of("README.md", "<p align='center'>\n") == "markdown");
        CHECK(kind_of("README.md", "<!-- badges -->\n# Model\n") == "markdown");
        CHECK(kind_of("vocab.txt", "<unk>\n<s>\n") == "text");
        CHECK(kind_of("a.svg", "<?xml version='1.0'?>\n<!-- a --><svg/>") == "svg");
    }

    TEST_CASE("looks at the end of long texts too") {
        const std::string text(200'000, 'a');
        CHECK(kind_of("a.txt", text) == "text");
        CHECK(kind_of("a.txt", text + "\0"s) == "unknown");
        // 64 KiB samples may cut a character in two.
        std::string accents;
        for (int i = 0; i < 70'000; ++i) {
            accents += "\xC3\xA9";
        }
        CHECK(kind_of("a.txt", "a" + accents) == "text");
    }
}

}  // namespace modelseal::model
