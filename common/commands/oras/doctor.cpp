#include "common/commands/oras/doctor.hpp"

#include "common/cli/exit_code.hpp"
#include "common/commands/registry_options.hpp"
#include "common/commands/store_options.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/registry/diagnosis.hpp"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands::oras {

namespace {

using registry::Diagnosis;
using registry::Verdict;

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return "ok";
        case Verdict::warning:
            return "warning";
        case Verdict::failed:
            return "failed";
    }
    return "";
}

std::vector<Diagnosis>::const_iterator first_failure(const std::vector<Diagnosis>& findings) {
    return std::find_if(findings.begin(), findings.end(), [](const Diagnosis& finding) {
        return finding.verdict == Verdict::failed;
    });
}

bool is_healthy(const std::vector<Diagnosis>& findings) {
    return first_failure(findings) == findings.end();
}

int exit_code_of(const std::vector<Diagnosis>& findings) {
    const auto failure = first_failure(findings);
    return failure == findings.end() ? cli::exit_ok : cli::exit_code(failure->kind);
}

core::Json to_json(const std::string& reference, const std::vector<Diagnosis>& findings) {
    core::Json checks = core::Json::array();
    for (const Diagnosis& finding : findings) {
        checks.push_back({{"check", finding.check},
                          {"verdict", to_string(finding.verdict)},
                          {"message", finding.message}});
    }
    return {{"reference", reference}, {"ok", is_healthy(findings)}, {"checks", std::move(checks)}};
}

void print_text(std::ostream& out, const std::vector<Diagnosis>& findings) {
    constexpr std::size_t width = 10;
    for (const Diagnosis& finding : findings) {
        const std::string_view verdict = to_string(finding.verdict);
        out << verdict << std::string(width - verdict.size(), ' ') << finding.check
            << std::string(width - finding.check.size(), ' ') << finding.message << '\n';
    }
}

int run_doctor(cli::Environment& environment, const cli::Arguments& arguments) {
    const std::string format = arguments.get_or("format", "text");
    if (arguments.positional().size() != 1) {
        throw core::Error(core::ErrorKind::usage, "doctor takes one reference");
    }
    const auto reference = oci::Reference::parse(arguments.positional().front());
    const bool push = arguments.has("push");
    registry::Connection connection = open_connection(
        environment, arguments, reference.repository, push ? Access::write : Access::read);
    const auto findings = registry::diagnose(*connection.client,
                                             connection.endpoint,
                                             {.reference = reference, .push = push},
                                             environment.clock);
    if (format == "json") {
        environment.out << core::to_pretty_json(to_json(reference.to_string(), findings)) << '\n';
    } else {
        print_text(environment.out, findings);
    }
    return exit_code_of(findings);
}

std::vector<cli::Option> doctor_options() {
    std::vector<cli::Option> options = {
        {.long_name = "push", .help = "also begin an upload, and cancel it"}, cli::format_option()};
    options.insert(options.end(), registry_options().begin(), registry_options().end());
    options.insert(options.end(), retry_options().begin(), retry_options().end());
    return options;
}

}  // namespace

cli::Command doctor_command() {
    return {.name = "doctor",
            .usage = "[OPTIONS] REF",
            .summary = "say what a registry can do and what stands in the way",
            .description =
                "Can it be reached, is its certificate trusted, does the login work, do the clocks "
                "agree; does it list signatures, serve parts of blobs, take uploads? Nothing is "
                "stored.\n"
                "The exit code is that of the first failure: 75 no answer, 5 a certificate that is "
                "not trusted, or no login, 4 no such artifact, 2 a server without TLS; a warning "
                "is no failure.",
            .examples =
                "  oras-modelseal doctor registry.example.com/models/fraud-detector:v2.3\n"
                "  oras-modelseal doctor --push --format json \\\n"
                "      registry.example.com/models/fraud-detector\n",
            .options = doctor_options(),
            .run = run_doctor};
}

}  // namespace modelseal::commands::oras
