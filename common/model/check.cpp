#include "common/model/check.hpp"

#include "common/core/error.hpp"
#include "common/core/files/model_path.hpp"
#include "common/core/text.hpp"
#include "common/model/model_judge.hpp"
#include "common/model/model_sources.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace modelseal::model {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

void refuse_equal_names(const std::vector<ModelFile>& files) {
    const auto same =
        std::adjacent_find(files.begin(), files.end(), [](const ModelFile& a, const ModelFile& b) {
            return a.path == b.path;
        });
    if (same != files.end()) {
        throw Error(ErrorKind::usage,
                    concat("two files would have the name ",
                           in_quotes(same->path),
                           " in the model; check their folder, or one at a time"));
    }
}

std::string default_name(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::path absolute = std::filesystem::weakly_canonical(path, ignored);
    return core::as_utf8(absolute.filename().empty() ? path.string()
                                                     : absolute.filename().string());
}

/// What of the allowances nothing was found for. One for a file whose findings are not all known,
/// or of a limit, which is not even looked at when it is allowed, counts as used.
std::vector<std::string> unused_allowances(const CheckedModel& model, const Allowances& given) {
    std::vector<std::string> unused;
    for (const std::string& text : given.texts()) {
        const bool used =
            text.starts_with("safetensors/limit:") ||
            std::any_of(model.findings.begin(), model.findings.end(), [&](const Finding& finding) {
                return (finding.severity == Severity::allowed &&
                        text == concat(finding.rule, ':', finding.file)) ||
                       (finding.rule == rule_of(RuleId::findings_left_out).name &&
                        text.ends_with(concat(':', finding.file)));
            });
        if (!used) {
            unused.push_back(text);
        }
    }
    return unused;
}

/// The first few names and how many others there are.
std::string first_of(const std::set<std::string>& names) {
    constexpr std::size_t names_shown = 5;
    std::vector<std::string> shown;
    for (const std::string& name : names) {
        if (shown.size() == names_shown) {
            return concat(core::join(shown, ", "), " and ", names.size() - names_shown, " more");
        }
        shown.push_back(in_quotes(name));
    }
    return core::join(shown, ", ");
}

std::vector<std::string> notes_on(const CheckedModel& model,
                                  const ModelSources& sources,
                                  const Allowances& allowances) {
    std::vector<std::string> notes;
    if (!sources.left_out.empty()) {
        notes.push_back(
            concat("not part of the model: ",
                   core::join({sources.left_out.begin(), sources.left_out.end()}, ", ")));
    }
    if (!sources.unfinished.empty()) {
        notes.push_back(concat("left by a pull that was cut short, not part of the model: ",
                               first_of(sources.unfinished)));
    }
    for (const std::string& text : unused_allowances(model, allowances)) {
        notes.push_back(concat("--allow ", in_quotes(text), " accepts nothing that was found"));
    }
    return notes;
}

bool is_error(const Finding& finding) noexcept {
    return finding.severity == Severity::error;
}

}  // namespace

bool CheckedModel::acceptable() const noexcept {
    return std::none_of(findings.begin(), findings.end(), is_error);
}

core::Reason CheckedModel::reason() const noexcept {
    const auto first = std::find_if(findings.begin(), findings.end(), is_error);
    if (first == findings.end()) {
        return core::Reason::unspecified;
    }
    if (first->rule.starts_with("content/") || first->rule.starts_with("config/")) {
        return core::Reason::unsafe_content;
    }
    return first->rule.starts_with("path/") ? core::Reason::unsafe_path
                                            : core::Reason::malformed_model;
}

void CheckedModel::require_acceptable() const {
    const auto count = std::count_if(findings.begin(), findings.end(), is_error);
    if (count == 0) {
        return;
    }
    const auto first = std::find_if(findings.begin(), findings.end(), is_error);
    throw Error(
        ErrorKind::mismatch,
        reason(),
        concat("the model must not be signed: ",
               in_quotes(first->file),
               ": ",
               first->message,
               " (",
               first->rule,
               ')',
               count > 1 ? concat(", and ", count - 1, " more findings") : "",
               first->allow ? concat("; to accept it: --allow ", in_quotes(*first->allow)) : ""));
}

CheckedModel check_paths(const std::vector<std::filesystem::path>& paths,
                         const CheckOptions& options) {
    const ModelSources sources = open_sources(paths, options.siblings);
    std::map<std::string, std::string, std::less<>> locations;
    std::vector<ModelFile> files;
    files.reserve(sources.files.size());
    for (const SourceFile& source : sources.files) {
        locations.emplace(source.path, source.location);
        files.push_back({.path = source.path, .file = source.file});
        files.back().content = files.back().file.get();
    }
    ModelJudge judge(options);
    for (const SourceProblem& problem : sources.problems) {
        locations.emplace(problem.path, problem.location);
        judge.add(problem.path, problem.rule, problem.message);
    }
    if (files.empty() && sources.problems.empty() && !paths.empty()) {
        const std::string folder = paths.front().string();
        locations.emplace(".", folder);
        judge.add(".", RuleId::path_empty, concat("there is no file in ", in_quotes(folder)));
    }
    if (sources.folder) {
        locations.emplace(".", sources.folder->string());
        judge.expect_weights();
    }
    CheckedModel model = judge.run(std::move(files));
    refuse_equal_names(model.files);
    for (const ModelFile& file : model.files) {
        file.file->check_unchanged();
    }
    model.locations = std::move(locations);
    model.notes = notes_on(model, sources, options.allowances);
    model.name =
        !options.name.empty() || paths.empty() ? options.name : default_name(paths.front());
    return model;
}

CheckedModel check_contents(const std::vector<NamedContent>& contents,
                            const CheckOptions& options) {
    ModelJudge judge(options);
    std::vector<ModelFile> files;
    files.reserve(contents.size());
    for (const NamedContent& content : contents) {
        if (const auto unsafe = core::why_no_model_path(content.path)) {
            judge.add(in_quotes(content.path),
                      RuleId::path_unsafe,
                      concat("the name cannot be part of a model: ", *unsafe));
        } else {
            files.push_back({.path = content.path, .content = content.content});
        }
    }
    CheckedModel model = judge.run(std::move(files));
    refuse_equal_names(model.files);
    model.name = options.name;
    return model;
}

}  // namespace modelseal::model
