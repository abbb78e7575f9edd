// What is to be signed.
#pragma once

#include "common/crypto/signature.hpp"

#include <functional>
#include <string>
#include <variant>

namespace modelseal::sigstore {

/// Goes into an envelope, whole.
struct EnvelopePayload {
    std::string type;
    std::string content;
};

/// A message that may be too large for memory: the function signs it, however it is read.
struct MessagePayload {
    std::function<crypto::SignedContent(crypto::Signer&)> sign;
};

using Payload = std::variant<EnvelopePayload, MessagePayload>;

}  // namespace modelseal::sigstore
