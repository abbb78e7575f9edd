#include "common/model/content/markup.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint64_t svg_limit = std::uint64_t{4} << 20U;

/// The first element of a document.
struct Root {
    std::string name;       // lower-case, without the prefix of a namespace
    bool declared = false;  // what stands before it says that it is a document, or hides its start
};

constexpr std::string_view space = " \t\r\n\f\v";

/// Removes `opening`…`closing` from the front, and white space behind it. False when it does not
/// begin so; all of the text is taken when it does not end.
bool skip(std::string_view& text, std::string_view opening, std::string_view closing) {
    if (!text.starts_with(opening)) {
        return false;
    }
    const std::size_t end = text.find(closing, opening.size());
    text = end == std::string_view::npos ? std::string_view()
                                         : core::trim(text.substr(end + closing.size()));
    return true;
}

/// `text` is lower-case and begins with '<'.
Root root_of(std::string_view text) {
    Root root;
    while (!text.empty()) {
        if (skip(text, "<!--", "-->")) {
            continue;
        }
        if (skip(text, "<?", "?>") || skip(text, "<!", ">")) {
            root.declared = true;
            continue;
        }
        if (!text.starts_with('<')) {
            return root;
        }
        const std::string_view tag =
            text.substr(1, std::min(text.find_first_of(" \t\r\n\f\v/>"), text.size()) - 1);
        root.name = tag.substr(tag.find(':') + 1);
        return root;
    }
    root.declared = true;  // a comment that hides everything that was read
    return root;
}

/// An attribute whose name begins with "on" is a script.
bool has_event_handler(std::string_view text) {
    constexpr std::string_view before = " \t\r\n\f\v\"'/";
    for (std::size_t at = text.find("on"); at != std::string_view::npos;
         at = text.find("on", at + 1)) {
        if (at == 0 || before.find(text[at - 1]) == std::string_view::npos) {
            continue;
        }
        const std::size_t end =
            std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at), text.size());
        const std::size_t equals = text.find_first_not_of(space, end);
        if (end > at + 2 && equals != std::string_view::npos && text[equals] == '=') {
            return true;
        }
    }
    return false;
}

Content judge_svg(const core::RandomAccess& file) {
    constexpr std::array words = {
        "<script"sv, ":script"sv, "<foreignobject"sv, "javascript:"sv, "data:text"sv, "<!entity"sv};
    if (file.size() > svg_limit) {
        return {Kind::xml, "an SVG image that is too large to be searched for scripts", 0};
    }
    core::RangeSource source(file);
    const std::string text = core::ascii_lower(core::read_all(source, svg_limit));
    const bool suspicious = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return text.find(word) != std::string::npos;
    });
    if (suspicious || has_event_handler(text)) {
        return {Kind::script, "an SVG image with a script", 0};
    }
    return {Kind::svg, "", std::nullopt};
}

/// Names of texts whose readers give no tag a meaning that could hurt.
bool may_begin_with_tag(std::string_view name) {
    constexpr std::array endings = {
        ".md"sv, ".markdown"sv, ".rst"sv, ".txt"sv, ".vocab"sv, ".dict"sv, ".tsv"sv, ".csv"sv};
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        return name.ends_with(ending);
    });
}

}  // namespace

std::optional<Content> identify_markup(std::string_view name,
                                       std::string_view head,
                                       const core::RandomAccess& file) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (head.starts_with(byte_order_mark)) {
        head.remove_prefix(byte_order_mark.size());
    }
    const std::string text = core::ascii_lower(core::trim(head));
    if (!text.starts_with('<')) {
        return std::nullopt;
    }
    const Root root = root_of(text);
    if (root.name == "svg") {
        return judge_svg(file);
    }
    const bool openvino = root.name == "net";
    if (!root.declared && !openvino && may_begin_with_tag(name)) {
        return std::nullopt;
    }
    return Content{Kind::xml, "XML or HTML, which engines and browsers act upon", 0};
}

}  // namespace modelseal::model
