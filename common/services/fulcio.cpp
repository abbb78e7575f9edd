#include "common/services/fulcio.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/services/service_call.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t chain_limit = 10;
constexpr unsigned retries = 1;

/// What Fulcio calls the key's type; it looks at the key itself.
std::string_view algorithm_name(crypto::KeyAlgorithm algorithm) {
    switch (algorithm) {
        case crypto::KeyAlgorithm::ecdsa_p256:
        case crypto::KeyAlgorithm::ecdsa_p384:
        case crypto::KeyAlgorithm::ecdsa_p521:
            return "ECDSA";
        case crypto::KeyAlgorithm::rsa_2048:
        case crypto::KeyAlgorithm::rsa_3072:
        case crypto::KeyAlgorithm::rsa_4096:
            return "RSA_PSS";
        case crypto::KeyAlgorithm::ed25519:
            return "ED25519";
    }
    return "";
}

std::string request_body(const std::string& subject, crypto::Signer& key) {
    const core::Bytes proof = key.sign(core::as_bytes(subject));
    const core::Json body = {{"publicKeyRequest",
                              {{"publicKey",
                                {{"algorithm", algorithm_name(key.public_key().algorithm())},
                                 {"content", key.public_key().to_pem()}}},
                               {"proofOfPossession", core::to_base64(proof)}}}};
    return body.dump();
}

core::Bytes read_certificate(const core::Json& pem) {
    if (!pem.is_string()) {
        throw Error(ErrorKind::malformed, "a certificate is not a text");
    }
    const auto& text = pem.get_ref<const std::string&>();
    const crypto::PemBlock block = crypto::parse_first_pem(text);
    // Nothing but the one block: what is checked is then all that was sent.
    if (block.label != "CERTIFICATE" ||
        core::trim(text) != core::trim(crypto::to_pem(block.label, block.content))) {
        throw Error(ErrorKind::malformed, "a certificate is not exactly one PEM block of it");
    }
    return block.content;
}

/// With its SCT inside or, from a Fulcio without a certificate log, apart.
const core::Json& signed_certificate(const core::Json& answer) {
    const core::Json* embedded = core::find(answer, "signedCertificateEmbeddedSct");
    const core::Json* detached = core::find(answer, "signedCertificateDetachedSct");
    if ((embedded == nullptr) == (detached == nullptr)) {
        throw Error(ErrorKind::malformed, "it does not hold exactly one signed certificate");
    }
    return embedded != nullptr ? *embedded : *detached;
}

}  // namespace

std::vector<core::Bytes> parse_fulcio_answer(std::string_view text) {
    const core::Json json = core::parse_json(text, {.size = answer_limit, .depth = 16});
    const core::Json& chain = core::require_object(signed_certificate(json), "chain");
    const core::Json& certificates = core::require_array(chain, "certificates");
    if (certificates.empty() || certificates.size() > chain_limit) {
        throw Error(ErrorKind::malformed,
                    concat("it holds ", certificates.size(), " certificates, not 1 to 10"));
    }
    std::vector<core::Bytes> parsed;
    for (const core::Json& certificate : certificates) {
        parsed.push_back(read_certificate(certificate));
    }
    return parsed;
}

std::vector<core::Bytes> request_certificate(http::Transport& transport,
                                             const CertificateAuthority& authority,
                                             const IdentityToken& token,
                                             crypto::Signer& key) {
    http::Request request{.method = http::Method::post,
                          .url = endpoint(authority.url, "/api/v2/signingCert")};
    check_secret_is_safe(request.url, "Fulcio");
    const http::Url url = request.url;
    request.headers.set("Authorization", concat("Bearer ", token.text().reveal()));
    request.headers.set("Content-Type", "application/json");
    request.text = request_body(token.claims().proof_subject(), key);
    request.retries = retries;
    const http::Response response =
        call_service(transport, std::move(request), "Fulcio", token.text());
    return core::with_context(concat("reading the answer of Fulcio at ", url.redacted()), [&] {
        std::vector<core::Bytes> chain = parse_fulcio_answer(response.body);
        const auto leaf = crypto::Certificate::parse_der(chain.front());
        if (leaf.spki_der() != key.public_key().spki_der()) {
            throw Error(ErrorKind::denied,
                        core::Reason::service_error,
                        "its certificate is for another key than the one that was sent");
        }
        return chain;
    });
}

}  // namespace modelseal::services
