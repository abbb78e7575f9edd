// push_legacy_signature(), push_legacy_attestation(): manifests and configs at tags as cosign 2
// keeps them.
#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/sigstore/format/dsse.hpp"
#include "common/sigstore/format/simple_signing.hpp"
#include "common/sigstore/sign.hpp"
#include "common/sigstore/small_blob.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr int attempts = 10;
constexpr std::string_view no_time = "0001-01-01T00:00:00Z";

/// The layers at the tag now; none when there is no tag.
std::vector<oci::Descriptor> read_layers(oci::Store& store, const oci::Tag& tag) {
    const auto descriptor = oci::find_tag(store, tag);
    if (!descriptor) {
        return {};
    }
    return oci::Manifest::parse(store.fetch_manifest(descriptor->digest).bytes).layers;
}

/// Whether a layer is a signature of `payload` by `key`.
bool is_signature_of(const oci::Descriptor& layer,
                     const LegacySignature& wanted,
                     const crypto::PublicKey& key) {
    const auto found = layer.annotations.find(oci::annotation_keys::legacy_signature);
    if (layer.digest != digest::sha256_of(core::as_bytes(wanted.payload)) ||
        found == layer.annotations.end()) {
        return false;
    }
    if (found->second == wanted.signature) {
        return true;
    }
    const auto signature = core::from_base64(found->second);
    try {
        static_cast<void>(crypto::verify_signature(key,
                                                   crypto::HashChoice::native_or_sha256,
                                                   core::as_bytes(wanted.payload),
                                                   signature.value_or(core::Bytes{})));
        return true;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::mismatch) {
            throw;
        }
        return false;
    }
}

/// An image config with one history item and one layer id per signature.
std::string config_for(const std::vector<oci::Descriptor>& layers) {
    core::Json history = core::Json::array();
    core::Json diff_ids = core::Json::array();
    for (const oci::Descriptor& layer : layers) {
        history.push_back({{"created", no_time}});
        diff_ids.push_back(layer.digest.to_string());
    }
    const core::Json config = {{"architecture", ""},
                               {"created", no_time},
                               {"history", std::move(history)},
                               {"os", ""},
                               {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}}},
                               {"config", core::Json::object()}};
    return core::to_go_json(config);
}

void push_layers(oci::Store& store,
                 const oci::Tag& tag,
                 const std::vector<oci::Descriptor>& layers) {
    const oci::Manifest manifest{
        .config = push_small_blob(store, oci::media_types::image_config, config_for(layers)),
        .layers = layers};
    store.push_manifest(
        oci::MediaType::parse(oci::media_types::image_manifest), manifest.to_bytes(), {tag});
}

/// Reads the tag back and repeats until `is_present` of one of its layers.
template <typename IsPresent>
void append_layer(oci::Store& store,
                  const oci::Tag& tag,
                  const oci::Descriptor& layer,
                  IsPresent is_present) {
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto layers = read_layers(store, tag);
        if (std::any_of(layers.begin(), layers.end(), is_present)) {
            return;
        }
        layers.push_back(layer);
        push_layers(store, tag, layers);
    }
    throw Error(ErrorKind::unavailable,
                concat("others keep overwriting the tag ",
                       tag.to_string(),
                       "; what was signed is not stored there, run the command again"));
}

}  // namespace

void push_legacy_signature(oci::Store& store,
                           const digest::Digest& artifact,
                           const LegacySignature& signature,
                           const crypto::PublicKey& key) {
    auto layer = push_small_blob(store, oci::media_types::simple_signing, signature.payload);
    layer.annotations.emplace(oci::annotation_keys::legacy_signature, signature.signature);
    append_layer(store, legacy_signature_tag(artifact), layer, [&](const oci::Descriptor& present) {
        return is_signature_of(present, signature, key);
    });
}

void push_legacy_attestation(oci::Store& store,
                             const digest::Digest& artifact,
                             std::string_view envelope,
                             std::string_view predicate_type) {
    auto layer = push_small_blob(store, oci::media_types::dsse_envelope, envelope);
    layer.annotations.emplace(oci::annotation_keys::legacy_signature, "");
    layer.annotations.emplace(oci::annotation_keys::legacy_predicate_type, predicate_type);
    append_layer(
        store, legacy_attestation_tag(artifact), layer, [&](const oci::Descriptor& present) {
            return present.digest == layer.digest;
        });
}

}  // namespace modelseal::sigstore
