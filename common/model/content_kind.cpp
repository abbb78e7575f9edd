#include "common/model/content_kind.hpp"

#include "common/core/text.hpp"
#include "common/model/byte_cursor.hpp"
#include "common/model/magic.hpp"
#include "common/model/pickle.hpp"
#include "common/model/protobuf.hpp"
#include "common/model/safetensors.hpp"
#include "common/model/text_kind.hpp"

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

std::string read_range(const core::RandomAccess& file, std::uint64_t begin) {
    std::string bytes(std::min(sample_size, file.size() - begin), '\0');
    bytes.resize(file.read_at(begin, std::as_writable_bytes(std::span(bytes))));
    return bytes;
}

std::string describe_import(const PickleWalk& walk) {
    return walk.imported.empty() ? std::string("a pickle that imports code by name")
                                 : concat("a pickle that imports ", in_quotes(walk.imported));
}

/// A pickle machine may start at the first byte of anything. Natural text can look like an import
/// ("cat\ndog\n"), so that for text only a call counts.
std::optional<Content> find_pickle(const core::RandomAccess& file,
                                   std::span<const std::byte> head,
                                   bool text) {
    const PickleWalk walk = walk_pickle(file);
    if (walk.exhausted) {
        return Content{Kind::pickle, "a pickle of more opcodes than anybody would follow", 0};
    }
    if (text ? walk.call_offset.has_value() : walk.import_offset.has_value()) {
        return Content{Kind::pickle, describe_import(walk), walk.import_offset};
    }
    if (has_pickle_prefix(head)) {
        return Content{Kind::pickle, "a pickle", 0};
    }
    return std::nullopt;
}

/// Only a `descr` that is one simple number type is data; anything else may hide objects, which
/// NumPy stores as a pickle. Spec: NEP 1, "Format Specification".
Content judge_numpy(std::string_view head) {
    constexpr std::string_view key = "'descr': '";
    constexpr std::string_view types = "?bBiufcSU";
    const std::size_t at = head.substr(0, 4096).find(key);
    std::string_view type =
        at == std::string_view::npos ? std::string_view() : head.substr(at + key.size());
    type = type.substr(0, type.find('\''));
    const std::string_view bare =
        type.substr(std::min(type.size(), type.find_first_not_of("<>|=")));
    const bool simple = !bare.empty() && types.find(bare.front()) != std::string_view::npos &&
                        core::parse_decimal(bare.substr(1)).has_value();
    return simple ? Content{Kind::numpy, "a NumPy array", 0}
                  : Content{Kind::numpy_object, "a NumPy array that can hold pickled objects", 0};
}

Content judge_signature(const Signature& signature, std::string_view path, std::string_view head) {
    if (signature.kind == Kind::numpy) {
        return judge_numpy(head);
    }
    if (signature.kind == Kind::zip && core::ascii_lower(path).ends_with(".keras")) {
        return {Kind::keras, "a Keras model, which can hold code", 0};
    }
    return {signature.kind, std::string(signature.name), 0};
}

/// Kinds that have no signature.
Content identify_plain(std::string_view path,
                       const core::RandomAccess& file,
                       std::span<const std::byte> head,
                       bool text) {
    if (text) {
        const std::string tail = read_range(file, file.size() - std::min(file.size(), sample_size));
        return identify_text(path, core::as_text(head), tail);
    }
    if (const auto signature = find_weak_signature(head)) {
        return {signature->kind, std::string(signature->name), 0};
    }
    const auto kind = identify_protobuf(file);
    if (kind == Kind::saved_model) {
        return {*kind, "a TensorFlow SavedModel, which can read and write files", 0};
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
    const std::string sample = read_range(file, 0);
    const auto head = core::as_bytes(sample);
    if (looks_like_safetensors(head, file.size())) {
        return {Kind::safetensors, "", std::nullopt};
    }
    const auto signature = find_signature(head);
    const bool text = !signature && is_text(file, sample);
    if (signature && refusing_rule(signature->kind)) {
        return judge_signature(*signature, path, sample);
    }
    if (auto pickle = find_pickle(file, head, text)) {
        return *std::move(pickle);
    }
    if (const auto end = find_zip_directory(file)) {
        return {Kind::zip, "a file that is also a ZIP archive", end};
    }
    return signature ? judge_signature(*signature, path, sample)
                     : identify_plain(path, file, head, text);
}

}  // namespace modelseal::model
