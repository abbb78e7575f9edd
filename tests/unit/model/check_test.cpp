#include "common/model/check.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/model_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;
using Rules = std::vector<std::string>;
using test::TemporaryFolder;

Rules rules_of(const CheckedModel& model) {
    Rules rules;
    for (const Finding& finding : model.findings) {
        rules.push_back(finding.rule);
    }
    return rules;
}

Rules rules_of(const TemporaryFolder& folder) {
    return rules_of(check_paths({folder.path()}, {}));
}

std::vector<std::string> paths_of(const CheckedModel& model) {
    std::vector<std::string> paths;
    for (const ModelFile& file : model.files) {
        paths.push_back(file.path);
    }
    return paths;
}

core::ErrorKind refusal_of(const std::filesystem::path& path) {
    return test::error_of([&] { return check_paths({path}, {}); }).kind();
}

}  // namespace

TEST_SUITE("model/check") {
    TEST_CASE("names the files of a folder relative to it, in byte order") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        folder.write("Z.txt", "text");
        folder.write("a/b.txt", "text");
        folder.write(".hidden", "text");
        folder.write(".git/config", "left out");
        folder.write(".gitattributes", "left out");
        folder.write(".modelseal/manifest.json", "left out");
        const CheckedModel model = check_paths({folder.path()}, {});
        CHECK(paths_of(model) == Rules{".hidden", "Z.txt", "a/b.txt", "model.safetensors"});
        CHECK(model.acceptable());
        CHECK(model.name == folder.path().filename());
        CHECK(model.files[3].media_type == "application/octet-stream");
        CHECK(model.files[3].file != nullptr);
        CHECK(model.facts.format == "safetensors");
        CHECK(model.facts.parameters == 1);
    }

    TEST_CASE("reads what loaders would learn from configurations") {
        const TemporaryFolder folder;
        folder.write("config.json", R"({"architectures":["BertModel"]})");
        folder.write("adapter_config.json", R"({"base_model_name_or_path":"org/base"})");
        const CheckedModel model = check_paths({folder.path()}, {});
        CHECK(model.facts.architectures == Rules{"BertModel"});
        CHECK(model.facts.base_model == "org/base");
        CHECK(rules_of(model) == Rules{"content/no-weights", "config/base-model"});
    }

    TEST_CASE("refuses configurations that make loaders run code") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        folder.write("config.json", R"({"auto_map":{"AutoModel":"modeling.Model"}})");
        CHECK(rules_of(folder) == Rules{"config/auto-map"});
        folder.write("config.json",
                     R"({"text_config":{"auto_map":{"AutoModel":["owner/repo--m.M",null]}}})");
        CHECK(rules_of(folder) == Rules{"config/remote-code"});
        folder.write("config.json", R"({"custom_pipelines":{"x":{"impl":"p.P"}}})");
        CHECK(rules_of(folder) == Rules{"config/auto-map"});
        folder.write("config.json", R"({"auto_map":{},"auto_map":{"AutoModel":"m.M"}})");
        CHECK(rules_of(folder) == Rules{"config/json"});
        folder.write("config.json", R"({"chat_template":"{{ ''.__class__.__mro__ }}"})");
        CHECK(rules_of(folder) == Rules{"config/template"});
    }

    TEST_CASE("judges a configuration by its name, whatever its bytes look like") {
        const auto rules_with = [](const std::string& name, const std::string& content) {
            const core::MemoryAccess bytes(core::as_bytes(content));
            return rules_of(check_contents({{name, &bytes}}, {}));
        };
        const std::string auto_map = R"({"a":"WEBPVP8","auto_map":{"AutoModel":"m.M"}})";
        CHECK(rules_with("config.json", auto_map) == Rules{"config/auto-map"});
        CHECK(rules_with("CONFIG.JSON", auto_map) == Rules{"config/auto-map"});
        CHECK(rules_with("config.json", R"({"nbformat":4,"cells":0,"auto_map":{"A":"m.M"}})") ==
              Rules{"content/notebook", "config/auto-map"});
        CHECK(rules_with("config.json", test::gif()) == Rules{"config/json"});
        CHECK(rules_with("config.json", "GIF89a") == Rules{"config/json"});
        CHECK(rules_with("tokenizer.json", test::gif()) == Rules{"config/json"});
        CHECK(rules_with("tokenizer.json", "plain text") == Rules{"config/json"});
        CHECK(rules_with("model.safetensors.index.json", test::gif()) == Rules{"config/json"});
        CHECK(rules_with("chat_template.jinja", test::gif()) == Rules{"config/json"});
        CHECK(rules_with("chat_template.jinja", "#!{{ x.__class__ }}") ==
              Rules{"content/script", "config/template"});
        CHECK(rules_with("chat_template.json", R"({"chat_template":"{{ x.__class__ }}"})") ==
              Rules{"config/template"});
        CHECK(rules_with("chat_template.jinja", std::string((1U << 20U) + 1, ' ')) ==
              Rules{"config/json"});
    }

    TEST_CASE("reads configurations with the numbers that Python writes") {
        const auto rules_with = [](const std::string& content) {
            const core::MemoryAccess bytes(core::as_bytes(content));
            return rules_of(check_contents({{"config.json", &bytes}}, {}));
        };
        CHECK(rules_with(R"({"time_step_limit":[0.0,Infinity],"a":-Infinity,"b":NaN,"c":1e999})")
                  .empty());
        CHECK(rules_with(R"({"a":)" + std::string(400, '9') + R"(,"b":-0.5E+2,"c":"\"NaN"})")
                  .empty());
        for (const auto* bad : {"01",
                                "--1",
                                "+1",
                                "1.",
                                ".5",
                                "1e",
                                "1e5e5",
                                "1 1",
                                "NaNNaN",
                                "1NaN",
                                "nan",
                                "-",
                                "Inf",
                                "--Infinity",
                                "1.5.5"}) {
            CAPTURE(bad);
            CHECK(rules_with(R"({"a":)" + std::string(bad) + "}") == Rules{"config/json"});
        }
        CHECK(rules_with(R"({"a":1,"a":2})") == Rules{"config/json"});
        CHECK(rules_with("\xEF\xBB\xBF{}") == Rules{"config/json"});
        CHECK(rules_with(R"({"a":")") == Rules{"config/json"});
        CHECK(rules_with(std::string(100, '[') + std::string(100, ']')) == Rules{"config/json"});
        std::string many = "{";
        for (int i = 0; i < 270'000; ++i) {
            many += '"' + std::to_string(i) + R"(":0,)";
        }
        CHECK(rules_with(many + R"("z":0})") == Rules{"config/json"});
    }

    TEST_CASE("finds members of a configuration at any depth, and only what they mean") {
        const auto rules_with = [](const std::string& content) {
            const core::MemoryAccess bytes(core::as_bytes(content));
            return rules_of(check_contents({{"config.json", &bytes}}, {}));
        };
        CHECK(rules_with(R"([{"a":{"auto_map":{"x":[null,1,["m.M"]]}}}])") ==
              Rules{"config/auto-map"});
        CHECK(rules_with(R"({"auto_map":{},"b":"m.M"})").empty());
        CHECK(rules_with(R"({"auto_map":null,"b":"m.M"})").empty());
        CHECK(rules_with(R"({"auto_map":{"x":"m.M"},"chat_template":[{"a":"__"}],"c":"__"})") ==
              Rules{"config/auto-map", "config/template"});
    }

    TEST_CASE("notices signs in a chat template that are written with escapes or in parts") {
        const auto rules_with = [](const std::string& content) {
            const core::MemoryAccess bytes(core::as_bytes(content));
            return rules_of(check_contents({{"chat_template.jinja", &bytes}}, {}));
        };
        for (const auto* text : {R"({{ x['\x5f\x5fclass'] }})",
                                 R"({{ x['\u005f\137class'] }})",
                                 R"({{ x['_'~'_class'] }})",
                                 R"({{ x['_' + "_class"] }})",
                                 R"({{ x["_" '_class'] }})",
                                 R"({{ x | attr (y) }})"}) {
            CAPTURE(text);
            CHECK(rules_with(text) == Rules{"config/template"});
        }
        CHECK(
            rules_with(R"({{ messages | selectattr('role', 'equalto', 'user') | list }})").empty());
        CHECK(rules_with(R"({{ '<|im_start|>' + message['role'] + '\n' ~ bos_token }})").empty());
    }

    TEST_CASE("refuses names that collide on some file system, as a push would") {
        const std::string text = "text";
        const core::MemoryAccess bytes(core::as_bytes(text));
        const auto rules_with = [&](const std::string& one, const std::string& other) {
            return rules_of(check_contents({{one, &bytes}, {other, &bytes}}, {}));
        };
        CHECK(rules_with("\xC3\x89.md", "\xC3\xA9.md") == Rules{"path/duplicate"});
        CHECK(rules_with("\xE2\x84\xAA.txt", "k.txt") == Rules{"path/duplicate"});
        CHECK(rules_with("A", "a/b.txt") == Rules{"path/duplicate"});
        CHECK(rules_with("a.txt", "a/b.txt").empty());
    }

    TEST_CASE("refuses names and entries that cannot be part of a model") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        std::filesystem::create_symlink("model.safetensors", folder / "inside");
        std::filesystem::create_symlink("/etc/passwd", folder / "outside");
        std::filesystem::create_symlink("nowhere", folder / "dangling");
        REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
        folder.write("line\nbreak", "text");
        folder.write("MODEL.safetensors", test::one_tensor());
        CHECK(rules_of(folder) == Rules{"path/unsafe",
                                        "path/symlink",
                                        "path/special",
                                        "path/symlink",
                                        "path/duplicate",
                                        "path/symlink"});
    }

    TEST_CASE("leaves out what a killed pull left, and says so") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        folder.write(".modelseal-0123456789abcdef.part", "x");
        folder.write("sub/.modelseal-0123456789abcdef.journal", "x");
        folder.write("sub/.modelseal-0123456789abcdef.tmp/modeling.py", "x");
        const CheckedModel model = check_paths({folder.path()}, {});
        REQUIRE(model.files.size() == 1);
        CHECK(model.acceptable());
        REQUIRE(model.notes.size() == 1);
        CHECK(model.notes[0].find("left by a pull that was cut short") != std::string::npos);
        CHECK(model.notes[0].find("sub/.modelseal-0123456789abcdef.journal") != std::string::npos);
    }

    TEST_CASE("refuses names that are for the seal and for files in the making") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        folder.write("sub/.modelseal/x.txt", "x");
        folder.write(".ModelSeal-notes.txt", "x");
        CHECK(rules_of(folder) == Rules{"path/unsafe", "path/unsafe", "path/unsafe"});
        const auto part = folder.write(".modelseal-0123456789abcdef.part", "x");
        CHECK_FALSE(check_paths({part}, {}).acceptable());
    }

    TEST_CASE("refuses a folder without files") {
        const TemporaryFolder folder;
        CHECK(rules_of(folder) == Rules{"path/empty"});
    }

    TEST_CASE("a folder among other paths keeps its name, as the folder around them has it") {
        const TemporaryFolder folder;
        const auto weights = folder.write("model.safetensors", test::one_tensor());
        folder.write("1_Pooling/config.json", "{}");
        folder.write("1_Pooling/.git/config", "text");
        folder.write("config.json", "{}");
        const Rules whole = paths_of(check_paths({folder.path()}, {}));
        CHECK(paths_of(check_paths({weights, folder / "1_Pooling/", folder / "config.json"}, {})) ==
              whole);
        CHECK(whole == Rules{"1_Pooling/.git/config",
                             "1_Pooling/config.json",
                             "config.json",
                             "model.safetensors"});
        CHECK(paths_of(check_paths({folder / "1_Pooling"}, {})) == Rules{"config.json"});

        const std::filesystem::path here = std::filesystem::current_path();
        std::filesystem::current_path(folder.path());
        CHECK(paths_of(check_paths({"model.safetensors", "./1_Pooling"}, {})) ==
              Rules{"1_Pooling/.git/config", "1_Pooling/config.json", "model.safetensors"});
        std::filesystem::current_path(folder / "1_Pooling");
        CHECK(paths_of(check_paths({".", "../model.safetensors"}, {})) ==
              Rules{"config.json", "model.safetensors"});
        std::filesystem::current_path(here);
    }

    TEST_CASE("warns of a folder without weights, and refuses it only when told to be strict") {
        const TemporaryFolder folder;
        const auto config = folder.write("config.json", "{}");
        CHECK(rules_of(folder) == Rules{"content/no-weights"});
        CHECK(check_paths({folder.path()}, {}).acceptable());
        CHECK(check_paths({folder.path()}, {}).locations.at(".") == folder.path());
        CHECK_FALSE(check_paths({folder.path()}, {.policy = Policy::strict}).acceptable());
        CHECK(check_paths({folder.path()},
                          {.policy = Policy::strict,
                           .allowances = Allowances::parse({"content/no-weights:."})})
                  .acceptable());
        CHECK(rules_of(check_paths({config}, {})).empty());
        folder.write("weights.bin", "\x80\x04N."s);
        CHECK(rules_of(folder) == Rules{"content/pickle"});
    }

    TEST_CASE("says what kind of PATH cannot be checked") {
        const TemporaryFolder folder;
        REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
        CHECK(refusal_of(folder / "fifo") == core::ErrorKind::malformed);
        CHECK(refusal_of("/dev/null") == core::ErrorKind::malformed);
        CHECK(refusal_of(folder / "nothing") == core::ErrorKind::not_found);
        std::filesystem::create_symlink("nothing", folder / "dangling");
        CHECK(refusal_of(folder / "dangling") == core::ErrorKind::not_found);
        const auto file = folder.write("model.safetensors", test::one_tensor());
        CHECK_THROWS_AS(static_cast<void>(check_paths({file, file}, {})), core::Error);
    }

    TEST_CASE("refuses a file that says it is what it is not") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", "PK\x03\x04 not tensors"s);
        folder.write("pytorch_model.bin", test::one_tensor());
        CHECK(rules_of(folder) ==
              Rules{"content/zip", "safetensors/header-too-large", "safetensors/extension"});
    }

    TEST_CASE("refuses a valid safetensors file that is a ZIP archive too") {
        const TemporaryFolder folder;
        const std::string tail = test::zip_tail();
        folder.write(
            "model.safetensors",
            test::safetensors(R"({"w":{"dtype":"U8","shape":[)" + std::to_string(tail.size()) +
                                  R"(],"data_offsets":[0,)" + std::to_string(tail.size()) + "]}}",
                              tail));
        CHECK(rules_of(folder) == Rules{"safetensors/zip"});
    }

    TEST_CASE("refuses a valid safetensors file that is an HDF5 file or a tar archive too") {
        const auto file_with = [](std::string data) {
            const std::string size = std::to_string(data.size());
            std::string header = R"({"w":{"dtype":"U8","shape":[)" + size +
                                 R"(],"data_offsets":[0,)" + size + R"(]},"__metadata__":{"a":")";
            header.resize(504 - 3, ' ');
            return test::safetensors(header + "\"}}", data);
        };
        const TemporaryFolder folder;
        folder.write("model.safetensors", file_with("\x89HDF\r\n\x1A\n"));
        CHECK(rules_of(folder) == Rules{"content/hdf5"});
        folder.write("model.safetensors", file_with("abcd"));
        CHECK(rules_of(folder).empty());
        std::string tar = test::with_tar_checksum(file_with("abcd"));
        tar[154] = ' ';
        folder.write("model.safetensors", tar);
        CHECK(rules_of(folder) == Rules{"content/archive"});
    }

    TEST_CASE("accepts data of an ONNX graph beside it, and refuses it elsewhere") {
        const auto graph = [](const std::string& location) {
            const std::string entry = test::field(1, "location") + test::field(2, location);
            return test::onnx(test::field(5, test::field(13, entry)));
        };
        const TemporaryFolder folder;
        folder.write("onnx/model.onnx_data", "\1\2\3\0"s);
        folder.write("onnx/model.onnx", graph("model.onnx_data"));
        CHECK(rules_of(folder).empty());
        for (const auto* location : {"../secret", "/etc/passwd", "missing", "sub/x"}) {
            folder.write("onnx/model.onnx", graph(location));
            CHECK(rules_of(folder) == Rules{"content/onnx-external", "content/unknown"});
        }
    }

    TEST_CASE("takes no program and no compiled Python for data of an ONNX graph") {
        const auto graph = [](const std::string& location) {
            const std::string entry = test::field(1, "location") + test::field(2, location);
            return test::onnx(test::field(5, test::field(13, entry)));
        };
        const TemporaryFolder folder;
        folder.write("evil.pyc", "\1\2\3\0"s);
        folder.write("model.onnx", graph("evil.pyc"));
        CHECK(rules_of(folder) == Rules{"content/python"});
        std::filesystem::remove(folder / "evil.pyc");
        folder.write("weights", "\x55\x0D\r\n\0\0\0\0"s);
        folder.write("model.onnx", graph("weights"));
        CHECK(rules_of(folder) == Rules{"content/python"});
    }

    TEST_CASE("every refusal that can be allowed names the allowance, and the allowance works") {
        const TemporaryFolder folder;
        folder.write("modeling.py", "import torch\n");
        folder.write("pytorch_model.bin", "\x80\x02}."s);
        folder.write("config.json", R"({"auto_map":{"AutoModel":"modeling.Model"}})");
        std::vector<std::string> allow;
        for (const Finding& finding : check_paths({folder.path()}, {}).findings) {
            allow.push_back(finding.allow.value());
        }
        CHECK(allow == Rules{"config/auto-map:config.json",
                             "content/python:modeling.py",
                             "content/pickle:pytorch_model.bin"});
        const CheckedModel model =
            check_paths({folder.path()}, {.allowances = Allowances::parse(allow)});
        CHECK(model.acceptable());
        CHECK(model.findings.size() == 3);
        CHECK(model.findings[0].severity == Severity::allowed);
    }

    TEST_CASE("require_acceptable says what was refused first and how many others there are") {
        const TemporaryFolder folder;
        folder.write("a.py", "x");
        folder.write("b.py", "x");
        const CheckedModel model = check_paths({folder.path()}, {});
        CHECK(model.reason() == core::Reason::unsafe_content);
        try {
            model.require_acceptable();
            FAIL("accepted");
        } catch (const core::Error& error) {
            CHECK(error.kind() == core::ErrorKind::mismatch);
            CHECK(error.reason() == core::Reason::unsafe_content);
            CHECK(error.message().find("\"a.py\"") != std::string::npos);
            CHECK(error.message().find("1 more") != std::string::npos);
            CHECK(error.message().find("--allow") != std::string::npos);
        }
    }

    TEST_CASE("judges contents without files in the same way") {
        const std::string weights = test::one_tensor();
        const core::MemoryAccess content(core::as_bytes(weights));
        const CheckedModel model = check_contents(
            {{"model.safetensors", &content}, {"../escape", &content}}, {.name = "m"});
        CHECK(model.name == "m");
        CHECK(paths_of(model) == Rules{"model.safetensors"});
        CHECK(rules_of(model) == Rules{"path/unsafe"});
    }

    TEST_CASE("checks a file of a terabyte without reading it") {
        const TemporaryFolder folder;
        const std::uint64_t size = std::uint64_t{1} << 40U;
        const std::string header = R"({"w":{"dtype":"U8","shape":[)" + std::to_string(size) +
                                   R"(],"data_offsets":[0,)" + std::to_string(size) + "]}}";
        const auto path = folder.write("model.safetensors", test::safetensors(header));
        std::error_code error;
        std::filesystem::resize_file(path, 8 + header.size() + size, error);
        if (error) {
            MESSAGE("this file system holds no file of a terabyte: " << error.message());
            return;
        }
        const CheckedModel model = check_paths({folder.path()}, {});
        CHECK(model.findings.empty());
        CHECK(model.facts.parameters == size);
    }

    TEST_CASE("notices a file that changes between the check and its use") {
        const TemporaryFolder folder;
        const auto path = folder.write("model.safetensors", test::one_tensor());
        const CheckedModel model = check_paths({path}, {});
        std::ofstream(path, std::ios::app) << "more";
        CHECK_THROWS_AS(model.files[0].file->check_unchanged(), core::Error);
    }

    TEST_CASE("notices a file that is shorter than it was when it was opened") {
        const TemporaryFolder folder;
        const auto path = folder.write("model.safetensors", test::one_tensor());
        const core::File file = core::File::open(path);
        std::filesystem::resize_file(path, 20);
        CHECK_THROWS_AS(static_cast<void>(check_contents({{"model.safetensors", &file}}, {})),
                        core::Error);
    }
}

}  // namespace modelseal::model
