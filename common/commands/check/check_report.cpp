#include "common/commands/check/check_report.hpp"

#include "common/core/reason.hpp"
#include "common/core/text.hpp"
#include "common/model/findings/finding_text.hpp"
#include "common/model/model_json.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace modelseal::commands {

namespace {

using core::concat;
using core::in_quotes;
using core::Json;
using model::Finding;
using model::Severity;

constexpr std::string_view report_schema = "modelseal.check/v1";

std::size_t count(const model::CheckedModel& model, Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(model.findings.begin(), model.findings.end(), [&](const Finding& finding) {
            return finding.severity == severity;
        }));
}

/// A path as it stands when a terminal can show it, else escaped.
std::string shown(std::string_view path) {
    const std::string quoted = in_quotes(path, 4096);
    return quoted.substr(1, quoted.size() - 2) == path ? std::string(path) : quoted;
}

std::string counted(std::size_t number, std::string_view what) {
    return concat(number, ' ', what, number == 1 ? "" : "s");
}

std::string describe(const model::ModelFile& file) {
    std::string text = concat(to_string(file.kind), ", ", core::human_size(file.size));
    if (file.safetensors) {
        text += concat(", ",
                       counted(file.safetensors->tensors, "tensor"),
                       ", ",
                       counted(file.safetensors->parameters, "parameter"));
    }
    return text;
}

void print_finding(std::ostream& out, const Finding& finding) {
    out << "  " << model::to_text(finding) << '\n';
    if (const auto option = model::accepting_option(finding)) {
        out << "    to accept it: " << *option << '\n';
    }
}

/// Findings are sorted by file.
template <typename Body>
void for_each_of(const model::CheckedModel& model, std::string_view path, const Body& body) {
    const auto first = std::lower_bound(
        model.findings.begin(),
        model.findings.end(),
        path,
        [](const Finding& finding, std::string_view wanted) { return finding.file < wanted; });
    for (auto at = first; at != model.findings.end() && at->file == path; ++at) {
        body(*at);
    }
}

/// Findings about names that are no files of the model: links, devices, unsafe names.
bool is_file(const model::CheckedModel& model, std::string_view path) {
    const auto found = std::lower_bound(
        model.files.begin(),
        model.files.end(),
        path,
        [](const model::ModelFile& file, std::string_view name) { return file.path < name; });
    return found != model.files.end() && found->path == path;
}

std::string verdict(const model::CheckedModel& model) {
    const std::size_t warnings = count(model, Severity::warning);
    const std::size_t allowed = count(model, Severity::allowed);
    std::string text = model.acceptable()
                           ? concat("OK: ", counted(model.files.size(), "file"))
                           : concat("REFUSED: ", counted(count(model, Severity::error), "error"));
    if (warnings > 0) {
        text += concat(", ", counted(warnings, "warning"));
    }
    if (allowed > 0) {
        text += concat(", ", allowed, " allowed");
    }
    return text;
}

/// Spec: "%", CR and LF are percent-encoded in a message; ":" and "," too in a property.
std::string encode(std::string_view text, bool property) {
    std::string encoded;
    for (const char c : text) {
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            encoded += concat('%', digits[byte >> 4U], digits[byte & 0xFU]);
        } else {
            encoded.push_back(c);
        }
    }
    return encoded;
}

/// As a workflow names files: from where it runs, which is the top of its checkout.
std::string location_of(const model::CheckedModel& model, const std::string& file) {
    const auto known = model.locations.find(file);
    std::filesystem::path location = known == model.locations.end() ? file : known->second;
    std::error_code ignored;
    const std::filesystem::path here = std::filesystem::current_path(ignored);
    if (location.is_absolute() && !here.empty()) {
        const std::filesystem::path inside = location.lexically_relative(here);
        location = inside.empty() || *inside.begin() == ".." ? location : inside;
    }
    return location.lexically_normal().string();
}

std::string_view annotation_level(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::allowed:
        case Severity::ignored:
            break;
    }
    return "notice";
}

}  // namespace

void print_text(std::ostream& out, const model::CheckedModel& model) {
    const auto print = [&](const Finding& finding) {
        print_finding(out, finding);
    };
    for (const model::ModelFile& file : model.files) {
        out << shown(file.path) << ": " << describe(file) << '\n';
        for_each_of(model, file.path, print);
    }
    std::string_view previous;
    for (const Finding& finding : model.findings) {
        if (!is_file(model, finding.file) && finding.file != previous) {
            out << shown(finding.file) << ":\n";
            for_each_of(model, finding.file, print);
            previous = finding.file;
        }
    }
    out << verdict(model) << '\n';
}

void print_json(std::ostream& out, const model::CheckedModel& model) {
    Json files = Json::array();
    for (const model::ModelFile& file : model.files) {
        Json json = {{"path", core::as_utf8(file.path)},
                     {"size", file.size},
                     {"kind", to_string(file.kind)},
                     {"media_type", file.media_type}};
        if (file.safetensors) {
            json["facts"] = model::to_json(*file.safetensors);
        }
        files.push_back(std::move(json));
    }
    Json findings = Json::array();
    for (const Finding& finding : model.findings) {
        findings.push_back(model::to_json(finding));
    }
    Json report = {{"schema", report_schema},
                   {"name", core::as_utf8(model.name)},
                   {"policy", to_string(model.policy)},
                   {"acceptable", model.acceptable()}};
    if (!model.acceptable()) {
        report["reason"] = to_string(model.reason());
    }
    report["files"] = std::move(files);
    report["facts"] = model::to_json(model.facts);
    report["findings"] = std::move(findings);
    out << core::to_pretty_json(report) << '\n';
}

void print_github_annotations(std::ostream& out, const model::CheckedModel& model) {
    for (const Finding& finding : model.findings) {
        std::string message = finding.message;
        if (const auto option = model::accepting_option(finding)) {
            message += concat("; to accept it: ", *option);
        }
        out << "::" << annotation_level(finding.severity)
            << " file=" << encode(location_of(model, finding.file), true)
            << ",title=" << encode(finding.rule, true) << "::" << encode(message, false) << '\n';
    }
}

}  // namespace modelseal::commands
