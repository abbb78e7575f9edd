// Object identifiers between their dotted text and OpenSSL's form. Included by .cpp files only.
#pragma once

#include "common/crypto/x509/x509_handles.hpp"

#include <string>
#include <string_view>

namespace modelseal::crypto {

/// "1.3.6.1.4.1.57264.1.8" as an object. Errors: internal (the caller's constant is wrong).
[[nodiscard]] ObjectHandle to_object(std::string_view dotted);

/// Always the dotted form, never a name.
[[nodiscard]] std::string dotted_text(const ASN1_OBJECT* object);

}  // namespace modelseal::crypto
