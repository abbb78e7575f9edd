#include "common/model/content/content_kind.hpp"

#include "common/core/bytes.hpp"
#include "tests/support/model_files.hpp"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;

std::string kind_of(std::string_view path, const std::string& bytes) {
    const core::MemoryAccess content(core::as_bytes(bytes));
    return std::string(to_string(identify(path, content).kind));
}

std::string at(std::size_t offset, const std::string& bytes) {
    return std::string(offset, 'x') + bytes;
}

/// The start of a .npy file of version 1.0.
std::string npy_of(const std::string& header) {
    return "\x93NUMPY\x01\x00"s + static_cast<char>(header.size()) + "\0"s + header;
}

std::string npy(const std::string& descr) {
    return npy_of("{'descr': " + descr + ", 'fortran_order': False, 'shape': (2,), }\n");
}

}  // namespace

TEST_SUITE("model/content/content_kind") {
    TEST_CASE("tells what runs code by its bytes, whatever its name") {
        const std::vector<std::pair<std::string, std::string>> files = {
            {"pickle", "\x80\x02}q\0."s},
            {"pickle", "\x80\x05N."s},
            {"pickle", "cposix\nsystem\n(S'ls'\ntR."},
            {"pickle", "cposix\nsystem\n(S'ls'\ntR\xFF"},
            {"zip", "PK\x03\x04 archive.data.pkl"s},
            {"archive", "7z\xBC\xAF\x27\x1C and so on"s},
            {"archive", "\x1F\x8B\x08\0"s},
            {"archive", "BZh91AY\x00"s},
            {"archive", "\xFD\x37zXZ\0"s},
            {"archive", "\x04\x22\x4D\x18\x40"s},
            {"archive", "\x28\xB5\x2F\xFD\x20"s},
            {"archive", "\x78\x9C\x01\x00"s},
            {"archive", at(257, "ustar\0"s)},
            {"hdf5", "\x89HDF\r\n\x1A\n"s},
            {"hdf5", at(512, "\x89HDF\r\n\x1A\n"s)},
            {"numpy-object", npy("'|O'")},
            {"numpy-object", npy("[('a', '|O')]")},
            {"executable",
             "\x7F"
             "ELF\x02"s},
            {"executable", "MZ\x90\0"s},
            {"executable", "\xCF\xFA\xED\xFE\x07"s},
            {"executable", "\0asm\1"s},
            {"script", "#!/bin/sh\nrm -rf /\n"},
            {"saved-model", "\x08\x01"s + test::field(2, "graph")},
            {"xml", "<?xml version=\"1.0\"?><net/>"},
            {"lfs-pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"},
            {"unknown", "\x01\x02\x03\xFF"s},
            {"unknown", std::string(1000, '\0')},
        };
        for (const auto& [kind, bytes] : files) {
            CAPTURE(kind);
            for (const auto* name : {"model.bin", "config.json", "README.md", "a/b.png"}) {
                CHECK(kind_of(name, bytes) == kind);
                CHECK(refusing_rule(*parse_kind(kind)).has_value());
            }
        }
    }

    TEST_CASE("tells programs by their names when the bytes are only text") {
        CHECK(kind_of("modeling.py", "import torch\n") == "python");
        CHECK(kind_of("MODELING.PY", "import torch\n") == "python");
        CHECK(kind_of("__init__.py", "") == "python");
        CHECK(kind_of("run.sh", "echo hello\n") == "script");
        CHECK(kind_of("run.ipynb", R"({"cells":[],"nbformat":4})") == "notebook");
        CHECK(kind_of("run.json", R"({"cells":[],"nbformat":4})") == "notebook");
        CHECK(kind_of("model.keras", "PK\x03\x04 config.json"s) == "keras");
    }

    TEST_CASE("knows the data that models are made of") {
        const std::vector<std::tuple<std::string, std::string, std::string>> files = {
            {"safetensors", "model.safetensors", test::one_tensor()},
            {"safetensors", "model.bin", test::one_tensor()},
            {"safetensors-index", "model.safetensors.index.json", R"({"weight_map":{}})"},
            {"json", "config.json", " {\"a\": 1}"},
            {"json", "labels.json", "[1]"},
            {"markdown", "README.md", "# Model\n"},
            {"text", "LICENSE", "Apache License\n"},
            {"text", "vocab.txt", "cat\ndog\n"},
            {"text", "merges.txt", "\xEF\xBB\xBF#version: 0.2\n\xC4\xA0 t\n"},
            {"chat-template", "chat_template.jinja", "{% for m in messages %}{% endfor %}"},
            {"sentencepiece", "tokenizer.model", test::sentencepiece()},
            {"onnx", "model.onnx", test::onnx()},
            {"gguf", "model.gguf", "GGUF\3\0\0\0"s + std::string(16, '\0')},
            {"numpy", "mean.npy", npy("'<f4'")},
            {"png", "a.png", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s},
            {"jpeg", "a.jpg", "\xFF\xD8\xFF\xE0\0\x10JFIF"s},
            {"gif", "a.gif", test::gif()},
            {"webp", "a.webp", "RIFF\x24\0\0\0WEBPVP8 "s},
            {"svg", "a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"},
            {"empty", "a.txt", ""},
        };
        for (const auto& [kind, name, bytes] : files) {
            CAPTURE(name);
            CHECK(kind_of(name, bytes) == kind);
            CHECK_FALSE(refusing_rule(*parse_kind(kind)).has_value());
        }
    }

    TEST_CASE("refuses a program by its name whatever its bytes look like") {
        const std::vector<std::string> contents = {
            "GIF89a=1\nimport os\n",
            test::gif(),
            test::one_tensor(),
            "GGUF\3\0\0\0"s + std::string(16, '\0'),
            // One valid Python file: an empty line and a comment that holds protobuf tags.
            "\n#" + std::string(35, 'a') + "\x12\x01#\n",
            "\1\2\3\xFF"};
        for (const std::string& content : contents) {
            CHECK(kind_of("modeling.py", content) == "python");
            CHECK(kind_of("MODELING.PYC", content) == "python");
            CHECK(kind_of("a/run.sh", content) == "script");
        }
        for (const auto* name : {"a.vbs",
                                 "a.hta",
                                 "a.ksh",
                                 "a.command",
                                 "a.wsf",
                                 "a.tcl",
                                 "a.jl",
                                 "A.java",
                                 "a.desktop",
                                 ".bashrc",
                                 "x/.envrc"}) {
            CHECK(kind_of(name, "text") == "script");
        }
        CHECK(kind_of("site.pth", "import os\n") == "python");
        CHECK(kind_of("weights.pth", test::one_tensor()) == "safetensors");
        CHECK(kind_of("module.bin", "\x55\x0D\r\n\0\0\0\0"s) == "python");
    }

    TEST_CASE("takes no text for an image, and no signature alone for a model") {
        CHECK(kind_of("notes.txt", "GIF89a=1\n") == "text");
        CHECK(kind_of("notes.txt", "GGUF is a format") == "text");
        CHECK(kind_of("config.json", R"({"a": 1,"b":"WEBPVP8"})") == "json");
        CHECK(kind_of("a.json", R"({"a":  "WEBPVP8"})") == "json");
        CHECK(kind_of("a.webp", "{\0\0\0\0\0\0\0WEBPVP8 "s) == "unknown");
        CHECK(kind_of("a.gif", "GIF89a\0\1\2"s) == "unknown");
        CHECK(kind_of("a.gif", test::gif() + "tail") == "unknown");
        CHECK(kind_of("a.gguf", "GGUF\3\0\0\0"s + std::string(16, '\1')) == "unknown");
    }

    TEST_CASE("reads the header of a NumPy array so that nobody can read another type in it") {
        const std::string rest = "'fortran_order': False, 'shape': (2,), }";
        const std::vector<std::string> headers = {
            "{'descr': '<f4', 'descr': '|O', " + rest,
            "{'descr': '<f4', 'x': '|O', " + rest,
            "{'descr': '<f4', 'shape': (2,)}",
            "{'d' 'escr': '|O', 'descr': '<f4', " + rest,
            "{'descr': '<f4', " + rest + " or {'descr': '|O'}",
            "{\"descr\": '|O', " + rest,
            "{'descr': '<f4' '|O', " + rest,
            "",
        };
        for (const std::string& header : headers) {
            CAPTURE(header);
            CHECK(kind_of("a.npy", npy_of(header)) == "numpy-object");
        }
        CHECK(
            kind_of("a.npy", npy_of("{'shape': (), 'descr': '|b1', 'fortran_order': True}  \n")) ==
            "numpy");
        CHECK(kind_of("a.npy", npy_of("{'descr': '>U12', " + rest)) == "numpy");
    }

    TEST_CASE("takes a whole pickle for one, also when its opcodes are text") {
        CHECK(kind_of("a.txt", "(dp0\n.") == "pickle");
        CHECK(kind_of("a.txt", "N.N.N.cos\nsystem\n(S'id'\ntR.") == "pickle");
        CHECK(kind_of("a.txt", "c__builtin__\n__dict__\nS'open'\ncos\nsystem\ns.") == "pickle");
        CHECK(kind_of("a.txt", "c__builtin__\n__dict__\nS'open'\ncos\nsystem\nsX") == "pickle");
        CHECK(kind_of("a.txt", "I think\n.\n") == "text");
        CHECK(kind_of("a.txt", "Some text\n.\n") == "text");
    }

    TEST_CASE("takes an import alone for a pickle only under a name by which pickles are loaded") {
        for (const auto* text : {"cat\ndog\nemu\n", "import os\nfoo\n", "Paris\nand others\n"}) {
            CHECK(kind_of("labels.txt", text) == "text");
            CHECK(kind_of("LICENSE.BSD", text) == "text");
            CHECK(kind_of("pytorch_model.bin", text) == "pickle");
        }
    }

    TEST_CASE("sees the pickle behind what only looks like the end of one") {
        const std::string code = "cos\nsystem\n(S'id'\ntR.";
        CHECK(kind_of("pytorch_model.bin", "clib-dynload\n__name__\n0" + code) == "pickle");
        CHECK(kind_of("vocab.txt", "V" + std::string(70'000, 'a') + "\n0" + code) == "pickle");
        std::string gguf = "GGUF\3\0\0\0\0I\0\0\0\0\0\0\1\0\0\0\0\0\0\0\n0"s + code;
        gguf.resize(0x4901 * 24 + 64);
        CHECK(kind_of("model.gguf", gguf) == "pickle");
    }

    TEST_CASE("every kind has a name that leads back to it, and a media type") {
        for (int i = 0; i <= static_cast<int>(Kind::unknown); ++i) {
            const auto kind = static_cast<Kind>(i);
            CHECK(parse_kind(to_string(kind)) == kind);
            CHECK(media_type_of(kind).find('/') != std::string_view::npos);
        }
        CHECK_FALSE(parse_kind("nothing").has_value());
    }

    TEST_CASE("identifies every prefix of every format without reading past its end") {
        for (const std::string& file : {test::one_tensor(),
                                        test::onnx(),
                                        test::sentencepiece(),
                                        npy("'|O'"),
                                        "text" + test::zip_tail()}) {
            for (std::size_t length = 0; length <= file.size(); ++length) {
                CHECK_FALSE(kind_of("file", file.substr(0, length)).empty());
            }
        }
    }
}

}  // namespace modelseal::model
