#include "common/http/headers.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::http {

namespace {

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && core::ascii_lower(a) == core::ascii_lower(b);
}

/// Whether the parameters after a link's target name the relation "next".
bool is_next(std::string_view parameters) {
    for (const std::string& piece : core::split(parameters, ';')) {
        const std::string_view parameter = core::trim(piece);
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos ||
            !same_name(core::trim(parameter.substr(0, equals)), "rel")) {
            continue;
        }
        std::string_view value = core::trim(parameter.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        const auto relations = core::split(core::ascii_lower(value), ' ');
        return std::find(relations.begin(), relations.end(), "next") != relations.end();
    }
    return false;
}

}  // namespace

void Headers::add(std::string_view name, std::string_view value) {
    fields_.emplace_back(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
    std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
    add(name, value);
}

std::optional<std::string> Headers::get(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (same_name(key, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::vector<std::string> Headers::get_all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : fields_) {
        if (same_name(key, name)) {
            values.push_back(value);
        }
    }
    return values;
}

std::optional<std::uint64_t> Headers::content_length() const {
    std::optional<std::uint64_t> length;
    for (const std::string& value : get_all("Content-Length")) {
        const auto number = core::parse_decimal(value);
        if (!number || (length && *length != *number)) {
            throw core::Error(
                core::ErrorKind::malformed,
                core::concat("the server sent a bad Content-Length: ", core::in_quotes(value, 40)));
        }
        length = number;
    }
    return length;
}

std::string Headers::media_type() const {
    const std::string value = get("Content-Type").value_or("");
    return core::ascii_lower(core::trim(std::string_view(value).substr(0, value.find(';'))));
}

std::optional<ContentRange> ContentRange::parse(std::string_view text) {
    constexpr std::string_view unit = "bytes ";
    const std::size_t dash = text.find('-');
    const std::size_t slash = text.find('/');
    if (!text.starts_with(unit) || dash == std::string_view::npos ||
        slash == std::string_view::npos || dash > slash) {
        return std::nullopt;
    }
    const auto first = core::parse_decimal(text.substr(unit.size(), dash - unit.size()));
    const auto last = core::parse_decimal(text.substr(dash + 1, slash - dash - 1));
    const std::string_view total_text = text.substr(slash + 1);
    const auto total = core::parse_decimal(total_text);
    if (!first || !last || *first > *last || (!total && total_text != "*") ||
        (total && *last >= *total)) {
        return std::nullopt;
    }
    return ContentRange{*first, *last, total};
}

std::optional<std::string> next_link(const Headers& headers) {
    for (const std::string& field : headers.get_all("Link")) {
        std::string_view rest = field;
        while (true) {
            const std::size_t open = rest.find('<');
            const std::size_t close = rest.find('>', open == std::string_view::npos ? 0 : open);
            if (open == std::string_view::npos || close == std::string_view::npos) {
                break;
            }
            const std::string_view target = rest.substr(open + 1, close - open - 1);
            rest = rest.substr(close + 1);
            if (is_next(rest.substr(0, rest.find(',')))) {
                return std::string(target);
            }
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::http
