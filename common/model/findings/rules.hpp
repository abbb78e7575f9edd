// Every rule that a check knows, with its weight under each policy (docs/check-rules.md).
#pragma once

#include <optional>
#include <string_view>

namespace modelseal::model {

/// How a file is judged.
enum class Policy {
    recommended,  // the default: what nobody should sign is refused, what is odd is a warning
    strict,       // what is odd is refused as well
    reference,    // for safetensors headers exactly what the official reader, 0.8.0, accepts
};

[[nodiscard]] std::string_view to_string(Policy policy) noexcept;

enum class Severity {
    ignored,  // this policy does not care
    allowed,  // refused by the policy, accepted by the operator
    warning,  // accepted
    error,    // refused
};

[[nodiscard]] std::string_view to_string(Severity severity) noexcept;

/// The rules. to_string() gives the published spelling, which never changes.
enum class RuleId {
    // safetensors: what no reader accepts
    safetensors_too_small,
    safetensors_header_too_large,
    safetensors_header_length,
    safetensors_json,
    safetensors_depth,
    safetensors_entry,
    safetensors_dtype,
    safetensors_shape,
    safetensors_offsets,
    safetensors_metadata,
    safetensors_overflow,
    safetensors_misaligned,
    safetensors_size,
    safetensors_hole,
    safetensors_coverage,
    // safetensors: what the official reader accepts
    safetensors_leading_space,
    safetensors_trailing_space,
    safetensors_duplicate_name,
    safetensors_duplicate_metadata,
    safetensors_null_metadata,
    safetensors_unknown_field,
    safetensors_array_entry,
    safetensors_object_dtype,
    safetensors_nul_in_text,
    safetensors_control_in_name,
    safetensors_rank,
    safetensors_dimension,
    safetensors_limit,
    safetensors_pickle,
    safetensors_zip,
    safetensors_extension,
    // sharded models
    index_json,
    index_weight_map,
    index_shard_name,
    index_shard_missing,
    index_tensor_missing,
    index_tensor_misplaced,
    index_tensor_unlisted,
    index_tensor_duplicate,
    index_shard_numbering,
    index_shard_orphan,
    index_total_size,
    index_two_models,
    index_format,
    index_absent,
    // what a file is
    content_pickle,
    content_zip,
    content_archive,
    content_hdf5,
    content_numpy_object,
    content_saved_model,
    content_keras,
    content_executable,
    content_script,
    content_python,
    content_notebook,
    content_xml,
    content_lfs_pointer,
    content_gguf_version,
    content_gguf_metadata,
    content_onnx_external,
    content_unknown,
    content_install,
    content_no_weights,
    config_json,
    config_auto_map,
    config_remote_code,
    config_template,
    config_base_model,
    // names and folders
    path_unsafe,
    path_duplicate,
    path_symlink,
    path_special,
    path_empty,
    // more findings than are shown
    findings_left_out,
};

struct Rule {
    RuleId id;
    std::string_view name;
    Severity recommended;
    Severity strict;
    Severity reference;
    bool allowable;  // whether --allow can accept it
};

[[nodiscard]] const Rule& rule_of(RuleId id) noexcept;

[[nodiscard]] const Rule* find_rule(std::string_view name) noexcept;

[[nodiscard]] Severity severity_under(const Rule& rule, Policy policy) noexcept;

/// Nothing for a name that is no policy.
[[nodiscard]] std::optional<Policy> parse_policy(std::string_view name) noexcept;

}  // namespace modelseal::model
