#include "common/commands/check/check_program.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/cli/version.hpp"
#include "common/commands/check/check_report.hpp"
#include "common/core/error.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/text.hpp"
#include "common/model/check.hpp"
#include "common/model/model_record.hpp"

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace modelseal::commands {

namespace {

using cli::Arguments;
using cli::Environment;
using core::Error;
using core::ErrorKind;

constexpr std::string_view executable = "modelseal-check";

std::vector<std::filesystem::path> paths_of(const Arguments& arguments) {
    std::vector<std::filesystem::path> paths(arguments.positional().begin(),
                                             arguments.positional().end());
    if (const auto& rest = arguments.after_dashes()) {
        paths.insert(paths.end(), rest->begin(), rest->end());
    }
    if (paths.empty()) {
        throw Error(ErrorKind::usage, "name at least one file or folder to check");
    }
    return paths;
}

model::CheckOptions options_of(const Arguments& arguments) {
    if (!core::is_utf8(arguments.get_or("name", ""))) {
        throw Error(ErrorKind::usage, "--name is not UTF-8, as a model's name must be");
    }
    const std::string policy = arguments.get_or("policy", "recommended");
    return {.policy = model::parse_policy(policy).value(),
            .allowances = model::Allowances::parse(arguments.get_all("allow")),
            .name = arguments.get_or("name", ""),
            .siblings = true};
}

/// The record goes to a file, or to standard output in place of the report.
void write_record(Environment& environment,
                  const Arguments& arguments,
                  const std::string& target,
                  const model::CheckedModel& model) {
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const model::ModelRecord record = model::make_record(model,
                                                         {.tool = std::string(executable),
                                                          .version = std::string(cli::version()),
                                                          .tree = arguments.has("tree")},
                                                         *progress);
    const std::string text = record.to_text();
    if (target == "-") {
        environment.out << text;
    } else {
        core::write_output(target, text);
    }
}

void print_report(Environment& environment,
                  const Arguments& arguments,
                  const model::CheckedModel& model) {
    if (arguments.get_or("format", "text") == "json") {
        print_json(environment.out, model);
    } else {
        print_text(environment.out, model);
    }
}

void refuse_contradictions(const Arguments& arguments) {
    if (arguments.has("tree") && !arguments.has("record")) {
        throw Error(ErrorKind::usage, "--tree adds digests to the record; give --record as well");
    }
    if (arguments.has("progress") && !arguments.has("record")) {
        throw Error(ErrorKind::usage,
                    "--progress shows how far the digests of a record are; give --record as well");
    }
    if (arguments.get("record") == "-" &&
        (arguments.has("format") || arguments.has("annotations"))) {
        throw Error(ErrorKind::usage,
                    "--record - uses standard output alone; leave --format and --annotations out");
    }
}

/// Errors: usage when the record would take the place of a file that it describes.
void refuse_record_in_place_of(const model::CheckedModel& model, const std::string& record) {
    struct stat status {};

    if (::stat(record.c_str(), &status) != 0) {
        return;
    }
    for (const model::ModelFile& file : model.files) {
        const core::FileStamp& stamp = file.file->stamp();
        if (stamp.device == status.st_dev && stamp.inode == status.st_ino) {
            throw Error(ErrorKind::usage,
                        core::concat("--record would replace ",
                                     core::in_quotes(record),
                                     ", which is one of the checked files"));
        }
    }
}

int run_check(Environment& environment, const Arguments& arguments) {
    refuse_contradictions(arguments);
    const std::string annotations = arguments.get_or("annotations", "none");
    const auto paths = paths_of(arguments);
    const auto record = arguments.get("record");
    if (record && record != "-") {
        core::require_writable(*record);
    }
    const model::CheckedModel model = model::check_paths(paths, options_of(arguments));

    if (record && record != "-") {
        refuse_record_in_place_of(model, *record);
    }
    if (!arguments.has("quiet")) {
        for (const std::string& note : model.notes) {
            environment.err << "Note: " << note << '\n';
        }
    }
    if (record && model.acceptable()) {
        // Before the report: an error is then the only document on standard output.
        write_record(environment, arguments, *record, model);
    }
    if (record != "-") {
        print_report(environment, arguments, model);
    } else if (!model.acceptable()) {
        print_text(environment.err, model);
    }
    if (annotations == "github") {
        // On the other stream when standard output is a document.
        const bool json = arguments.get_or("format", "text") == "json";
        print_github_annotations(json ? environment.err : environment.out, model);
    }
    return model.acceptable() ? cli::exit_ok : cli::exit_code(ErrorKind::mismatch);
}

std::vector<cli::Option> check_options() {
    return {
        {.long_name = "policy",
         .value = "POLICY",
         .help = "recommended (default), strict (what is odd is refused too), reference (accept "
                 "what the official safetensors reader accepts)",
         .choices = {"recommended", "strict", "reference"}},
        {.long_name = "allow",
         .value = "RULE:PATH",
         .help = "accept what RULE refuses in the file PATH",
         .repeatable = true},
        {.long_name = "record",
         .value = "FILE",
         .help = "hash the model and write its record; - for standard output"},
        {.long_name = "tree", .help = "with --record: also the fs-verity digest of each file"},
        {.long_name = "name",
         .value = "NAME",
         .help = "the model's name in the record (default: that of the first PATH)"},
        cli::format_option(),
        cli::progress_option(),
        {.long_name = "annotations",
         .value = "HOST",
         .help = "none (default), or github: also print annotations for a workflow run",
         .choices = {"none", "github"}},
    };
}

constexpr std::string_view description =
    R"(Checks files and folders before they are signed or pushed: the structure of
safetensors files, the agreement of an index with its shards, and that no file,
whatever its name, is a pickle, an archive, an executable or a script.

Only headers and tails are read, unless --record asks for digests. A file of a
terabyte takes milliseconds. An index or a shard that is named alone is checked
together with the other files of its model beside it. Everything that is found
is reported, with the --allow that would accept it where that makes sense. No
record is written for a refused model.

One folder alone is the model, and its files are named from there. Of several
PATHs each keeps its name as it is written, the files of a folder below it.

Exit codes: 0 the model may be signed, 1 it is refused, 2 wrong usage,
3 a PATH that is neither file nor folder, 4 no such PATH, 5 no permission,
7 reading failed or a file changed meanwhile.
)";

constexpr std::string_view examples = R"(  modelseal-check ./model
  modelseal-check --policy strict model.safetensors config.json
  modelseal-check --allow content/python:modeling.py ./model
  modelseal-check --record model.record.json --tree ./model
  modelseal-check --format json ./model | jq '.findings[].rule'
)";

cli::Program make_program() {
    cli::Command command{.name = std::string(executable),
                         .usage = "[OPTIONS] PATH…",
                         .summary = "check that a model may be signed",
                         .description = std::string(description),
                         .examples = std::string(examples),
                         .options = check_options(),
                         .run = run_check};
    return {.name = std::string(executable),
            .summary = command.summary,
            .commands = {std::move(command)}};
}

}  // namespace

const cli::Program& check_program() {
    static const cli::Program program = make_program();
    return program;
}

}  // namespace modelseal::commands
