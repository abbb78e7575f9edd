#include "common/model/model_judge.hpp"

#include "common/core/error.hpp"
#include "common/core/files/name_collision.hpp"
#include "common/core/text.hpp"
#include "common/model/config/chat_template.hpp"
#include "common/model/config/config_check.hpp"
#include "common/model/config/gguf_templates.hpp"
#include "common/model/content/byte_cursor.hpp"
#include "common/model/content/code_names.hpp"
#include "common/model/content/container.hpp"
#include "common/model/content/onnx_external.hpp"
#include "common/model/content/pickle.hpp"
#include "common/model/safetensors/shard_folder.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

bool is_named_safetensors(std::string_view path) {
    return core::ascii_lower(path).ends_with(".safetensors");
}

/// A valid safetensors file may be a second thing to a loader that does not look at its name.
void find_second_nature(const core::RandomAccess& file, FindingCollector& findings) {
    const PickleWalk walk = walk_pickle(file);
    if (walk.exhausted || walk.ambiguous) {
        findings.add(RuleId::safetensors_pickle,
                     "its first bytes are also a pickle that nobody can follow to its end",
                     {.offset = 0});
    } else if (walk.import_offset) {
        findings.add(RuleId::safetensors_pickle,
                     concat("it is also a pickle that imports ", in_quotes(walk.imported)),
                     {.offset = walk.import_offset});
    } else if (walk.complete) {
        findings.add(RuleId::safetensors_pickle,
                     "its first bytes are also a complete pickle, of data",
                     {.offset = 0});
    }
    if (const auto end = find_zip_directory(file)) {
        findings.add(RuleId::safetensors_zip, "it is also a ZIP archive", {.offset = end});
    }
    if (const auto superblock = find_hdf5_superblock(file)) {
        findings.add(RuleId::content_hdf5, "it is also an HDF5 file", {.offset = superblock});
    }
    core::Bytes head(tar_header_size);
    head.resize(file.read_at(0, head));
    if (is_tar_header(head)) {
        findings.add(RuleId::content_archive, "it is also a tar archive", {.offset = 0});
    }
}

bool is_install_file(std::string_view path) {
    const std::string name = core::ascii_lower(base_name(path));
    constexpr std::array<std::string_view, 10> names = {"setup.cfg",
                                                        "pyproject.toml",
                                                        "dockerfile",
                                                        "makefile",
                                                        "pipfile",
                                                        "environment.yml",
                                                        "environment.yaml",
                                                        "conda.yaml",
                                                        "conda.yml",
                                                        "python_env.yaml"};
    return std::find(names.begin(), names.end(), name) != names.end() ||
           (name.starts_with("requirements") && name.ends_with(".txt"));
}

}  // namespace

FindingCollector& ModelJudge::findings_for(std::string_view path) {
    const auto found = findings_.find(path);
    if (found != findings_.end()) {
        return found->second;
    }
    return findings_
        .try_emplace(std::string(path), std::string(path), options_.policy, options_.allowances)
        .first->second;
}

void ModelJudge::add(std::string_view path, RuleId rule, std::string message) {
    findings_for(path).add(rule, std::move(message));
}

CheckedModel ModelJudge::run(std::vector<ModelFile> files) {
    model_.policy = options_.policy;
    model_.files = std::move(files);
    std::sort(model_.files.begin(), model_.files.end(), [](const ModelFile& a, const ModelFile& b) {
        return a.path < b.path;
    });
    names_.resize(model_.files.size());
    identify_files();
    for (std::size_t i = 0; i < model_.files.size(); ++i) {
        core::with_context(in_quotes(model_.files[i].path), [&] { judge_file(i); });
    }
    if (model_.files.empty() && findings_.empty()) {
        add(".", RuleId::path_empty, "there is no file to check");
    }
    judge_names();
    judge_folders();
    sum_up();
    return std::move(model_);
}

void ModelJudge::identify_files() {
    for (ModelFile& file : model_.files) {
        core::with_context(in_quotes(file.path), [&] {
            file.size = file.content->size();
            contents_.push_back(identify(file.path, *file.content));
            file.kind = contents_.back().kind;
            if (file.kind == Kind::onnx) {
                note_external_data(file);
            }
        });
    }
    for (ModelFile& file : model_.files) {
        if (file.kind == Kind::unknown && external_.contains(file.path)) {
            file.kind = Kind::onnx_data;
        }
    }
}

