#include "common/sigstore/evidence.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/simple_signing.hpp"

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t candidate_limit = 1000;

/// How much of each kind is read, in bytes.
struct Limits {
    std::uint64_t bundle;
    std::uint64_t legacy;
    std::uint64_t total;
};

constexpr Limits signature_limits = {.bundle = bundle_size_limit,
                                     .legacy = std::uint64_t{64} << 10U,
                                     .total = std::uint64_t{32} << 20U};
constexpr Limits attestation_limits = {.bundle = attestation_bundle_size_limit,
                                       .legacy = attestation_bundle_size_limit,
                                       .total = std::uint64_t{64} << 20U};

[[noreturn]] void too_many(std::string_view what) {
    throw Error(ErrorKind::unavailable,
                core::Reason::limit_exceeded,
                concat("the artifact has ",
                       what,
                       " to examine for signatures; remove what does not belong to it"));
}

/// Whether an error tells about this candidate only. Anything else (no answer, no permission) could
/// be hiding a signature and must reach the caller.
bool concerns_one_candidate(const Error& error) noexcept {
    return error.kind() == ErrorKind::malformed || error.kind() == ErrorKind::mismatch ||
           error.kind() == ErrorKind::not_found;
}

LegacyMaterial legacy_material(const oci::Annotations& annotations) {
    const auto value = [&](std::string_view key) {
        const auto found = annotations.find(key);
        return found == annotations.end() ? std::string() : found->second;
    };
    return {.signature = value(oci::annotation_keys::legacy_signature),
            .certificate = value(oci::annotation_keys::legacy_certificate),
            .chain = value(oci::annotation_keys::legacy_chain),
            .log_entry = value(oci::annotation_keys::legacy_log_entry),
            .timestamp = value(oci::annotation_keys::legacy_timestamp)};
}

class Collector {
  public:
    Collector(oci::Store& store, const Limits& limits) : store_(store), limits_(limits) {}

    void collect_referrers(const digest::Digest& artifact) {
        const auto referrers = store_.referrers(artifact);
        if (referrers.size() > candidate_limit) {
            too_many(concat(referrers.size(), " referrers"));
        }
        for (const oci::Descriptor& referrer : referrers) {
            if (oci::is_manifest(referrer.media_type)) {
                keep_problems(SignatureFormat::bundle, referrer.digest.to_string(), [&] {
                    collect_bundle(artifact, referrer);
                });
            }
        }
    }

    /// `layer_type` is what the layers of this tag are.
    void collect_legacy(const oci::Tag& tag, std::string_view layer_type) {
        const auto descriptor = oci::find_tag(store_, tag);
        if (!descriptor) {
            return;
        }
        keep_problems(SignatureFormat::legacy, tag.to_string(), [&] {
            const auto manifest =
                oci::Manifest::parse(store_.fetch_manifest(descriptor->digest).bytes);
            if (manifest.layers.size() > candidate_limit) {
                too_many(concat(manifest.layers.size(), " legacy signatures"));
            }
            for (const oci::Descriptor& layer : manifest.layers) {
                keep_problems(SignatureFormat::legacy, origin_of(tag, layer), [&] {
                    collect_legacy_layer(tag, layer_type, layer);
                });
            }
        });
    }

    /// Where nothing else was found, what is there in a format that nobody allowed is told: it is
    /// not the same as nothing.
    void note_ignored(const oci::Tag& tag) {
        if (found_.empty() && oci::find_tag(store_, tag)) {
            found_.push_back({.format = SignatureFormat::legacy, .origin = tag.to_string()});
        }
    }

    [[nodiscard]] std::vector<Evidence> take() { return std::move(found_); }

  private:
    template <typename Body>
    void keep_problems(SignatureFormat format, const std::string& origin, Body body) {
        try {
            body();
        } catch (const Error& error) {
            if (!concerns_one_candidate(error)) {
                throw;
            }
            found_.push_back({.format = format, .origin = origin, .problem = error.message()});
        }
    }

    static std::string origin_of(const oci::Tag& tag, const oci::Descriptor& layer) {
        return concat(tag.to_string(), " layer ", layer.digest.to_string());
    }

    void collect_bundle(const digest::Digest& artifact, const oci::Descriptor& referrer) {
        const auto manifest = oci::Manifest::parse(store_.fetch_manifest(referrer.digest).bytes);
        if (manifest.layers.size() != 1 ||
            !manifest.layers.front().media_type.to_string().starts_with(bundle_media_type_prefix)) {
            return;
        }
        if (!manifest.subject || manifest.subject->digest != artifact) {
            throw Error(ErrorKind::malformed, "it is listed as a referrer of another artifact");
        }
        found_.push_back({.format = SignatureFormat::bundle,
                          .origin = referrer.digest.to_string(),
                          .content = fetch(manifest.layers.front(), limits_.bundle)});
    }

    void collect_legacy_layer(const oci::Tag& tag,
                              std::string_view layer_type,
                              const oci::Descriptor& layer) {
        if (layer.media_type != layer_type ||
            !layer.annotations.contains(oci::annotation_keys::legacy_signature)) {
            throw Error(ErrorKind::malformed, "the layer is not a signature");
        }
        found_.push_back({.format = SignatureFormat::legacy,
                          .origin = origin_of(tag, layer),
                          .content = fetch(layer, limits_.legacy),
                          .legacy = legacy_material(layer.annotations)});
    }

    std::string fetch(const oci::Descriptor& blob, std::uint64_t limit) {
        std::string content = oci::fetch_small_blob(store_, blob, limit);
        total_ += content.size();
        if (total_ > limits_.total) {
            too_many(concat("more than ", core::human_size(limits_.total)));
        }
        return content;
    }

    oci::Store& store_;
    const Limits& limits_;
    std::vector<Evidence> found_;
    std::uint64_t total_ = 0;
};

}  // namespace

std::string_view to_string(SignatureFormat format) noexcept {
    return format == SignatureFormat::bundle ? "bundle" : "legacy";
}

std::vector<Evidence> collect_evidence(oci::Store& store,
                                       const digest::Digest& artifact,
                                       LegacySignatures legacy) {
    Collector collector(store, signature_limits);
    collector.collect_referrers(artifact);
    const oci::Tag tag = legacy_signature_tag(artifact);
    if (legacy == LegacySignatures::allowed) {
        collector.collect_legacy(tag, oci::media_types::simple_signing);
    } else {
        collector.note_ignored(tag);
    }
    return collector.take();
}

std::vector<Evidence> collect_attestations(oci::Store& store,
                                           const digest::Digest& artifact,
                                           LegacySignatures legacy) {
    Collector collector(store, attestation_limits);
    collector.collect_referrers(artifact);
    if (legacy == LegacySignatures::allowed) {
        collector.collect_legacy(legacy_attestation_tag(artifact), oci::media_types::dsse_envelope);
    }
    return collector.take();
}

}  // namespace modelseal::sigstore
