#include "common/artifact/push.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/core/parallel.hpp"
#include "common/core/text.hpp"
#include "common/digest/file_hasher.hpp"
#include "common/digest/sha256.hpp"
#include "common/model/model_record.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/artifact_files.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace modelseal::artifact {

namespace keys = oci::annotation_keys;
using core::Error;
using core::ErrorKind;

namespace {

/// Stand for digests that are not known yet. Every digest takes the same room in a manifest; two
/// files are not taken for one, as those of the same content would be.
std::vector<digest::Digest> placeholders(std::size_t count) {
    std::vector<digest::Digest> digests;
    digests.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::array<std::byte, digest::Digest::size> bytes{};
        for (std::size_t byte = 0; byte < sizeof i; ++byte) {
            bytes.at(byte) = static_cast<std::byte>((i >> (8 * byte)) & 0xFFU);
        }
        digests.push_back(digest::Digest::from_bytes(bytes));
    }
    return digests;
}

oci::Descriptor layer_of(const FileToPush& file, const digest::Digest& digest) {
    oci::Descriptor layer{.media_type = file.media_type,
                          .digest = digest,
                          .size = file.content->size(),
                          .annotations = file.annotations};
    layer.annotations.insert_or_assign(std::string(keys::title), file.path);
    layer.annotations.insert_or_assign(std::string(keys::model_filepath), file.path);
    return layer;
}

std::string config_of(const PushRequest& request, const std::vector<digest::Digest>& digests) {
    return request.profile == Profile::ml
               ? std::string(oci::empty_content)
               : modelpack_config(request.origin, request.facts, digests);
}

oci::Descriptor config_descriptor(const PushRequest& request, std::string_view config) {
    if (request.profile == Profile::ml) {
        return oci::empty_descriptor();
    }
    return {.media_type = oci::MediaType::parse(modelpack_config_type),
            .digest = digest::sha256_of(core::as_bytes(config)),
            .size = config.size()};
}

oci::Manifest manifest_of(const PushRequest& request, const std::vector<digest::Digest>& digests) {
    oci::Manifest manifest{.artifact_type = request.artifact_type,
                           .config = config_descriptor(request, config_of(request, digests))};
    manifest.config.annotations = request.config_annotations;
    manifest.layers.reserve(request.files.size());
    for (std::size_t i = 0; i < request.files.size(); ++i) {
        manifest.layers.push_back(layer_of(request.files[i], digests[i]));
    }
    manifest.annotations =
        manifest_annotations(request.origin, model::root_of(digests), request.annotations);
    return manifest;
}

/// In the order of paths, so that the same files give the same manifest however they were listed.
void sort_by_path(std::vector<FileToPush>& files) {
    std::sort(files.begin(), files.end(), [](const FileToPush& a, const FileToPush& b) {
        return a.path < b.path;
    });
}

/// What is pushed is the file itself; nobody may be told to unpack it, because nobody has looked
/// inside.
void refuse_archives(const std::vector<oci::ArtifactFile>& files) {
    for (const oci::ArtifactFile& file : files) {
        if (file.packing != oci::Packing::raw) {
            throw Error(ErrorKind::usage,
                        core::concat("the media type or an annotation of ",
                                     core::in_quotes(file.path),
                                     " tells whoever pulls it to unpack it; push the files "
                                     "themselves"));
        }
    }
}

/// Everything that can be refused before the first byte moves.
void check_request(const PushRequest& request) {
    const std::size_t count = request.files.size();
    if (count == 0) {
        throw Error(ErrorKind::usage, "there is no file to push");
    }
    const oci::Manifest draft = manifest_of(request, placeholders(count));
    refuse_archives(oci::list_files(draft));
    const std::size_t size = draft.to_bytes().size();
    if (size > oci::manifest_size_limit) {
        throw Error(ErrorKind::malformed,
                    core::Reason::limit_exceeded,
                    core::concat("the manifest of ",
                                 count,
                                 " files would have ",
                                 size,
                                 " bytes; registries accept ",
                                 oci::manifest_size_limit,
                                 ": push fewer files or shorter annotations"));
    }
}

