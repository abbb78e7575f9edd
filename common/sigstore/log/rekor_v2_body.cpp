#include "common/sigstore/log/rekor_v2_body.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/hash.hpp"
#include "common/sigstore/format/algorithm_names.hpp"

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

core::Bytes signed_digest(const SignedContent& signed_content, crypto::HashAlgorithm hash) {
    if (const auto* envelope = std::get_if<Envelope>(&signed_content.content)) {
        return crypto::hash_of(
            hash,
            core::as_bytes(pre_authentication_encoding(envelope->payload_type, envelope->payload)));
    }
    const auto& message = std::get<MessageSignature>(signed_content.content);
    if (message.digest.empty() || message.digest_algorithm != hash_name(hash)) {
        throw Error(ErrorKind::mismatch,
                    Reason::log_mismatch,
                    concat("the message's digest, without which there is no log entry, is not "
                           "stated as ",
                           hash_name(hash)));
    }
    return message.digest;
}

std::string verifier_field(const SignedContent& signed_content) {
    if (const auto* certificate = std::get_if<crypto::Certificate>(&signed_content.signer)) {
        return concat(
            R"("x509Certificate":{"rawBytes":")", core::to_base64(certificate->der()), R"("})");
    }
    return concat(R"("publicKey":{"rawBytes":")",
                  core::to_base64(std::get<crypto::PublicKey>(signed_content.signer).spki_der()),
                  R"("})");
}

}  // namespace

std::string rekor_v2_body(const SignedContent& content) {
    const crypto::KeyAlgorithm algorithm = content.key().algorithm();
    if (algorithm == crypto::KeyAlgorithm::ed25519) {
        throw Error(ErrorKind::mismatch,
                    Reason::unsupported,
                    "Rekor v2 holds Ed25519 signatures in the prehashed form only, which is not "
                    "supported");
    }
    const crypto::HashAlgorithm hash = crypto::native_hash(algorithm);
    return concat(R"({"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":)",
                  R"({"data":{"algorithm":")",
                  hash_name(hash),
                  R"(","digest":")",
                  core::to_base64(signed_digest(content, hash)),
                  R"("},"signature":{"content":")",
                  core::to_base64(content.signature()),
                  R"(","verifier":{"keyDetails":")",
                  key_details(algorithm),
                  R"(",)",
                  verifier_field(content),
                  "}}}}}");
}

}  // namespace modelseal::sigstore
