// Keys of every kind, also of those that the project refuses.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/private_key.hpp"
#include "common/crypto/public_key.hpp"

#include <memory>
#include <span>

namespace modelseal::pki {

enum class KeyType { p224, p256, p384, p521, rsa1024, rsa2048, ed25519 };

/// Copies share one key.
class Key {
  public:
    static Key generate(KeyType type = KeyType::p256);

    /// The kind must be one that crypto::PublicKey accepts.
    [[nodiscard]] crypto::PublicKey public_key() const;
    [[nodiscard]] crypto::PrivateKey private_key() const;

    [[nodiscard]] core::Bytes spki_der() const;

    /// With SHA-256, Ed25519 with none.
    [[nodiscard]] core::Bytes sign(std::span<const std::byte> message) const;

    [[nodiscard]] KeyType type() const noexcept { return type_; }

    [[nodiscard]] evp_pkey_st* native() const noexcept { return key_.get(); }

  private:
    Key(std::shared_ptr<evp_pkey_st> key, KeyType type) : key_(std::move(key)), type_(type) {}

    std::shared_ptr<evp_pkey_st> key_;
    KeyType type_;
};

}  // namespace modelseal::pki
