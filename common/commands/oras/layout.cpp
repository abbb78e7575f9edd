#include "common/commands/oras/layout.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/oci/layout_check.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

namespace {

std::string_view to_string(oci::LayoutFault fault) {
    switch (fault) {
        case oci::LayoutFault::damaged:
            return "damaged";
        case oci::LayoutFault::missing:
            return "missing";
        case oci::LayoutFault::unusable:
            return "unusable";
        case oci::LayoutFault::foreign:
            return "foreign";
    }
    return "";
}

core::Json to_json(const oci::LayoutReport& report) {
    core::Json problems = core::Json::array();
    for (const oci::LayoutProblem& problem : report.problems) {
        problems.push_back({{"fault", to_string(problem.fault)},
                            {"path", core::printable(problem.path)},
                            {"message", problem.message}});
    }
    core::Json unreferenced = core::Json::array();
    for (const digest::Digest& digest : report.unreferenced) {
        unreferenced.push_back(digest.to_string());
    }
    return {{"ok", report.problems.empty()},
            {"manifests", report.manifests},
            {"blobs", report.blobs},
            {"bytes", report.bytes},
            {"unreferenced", std::move(unreferenced)},
            {"problems", std::move(problems)}};
}

void print_text(std::ostream& out, const oci::LayoutReport& report) {
    for (const oci::LayoutProblem& problem : report.problems) {
        out << to_string(problem.fault) << ": " << core::in_quotes(problem.path) << ": "
            << problem.message << '\n';
    }
    const bool is_cache = report.manifests == 0;  // nothing could be referenced
    for (const digest::Digest& digest : report.unreferenced) {
        if (!is_cache) {
            out << "unreferenced: " << digest.to_string() << '\n';
        }
    }
    if (is_cache && report.blobs > 0) {
        out << "The index is empty, as that of a cache: no blob is expected to be referenced\n";
    }
    out << report.manifests << " manifests, " << report.blobs << " blobs, "
        << core::human_size(report.bytes) << ": "
        << (report.problems.empty() ? "ok" : core::concat(report.problems.size(), " problems"))
        << '\n';
}

int run_layout(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    const std::vector<std::string>& words = arguments.positional();
    if (words.size() != 2 || words[0] != "fsck") {
        throw core::Error(core::ErrorKind::usage, "write: layout fsck PATH");
    }
    const auto folder = core::Folder::open(words[1]);
    const auto progress = cli::make_progress(environment, cli::progress_form(arguments));
    const oci::LayoutReport report = oci::check_layout(folder, *progress);
    if (format == "json") {
        environment.out << core::to_pretty_json(to_json(report)) << '\n';
    } else {
        print_text(environment.out, report);
    }
    return report.problems.empty() ? cli::exit_ok : cli::exit_code(core::ErrorKind::mismatch);
}

}  // namespace

cli::Command layout_command() {
    return {.name = "layout",
            .usage = "fsck [OPTIONS] PATH",
            .verbs = {"fsck"},
            .summary = "check every byte of an image layout",
            .description =
                "Hashes every blob and follows the index to every manifest and layer: what is "
                "damaged, missing or foreign is listed, each with its file; so is what nothing "
                "refers to, which is no error. Nothing is changed. A damaged blob is replaced when "
                "its content is pushed or copied into the layout again.\n"
                "Exit code 1 when there is a problem.",
            .examples =
                "  oras-modelseal layout fsck ./store\n"
                "  oras-modelseal layout fsck --format json ./store\n",
            .options = {cli::format_option(), cli::progress_option()},
            .run = run_layout};
}

}  // namespace modelseal::commands::oras