bool ModelJudge::has_file(std::string_view path) const {
    const auto found = std::lower_bound(
        model_.files.begin(),
        model_.files.end(),
        path,
        [](const ModelFile& file, std::string_view wanted) { return file.path < wanted; });
    return found != model_.files.end() && found->path == path;
}

void ModelJudge::note_external_data(const ModelFile& file) {
    FindingCollector& findings = findings_for(file.path);
    const auto locations = onnx_external_files(*file.content);
    if (!locations) {
        findings.add(
            RuleId::content_onnx_external,
            "it cannot be looked through for files with weights: it has too many fields or "
            "levels, or is broken");
        return;
    }
    for (const std::string& location : *locations) {
        std::string path = concat(folder_of(file.path), location);
        const bool here = !core::why_unsafe_path(location) &&
                          location.find('/') == std::string::npos && has_file(path);
        if (here) {
            external_.insert(std::move(path));
        } else {
            findings.add(
                RuleId::content_onnx_external,
                concat(
                    "it reads weights from ", in_quotes(location), ", which is no file beside it"));
        }
    }
}

void ModelJudge::judge_file(std::size_t i) {
    ModelFile& file = model_.files[i];
    FindingCollector& findings = findings_for(file.path);
    const Content& content = contents_[i];
    const bool safetensors = file.kind == Kind::safetensors || is_named_safetensors(file.path);
    const auto refused_by = refusing_rule(file.kind);
    // A broken safetensors file is in no known format either; that would be said twice.
    if (refused_by && !(safetensors && refused_by == RuleId::content_unknown)) {
        findings.add(
            *refused_by, concat("the file is ", content.detail), {.offset = content.offset});
    }
    if (safetensors) {
        judge_safetensors(i);
    } else if (file.kind == Kind::gguf) {
        judge_gguf(file, findings);
    }
    judge_named(file, findings);
    file.media_type = media_type_of(file.kind);
}

void ModelJudge::judge_safetensors(std::size_t i) {
    ModelFile& file = model_.files[i];
    FindingCollector& findings = findings_for(file.path);
    if (!is_named_safetensors(file.path)) {
        findings.add(RuleId::safetensors_extension,
                     "it is a safetensors file under another name, so that loaders may read it as "
                     "something else");
    }
    CheckedSafetensors checked = check_safetensors(*file.content, findings);
    if (checked.facts) {
        file.kind = Kind::safetensors;
        find_second_nature(*file.content, findings);
    }
    file.safetensors = std::move(checked.facts);
    names_[i] = std::move(checked.names);
}

void ModelJudge::judge_gguf(const ModelFile& file, FindingCollector& findings) {
    constexpr std::uint64_t version_offset = 4;
    ByteCursor cursor(*file.content);
    const auto version =
        cursor.skip(version_offset) ? cursor.little_endian(4) : std::optional<std::uint64_t>();
    if (!version || (*version != 2 && *version != 3)) {
        findings.add(RuleId::content_gguf_version,
                     "the file is a GGUF model of a version other than 2 and 3",
                     {.offset = version_offset});
        return;
    }
    check_gguf_templates(*file.content, findings);
}

/// What loaders do with a file because of its name, whatever its bytes look like.
void ModelJudge::judge_named(const ModelFile& file, FindingCollector& findings) {
    if (is_config(file.path)) {
        judge_configuration(file, findings);
    } else if (is_json_name(file.path) && file.kind != Kind::json &&
               file.kind != Kind::safetensors_index && !refusing_rule(file.kind)) {
        findings.add(RuleId::config_json,
                     concat("it is named as JSON, but its content is ", to_string(file.kind)));
    }
    if (is_template_name(file.path)) {
        judge_template(file, findings);
    }
    if (is_install_file(file.path)) {
        findings.add(RuleId::content_install,
                     "it names packages or steps that run when somebody installs it");
    }
}

void ModelJudge::judge_configuration(const ModelFile& file, FindingCollector& findings) {
    ConfigFacts facts = check_config(file.path, *file.content, findings);
    if (file.path == "config.json") {
        model_.facts.architectures = std::move(facts.architectures);
    }
    if (file.path == "adapter_config.json") {
        model_.facts.base_model = std::move(facts.base_model);
    }
}

