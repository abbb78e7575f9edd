#include "tests/support/pki/authority.hpp"

#include "common/core/text.hpp"
#include "tests/support/pki/certificate_builder.hpp"
#include "tests/support/pki/der.hpp"

namespace modelseal::pki {

namespace {

constexpr std::string_view fulcio_arc = "1.3.6.1.4.1.57264.1.";
constexpr std::string_view sct_list_oid = "1.3.6.1.4.1.11129.2.4.2";
constexpr int last_raw_extension = 6;

CommonOptions common_of(const AuthorityOptions& options) {
    return {options.not_before,
            options.not_after,
            options.basic_constraints,
            options.key_usage,
            options.extended_key_usage,
            options.name_constraints,
            options.extensions,
            options.serial,
            options.hash,
            options.bad_signature};
}

/// GeneralName [tag] of text.
core::Bytes general_name(std::uint8_t tag, std::string_view text) {
    return der_value(static_cast<std::uint8_t>(0x80 + tag), core::as_bytes(text));
}

/// GeneralName [0] with type 1.3.6.1.4.1.57264.1.7.
core::Bytes fulcio_name(std::string_view text) {
    static constexpr std::string_view type("\x06\x0a\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x07", 12);
    core::Bytes content = core::to_bytes(type);
    append(content, der_value(0xa0, utf8_string(text)));
    return der_value(0xa0, content);
}

core::Bytes names_of(const LeafOptions& options) {
    core::Bytes names;
    if (!options.dns.empty()) {
        append(names, general_name(2, options.dns));
    }
    if (options.uri) {
        append(names, general_name(6, *options.uri));
    }
    if (!options.email.empty()) {
        append(names, general_name(1, options.email));
    }
    if (!options.other_name.empty()) {
        append(names, fulcio_name(options.other_name));
    }
    for (const std::string& uri : options.more_uris) {
        append(names, general_name(6, uri));
    }
    return names;
}

std::vector<Extension> extensions_of(const LeafOptions& options) {
    std::vector<Extension> extensions;
    const core::Bytes names = names_of(options);
    if (options.alternative_names) {
        extensions.push_back({"2.5.29.17", *options.alternative_names, true});
    } else if (!names.empty()) {
        extensions.push_back({"2.5.29.17", der_value(0x30, names), true});
    }
    if (!options.first_issuer.empty()) {
        extensions.push_back(fulcio_extension(1, options.first_issuer));
    }
    if (options.issuer) {
        extensions.push_back(fulcio_extension(8, *options.issuer));
    }
    extensions.insert(extensions.end(), options.extensions.begin(), options.extensions.end());
    return extensions;
}

std::optional<Extension> sct_extension(const LeafOptions& options,
                                       const CertificateBuilder& builder,
                                       const Authority& issuer) {
    if (options.sct_extension) {
        return Extension{std::string(sct_list_oid), *options.sct_extension};
    }
    if (options.scts.empty()) {
        return std::nullopt;
    }
    std::vector<core::Bytes> scts;
    for (const SctOptions& sct : options.scts) {
        scts.push_back(make_sct(sct, builder.tbs(issuer.key), issuer.certificate.spki_der()));
    }
    return Extension{std::string(sct_list_oid), sct_list(scts)};
}

}  // namespace

Extension fulcio_extension(int number, std::string_view text) {
    return {core::concat(fulcio_arc, number),
            number <= last_raw_extension ? core::to_bytes(text) : utf8_string(text)};
}

std::vector<crypto::Certificate> Authority::chain() const {
    std::vector<crypto::Certificate> chain{certificate};
    chain.insert(chain.end(), above_.begin(), above_.end());
    return chain;
}

Authority Authority::subordinate(const AuthorityOptions& options) const {
    const Key own = Key::generate(options.key);
    CertificateBuilder builder(options.name, own, &certificate, common_of(options));
    return {builder.sign(key), own, chain()};
}

Leaf Authority::issue(const LeafOptions& options) const {
    const Key own = options.key ? *options.key : Key::generate();
    CertificateBuilder builder(options.name,
                               own,
                               &certificate,
                               {options.not_before,
                                options.not_after,
                                options.basic_constraints,
                                options.key_usage,
                                options.extended_key_usage,
                                "",
                                extensions_of(options),
                                options.serial,
                                options.hash,
                                options.bad_signature});
    if (const auto scts = sct_extension(options, builder, *this)) {
        builder.add(*scts);
    }
    return {builder.sign(key), own};
}

Authority make_authority(const AuthorityOptions& options) {
    const Key own = Key::generate(options.key);
    CertificateBuilder builder(options.name, own, nullptr, common_of(options));
    return {builder.sign(own), own, {}};
}

}  // namespace modelseal::pki
