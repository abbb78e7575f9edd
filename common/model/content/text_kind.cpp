#include "common/model/content/text_kind.hpp"

#include "common/core/text.hpp"
#include "common/model/content/code_names.hpp"
#include "common/model/content/markup.hpp"
#include "common/model/content/tensorflow_text.hpp"
#include "common/model/content/yaml_tags.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

namespace modelseal::model {

namespace {

constexpr std::size_t sample_size = std::size_t{64} << 10U;
constexpr std::uint64_t searched_limit = std::uint64_t{16} << 20U;
constexpr std::size_t longest_sequence = 4;  // bytes of a UTF-8 character

bool is_plain(std::string_view text) {
    return core::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 && (c < '\t' || c > '\r');
           });
}

bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// A sample may end in the middle of a character.
bool is_plain_up_to_a_cut(std::string_view text) {
    for (std::size_t cut = 0; cut < longest_sequence && cut <= text.size(); ++cut) {
        if (core::is_utf8(text.substr(0, text.size() - cut))) {
            return is_plain(text.substr(0, text.size() - cut));
        }
    }
    return false;
}

std::string_view after_cut(std::string_view text) {
    std::size_t cut = 0;
    while (cut + 1 < longest_sequence && cut < text.size() && is_continuation(text[cut])) {
        ++cut;
    }
    return text.substr(cut);
}

std::string_view without_mark(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

std::string read_tail(const core::RandomAccess& file) {
    std::string tail(std::min<std::uint64_t>(sample_size, file.size()), '\0');
    tail.resize(file.read_at(file.size() - tail.size(), std::as_writable_bytes(std::span(tail))));
    return tail;
}

bool contains(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

bool is_notebook(std::string_view name, std::string_view head, std::string_view tail) {
    const auto anywhere = [&](std::string_view word) {
        return contains(head, word) || contains(tail, word);
    };
    return name.ends_with(".ipynb") || (anywhere("\"nbformat\"") && anywhere("\"cells\""));
}

/// What loaders make of a text that is more than text: the whole of it is looked at.
std::optional<Content> find_objects(std::string_view name, const core::RandomAccess& file) {
    const bool graph = is_text_protobuf_name(name);
    const bool yaml = is_yaml_name(name);
    if (!graph && !yaml) {
        return std::nullopt;
    }
    const Kind kind = graph ? Kind::saved_model : Kind::python;
    if (file.size() > searched_limit) {
        return Content{kind, "too large to be searched for what runs code", 0};
    }
    core::RangeSource source(file);
    const std::string text = core::read_all(source, searched_limit);
    if (graph && is_tensorflow_graph(text)) {
        return Content{kind, std::string(tensorflow_graph), 0};
    }
    if (yaml && has_python_tag(text)) {
        return Content{kind, "YAML that has Python make objects", 0};
    }
    return std::nullopt;
}

Content identify_json(std::string_view name, std::string_view head, std::string_view tail) {
    if (is_notebook(name, head, tail)) {
        return {Kind::notebook, "a Jupyter notebook, which is a program", 0};
    }
    return {name.ends_with(".safetensors.index.json") ? Kind::safetensors_index : Kind::json,
            "",
            std::nullopt};
}

}  // namespace

bool is_text(const core::RandomAccess& file, std::string_view head) {
    if (file.size() <= head.size()) {
        return is_plain(head);
    }
    if (!is_plain_up_to_a_cut(head)) {
        return false;
    }
    return is_plain(after_cut(read_tail(file)));
}

Content identify_text(std::string_view path,
                      std::string_view head,
                      const core::RandomAccess& file) {
    const std::string name = core::ascii_lower(base_name(path));
    const std::string_view begin = core::trim(without_mark(head));
    if (head.starts_with("version https://git-lfs.github.com/spec/")) {
        return {Kind::lfs_pointer, "a Git LFS pointer instead of the file; run git lfs pull", 0};
    }
    if (const auto code = identify_code_name(path, true)) {
        return *code;
    }
    if (begin.starts_with("#!")) {
        return {Kind::script, "a script", 0};
    }
    if (head.empty()) {
        return {Kind::empty, "", std::nullopt};
    }
    const bool json_name = name.ends_with(".json") || name.ends_with(".ipynb");
    if (json_name && (begin.starts_with('{') || begin.starts_with('['))) {
        return identify_json(name, head, read_tail(file));
    }
    if (auto objects = find_objects(name, file)) {
        return *std::move(objects);
    }
    if (is_template_name(name)) {
        return {Kind::chat_template, "", std::nullopt};
    }
    if (auto markup = identify_markup(name, head, file)) {
        return *std::move(markup);
    }
    const bool markdown = name.ends_with(".md") || name.ends_with(".markdown");
    return {markdown ? Kind::markdown : Kind::text, "", std::nullopt};
}

}  // namespace modelseal::model