/// The sizes of the layers that the tag's manifest lists now: content of such a size is probably in
/// the store already. Nothing when there is no such tag or it may not be read; a push may be
/// allowed where a pull is not.
std::set<std::uint64_t> sizes_under(oci::Store& store, const oci::Tag& tag) {
    std::set<std::uint64_t> sizes;
    try {
        const auto content = store.fetch_manifest(store.resolve(tag).digest);
        for (const oci::Descriptor& layer : oci::Manifest::parse(content.bytes).layers) {
            sizes.insert(layer.size);
        }
    } catch (const Error& error) {
        const bool is_unreadable =
            error.kind() == ErrorKind::no_such_tag || error.kind() == ErrorKind::not_found ||
            error.kind() == ErrorKind::denied || error.kind() == ErrorKind::malformed;
        if (!is_unreadable) {
            throw;
        }
    }
    return sizes;
}

/// Whether the store would send the file although it cannot know if that is needed.
bool is_sent_unasked(const oci::Store& store, const FileToPush& file) {
    return !file.digest && store.sends_unasked(file.content->size());
}

/// Hashes the large files that are probably in the store already, so that it is asked first.
void hash_what_may_be_there(oci::Store& store, PushRequest& request, core::Progress& progress) {
    const bool matters =
        std::any_of(request.files.begin(), request.files.end(), [&](const FileToPush& file) {
            return is_sent_unasked(store, file);
        });
    if (!matters || request.tags.empty()) {
        return;
    }
    const std::set<std::uint64_t> sizes = sizes_under(store, request.tags.front());
    std::vector<FileToPush*> likely;
    std::vector<digest::HashRequest> work;
    for (FileToPush& file : request.files) {
        if (is_sent_unasked(store, file) && sizes.contains(file.content->size())) {
            likely.push_back(&file);
            work.push_back({.content = file.content.get(), .name = file.path});
        }
    }
    const auto hashed = digest::hash_all(work, {}, progress);
    for (std::size_t i = 0; i < likely.size(); ++i) {
        likely[i]->digest = hashed[i].sha256;
    }
}

digest::Digest push_file(oci::Store& store, const FileToPush& file, core::Progress& progress) {
    core::Task task(progress,
                    {.action = "pushing",
                     .name = file.path,
                     .size = file.content->size(),
                     .digest = file.digest ? file.digest->to_string() : ""});
    const digest::Digest digest = core::with_context(core::concat("pushing ", file.path), [&] {
        const digest::Digest stored = store.push_blob(*file.content, file.digest, task.advance());
        file.content->check_unchanged();
        return stored;
    });
    task.end("Pushed", digest.to_string());
    return digest;
}

std::vector<digest::Digest> push_files(oci::Store& store,
                                       const PushRequest& request,
                                       core::Progress& progress) {
    std::vector<digest::Digest> digests = placeholders(request.files.size());
    for (const FileToPush& file : request.files) {
        progress.expect(file.content->size());
    }
    core::parallel_for(request.files.size(), request.concurrency, [&](std::size_t i) {
        digests[i] = push_file(store, request.files[i], progress);
    });
    return digests;
}

/// The manifest, after the config that it names.
oci::Descriptor push_manifest(oci::Store& store,
                              const PushRequest& request,
                              const oci::Manifest& manifest,
                              std::string_view config) {
    store.push_blob(core::MemoryAccess(core::as_bytes(config)), manifest.config.digest, {});
    return store.push_manifest(
        oci::MediaType::parse(oci::media_types::image_manifest), manifest.to_bytes(), request.tags);
}

}  // namespace

PushedArtifact push(oci::Store& store, PushRequest request, core::Progress& progress) {
    sort_by_path(request.files);
    check_request(request);
    hash_what_may_be_there(store, request, progress);
    const std::vector<digest::Digest> digests = push_files(store, request, progress);
    oci::Manifest manifest = manifest_of(request, digests);
    const std::string config = config_of(request, digests);
    std::optional<oci::Descriptor> stored;
    try {
        stored = push_manifest(store, request, manifest, config);
    } catch (const Error& error) {
        if (error.reason() != core::Reason::missing_blob) {
            throw;
        }
        // The store said that it has them, and lost them since.
        for (std::size_t i = 0; i < digests.size(); ++i) {
            request.files[i].digest = digests[i];
        }
        push_files(store, request, progress);
        stored = push_manifest(store, request, manifest, config);
    }
    std::string bytes = manifest.to_bytes();
    return {.descriptor = *stored,
            .manifest = std::move(manifest),
            .manifest_bytes = std::move(bytes),
            .root = model::root_of(digests)};
}

}  // namespace modelseal::artifact
