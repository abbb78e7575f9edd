// Names that a certificate binds its key to. Spec: RFC 5280 section 4.2.1.6.
#pragma once

#include "common/core/bytes.hpp"

#include <span>
#include <string>
#include <vector>

namespace modelseal::crypto {

struct AlternativeName {
    enum class Kind { uri, email, dns, ip, other_name };

    Kind kind;
    std::string value{};  // text; of an IP its 4 or 16 bytes, of an other name the DER of its value
    std::string type{};   // of an other name, the dotted object identifier

    bool operator==(const AlternativeName&) const = default;
};

/// The contents of the extension subjectAltName, in their order. Names of kinds that nobody signs
/// models under (directory names, registered identifiers) are left out. Errors: malformed.
[[nodiscard]] std::vector<AlternativeName> parse_alternative_names(
    std::span<const std::byte> extension);

}  // namespace modelseal::crypto
