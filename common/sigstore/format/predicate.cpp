#include "common/sigstore/format/predicate.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"
#include "common/sigstore/format/statement.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t uri_limit = 1024;

/// One level less than a statement, which it will stand in, is read with.
constexpr std::size_t depth_limit = core::JsonLimits().depth - 1;

struct ShortName {
    std::string_view name;
    std::string_view uri;
};

constexpr std::array<ShortName, 12> short_names = {{
    {"custom", predicate_types::custom},
    {"slsaprovenance", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance02", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance1", "https://slsa.dev/provenance/v1"},
    {"spdx", "https://spdx.dev/Document"},
    {"spdxjson", "https://spdx.dev/Document"},
    {"cyclonedx", "https://cyclonedx.org/bom"},
    {"link", "https://in-toto.io/Link/v1"},
    {"vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"},
    {"openvex", "https://openvex.dev/ns"},
    {"modelseal", predicate_types::modelseal_provenance},
    {"modelseal-serving", predicate_types::modelseal_serving},
}};

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A scheme and something behind it, of the characters that RFC 3986 allows.
bool is_uri(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    if (text.size() > uri_limit || colon == std::string_view::npos || colon == 0 ||
        colon + 1 == text.size() || !is_letter(text.front())) {
        return false;
    }
    const auto in_scheme = [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    const auto in_rest = [](char c) {
        return c > ' ' && c < '\x7F' &&
               std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
    };
    return std::all_of(
               text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme) &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(colon), text.end(), in_rest);
}

/// JSON text without white space outside of strings. `json` is valid.
std::string compact(std::string_view json) {
    std::string text;
    text.reserve(json.size());
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string && c == '\\') {
            text.push_back(c);
            text.push_back(json[++i]);
            continue;
        }
        if (c == '"') {
            in_string = !in_string;
        }
        if (in_string || core::trim(json.substr(i, 1)).size() == 1) {
            text.push_back(c);
        }
    }
    return text;
}

std::string make_custom(std::string_view content, const core::Timestamp& now) {
    return protojson::write({{"Data", content}, {"Timestamp", now.to_string()}});
}

}  // namespace

std::string resolve_predicate_type(std::string_view type) {
    const auto found = std::find_if(short_names.begin(),
                                    short_names.end(),
                                    [&](const ShortName& known) { return known.name == type; });
    if (found != short_names.end()) {
        return std::string(found->uri);
    }
    if (type == predicate_types::cosign_sign) {
        throw Error(ErrorKind::usage,
                    "a statement of this type is a signature: use 'sign' and 'verify'");
    }
    if (!is_uri(type)) {
        std::vector<std::string> names;
        std::transform(short_names.begin(),
                       short_names.end(),
                       std::back_inserter(names),
                       [](const ShortName& known) { return std::string(known.name); });
        throw Error(
            ErrorKind::usage,
            concat(
                core::in_quotes(type), " is neither a URI nor one of ", core::join(names, ", ")));
    }
    return std::string(type);
}

std::string make_predicate(std::string_view predicate_type,
                           std::string_view content,
                           const core::Timestamp& now) {
    if (content.size() > predicate_size_limit) {
        throw Error(
            ErrorKind::malformed,
            core::Reason::limit_exceeded,
            concat("the predicate is larger than ", core::human_size(predicate_size_limit)));
    }
    if (predicate_type == predicate_types::custom) {
        return make_custom(content, now);
    }
    const core::Json json =
        core::parse_json(content, {.size = predicate_size_limit, .depth = depth_limit});
    if (!json.is_object()) {
        throw Error(ErrorKind::malformed,
                    concat("a predicate of type ",
                           core::in_quotes(predicate_type),
                           " is a JSON object, and this is none"));
    }
    return compact(content);
}

}  // namespace modelseal::sigstore
