#include "common/model/content/content_kind.hpp"

#include "common/core/text.hpp"
#include "common/model/content/code_names.hpp"
#include "common/model/content/container.hpp"
#include "common/model/content/magic.hpp"
#include "common/model/content/numpy_header.hpp"
#include "common/model/content/pickle.hpp"
#include "common/model/content/protobuf.hpp"
#include "common/model/content/text_kind.hpp"
#include "common/model/safetensors/safetensors.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::string_view weights = "application/octet-stream";

struct KindFacts {
    Kind kind;
    std::string_view name;
    std::string_view media_type;
    std::optional<RuleId> refused_by;
};

// In the order of Kind, so that the enumerator is the index.
constexpr std::array kinds = {
    KindFacts{Kind::safetensors, "safetensors", weights, std::nullopt},
    KindFacts{Kind::safetensors_index, "safetensors-index", "application/json", std::nullopt},
    KindFacts{Kind::gguf, "gguf", weights, std::nullopt},
    KindFacts{Kind::onnx, "onnx", weights, std::nullopt},
    KindFacts{Kind::onnx_data, "onnx-data", weights, std::nullopt},
    KindFacts{Kind::numpy, "numpy", weights, std::nullopt},
    KindFacts{Kind::json, "json", "application/json", std::nullopt},
    KindFacts{Kind::markdown, "markdown", "text/markdown", std::nullopt},
    KindFacts{Kind::text, "text", "text/plain", std::nullopt},
    KindFacts{Kind::chat_template, "chat-template", "text/plain", std::nullopt},
    KindFacts{Kind::sentencepiece, "sentencepiece", weights, std::nullopt},
    KindFacts{Kind::png, "png", "image/png", std::nullopt},
    KindFacts{Kind::jpeg, "jpeg", "image/jpeg", std::nullopt},
    KindFacts{Kind::gif, "gif", "image/gif", std::nullopt},
    KindFacts{Kind::webp, "webp", "image/webp", std::nullopt},
    KindFacts{Kind::svg, "svg", "image/svg+xml", std::nullopt},
    KindFacts{Kind::empty, "empty", weights, std::nullopt},
    KindFacts{Kind::pickle, "pickle", weights, RuleId::content_pickle},
    KindFacts{Kind::zip, "zip", "application/zip", RuleId::content_zip},
    KindFacts{Kind::archive, "archive", weights, RuleId::content_archive},
    KindFacts{Kind::hdf5, "hdf5", weights, RuleId::content_hdf5},
    KindFacts{Kind::numpy_object, "numpy-object", weights, RuleId::content_numpy_object},
    KindFacts{Kind::saved_model, "saved-model", weights, RuleId::content_saved_model},
    KindFacts{Kind::keras, "keras", "application/zip", RuleId::content_keras},
    KindFacts{Kind::executable, "executable", weights, RuleId::content_executable},
    KindFacts{Kind::script, "script", "text/plain", RuleId::content_script},
    KindFacts{Kind::python, "python", "text/x-python", RuleId::content_python},
    KindFacts{Kind::notebook, "notebook", "application/x-ipynb+json", RuleId::content_notebook},
    KindFacts{Kind::xml, "xml", "application/xml", RuleId::content_xml},
    KindFacts{Kind::lfs_pointer, "lfs-pointer", "text/plain", RuleId::content_lfs_pointer},
    KindFacts{Kind::unknown, "unknown", weights, RuleId::content_unknown},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (static_cast<std::size_t>(kinds[i].kind) != i) {
            return false;
        }
    }
    return kinds.size() == static_cast<std::size_t>(Kind::unknown) + 1;
}

static_assert(in_order(), "the table of kinds must follow Kind");

const KindFacts& facts_of(Kind kind) noexcept {
    return kinds[static_cast<std::size_t>(kind)];
}

constexpr std::uint64_t sample_size = std::uint64_t{64} << 10U;

std::string read_head(const core::RandomAccess& file) {
    std::string bytes(std::min(sample_size, file.size()), '\0');
    bytes.resize(file.read_at(0, std::as_writable_bytes(std::span(bytes))));
    return bytes;
}

std::string describe_import(const PickleWalk& walk) {
    return walk.imported.empty() ? std::string("a pickle that imports code by name")
                                 : concat("a pickle that imports ", in_quotes(walk.imported));
}

