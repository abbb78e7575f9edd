#include "common/sigstore/trust/key_details.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/sigstore/format/algorithm_names.hpp"

#include <algorithm>
#include <array>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using crypto::KeyAlgorithm;

constexpr std::array all_algorithms = {KeyAlgorithm::ecdsa_p256,
                                       KeyAlgorithm::ecdsa_p384,
                                       KeyAlgorithm::ecdsa_p521,
                                       KeyAlgorithm::rsa_2048,
                                       KeyAlgorithm::rsa_3072,
                                       KeyAlgorithm::rsa_4096,
                                       KeyAlgorithm::ed25519};

/// Deprecated, but what the log for certificates of the staging instance has.
constexpr std::string_view pkcs1_details = "PKCS1_RSA_PKCS1V5";

bool is_rsa(KeyAlgorithm algorithm) noexcept {
    return algorithm == KeyAlgorithm::rsa_2048 || algorithm == KeyAlgorithm::rsa_3072 ||
           algorithm == KeyAlgorithm::rsa_4096;
}

bool is_known(std::string_view details) noexcept {
    return details == pkcs1_details ||
           std::any_of(all_algorithms.begin(), all_algorithms.end(), [&](KeyAlgorithm algorithm) {
               return key_details(algorithm) == details;
           });
}

crypto::PublicKey parse_form(std::string_view details, std::span<const std::byte> raw) {
    return details == pkcs1_details
               ? crypto::PublicKey::parse_pem(crypto::to_pem("RSA PUBLIC KEY", raw))
               : crypto::PublicKey::parse_spki(raw);
}

}  // namespace

crypto::PublicKey parse_key(std::string_view details, std::span<const std::byte> raw) {
    if (!is_known(details)) {
        throw Error(ErrorKind::malformed,
                    core::Reason::unsupported,
                    concat("keys of the kind ", core::in_quotes(details), " are not supported"));
    }
    crypto::PublicKey key = parse_form(details, raw);
    const bool agrees = details == pkcs1_details ? is_rsa(key.algorithm())
                                                 : details == key_details(key.algorithm());
    if (!agrees) {
        throw Error(ErrorKind::malformed,
                    concat("the key is ",
                           crypto::to_string(key.algorithm()),
                           ", not ",
                           core::in_quotes(details),
                           " as it says"));
    }
    return key;
}

}  // namespace modelseal::sigstore
