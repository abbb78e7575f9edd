#include "common/model/findings/rules.hpp"

#include <algorithm>
#include <array>

namespace modelseal::model {

namespace {

constexpr Severity ignored = Severity::ignored;
constexpr Severity warning = Severity::warning;
constexpr Severity error = Severity::error;

// A refusal that no reader would load, or that would put files outside a signature, cannot be
// allowed. In the order of RuleId, so that the enumerator is the index.
constexpr std::array rules = {
    Rule{RuleId::safetensors_too_small, "safetensors/too-small", error, error, error, false},
    Rule{RuleId::safetensors_header_too_large,
         "safetensors/header-too-large",
         error,
         error,
         error,
         false},
    Rule{
        RuleId::safetensors_header_length, "safetensors/header-length", error, error, error, false},
    Rule{RuleId::safetensors_json, "safetensors/json", error, error, error, false},
    Rule{RuleId::safetensors_depth, "safetensors/depth", error, error, error, false},
    Rule{RuleId::safetensors_entry, "safetensors/entry", error, error, error, false},
    Rule{RuleId::safetensors_dtype, "safetensors/dtype", error, error, error, false},
    Rule{RuleId::safetensors_shape, "safetensors/shape", error, error, error, false},
    Rule{RuleId::safetensors_offsets, "safetensors/offsets", error, error, error, false},
    Rule{RuleId::safetensors_metadata, "safetensors/metadata", error, error, error, false},
    Rule{RuleId::safetensors_overflow, "safetensors/overflow", error, error, error, false},
    Rule{RuleId::safetensors_misaligned, "safetensors/misaligned", error, error, error, false},
    Rule{RuleId::safetensors_size, "safetensors/size", error, error, error, false},
    Rule{RuleId::safetensors_hole, "safetensors/hole", error, error, error, false},
    Rule{RuleId::safetensors_coverage, "safetensors/coverage", error, error, error, false},
    Rule{RuleId::safetensors_leading_space,
         "safetensors/leading-space",
         error,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_trailing_space,
         "safetensors/trailing-space",
         warning,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_duplicate_name,
         "safetensors/duplicate-name",
         error,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_duplicate_metadata,
         "safetensors/duplicate-metadata",
         error,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_null_metadata,
         "safetensors/null-metadata",
         error,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_unknown_field,
         "safetensors/unknown-field",
         error,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_array_entry, "safetensors/array-entry", error, error, ignored, true},
    Rule{RuleId::safetensors_object_dtype, "safetensors/object-dtype", error, error, ignored, true},
    Rule{RuleId::safetensors_nul_in_text, "safetensors/nul-in-text", error, error, ignored, true},
    Rule{RuleId::safetensors_control_in_name,
         "safetensors/control-in-name",
         warning,
         error,
         ignored,
         true},
    Rule{RuleId::safetensors_rank, "safetensors/rank", warning, error, ignored, true},
    Rule{RuleId::safetensors_dimension, "safetensors/dimension", warning, error, ignored, true},
    Rule{RuleId::safetensors_limit, "safetensors/limit", error, error, ignored, true},
    Rule{RuleId::safetensors_pickle, "safetensors/pickle", warning, error, warning, true},
    Rule{RuleId::safetensors_zip, "safetensors/zip", error, error, warning, true},
    Rule{RuleId::safetensors_extension, "safetensors/extension", warning, error, warning, true},
    Rule{RuleId::index_json, "index/json", error, error, error, false},
    Rule{RuleId::index_weight_map, "index/weight-map", error, error, error, false},
    Rule{RuleId::index_shard_name, "index/shard-name", error, error, error, false},
    Rule{RuleId::index_shard_missing, "index/shard-missing", error, error, error, true},
    Rule{RuleId::index_tensor_missing, "index/tensor-missing", error, error, error, true},
    Rule{RuleId::index_tensor_misplaced, "index/tensor-misplaced", error, error, error, true},
    Rule{RuleId::index_tensor_unlisted, "index/tensor-unlisted", error, error, error, true},
    Rule{RuleId::index_tensor_duplicate, "index/tensor-duplicate", error, error, error, true},
    Rule{RuleId::index_shard_numbering, "index/shard-numbering", warning, error, warning, true},
    Rule{RuleId::index_shard_orphan, "index/shard-orphan", warning, error, warning, true},
    Rule{RuleId::index_total_size, "index/total-size", warning, warning, warning, true},
    Rule{RuleId::index_two_models, "index/two-models", warning, error, warning, true},
    Rule{RuleId::index_format, "index/format", warning, warning, warning, true},
    Rule{RuleId::index_absent, "index/absent", warning, warning, warning, true},
    Rule{RuleId::content_pickle, "content/pickle", error, error, error, true},
    Rule{RuleId::content_zip, "content/zip", error, error, error, true},
    Rule{RuleId::content_archive, "content/archive", error, error, error, true},
    Rule{RuleId::content_hdf5, "content/hdf5", error, error, error, true},
    Rule{RuleId::content_numpy_object, "content/numpy-object", error, error, error, true},
    Rule{RuleId::content_saved_model, "content/saved-model", error, error, error, true},
    Rule{RuleId::content_keras, "content/keras", error, error, error, true},
    Rule{RuleId::content_executable, "content/executable", error, error, error, true},
    Rule{RuleId::content_script, "content/script", error, error, error, true},
    Rule{RuleId::content_python, "content/python", error, error, error, true},
    Rule{RuleId::content_notebook, "content/notebook", error, error, error, true},
    Rule{RuleId::content_xml, "content/xml", error, error, error, true},
    Rule{RuleId::content_lfs_pointer, "content/lfs-pointer", error, error, error, true},
    Rule{RuleId::content_gguf_version, "content/gguf-version", error, error, error, true},
    Rule{RuleId::content_gguf_metadata, "content/gguf-metadata", error, error, error, true},
    Rule{RuleId::content_onnx_external, "content/onnx-external", error, error, error, true},
    Rule{RuleId::content_unknown, "content/unknown", error, error, error, true},
    Rule{RuleId::content_install, "content/install", warning, error, warning, true},
    Rule{RuleId::content_no_weights, "content/no-weights", warning, error, warning, true},
    Rule{RuleId::config_json, "config/json", error, error, error, true},
    Rule{RuleId::config_auto_map, "config/auto-map", error, error, error, true},
    Rule{RuleId::config_remote_code, "config/remote-code", error, error, error, true},
    Rule{RuleId::config_template, "config/template", warning, error, warning, true},
    Rule{RuleId::config_base_model, "config/base-model", warning, warning, warning, true},
    Rule{RuleId::path_unsafe, "path/unsafe", error, error, error, false},
    Rule{RuleId::path_duplicate, "path/duplicate", error, error, error, false},
    Rule{RuleId::path_symlink, "path/symlink", error, error, error, false},
    Rule{RuleId::path_special, "path/special", error, error, error, false},
    Rule{RuleId::path_empty, "path/empty", error, error, error, false},
    Rule{RuleId::findings_left_out, "findings/left-out", warning, warning, warning, false},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (static_cast<std::size_t>(rules[i].id) != i) {
            return false;
        }
    }
    return rules.size() == static_cast<std::size_t>(RuleId::findings_left_out) + 1;
}

static_assert(in_order(), "the table of rules must follow RuleId");

}  // namespace

std::string_view to_string(Policy policy) noexcept {
    switch (policy) {
        case Policy::recommended:
            return "recommended";
        case Policy::strict:
            return "strict";
        case Policy::reference:
            return "reference";
    }
    return "";
}

std::string_view to_string(Severity severity) noexcept {
    switch (severity) {
        case Severity::ignored:
            return "ignored";
        case Severity::allowed:
            return "allowed";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "";
}

const Rule& rule_of(RuleId id) noexcept {
    return rules[static_cast<std::size_t>(id)];
}

const Rule* find_rule(std::string_view name) noexcept {
    const auto* const found = std::find_if(
        rules.begin(), rules.end(), [&](const Rule& rule) { return rule.name == name; });
    return found == rules.end() ? nullptr : found;
}

Severity severity_under(const Rule& rule, Policy policy) noexcept {
    switch (policy) {
        case Policy::recommended:
            return rule.recommended;
        case Policy::strict:
            return rule.strict;
        case Policy::reference:
            return rule.reference;
    }
    return Severity::error;
}

std::optional<Policy> parse_policy(std::string_view name) noexcept {
    for (const Policy policy : {Policy::recommended, Policy::strict, Policy::reference}) {
        if (to_string(policy) == name) {
            return policy;
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::model
