// Media types, and the ones this project writes or recognises. Spec: RFC 6838 section 4.2.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace modelseal::oci {

/// A syntactically valid media type, such as "application/json". Parameters are kept as written
/// ("application/vnd.dev.sigstore.bundle+json;version=0.3" exists); two media types are equal when
/// their text is.
class MediaType {
  public:
    /// Type and subtype are restricted names of at most 127 characters; parameters are
    /// `;name=value` with plain values, 255 characters in all. Errors: malformed.
    [[nodiscard]] static MediaType parse(std::string_view text);

    [[nodiscard]] const std::string& to_string() const noexcept { return text_; }

    auto operator<=>(const MediaType&) const = default;
    bool operator==(const MediaType&) const = default;

    friend bool operator==(const MediaType& type, std::string_view text) noexcept {
        return type.text_ == text;
    }

  private:
    explicit MediaType(std::string_view text) : text_(text) {}

    std::string text_;
};

namespace media_types {
inline constexpr std::string_view image_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view image_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view docker_manifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_manifest_list =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view image_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view octet_stream = "application/octet-stream";
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view model_artifact = "application/vnd.ml.model";
inline constexpr std::string_view sigstore_bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
inline constexpr std::string_view simple_signing =
    "application/vnd.dev.cosign.simplesigning.v1+json";
inline constexpr std::string_view dsse_envelope = "application/vnd.dsse.envelope.v1+json";
}  // namespace media_types

}  // namespace modelseal::oci
