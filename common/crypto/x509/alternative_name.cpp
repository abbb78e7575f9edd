#include "common/crypto/x509/alternative_name.hpp"

#include "common/crypto/x509/object_identifier.hpp"
#include "common/crypto/x509/x509_handles.hpp"

namespace modelseal::crypto {

namespace {

using Kind = AlternativeName::Kind;

std::string text_of(const ASN1_STRING* text) {
    return std::string(core::as_text(content_of(text)));
}

AlternativeName other_name(const OTHERNAME* name) {
    const core::Bytes value = to_der<i2d_ASN1_TYPE>(name->value);
    return {Kind::other_name, std::string(core::as_text(value)), dotted_text(name->type_id)};
}

void append(std::vector<AlternativeName>& names, const GENERAL_NAME* name) {
    switch (name->type) {
        case GEN_URI:
            names.push_back({Kind::uri, text_of(name->d.uniformResourceIdentifier)});
            break;
        case GEN_EMAIL:
            names.push_back({Kind::email, text_of(name->d.rfc822Name)});
            break;
        case GEN_DNS:
            names.push_back({Kind::dns, text_of(name->d.dNSName)});
            break;
        case GEN_IPADD:
            names.push_back({Kind::ip, text_of(name->d.iPAddress)});
            break;
        case GEN_OTHERNAME:
            names.push_back(other_name(name->d.otherName));
            break;
        default:
            break;
    }
}

}  // namespace

std::vector<AlternativeName> parse_alternative_names(std::span<const std::byte> extension) {
    const unsigned char* at = as_unsigned(extension);
    const NamesHandle parsed(d2i_GENERAL_NAMES(nullptr, &at, static_cast<long>(extension.size())));
    if (!parsed || at != as_unsigned(extension) + extension.size()) {
        throw openssl_error(core::ErrorKind::malformed, "not a list of alternative names");
    }
    std::vector<AlternativeName> names;
    for (int i = 0; i < sk_GENERAL_NAME_num(parsed.get()); ++i) {
        append(names, sk_GENERAL_NAME_value(parsed.get(), i));
    }
    return names;
}

}  // namespace modelseal::crypto
