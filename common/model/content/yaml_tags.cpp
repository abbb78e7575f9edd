#include "common/model/content/yaml_tags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

/// `text` without %XX escapes, which tags may have.
std::string unescaped(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned code = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        if (text[i] == '%' && digits.size() == 2 &&
            std::from_chars(digits.data(), digits.data() + 2, code, 16).ptr == digits.data() + 2) {
            plain.push_back(static_cast<char>(code));
            i += 2;
        } else {
            plain.push_back(text[i]);
        }
    }
    return plain;
}

}  // namespace

bool is_yaml_name(std::string_view name) {
    return name.ends_with(".yaml") || name.ends_with(".yml") || name == "mlmodel";
}

bool has_python_tag(std::string_view text) {
    constexpr std::array tags = {"!!python/"sv, "tag:yaml.org,2002:python/"sv};
    const std::string plain = unescaped(text);
    return text.find("%TAG") != std::string_view::npos ||
           std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) {
               return plain.find(tag) != std::string::npos;
           });
}

}  // namespace modelseal::model
