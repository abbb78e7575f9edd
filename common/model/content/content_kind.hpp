// What a file is, told by its bytes. A name only adds suspicion, it never removes any.
#pragma once

#include "common/core/stream.hpp"
#include "common/model/findings/rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::model {

enum class Kind {
    // data that loaders read and do not run
    safetensors,
    safetensors_index,
    gguf,
    onnx,
    onnx_data,  // weights beside an ONNX graph that names the file
    numpy,
    json,
    markdown,
    text,
    chat_template,  // Jinja
    sentencepiece,
    png,
    jpeg,
    gif,
    webp,
    svg,
    empty,
    // what runs code, or hides what does
    pickle,
    zip,
    archive,  // 7z, tar and compressed streams
    hdf5,
    numpy_object,
    saved_model,
    keras,
    executable,
    script,
    python,
    notebook,
    xml,
    // neither
    lfs_pointer,
    unknown,
};

/// The published spelling, as model records and annotations carry it: "safetensors-index".
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

/// Nothing for a name that is no kind.
[[nodiscard]] std::optional<Kind> parse_kind(std::string_view name) noexcept;

/// The media type of a layer of this kind: application/octet-stream for weights.
[[nodiscard]] std::string_view media_type_of(Kind kind) noexcept;

/// What identification found out.
struct Content {
    Kind kind = Kind::unknown;
    std::string detail;                   // "a pickle that imports os.system", for the finding
    std::optional<std::uint64_t> offset;  // where in the file that was seen
};

/// Identifies by head and tail (64 KiB each); a file of any size takes milliseconds. `path` is the
/// name inside the model. Errors: those of reading.
[[nodiscard]] Content identify(std::string_view path, const core::RandomAccess& file);

/// The rule that refuses a kind; nothing for kinds on the allow-list.
[[nodiscard]] std::optional<RuleId> refusing_rule(Kind kind) noexcept;

}  // namespace modelseal::model
