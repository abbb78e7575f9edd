#include "common/model/text_kind.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace modelseal::model {

namespace {

constexpr std::size_t sample_size = std::size_t{64} << 10U;
constexpr std::size_t longest_sequence = 4;  // bytes of a UTF-8 character

constexpr std::array<std::string_view, 6> python_names = {
    ".py", ".pyw", ".pyi", ".pyx", ".pxd", ".pth"};

constexpr std::array<std::string_view, 17> script_names = {".sh",
                                                           ".bash",
                                                           ".zsh",
                                                           ".fish",
                                                           ".bat",
                                                           ".cmd",
                                                           ".ps1",
                                                           ".psm1",
                                                           ".js",
                                                           ".mjs",
                                                           ".cjs",
                                                           ".ts",
                                                           ".rb",
                                                           ".pl",
                                                           ".lua",
                                                           ".php",
                                                           ".r"};

template <std::size_t count>
bool ends_with_any(std::string_view name, const std::array<std::string_view, count>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        return name.ends_with(ending);
    });
}

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

bool contains(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

bool is_notebook(std::string_view name, std::string_view head, std::string_view tail) {
    const auto anywhere = [&](std::string_view word) {
        return contains(head, word) || contains(tail, word);
    };
    return name.ends_with(".ipynb") || (anywhere("\"nbformat\"") && anywhere("\"cells\""));
}

Content identify_json(std::string_view name, std::string_view head, std::string_view tail) {
    if (is_notebook(name, head, tail)) {
        return {Kind::notebook, "a Jupyter notebook, which is a program", 0};
    }
    return {name.ends_with(".safetensors.index.json") ? Kind::safetensors_index : Kind::json,
            "",
            std::nullopt};
}

Content identify_markup(std::string_view head) {
    const std::string lower = core::ascii_lower(head);
    if (!contains(lower, "<svg")) {
        return {Kind::xml, "XML, which engines and parsers act upon", 0};
    }
    if (contains(lower, "<script")) {
        return {Kind::script, "an SVG image with a script", 0};
    }
    return {Kind::svg, "", std::nullopt};
}

}  // namespace

bool is_text(const core::RandomAccess& file, std::string_view head) {
    if (file.size() <= head.size()) {
        return is_plain(head);
    }
    if (!is_plain_up_to_a_cut(head)) {
        return false;
    }
    std::string tail(std::min<std::uint64_t>(sample_size, file.size()), '\0');
    tail.resize(file.read_at(file.size() - tail.size(), std::as_writable_bytes(std::span(tail))));
    return is_plain(after_cut(tail));
}

std::string_view base_name(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);
}

Content identify_text(std::string_view path, std::string_view head, std::string_view tail) {
    const std::string name = core::ascii_lower(base_name(path));
    const std::string_view begin = core::trim(without_mark(head));
    if (head.starts_with("version https://git-lfs.github.com/spec/")) {
        return {Kind::lfs_pointer, "a Git LFS pointer instead of the file; run git lfs pull", 0};
    }
    if (ends_with_any(name, python_names)) {
        return {Kind::python, "Python code", 0};
    }
    if (begin.starts_with("#!") || ends_with_any(name, script_names)) {
        return {Kind::script, "a script", 0};
    }
    if (head.empty()) {
        return {Kind::empty, "", std::nullopt};
    }
    const bool json_name = name.ends_with(".json") || name.ends_with(".ipynb");
    if (json_name && (begin.starts_with('{') || begin.starts_with('['))) {
        return identify_json(name, head, tail);
    }
    if (name.ends_with(".jinja") || name.ends_with(".jinja2")) {
        return {Kind::chat_template, "", std::nullopt};
    }
    if (begin.starts_with("<?xml") || begin.starts_with("<svg") || begin.starts_with("<net ")) {
        return identify_markup(head);
    }
    const bool markdown = name.ends_with(".md") || name.ends_with(".markdown");
    return {markdown ? Kind::markdown : Kind::text, "", std::nullopt};
}

}  // namespace modelseal::model
