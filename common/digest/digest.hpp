// Content digests as OCI writes them. Spec: OCI image-spec, descriptor.md, "Digests".
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace modelseal::digest {

/// A SHA-256 digest. The only algorithm that is computed or accepted: it is what oras, cosign and
/// every registry write, and a second one would let two digests name one artifact.
class Digest {
  public:
    static constexpr std::size_t size = 32;

    /// "sha256:" and 64 lower-case hexadecimal digits. Errors: malformed.
    [[nodiscard]] static Digest parse(std::string_view text);

    /// As parse(), but also bare hexadecimal and upper case, as people paste them. Errors:
    /// malformed.
    [[nodiscard]] static Digest parse_lenient(std::string_view text);

    [[nodiscard]] static Digest from_bytes(std::span<const std::byte, size> bytes) noexcept;

    /// "sha256:<hex>"
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::string hex() const;

    [[nodiscard]] std::span<const std::byte, size> bytes() const noexcept { return bytes_; }

    auto operator<=>(const Digest&) const = default;

  private:
    Digest() = default;
    std::array<std::byte, size> bytes_{};
};

}  // namespace modelseal::digest