void ModelJudge::judge_template(const ModelFile& file, FindingCollector& findings) {
    if (file.size > template_limit) {
        findings.add(RuleId::config_json,
                     concat("the template has ",
                            file.size,
                            " bytes, more than the ",
                            template_limit,
                            " that are looked through"));
        return;
    }
    if (file.kind != Kind::chat_template && file.kind != Kind::empty && !refusing_rule(file.kind)) {
        findings.add(
            RuleId::config_json,
            concat("it is named as a template, but its content is ", to_string(file.kind)));
    }
    core::RangeSource source(*file.content);
    check_chat_template(core::read_all(source, template_limit), findings);
}

/// Names that cannot be beside each other on every system. The same name twice is the caller's
/// mistake.
void ModelJudge::judge_names() {
    core::NameSet names;
    for (const ModelFile& file : model_.files) {
        const auto collision = names.add(file.path);
        if (!collision || collision->how == core::Collision::same) {
            continue;
        }
        const std::string other = in_quotes(model_.files[collision->other].path);
        add(file.path,
            RuleId::path_duplicate,
            collision->how == core::Collision::letters
                ? concat("its name differs from ", other, " only in case")
                : concat("letter case aside, one of it and ", other, " lies in the other"));
    }
}

void ModelJudge::judge_folders() {
    std::map<std::string, std::vector<std::size_t>> folders;
    for (std::size_t i = 0; i < model_.files.size(); ++i) {
        folders[std::string(folder_of(model_.files[i].path))].push_back(i);
    }
    for (const auto& [folder, members] : folders) {
        judge_folder(folder, members);
    }
    names_.clear();
}

void ModelJudge::judge_folder(const std::string& folder, const std::vector<std::size_t>& members) {
    ShardFolder shards;
    for (const std::size_t i : members) {
        const ModelFile& file = model_.files[i];
        const std::string name(base_name(file.path));
        if (is_named_safetensors(name)) {
            shards.add_shard(name, std::move(names_[i]), file.safetensors);
        }
    }
    for (const std::size_t i : members) {
        const ModelFile& file = model_.files[i];
        if (file.kind == Kind::safetensors_index) {
            core::with_context(in_quotes(file.path), [&] {
                shards.add_index(
                    std::string(base_name(file.path)), *file.content, findings_for(file.path));
            });
        }
    }
    for (auto& [name, rule, message] : shards.judge_together()) {
        add(concat(folder, name), rule, std::move(message));
    }
}

/// A refused file may be weights of another kind: what to do about it has been said.
void ModelJudge::judge_weights() {
    const bool may_have_weights =
        !model_.facts.format.empty() || model_.files.empty() ||
        std::any_of(model_.files.begin(), model_.files.end(), [](const ModelFile& file) {
            return file.kind == Kind::numpy || is_named_safetensors(file.path) ||
                   refusing_rule(file.kind);
        });
    if (expects_weights_ && !may_have_weights) {
        add(".",
            RuleId::content_no_weights,
            "no weights were found: is this the folder of the model?");
    }
}

void ModelJudge::sum_up() {
    ModelFacts& facts = model_.facts;
    const auto has = [&](Kind kind) {
        return std::any_of(model_.files.begin(), model_.files.end(), [&](const ModelFile& file) {
            return file.kind == kind;
        });
    };
    for (const Kind kind : {Kind::safetensors, Kind::gguf, Kind::onnx}) {
        if (facts.format.empty() && has(kind)) {
            facts.format = to_string(kind);
        }
    }
    judge_weights();
    const auto saturating_add = [](std::uint64_t& to, std::uint64_t count) {
        if (__builtin_add_overflow(to, count, &to)) {
            to = std::numeric_limits<std::uint64_t>::max();
        }
    };
    for (const ModelFile& file : model_.files) {
        if (!file.safetensors) {
            continue;
        }
        saturating_add(facts.tensors, file.safetensors->tensors);
        saturating_add(facts.parameters, file.safetensors->parameters);
        for (const auto& [dtype, count] : file.safetensors->dtypes) {
            saturating_add(facts.dtypes[dtype].tensors, count.tensors);
            saturating_add(facts.dtypes[dtype].parameters, count.parameters);
        }
    }
    for (auto& [path, collector] : findings_) {
        std::vector<Finding> findings = collector.take();
        std::move(findings.begin(), findings.end(), std::back_inserter(model_.findings));
    }
}

}  // namespace modelseal::model
