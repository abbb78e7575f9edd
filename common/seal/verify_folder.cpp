#include "common/seal/verify_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/file_hasher.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/artifact_files.hpp"
#include "common/oci/manifest.hpp"
#include "common/oci/stated_annotation.hpp"
#include "common/seal/seal.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace modelseal::seal {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

/// The digests that name the sealed artifact: the manifest's, and that of an index that lists it.
struct ArtifactDigests {
    digest::Digest manifest;
    std::optional<digest::Digest> index{};
};

ArtifactDigests digests_of(const Seal& seal) {
    ArtifactDigests digests{.manifest = seal.manifest_digest()};
    if (!seal.index) {
        return digests;
    }
    const oci::Index index = oci::Index::parse(*seal.index);
    const bool lists_it = std::any_of(
        index.manifests.begin(), index.manifests.end(), [&](const oci::Descriptor& descriptor) {
            return descriptor.digest == digests.manifest;
        });
    if (!lists_it) {
        throw Error(ErrorKind::mismatch,
                    Reason::malformed_evidence,
                    "the sealed index does not list the sealed manifest");
    }
    digests.index = digest::sha256_of(core::as_bytes(*seal.index));
    return digests;
}

/// A root is the digest over the digests of all files: it names none of them, so two files could
/// have changed places.
void refuse_bare_root(const ExpectedDigest& expected, const oci::Manifest& manifest) {
    const auto root = manifest.annotations.find(oci::annotation_keys::record_root);
    if (root != manifest.annotations.end() && expected.digest() &&
        root->second == expected.digest()->to_string()) {
        throw Error(ErrorKind::mismatch,
                    Reason::digest_mismatch,
                    concat(expected.to_string(),
                           " is the model's root, which names no files; give the manifest's "
                           "digest, as push and inspect print it"));
    }
}

/// The digest that was asked for, or the manifest's when none was.
digest::Digest check_digest(const std::optional<ExpectedDigest>& expected,
                            const ArtifactDigests& actual,
                            const oci::Manifest& manifest) {
    if (!expected) {
        return actual.manifest;
    }
    if (actual.index && expected->matches(*actual.index)) {
        return *actual.index;
    }
    refuse_bare_root(*expected, manifest);
    expected->require(actual.manifest);
    return actual.manifest;
}

sigstore::VerifiedArtifact check_signature(const Seal& seal,
                                           const ArtifactDigests& digests,
                                           const oci::Manifest& manifest,
                                           const sigstore::Demands& demands) {
    std::vector<sigstore::Evidence> evidence;
    evidence.reserve(seal.evidence.size());
    for (const std::string& bundle : seal.evidence) {
        evidence.push_back({.format = sigstore::SignatureFormat::bundle,
                            .origin = concat(folder_name,
                                             "/",
                                             digest::sha256_of(core::as_bytes(bundle)).hex(),
                                             ".sigstore.json"),
                            .content = bundle});
    }
    std::optional<Error> of_manifest;
    try {
        return sigstore::verify_artifact(
            digests.manifest,
            evidence,
            demands,
            oci::stated_annotation(manifest.annotations, oci::annotation_keys::revision));
    } catch (const Error& error) {
        const bool is_unsigned = error.kind() == ErrorKind::no_signature ||
                                 error.kind() == ErrorKind::no_matching_signature;
        if (!digests.index || !is_unsigned) {
            throw;
        }
        of_manifest = error;
    }
    try {
        return sigstore::verify_artifact(
            *digests.index,
            evidence,
            demands,
            oci::stated_annotation(manifest.annotations, oci::annotation_keys::revision));
    } catch (const Error&) {
        throw *of_manifest;  // it says more of the model at hand
    }
}

std::vector<SealedFile> files_of(const oci::Manifest& manifest) {
    std::vector<SealedFile> files;
    for (const oci::ArtifactFile& file : oci::list_files(manifest)) {
        if (file.packing != oci::Packing::raw) {
            throw Error(ErrorKind::mismatch,
                        Reason::unsupported,
                        concat("the layer ",
                               in_quotes(file.path),
                               " is an archive: its manifest proves the archive, not the files "
                               "unpacked from it; push the model with oras-modelseal"));
        }
        files.push_back({file.path, file.layer.digest, file.layer.size});
    }
    if (files.empty()) {
        throw Error(ErrorKind::mismatch,
                    Reason::malformed_evidence,
                    "the sealed manifest lists no file; there is nothing to verify");
    }
    return files;
}