/// A pickle machine may start at the first byte of anything. Natural text can look like an import
/// ("cat\ndog\n"), so that for text only a call counts, or a pickle that is whole, unless it has a
/// name by which pickles are loaded. What asks its reader for an object counts by itself only in
/// text under such a name: data begin with such a byte too often.
std::optional<Content> find_pickle(std::string_view path,
                                   const core::RandomAccess& file,
                                   std::span<const std::byte> head,
                                   bool text) {
    const PickleWalk walk = walk_pickle(file);
    const bool plain = text && (!is_pickle_name(path) || identify_code_name(path, text));
    if (walk.exhausted) {
        return Content{Kind::pickle, "a pickle that is longer than anybody would follow", 0};
    }
    if (walk.call_offset || (walk.import_offset && (!plain || walk.complete))) {
        return Content{Kind::pickle, describe_import(walk), walk.import_offset};
    }
    if (walk.complete || walk.ambiguous || has_pickle_prefix(head)) {
        return Content{Kind::pickle, "a pickle", 0};
    }
    if (!plain && (text ? walk.hook_offset.has_value() : walk.hook_used)) {
        return Content{
            Kind::pickle, "a pickle that asks its reader for an object", walk.hook_offset};
    }
    return std::nullopt;
}

/// What may run code or hide what does, told by bytes alone.
std::optional<Content> find_code(std::string_view path,
                                 const core::RandomAccess& file,
                                 std::span<const std::byte> head,
                                 bool text) {
    if (const auto signature = find_code_signature(head)) {
        return signature->kind == Kind::zip && core::ascii_lower(path).ends_with(".keras")
                   ? Content{Kind::keras, "a Keras model, which can hold code", 0}
                   : Content{signature->kind, std::string(signature->name), 0};
    }
    if (is_tar_header(head)) {
        return Content{Kind::archive, "a tar archive", 0};
    }
    if (auto pickle = find_pickle(path, file, head, text)) {
        return pickle;
    }
    if (const auto end = find_zip_directory(file)) {
        return Content{Kind::zip, "a file that is also a ZIP archive", end};
    }
    if (const auto superblock = find_hdf5_superblock(file)) {
        return Content{Kind::hdf5, "an HDF5 file", superblock};
    }
    return std::nullopt;
}

/// What is neither text nor code.
Content identify_binary(const core::RandomAccess& file, std::span<const std::byte> head) {
    if (const auto signature = find_data_signature(file, head)) {
        return signature->kind == Kind::numpy
                   ? judge_numpy(core::as_text(head))
                   : Content{signature->kind, std::string(signature->name), 0};
    }
    if (const auto signature = find_weak_signature(head)) {
        return {signature->kind, std::string(signature->name), 0};
    }
    const auto kind = identify_protobuf(file);
    if (kind == Kind::saved_model) {
        return {*kind, std::string(tensorflow_graph), 0};
    }
    if (kind) {
        return {*kind, "", std::nullopt};
    }
    return {Kind::unknown, "in no format that is known to be only data", std::nullopt};
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
    return facts_of(kind).name;
}

std::optional<Kind> parse_kind(std::string_view name) noexcept {
    const auto* const found = std::find_if(
        kinds.begin(), kinds.end(), [&](const KindFacts& facts) { return facts.name == name; });
    return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

std::string_view media_type_of(Kind kind) noexcept {
    return facts_of(kind).media_type;
}

std::optional<RuleId> refusing_rule(Kind kind) noexcept {
    return facts_of(kind).refused_by;
}

Content identify(std::string_view path, const core::RandomAccess& file) {
    const std::string sample = read_head(file);
    const auto head = core::as_bytes(sample);
    const bool text = is_text(file, sample);
    // Header lengths of safetensors files look like pickles.
    const bool safetensors = looks_like_safetensors(head, file.size());
    if (!safetensors) {
        if (auto code = find_code(path, file, head, text)) {
            return *std::move(code);
        }
    }
    if (text) {
        return identify_text(path, sample, file);
    }
    if (auto code = identify_code_name(path, text)) {
        return *std::move(code);
    }
    return safetensors ? Content{Kind::safetensors, "", std::nullopt} : identify_binary(file, head);
}

}  // namespace modelseal::model
