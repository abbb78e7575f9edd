#include "common/oci/media_type.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::oci {

namespace {

constexpr std::size_t longest_name = 127;
constexpr std::size_t longest_parameters = 255;

bool is_alphanumeric(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) noexcept {
    constexpr std::string_view others = "!#$&^_.+-";
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
}

/// RFC 6838 section 4.2, `restricted-name`.
bool is_restricted_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_name && is_alphanumeric(name.front()) &&
           std::all_of(name.begin(), name.end(), is_name_character);
}

/// "name=value" with an optional space before it.
bool is_parameter(std::string_view parameter) noexcept {
    if (parameter.starts_with(' ')) {
        parameter.remove_prefix(1);
    }
    const std::size_t equals = parameter.find('=');
    return equals != std::string_view::npos && is_restricted_name(parameter.substr(0, equals)) &&
           is_restricted_name(parameter.substr(equals + 1));
}

bool are_parameters(std::string_view text) {
    if (text.size() > longest_parameters) {
        return false;
    }
    const auto parameters = core::split(text, ';');
    return std::all_of(parameters.begin(), parameters.end(), is_parameter);
}

}  // namespace

MediaType MediaType::parse(std::string_view text) {
    const std::size_t semicolon = text.find(';');
    const std::string_view names = text.substr(0, semicolon);
    const std::size_t slash = names.find('/');
    const bool valid =
        slash != std::string_view::npos && is_restricted_name(names.substr(0, slash)) &&
        is_restricted_name(names.substr(slash + 1)) &&
        (semicolon == std::string_view::npos || are_parameters(text.substr(semicolon + 1)));
    if (!valid) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat(core::in_quotes(text), " is not a media type, such as application/json"));
    }
    return MediaType(text);
}

}  // namespace modelseal::oci
