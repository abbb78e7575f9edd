#include "common/model/content/tensorflow_text.hpp"

#include <algorithm>
#include <array>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

bool is_word_byte(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Bytes of the string that `text` begins with, quotes included.
std::size_t string_length(std::string_view text) {
    std::size_t at = 1;
    while (at < text.size() && text[at] != text[0]) {
        at += text[at] == '\\' ? std::size_t{2} : 1;
    }
    return std::min(at + 1, text.size());
}

}  // namespace

bool is_text_protobuf_name(std::string_view name) {
    constexpr std::array endings = {
        ".pbtxt"sv, ".pbtext"sv, ".prototxt"sv, ".textproto"sv, ".textpb"sv, ".txtpb"sv};
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        return name.ends_with(ending);
    });
}

bool is_tensorflow_graph(std::string_view text) {
    bool node = false;
    bool op = false;
    while (!text.empty()) {
        std::size_t length = 1;
        if (text[0] == '#') {
            length = std::min(text.find('\n'), text.size());
        } else if (text[0] == '"' || text[0] == '\'') {
            length = string_length(text);
        } else if (is_word_byte(text[0])) {
            const auto* const end = std::find_if_not(text.begin(), text.end(), is_word_byte);
            length = static_cast<std::size_t>(end - text.begin());
            const std::string_view word = text.substr(0, length);
            node = node || word == "node" || word == "node_def";
            op = op || word == "op";
            if ((node && op) || word == "meta_graphs" || word == "graph_def") {
                return true;
            }
        }
        text.remove_prefix(length);
    }
    return false;
}

}  // namespace modelseal::model
