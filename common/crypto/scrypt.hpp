// The password-based key derivation of cosign's key files. Spec: RFC 7914.
#pragma once

#include "common/core/secret.hpp"

#include <cstdint>
#include <span>

namespace modelseal::crypto {

/// Cost parameters, restricted to the three sets that cosign accepts: a key file cannot make its
/// reader spend more than 128 MiB or a second or so.
class ScryptParameters {
  public:
    /// Errors: malformed (unsupported) for any other set.
    [[nodiscard]] static ScryptParameters checked(std::uint64_t n,
                                                  std::uint64_t r,
                                                  std::uint64_t p);

    /// N = 65536: what cosign writes.
    [[nodiscard]] static ScryptParameters standard() noexcept { return ScryptParameters(65536); }

    [[nodiscard]] std::uint64_t n() const noexcept { return n_; }

    static constexpr std::uint32_t r = 8;
    static constexpr std::uint32_t p = 1;

  private:
    explicit ScryptParameters(std::uint64_t n) noexcept : n_(n) {}

    std::uint64_t n_;
};

/// A 32-byte key. Takes 32 to 128 MiB, which are back with the system when it returns.
/// Errors: internal (out of memory).
[[nodiscard]] core::Secret derive_key(const core::Secret& password,
                                      std::span<const std::byte> salt,
                                      const ScryptParameters& parameters);

}  // namespace modelseal::crypto
