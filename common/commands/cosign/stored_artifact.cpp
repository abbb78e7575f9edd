#include "common/commands/cosign/stored_artifact.hpp"

#include "common/commands/signature_store.hpp"
#include "common/core/files/file.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/stated_annotation.hpp"
#include "common/sigstore/format/bundle.hpp"

namespace modelseal::commands::cosign {

namespace {

std::optional<std::string> revision_of(const oci::ManifestContent& content) {
    return oci::is_index(content.descriptor.media_type)
               ? std::nullopt
               : oci::stated_annotation(oci::Manifest::parse(content.bytes).annotations,
                                        oci::annotation_keys::revision);
}

}  // namespace

std::vector<sigstore::Evidence> find_evidence(cli::Environment& environment,
                                              const cli::Arguments& arguments,
                                              OpenedStore& opened,
                                              std::uint64_t limit,
                                              const EvidenceCollector& collect) {
    if (const auto path = arguments.get("bundle")) {
        return {{.format = sigstore::SignatureFormat::bundle,
                 .origin = *path,
                 .content = core::read_small_file(*path, limit)}};
    }
    const SignatureStore signatures(environment, arguments, opened, Access::read);
    return collect(signatures.get());
}

StoredArtifact fetch_artifact(cli::Environment& environment,
                              const cli::Arguments& arguments,
                              OpenedStore& opened,
                              const sigstore::Demands& demands) {
    const oci::ManifestContent content = oci::fetch(*opened.store, opened.reference);
    const digest::Digest& digest = content.descriptor.digest;
    return {.digest = digest,
            .revision = revision_of(content),
            .evidence = find_evidence(environment,
                                      arguments,
                                      opened,
                                      sigstore::bundle_size_limit,
                                      [&](oci::Store& signatures) {
                                          return sigstore::collect_for(signatures, digest, demands);
                                      })};
}

}  // namespace modelseal::commands::cosign
