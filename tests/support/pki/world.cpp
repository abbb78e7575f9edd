#include "tests/support/pki/world.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/digest/sha256.hpp"

namespace modelseal::pki {

namespace {

using core::concat;

std::string validity_json(const sigstore::Validity& validity) {
    return concat(R"({"start":")",
                  validity.start.to_string(),
                  '"',
                  validity.end ? concat(R"(,"end":")", validity.end->to_string(), '"') : "",
                  '}');
}

std::string authority_json(const std::vector<crypto::Certificate>& chain,
                           const sigstore::Validity& validity,
                           std::string_view uri) {
    std::string certificates;
    for (const crypto::Certificate& certificate : chain) {
        certificates.append(concat(certificates.empty() ? "" : ",",
                                   R"({"rawBytes":")",
                                   core::to_base64(certificate.der()),
                                   R"("})"));
    }
    return concat(R"({"subject":{"organization":"test","commonName":"test"},"uri":")",
                  uri,
                  R"(","certChain":{"certificates":[)",
                  certificates,
                  R"(]},"validFor":)",
                  validity_json(validity),
                  '}');
}

std::string ct_log_json(const CtLog& log) {
    const sigstore::TransparencyLog trusted = log.trusted();
    return concat(R"({"baseUrl":")",
                  trusted.base_url,
                  R"(","hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":")",
                  core::to_base64(trusted.key.spki_der()),
                  R"(","keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":)",
                  validity_json(trusted.validity),
                  R"(},"logId":{"keyId":")",
                  core::to_base64(trusted.id),
                  R"("}})");
}

core::Bytes sha256(std::string_view text) {
    const auto digest = digest::sha256_of(core::as_bytes(text));
    const auto bytes = digest.bytes();
    return {bytes.begin(), bytes.end()};
}

}  // namespace

World::World()
    : root(make_authority({.name = "root"})),
      authority(root.subordinate({.name = "issuing", .extended_key_usage = "codeSigning"})),
      log(LogOptions{}),
      timestamp_authority(make_timestamp_authority()) {}

Leaf World::issue(const SigningOptions& options) const {
    LeafOptions leaf = options.leaf;
    if (options.with_sct && leaf.scts.empty()) {
        leaf.scts = {{.log = ct_log}};
    }
    return authority.issue(leaf);
}

void World::stamp_and_log(sigstore::Bundle& bundle,
                          const Leaf& leaf,
                          std::string_view signed_text,
                          const SigningOptions& options) {
    const bool is_envelope = std::holds_alternative<sigstore::Envelope>(bundle.content);
    const core::Bytes signature =
        std::visit([](const auto& content) { return content.signature; }, bundle.content);
    if (options.with_timestamp) {
        bundle.timestamps = {timestamp_authority.stamp(signature, options.stamp)};
    }
    if (!options.with_log) {
        return;
    }
    BodyFields body{.signature = signature,
                    .signer_pem = crypto::to_pem("CERTIFICATE", leaf.certificate.der()),
                    .is_certificate = true,
                    .digest = sha256(signed_text)};
    if (options.change_body) {
        options.change_body(body);
    }
    sigstore::LogEntry entry = log.add(is_envelope ? "dsse" : "hashedrekord",
                                       "0.0.1",
                                       is_envelope ? dsse_v1(body) : hashedrekord_v1(body),
                                       options.logged);
    if (options.change_entry) {
        options.change_entry(entry);
    }
    bundle.log_entries = {std::move(entry)};
}

sigstore::Bundle World::sign(std::string_view payload, const SigningOptions& options) {
    const Leaf leaf = issue(options);
    sigstore::Envelope envelope{.payload_type = std::string(sigstore::in_toto_payload_type),
                                .payload = std::string(payload),
                                .signature = {}};
    envelope.signature = leaf.key.sign(core::as_bytes(
        sigstore::pre_authentication_encoding(envelope.payload_type, envelope.payload)));
    sigstore::Bundle bundle{.material = sigstore::CertificateMaterial{{leaf.certificate.der()}},
                            .content = std::move(envelope)};
    stamp_and_log(bundle, leaf, payload, options);
    if (options.change_envelope) {
        options.change_envelope(std::get<sigstore::Envelope>(bundle.content));
    }
    return bundle;
}

sigstore::Bundle World::sign_message(std::string_view message, const SigningOptions& options) {
    const Leaf leaf = issue(options);
    sigstore::MessageSignature content{.digest_algorithm = "SHA2_256",
                                       .digest = sha256(message),
                                       .signature = leaf.key.sign(core::as_bytes(message))};
    if (options.change_message) {
        options.change_message(content);
    }
    sigstore::Bundle bundle{.material = sigstore::CertificateMaterial{{leaf.certificate.der()}},
                            .content = std::move(content)};
    stamp_and_log(bundle, leaf, message, options);
    return bundle;
}

std::shared_ptr<const sigstore::TrustedRoot> World::trusted_root(
    const TrustOptions& options) const {
    const std::string json = concat(
        R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[)",
        options.log ? log.trusted_json() : "",
        R"(],"ctlogs":[)",
        options.ct_log ? ct_log_json(ct_log) : "",
        R"(],"certificateAuthorities":[)",
        options.authority
            ? authority_json(
                  authority.chain(), options.authority_validity, "https://fulcio.example.com")
            : "",
        R"(],"timestampAuthorities":[)",
        options.timestamp_authority ? authority_json(timestamp_authority.chain(),
                                                     options.timestamp_validity,
                                                     "https://tsa.example.com")
                                    : "",
        "]}");
    return std::make_shared<const sigstore::TrustedRoot>(sigstore::TrustedRoot::parse(json));
}

}  // namespace modelseal::pki
