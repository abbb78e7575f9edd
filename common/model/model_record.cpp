#include "common/model/model_record.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/model_path.hpp"
#include "common/core/text.hpp"
#include "common/digest/file_hasher.hpp"
#include "common/digest/sha256.hpp"
#include "common/model/model_json.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Json;

Json file_to_json(const RecordedFile& file) {
    Json json = {{"path", file.path}, {"size", file.size}, {"sha256", file.sha256.to_string()}};
    if (file.fsverity) {
        json["fsverity"] = file.fsverity->to_string();
    }
    json["kind"] = to_string(file.kind);
    json["media_type"] = file.media_type;
    if (file.safetensors) {
        json["facts"] = to_json(*file.safetensors);
    }
    return json;
}

RecordedFile file_from_json(const Json& json) {
    const std::string kind_name = core::require_string(json, "kind");
    const auto kind = parse_kind(kind_name);
    if (!kind) {
        throw Error(ErrorKind::malformed, concat("there is no kind ", in_quotes(kind_name)));
    }
    RecordedFile file{.path = core::require_string(json, "path"),
                      .size = core::require_unsigned(json, "size"),
                      .sha256 = digest::Digest::parse(core::require_string(json, "sha256")),
                      .fsverity = std::nullopt,
                      .kind = *kind,
                      .media_type = core::require_string(json, "media_type"),
                      .safetensors = std::nullopt};
    if (const auto fsverity = core::optional_string(json, "fsverity")) {
        file.fsverity = digest::Digest::parse(*fsverity);
    }
    if (const Json* facts = core::find(json, "facts")) {
        file.safetensors = safetensors_facts_from_json(*facts);
    }
    if (const auto unsafe = core::why_no_model_path(file.path)) {
        throw Error(ErrorKind::malformed,
                    core::Reason::unsafe_path,
                    concat("the path ", in_quotes(file.path), " is refused: ", *unsafe));
    }
    return file;
}

RecordedCheck check_from_json(const Json& json) {
    const std::string policy_name = core::require_string(json, "policy");
    const auto policy = parse_policy(policy_name);
    if (!policy) {
        throw Error(ErrorKind::malformed, concat("there is no policy ", in_quotes(policy_name)));
    }
    RecordedCheck check{.tool = core::require_string(json, "tool"),
                        .version = core::require_string(json, "version"),
                        .policy = *policy,
                        .findings = {}};
    for (const Json& finding : core::require_array(json, "findings")) {
        check.findings.push_back(finding_from_json(finding));
    }
    return check;
}

ModelRecord record_from_json(const Json& json) {
    const std::string schema = core::require_string(json, "schema");
    if (schema != record_schema) {
        throw Error(ErrorKind::malformed,
                    concat("the schema is ", in_quotes(schema), ", not ", record_schema));
    }
    ModelRecord record{.name = core::require_string(json, "name"),
                       .files = {},
                       .facts = model_facts_from_json(core::require_object(json, "facts")),
                       .checked = check_from_json(core::require_object(json, "checked"))};
    for (const Json& file : core::require_array(json, "files")) {
        record.files.push_back(file_from_json(file));
    }
    return record;
}

bool in_strict_order(const std::vector<RecordedFile>& files) {
    return std::adjacent_find(
               files.begin(), files.end(), [](const RecordedFile& a, const RecordedFile& b) {
                   return a.path >= b.path;
               }) == files.end();
}

}  // namespace

digest::Digest root_of(std::span<const digest::Digest> digests) {
    digest::Sha256 hash;
    for (const digest::Digest& digest : digests) {
        hash.write(digest.bytes());
    }
    return hash.finish();
}

digest::Digest ModelRecord::root() const {
    std::vector<digest::Digest> digests;
    digests.reserve(files.size());
    for (const RecordedFile& file : files) {
        digests.push_back(file.sha256);
    }
    return root_of(digests);
}

std::uint64_t ModelRecord::size_bytes() const noexcept {
    std::uint64_t total = 0;
    for (const RecordedFile& file : files) {
        total += file.size;
    }
    return total;
}

Json ModelRecord::to_json() const {
    Json json = {{"schema", record_schema},
                 {"name", name},
                 {"root", root().to_string()},
                 {"size_bytes", size_bytes()},
                 {"files", Json::array()},
                 {"facts", model::to_json(facts)},
                 {"checked",
                  {{"tool", checked.tool},
                   {"version", checked.version},
                   {"policy", to_string(checked.policy)},
                   {"findings", Json::array()}}}};
    for (const RecordedFile& file : files) {
        json["files"].push_back(file_to_json(file));
    }
    for (const Finding& finding : checked.findings) {
        json["checked"]["findings"].push_back(model::to_json(finding));
    }
    return json;
}

std::string ModelRecord::to_text() const {
    return core::to_pretty_json(to_json()) + '\n';
}

ModelRecord ModelRecord::parse(std::string_view text) {
    return core::with_context("reading a model record", [&] {
        const Json json = core::parse_json(text, {.size = record_limit});
        ModelRecord record = record_from_json(json);
        if (!in_strict_order(record.files)) {
            throw Error(ErrorKind::malformed, "its files are not in order of their paths");
        }
        const std::string root = core::require_string(json, "root");
        if (root != record.root().to_string()) {
            throw Error(ErrorKind::malformed,
                        concat("its root is ",
                               in_quotes(root),
                               ", but its files have ",
                               record.root().to_string()));
        }
        // Unknown fields, another order or another total: not what any version of ours writes.
        if (record.to_json() != json) {
            throw Error(ErrorKind::malformed, "it has fields or totals that do not belong there");
        }
        return record;
    });
}

ModelRecord make_record(const CheckedModel& model,
                        const RecordOptions& options,
                        core::Progress& progress) {
    std::vector<digest::HashRequest> requests;
    requests.reserve(model.files.size());
    for (const ModelFile& file : model.files) {
        requests.push_back({file.content, file.path});
    }
    const auto digests =
        digest::hash_all(requests, {.threads = options.threads, .tree = options.tree}, progress);
    ModelRecord record{.name = model.name,
                       .files = {},
                       .facts = model.facts,
                       .checked = {options.tool, options.version, model.policy, model.findings}};
    for (std::size_t i = 0; i < digests.size(); ++i) {
        const ModelFile& file = model.files[i];
        if (file.file) {
            file.file->check_unchanged();
        }
        record.files.push_back({.path = file.path,
                                .size = digests[i].size,
                                .sha256 = digests[i].sha256,
                                .fsverity = digests[i].fsverity,
                                .kind = file.kind,
                                .media_type = file.media_type,
                                .safetensors = file.safetensors});
    }
    return record;
}

}  // namespace modelseal::model
