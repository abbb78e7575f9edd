#include "common/artifact/pull.hpp"

#include "common/artifact/inspect.hpp"
#include "common/artifact/unpack.hpp"
#include "common/core/beneath.hpp"
#include "common/core/error.hpp"
#include "common/core/output_folder.hpp"
#include "common/core/parallel.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/digest/verifying_sink.hpp"
#include "common/seal/seal.hpp"
#include "common/sigstore/evidence.hpp"

#include <mutex>
#include <set>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;

namespace {

/// Counts the bytes that pass on their way to another sink.
class ProgressSink final : public core::ByteSink {
  public:
    ProgressSink(core::ByteSink& to, core::Progress& progress, std::string_view doing)
        : to_(to), progress_(progress), doing_(doing) {}

    void write(std::span<const std::byte> bytes) override {
        to_.write(bytes);
        progress_.advance(doing_, bytes.size());
    }

  private:
    core::ByteSink& to_;
    core::Progress& progress_;
    std::string_view doing_;
};

/// The files of one pull, complete under temporary names until all of them are.
class Download {
  public:
    Download(oci::Store& store, const PullRequest& request, core::Progress& progress)
        : store_(store),
          request_(request),
          progress_(progress),
          folder_(core::OutputFolder::open_or_create(request.output)) {}

    std::vector<PulledFile> fetch_all(const std::vector<oci::ArtifactFile>& files) {
        folder_.claim(subfolders_of(files));
        std::vector<PulledFile> pulled;
        for (const oci::ArtifactFile& file : files) {
            pulled.push_back({.path = file.path, .layer = file.layer});
        }
        core::parallel_for(files.size(), request_.concurrency, [&](std::size_t i) {
            pulled[i].outcome = fetch_one(files[i]);
        });
        return pulled;
    }

    /// The step that changes what the user sees. Interrupted, it leaves the old seal over files
    /// that are not the old model's: verification refuses them until the pull is repeated.
    void commit(const std::optional<seal::Seal>& seal) {
        core::check_termination();  // from here on it is done in a moment, and not cut short
        for (core::OutputFile& file : complete_) {
            file.commit();
        }
        if (seal) {
            seal::write_seal(folder_, *seal);
        } else {
            seal::remove_seal(folder_);
        }
    }

  private:
    static std::set<std::string> subfolders_of(const std::vector<oci::ArtifactFile>& files) {
        std::set<std::string> folders;
        for (const oci::ArtifactFile& file : files) {
            if (const auto parent = core::parent_of(file.path); !parent.empty()) {
                folders.emplace(parent);
            }
        }
        return folders;
    }

    PullOutcome fetch_one(const oci::ArtifactFile& file) {
        if (file.packing != oci::Packing::raw) {
            fetch_archive(file);
            return PullOutcome::unpacked;
        }
        if (has_already(file)) {
            progress_.end(core::concat("pulling ", file.path), "Exists");
            return PullOutcome::reused;
        }
        keep(fetch_content(file.path, file.layer));
        return PullOutcome::written;
    }

    /// Whether the folder's own file has the right bytes; they are hashed again, never believed.
    bool has_already(const oci::ArtifactFile& file) {
        const auto existing = folder_.open_existing(file.path);
        if (!existing) {
            return false;
        }
        if (existing->size() == file.layer.size) {
            digest::Sha256 hash;
            core::RangeSource source(*existing);
            core::copy(source, hash);
            existing->check_unchanged();
            if (hash.finish() == file.layer.digest) {
                return true;
            }
        }
        if (request_.keep_old_files) {
            throw Error(ErrorKind::usage,
                        core::concat(core::in_quotes(file.path),
                                     " exists with other content, and --keep-old-files is given"));
        }
        return false;
    }

    core::OutputFile fetch_content(const std::string& path, const oci::Descriptor& layer) {
        const std::string doing = core::concat("pulling ", path);
        progress_.begin(doing, layer.size);
        core::OutputFile output = folder_.create_file(path, layer.size);
        ProgressSink counted(output, progress_, doing);
        core::with_context(doing, [&] {
            store_.fetch_blob(layer, counted);
            output.finish();  // here, where other files go on meanwhile
        });
        progress_.end(doing, "Pulled");
        return output;
    }

    /// The archive is complete and verified before the first entry is looked at.
    void fetch_archive(const oci::ArtifactFile& file) {
        const core::OutputFile archive = fetch_content(file.path, file.layer);
        for (core::OutputFile& unpacked : unpack(archive.reopen(), file, folder_)) {
            keep(std::move(unpacked));
        }
    }

    void keep(core::OutputFile file) {
        const std::lock_guard lock(mutex_);
        complete_.push_back(std::move(file));
    }

    oci::Store& store_;
    const PullRequest& request_;
    core::Progress& progress_;
    core::OutputFolder folder_;
    std::mutex mutex_;
    std::vector<core::OutputFile> complete_;
};

/// Throws unless somebody whom the caller trusts signed exactly this manifest.
std::optional<sigstore::VerifiedSignature> verify(oci::Store& store,
                                                  const PullRequest& request,
                                                  const digest::Digest& manifest) {
    if (!request.requirements) {
        return std::nullopt;
    }
    const auto evidence = sigstore::collect_evidence(store,
                                                     manifest,
                                                     request.requirements->allow_legacy
                                                         ? sigstore::LegacySignatures::allowed
                                                         : sigstore::LegacySignatures::ignored);
    return sigstore::verify_signature_of(manifest, evidence, *request.requirements);
}

/// The seal of what was pulled; nothing when the manifest does not list every file by its digest.
std::optional<seal::Seal> seal_of(const oci::ManifestContent& content,
                                  const InspectedArtifact& artifact,
                                  const std::optional<sigstore::VerifiedSignature>& signature) {
    if (!artifact.root) {
        return std::nullopt;
    }
    seal::Seal seal{.manifest = content.bytes};
    if (signature && signature->facts().format == sigstore::SignatureFormat::bundle) {
        seal.evidence.push_back(signature->facts().content);
    }
    return seal;
}

}  // namespace

PulledArtifact pull(oci::Store& store, const PullRequest& request, core::Progress& progress) {
    const oci::ManifestContent content = oci::fetch(store, request.reference);
    InspectedArtifact artifact = inspect(content);
    std::optional<sigstore::VerifiedSignature> signature =
        verify(store, request, content.descriptor.digest);
    const std::optional<seal::Seal> seal = seal_of(content, artifact, signature);

    Download download(store, request, progress);
    std::vector<PulledFile> files = download.fetch_all(artifact.files);
    download.commit(seal);
    return {.descriptor = content.descriptor,
            .manifest = std::move(artifact.manifest),
            .files = std::move(files),
            .signature = std::move(signature),
            .sealed = seal.has_value()};
}

}  // namespace modelseal::artifact
