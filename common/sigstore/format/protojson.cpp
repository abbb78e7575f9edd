#include "common/sigstore/format/protojson.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore::protojson {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
    throw Error(ErrorKind::malformed, concat("the field ", core::in_quotes(name), why));
}

std::optional<std::uint64_t> as_int64(const core::Json& value) {
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>();
    }
    return value.is_string() ? core::parse_decimal(value.get_ref<const std::string&>())
                             : std::nullopt;
}

}  // namespace

std::string write(const core::Json& message) {
    try {
        return message.dump();
    } catch (const core::Json::type_error&) {
        throw Error(ErrorKind::malformed, "text that is not UTF-8 cannot be written as JSON");
    }
}

void require_message(const core::Json& value,
                     std::string_view message,
                     std::initializer_list<std::string_view> names) {
    if (!value.is_object()) {
        throw Error(ErrorKind::malformed, concat("the ", message, " is not a JSON object"));
    }
    for (const auto& member : value.items()) {
        if (std::find(names.begin(), names.end(), member.key()) == names.end()) {
            throw Error(
                ErrorKind::malformed,
                concat("the ", message, " has the unknown field ", core::in_quotes(member.key())));
        }
    }
}

const core::Json* find(const core::Json& message, std::string_view name) {
    const core::Json* value = core::find(message, name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

const core::Json* find_array(const core::Json& message, std::string_view name, std::size_t limit) {
    const core::Json* value = find(message, name);
    if (value == nullptr) {
        return nullptr;
    }
    if (!value->is_array()) {
        refuse(name, " is not an array");
    }
    if (value->size() > limit) {
        throw Error(ErrorKind::malformed,
                    core::Reason::limit_exceeded,
                    concat("the field ",
                           core::in_quotes(name),
                           " has ",
                           value->size(),
                           " entries; at most ",
                           limit,
                           " are read"));
    }
    return value;
}

core::Bytes to_bytes(const core::Json& value, std::string_view name) {
    if (!value.is_string()) {
        refuse(name, " is not a string");
    }
    auto bytes = core::from_base64(value.get_ref<const std::string&>());
    if (!bytes) {
        refuse(name, " is not padded standard base64");
    }
    return std::move(*bytes);
}

core::Bytes require_bytes(const core::Json& message, std::string_view name) {
    core::Bytes bytes = to_bytes(core::require(message, name), name);
    if (bytes.empty()) {
        refuse(name, " is empty");
    }
    return bytes;
}

std::uint64_t int64_or_zero(const core::Json& message, std::string_view name) {
    const core::Json* value = find(message, name);
    if (value == nullptr) {
        return 0;
    }
    const auto number = as_int64(*value);
    if (!number || *number > std::numeric_limits<std::int64_t>::max()) {
        refuse(name, " is not a non-negative 64-bit integer");
    }
    return *number;
}

std::string require_text(const core::Json& message, std::string_view name) {
    std::string text = core::require_string(message, name);
    if (text.empty()) {
        refuse(name, " is empty");
    }
    return text;
}

}  // namespace modelseal::sigstore::protojson
