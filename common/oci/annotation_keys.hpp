// Annotation keys in one place: those of others that are read and written, and the project's own.
#pragma once

#include <string_view>

namespace modelseal::oci::annotation_keys {

// OCI image-spec, annotations.md
inline constexpr std::string_view title = "org.opencontainers.image.title";
inline constexpr std::string_view created = "org.opencontainers.image.created";
inline constexpr std::string_view revision = "org.opencontainers.image.revision";
inline constexpr std::string_view source = "org.opencontainers.image.source";
inline constexpr std::string_view version = "org.opencontainers.image.version";
inline constexpr std::string_view licenses = "org.opencontainers.image.licenses";
inline constexpr std::string_view ref_name = "org.opencontainers.image.ref.name";

// CNCF ModelPack, and its predecessor CNAI
inline constexpr std::string_view model_filepath = "org.cncf.model.filepath";
inline constexpr std::string_view cnai_filepath = "org.cnai.model.filepath";

// oras: directories as archives
inline constexpr std::string_view oras_unpack = "io.deis.oras.content.unpack";
inline constexpr std::string_view oras_content_digest = "io.deis.oras.content.digest";

// Sigstore bundles as referrers (cosign BUNDLE_SPEC), and cosign's older signature tags
inline constexpr std::string_view bundle_content = "dev.sigstore.bundle.content";
inline constexpr std::string_view bundle_predicate_type = "dev.sigstore.bundle.predicateType";
inline constexpr std::string_view legacy_signature = "dev.cosignproject.cosign/signature";
inline constexpr std::string_view legacy_predicate_type = "predicateType";
inline constexpr std::string_view legacy_certificate = "dev.sigstore.cosign/certificate";
inline constexpr std::string_view legacy_chain = "dev.sigstore.cosign/chain";
inline constexpr std::string_view legacy_log_entry = "dev.sigstore.cosign/bundle";
inline constexpr std::string_view legacy_timestamp = "dev.sigstore.cosign/rfc3161timestamp";

// Ours. Nobody else may set keys under this prefix.
inline constexpr std::string_view own_prefix = "dev.modelseal.";
inline constexpr std::string_view git_dirty = "dev.modelseal.git.dirty";
inline constexpr std::string_view record_root = "dev.modelseal.record.root";
inline constexpr std::string_view run_id = "dev.modelseal.run.id";
inline constexpr std::string_view framework = "dev.modelseal.framework";
inline constexpr std::string_view dataset_digest = "dev.modelseal.dataset.digest";
inline constexpr std::string_view fsverity = "dev.modelseal.fsverity";
inline constexpr std::string_view kind = "dev.modelseal.kind";
inline constexpr std::string_view safetensors_header = "dev.modelseal.safetensors.header";

}  // namespace modelseal::oci::annotation_keys
