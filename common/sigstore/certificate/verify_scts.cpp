#include "common/sigstore/certificate/verify_scts.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "common/sigstore/certificate/signed_certificate_timestamp.hpp"

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

constexpr std::uint8_t tls_sha256 = 4;
constexpr std::uint8_t tls_rsa = 1;
constexpr std::uint8_t tls_ecdsa = 3;
constexpr std::uint64_t last_millisecond = 253'402'300'799'999;  // of the year 9999

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::mismatch, Reason::untrusted_log, std::string(why));
}

/// RFC 6962 section 2.1.4: "either ECDSA over the NIST P-256 curve … or RSA … with the SHA-256
/// hash algorithm".
bool has_algorithm_of(const SignedCertificateTimestamp& sct, const crypto::PublicKey& key) {
    if (sct.hash != tls_sha256) {
        return false;
    }
    switch (key.algorithm()) {
        case crypto::KeyAlgorithm::ecdsa_p256:
            return sct.signature_algorithm == tls_ecdsa;
        case crypto::KeyAlgorithm::rsa_2048:
        case crypto::KeyAlgorithm::rsa_3072:
        case crypto::KeyAlgorithm::rsa_4096:
            return sct.signature_algorithm == tls_rsa;
        case crypto::KeyAlgorithm::ecdsa_p384:
        case crypto::KeyAlgorithm::ecdsa_p521:
        case crypto::KeyAlgorithm::ed25519:
            return false;
    }
    return false;
}

/// What is wrong with the SCT when this log is to have given it; empty when it verifies.
std::string problem_of(const SignedCertificateTimestamp& sct,
                       const TransparencyLog& log,
                       std::span<const std::byte> message) {
    if (sct.milliseconds > last_millisecond ||
        !log.validity.contains(
            core::Timestamp::from_unix(static_cast<std::int64_t>(sct.milliseconds / 1000)))) {
        return "its time is not one at which the log's key counts";
    }
    if (!has_algorithm_of(sct, log.key)) {
        return "its signature's algorithm is not that of the log's key";
    }
    try {
        static_cast<void>(
            crypto::verify_signature(log.key, crypto::HashChoice::native, message, sct.signature));
    } catch (const Error& error) {
        return error.message();
    }
    return "";
}

}  // namespace

std::size_t verify_signed_certificate_timestamps(const crypto::Certificate& leaf,
                                                 const crypto::Certificate& issuer,
                                                 std::span<const TransparencyLog> ct_logs) {
    const auto extension = leaf.extension(sct_list_oid);
    if (!extension) {
        refuse("no log promised to publish the certificate: it carries no SCT");
    }
    std::size_t verified = 0;
    std::string problem = "none is of a log that is known here";
    for (const SignedCertificateTimestamp& sct : parse_sct_list(*extension)) {
        const core::Bytes message = signed_bytes(sct, leaf, issuer);
        for (const TransparencyLog& log : ct_logs) {
            if (log.id != sct.log_id) {
                continue;
            }
            problem = problem_of(sct, log, message);
            if (problem.empty()) {
                ++verified;
                break;  // one SCT counts once
            }
        }
    }
    if (verified == 0) {
        refuse(concat("no SCT of the certificate verifies: ", problem));
    }
    return verified;
}

}  // namespace modelseal::sigstore
