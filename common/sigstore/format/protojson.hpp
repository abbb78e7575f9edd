// Messages as protobuf JSON. Read strictly: a member that the message does not have is an error,
// null means absent. Spec: protobuf's JSON mapping.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/json.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::sigstore::protojson {

/// Compact, in the order of members. Unlike Go's other JSON encoder, its protobuf one escapes
/// nothing for HTML. Errors: malformed for text that is not UTF-8.
[[nodiscard]] std::string write(const core::Json& message);

/// Errors: malformed unless `value` is an object whose members are all among `names`.
void require_message(const core::Json& value,
                     std::string_view message,
                     std::initializer_list<std::string_view> names);

/// nullptr when absent or null.
[[nodiscard]] const core::Json* find(const core::Json& message, std::string_view name);

/// nullptr when absent or null. Errors: malformed when it is no array or longer than `limit`.
[[nodiscard]] const core::Json* find_array(const core::Json& message,
                                           std::string_view name,
                                           std::size_t limit);

/// A field of type bytes: padded standard base64. Errors: malformed.
[[nodiscard]] core::Bytes to_bytes(const core::Json& value, std::string_view name);
[[nodiscard]] core::Bytes require_bytes(const core::Json& message, std::string_view name);

/// A field of type int64 that is never negative: decimal text or a number; 0 when absent.
/// Errors: malformed.
[[nodiscard]] std::uint64_t int64_or_zero(const core::Json& message, std::string_view name);

/// A string that may not be empty. Errors: malformed.
[[nodiscard]] std::string require_text(const core::Json& message, std::string_view name);

}  // namespace modelseal::sigstore::protojson
