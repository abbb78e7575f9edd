#include "common/commands/check/check_program.hpp"

#include "common/cli/run_main.hpp"
#include "common/core/json.hpp"
#include "common/core/subprocess.hpp"
#include "common/core/time.hpp"
#include "common/model/model_record.hpp"
#include "tests/support/model_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::commands {

namespace {

using test::TemporaryFolder;

struct Outcome {
    int code;
    std::string out;
    std::string err;
};

Outcome check(const std::vector<std::string>& words) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    core::SystemClock clock;
    core::SystemSubprocess subprocess;
    cli::Environment environment{.variables = core::Variables(),
                                 .in = in,
                                 .out = out,
                                 .err = err,
                                 .clock = clock,
                                 .subprocess = subprocess};
    const int code = cli::run(check_program(), environment, words);
    return {code, out.str(), err.str()};
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("commands/check") {
    TEST_CASE("accepts a good model with one line a file and a verdict") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        const Outcome outcome = check({folder.path()});
        CHECK(outcome.code == 0);
        CHECK(outcome.err.empty());
        CHECK(contains(outcome.out, "model.safetensors: safetensors, "));
        CHECK(contains(outcome.out, "OK: 1 file\n"));
    }

    TEST_CASE("refuses with code 1, and shows the allowance as a shell takes it") {
        const TemporaryFolder folder;
        folder.write("my model.py", "import os\n");
        const Outcome outcome = check({folder.path()});
        CHECK(outcome.code == 1);
        CHECK(contains(outcome.out, "--allow 'content/python:my model.py'\n"));
        CHECK(contains(outcome.out, "REFUSED: 1 error\n"));
        CHECK(check({"--allow", "content/python:my model.py", folder.path()}).code == 0);
    }

    TEST_CASE("reports names that are no files as well") {
        const TemporaryFolder folder;
        std::filesystem::create_symlink("/etc/passwd", folder / "link");
        const Outcome outcome = check({folder.path()});
        CHECK(outcome.code == 1);
        CHECK(contains(outcome.out, "link:\n  error path/symlink: "));
    }

    TEST_CASE("prints JSON with a reason when it refuses") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", "short");
        const Outcome outcome = check({"--format", "json", folder.path()});
        CHECK(outcome.code == 1);
        const core::Json report = core::parse_json(outcome.out);
        CHECK(core::require_string(report, "reason") == "MALFORMED_MODEL");
        CHECK(core::require_array(report, "findings").size() == 1);
        CHECK_FALSE(report.at("acceptable").get<bool>());
    }

    TEST_CASE("prints annotations that text from a file cannot break out of") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::safetensors("{\"a\\n::error::b%\":1}", "abcd"));
        const Outcome outcome = check({"--annotations", "github", folder.path()});
        CHECK(contains(outcome.out, "/model.safetensors,title=safetensors/entry::"));
        CHECK_FALSE(contains(outcome.out, "\n::error::b"));
        CHECK(contains(outcome.out, "b%25"));
    }

    TEST_CASE(
        "takes the other files of a sharded model along with one, and misses what is missing") {
        const TemporaryFolder folder;
        const std::string first = "m-00001-of-00002.safetensors";
        const std::string second = "m-00002-of-00002.safetensors";
        folder.write(first, test::one_tensor("a"));
        folder.write(second, test::one_tensor("b"));
        folder.write("m.safetensors.index.json",
                     R"({"weight_map":{"a":"m-00001-of-00002.safetensors",)"
                     R"("b":"m-00002-of-00002.safetensors"}})");
        for (const std::string& name : {first, second, std::string("m.safetensors.index.json")}) {
            CAPTURE(name);
            const Outcome outcome = check({folder / name});
            CHECK(outcome.code == 0);
            CHECK(contains(outcome.out, "OK: 3 files\n"));
        }
        std::filesystem::remove(folder / second);
        CHECK(contains(check({folder / first}).out, "index/shard-missing"));
    }

    TEST_CASE("notes what is no part of the model and what an allowance does not accept") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        folder.write(".gitattributes", "x");
        folder.write("sub/.git/hooks/run.sh", "#!/bin/sh\n");
        const Outcome outcome =
            check({"--allow", "content/python:nope.py", folder.path().string()});
        CHECK(contains(outcome.err, "Note: not part of the model: .gitattributes\n"));
        CHECK(contains(outcome.err, "accepts nothing that was found"));
        CHECK(contains(outcome.out, "sub/.git/hooks/run.sh"));
        CHECK(outcome.code == 1);
    }

    TEST_CASE("says before the check that the record cannot be written, and names it as given") {
        const TemporaryFolder folder;
        folder.write("model.safetensors", test::one_tensor());
        const Outcome outcome = check({"--record", "/nope/x.json", folder.path()});
        CHECK(outcome.code == 4);
        CHECK(outcome.out.empty());
        CHECK(contains(outcome.err, "\"/nope/x.json\""));
    }

    TEST_CASE("writes a record of an accepted model only") {
        const TemporaryFolder folder;
        folder.write("model/model.safetensors", test::one_tensor());
        const std::string record = folder / "record.json";
        const std::string model = folder / "model";
        CHECK(check({"--record", record, "--tree", "--name", "m", model}).code == 0);
        const auto parsed = model::ModelRecord::parse(folder.read("record.json"));
        CHECK(parsed.name == "m");
        CHECK(parsed.files.at(0).fsverity.has_value());
        CHECK(check({"--record", "-", "--name", "m", "--tree", model}).out ==
              folder.read("record.json"));
        folder.write("model/run.sh", "#!/bin/sh\n");
        CHECK(check({"--record", folder / "other.json", model}).code == 1);
        CHECK_FALSE(std::filesystem::exists(folder / "other.json"));
        const Outcome refused = check({"--record", "-", model});
        CHECK(refused.out.empty());
        CHECK(contains(refused.err, "REFUSED"));
    }

    TEST_CASE("has a code for each way to fail") {
        const TemporaryFolder folder;
        const std::string file = folder.write("model.safetensors", test::one_tensor());
        CHECK(check({}).code == 2);
        CHECK(check({"--no-such-option", file}).code == 2);
        CHECK(check({"--policy", "lenient", file}).code == 2);
        CHECK(check({"--format", "yaml", file}).code == 2);
        CHECK(check({"--annotations", "gitlab", file}).code == 2);
        CHECK(check({"--allow", "content/pickle", file}).code == 2);
        CHECK(check({"--allow", "safetensors/hole:model.safetensors", file}).code == 2);
        CHECK(check({"--tree", file}).code == 2);
        CHECK(check({"--record", "-", "--format", "json", file}).code == 2);
        CHECK(check({"/dev/null"}).code == 3);
        CHECK(check({folder / "missing"}).code == 4);
        CHECK(check({"--record", folder / "no/such/folder/r.json", file}).code == 4);
        CHECK(check({"--", file}).code == 0);
        CHECK(check({"--help"}).code == 0);
        CHECK(check({"--version"}).code == 0);
    }
}

}  // namespace modelseal::commands
