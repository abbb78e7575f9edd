// Sigstore bundles: a signature with everything that is needed to check it.
// Spec: sigstore protobuf-specs, sigstore_bundle.proto, v0.1 to v0.3.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/key_algorithm.hpp"
#include "common/digest/digest.hpp"
#include "common/sigstore/format/dsse.hpp"
#include "common/sigstore/format/log_entry.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace modelseal::sigstore {

/// What the media type of every bundle begins with, whatever its version.
inline constexpr std::string_view bundle_media_type_prefix = "application/vnd.dev.sigstore.bundle";

/// Larger bundles are not read: 1 MiB.
inline constexpr std::uint64_t bundle_size_limit = std::uint64_t{1} << 20U;

/// The same for bundles of attestations, whose predicates may be large: 8 MiB.
inline constexpr std::uint64_t attestation_bundle_size_limit = std::uint64_t{8} << 20U;

enum class BundleVersion { v0_1, v0_2, v0_3 };

/// Signed with a key that the verifier must already have.
struct KeyMaterial {
    std::string hint;  // as given; nothing vouches for it
};

/// Signed with a certificate, leaf first, each as DER.
struct CertificateMaterial {
    std::vector<core::Bytes> chain;
};

/// A signature over the artifact's own bytes.
struct MessageSignature {
    std::string digest_algorithm{};  // "SHA2_256"; empty when not stated
    core::Bytes digest{};            // of the artifact, not authenticated; may be empty
    core::Bytes signature;
};

struct Bundle {
    BundleVersion version = BundleVersion::v0_3;
    std::variant<KeyMaterial, CertificateMaterial> material;
    std::vector<LogEntry> log_entries{};
    std::vector<core::Bytes> timestamps{};  // RFC 3161 responses, DER
    std::variant<Envelope, MessageSignature> content;

    /// Errors: malformed (another version, unknown, missing or duplicate field, not exactly one
    /// kind of material or content, two log entries that are one, limits).
    [[nodiscard]] static Bundle parse(std::string_view bytes,
                                      std::uint64_t size_limit = bundle_size_limit);
};

/// The bundle as cosign writes it, byte for byte where it writes such a bundle: fields in its
/// order, nothing for what is not there. Errors: malformed (text that is not UTF-8).
[[nodiscard]] std::string write_bundle(const Bundle& bundle);

/// A hint at the key with that fingerprint, as cosign writes it.
[[nodiscard]] KeyMaterial key_material(const digest::Digest& fingerprint);

/// The bundle of a signature by a key without log or timestamps. `fingerprint` is that of the key.
[[nodiscard]] std::string key_bundle(const Envelope& envelope, const digest::Digest& fingerprint);
[[nodiscard]] std::string key_bundle(const MessageSignature& message,
                                     const digest::Digest& fingerprint);

}  // namespace modelseal::sigstore
