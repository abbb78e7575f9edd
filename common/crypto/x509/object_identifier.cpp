#include "common/crypto/x509/object_identifier.hpp"

namespace modelseal::crypto {

namespace {

constexpr int dotted_only = 1;

}  // namespace

ObjectHandle to_object(std::string_view dotted) {
    ObjectHandle object(OBJ_txt2obj(std::string(dotted).c_str(), dotted_only));
    if (!object) {
        throw openssl_error(core::ErrorKind::internal,
                            core::concat(core::in_quotes(dotted), " is no object identifier"));
    }
    return object;
}

std::string dotted_text(const ASN1_OBJECT* object) {
    const int size = OBJ_obj2txt(nullptr, 0, object, dotted_only);
    if (size < 0) {
        throw openssl_error(core::ErrorKind::internal, "reading an object identifier");
    }
    std::string text(static_cast<std::size_t>(size) + 1, '\0');  // room for the final NUL
    OBJ_obj2txt(text.data(), size + 1, object, dotted_only);
    text.pop_back();
    return text;
}

}  // namespace modelseal::crypto