core::File open_sealed(const core::Folder& model, const SealedFile& sealed) {
    auto file = model.open_existing(sealed.path);
    if (!file) {
        throw Error(ErrorKind::mismatch,
                    Reason::missing_file,
                    concat("the manifest lists ", in_quotes(sealed.path), ", missing here"));
    }
    if (file->size() != sealed.size) {
        throw Error(
            ErrorKind::mismatch,
            Reason::size_mismatch,
            concat(
                in_quotes(sealed.path), ": expected ", sealed.size, " bytes, got ", file->size()));
    }
    return std::move(*file);
}

/// Files open at the same time: well below the usual limit of 1024 descriptors.
constexpr std::size_t batch_size = 256;

void check_batch(const core::Folder& model,
                 std::span<const SealedFile> sealed,
                 core::Progress& progress) {
    std::vector<core::File> files;
    std::vector<digest::HashRequest> requests;
    files.reserve(sealed.size());  // requests point into it
    for (const SealedFile& file : sealed) {
        files.push_back(open_sealed(model, file));
        requests.push_back({&files.back(), file.path});
    }
    const auto actual = digest::hash_all(requests, {}, progress);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        files[i].check_unchanged();
        if (actual[i].sha256 != sealed[i].digest) {
            throw Error(ErrorKind::mismatch,
                        Reason::digest_mismatch,
                        concat(in_quotes(sealed[i].path),
                               ": expected ",
                               sealed[i].digest.to_string(),
                               ", got ",
                               actual[i].sha256.to_string()));
        }
    }
}

/// Sizes of all files before the bytes of the first: what is truncated shows at once.
void check_bytes(const core::Folder& model,
                 std::span<const SealedFile> sealed,
                 core::Progress& progress) {
    for (const SealedFile& file : sealed) {
        static_cast<void>(open_sealed(model, file));
    }
    for (std::size_t begin = 0; begin < sealed.size(); begin += batch_size) {
        check_batch(
            model, sealed.subspan(begin, std::min(batch_size, sealed.size() - begin)), progress);
    }
}

std::vector<Unasked> unasked_of(const FolderDemands& demands) {
    std::vector<Unasked> unasked;
    if (!demands.digest) {
        unasked.push_back(Unasked::digest);
    }
    if (!demands.signature) {
        unasked.push_back(Unasked::signature);
    }
    if (!demands.signature || !demands.signature->names_model()) {
        unasked.push_back(Unasked::model);
    }
    if (!demands.signature || !demands.signature->names_version()) {
        unasked.push_back(Unasked::version);
    }
    return unasked;
}

}  // namespace

VerifiedModel verify_folder(const core::Folder& model,
                            const FolderDemands& demands,
                            core::Progress& progress) {
    if (!demands.digest && !demands.signature) {
        throw Error(ErrorKind::internal, "a folder cannot be verified against nothing");
    }
    const Seal seal = read_seal(model);
    const oci::Manifest manifest = core::with_context(
        "reading the sealed manifest", [&] { return oci::Manifest::parse(seal.manifest); });
    const ArtifactDigests digests = digests_of(seal);

    VerifiedModel verified{.digest = check_digest(demands.digest, digests, manifest),
                           .is_folder = true,
                           .annotations = manifest.annotations,
                           .unasked = unasked_of(demands)};
    if (demands.signature) {
        verified.signature = check_signature(seal, digests, manifest, *demands.signature);
    }
    verified.files = files_of(manifest);
    verified.notes = check_contents(model.list(), verified.files, demands.allowed_extra);
    check_bytes(model, verified.files, progress);
    // What was added while the files were hashed would otherwise go unnoticed.
    static_cast<void>(check_contents(model.list(), verified.files, demands.allowed_extra));
    verified.size =
        std::accumulate(verified.files.begin(),
                        verified.files.end(),
                        std::uint64_t{0},
                        [](std::uint64_t sum, const SealedFile& file) { return sum + file.size; });
    return verified;
}

}  // namespace modelseal::seal
