#include "common/oci/artifact_files.hpp"

#include "common/core/error.hpp"
#include "common/core/files/model_path.hpp"
#include "common/core/files/name_collision.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace modelseal::oci {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

constexpr std::array name_keys = {
    annotation_keys::title, annotation_keys::model_filepath, annotation_keys::cnai_filepath};
constexpr std::array model_pack_prefixes = {std::string_view("application/vnd.cncf.model."),
                                            std::string_view("application/vnd.cnai.model.")};

std::optional<std::string> name_of(const Descriptor& layer) {
    std::optional<std::string> name;
    for (const std::string_view key : name_keys) {
        const auto found = layer.annotations.find(key);
        if (found == layer.annotations.end()) {
            continue;
        }
        if (name && *name != found->second) {
            throw Error(ErrorKind::malformed,
                        Reason::malformed_evidence,
                        concat("its annotations name it both ",
                               in_quotes(*name),
                               " and ",
                               in_quotes(found->second)));
        }
        name = found->second;
    }
    return name;
}

Packing packing_of(const Descriptor& layer) {
    const auto unpack = layer.annotations.find(annotation_keys::oras_unpack);
    if (unpack != layer.annotations.end() && unpack->second == "true") {
        return Packing::tar_gzip;
    }
    const std::string& type = layer.media_type.to_string();
    const bool is_model_pack = std::any_of(model_pack_prefixes.begin(),
                                           model_pack_prefixes.end(),
                                           [&](auto prefix) { return type.starts_with(prefix); });
    if (!is_model_pack) {
        return Packing::raw;
    }
    if (type.ends_with(".tar+zstd")) {
        throw Error(ErrorKind::malformed,
                    Reason::unsupported,
                    concat("it is compressed with zstd (",
                           type,
                           "), which is not supported; repack the model with raw layers"));
    }
    if (type.ends_with(".tar+gzip")) {
        return Packing::tar_gzip;
    }
    return type.ends_with(".tar") ? Packing::tar : Packing::raw;
}

[[noreturn]] void refuse_path(std::string message) {
    throw Error(ErrorKind::malformed, Reason::unsafe_path, std::move(message));
}

void require_usable(std::string_view path) {
    if (const auto why = core::why_no_model_path(path)) {
        refuse_path(concat("its name ", in_quotes(path), " is refused: ", *why));
    }
}

ArtifactFile file_of(const Descriptor& layer) {
    const auto name = name_of(layer);
    if (!name) {
        throw Error(ErrorKind::malformed,
                    Reason::malformed_evidence,
                    concat("the layer of type ",
                           layer.media_type.to_string(),
                           " has no file name (annotation ",
                           annotation_keys::title,
                           " or ",
                           annotation_keys::model_filepath,
                           ")"));
    }
    require_usable(*name);
    return {*name, layer, packing_of(layer)};
}

/// Refuses a file that cannot be unpacked beside `other`.
void require_compatible(const ArtifactFile& file, const ArtifactFile& other, core::Collision how) {
    switch (how) {
        case core::Collision::folder:
            refuse_path(concat(in_quotes(file.path),
                               " cannot be a file and the folder of ",
                               in_quotes(other.path)));
        case core::Collision::beneath:
            refuse_path(concat(in_quotes(other.path),
                               " cannot be a file and the folder of ",
                               in_quotes(file.path)));
        case core::Collision::letters:
            refuse_path(concat("the names ",
                               in_quotes(other.path),
                               " and ",
                               in_quotes(file.path),
                               " differ only in case"));
        case core::Collision::same:
            if (file.layer.digest != other.layer.digest || file.packing != other.packing) {
                refuse_path(concat("two different layers are both called ", in_quotes(file.path)));
            }
    }
}

/// Refuses names that collide, and leaves one of each that is listed twice with the same content.
std::vector<ArtifactFile> distinct(const std::vector<ArtifactFile>& files) {
    core::NameSet names;
    std::vector<ArtifactFile> kept;
    kept.reserve(files.size());
    for (const ArtifactFile& file : files) {
        if (const auto collision = names.add(file.path)) {
            require_compatible(file, files[collision->other], collision->how);
        } else {
            kept.push_back(file);
        }
    }
    return kept;
}

bool has_no_files(const Manifest& manifest) {
    return manifest.layers.size() == 1 && manifest.layers[0].media_type == media_types::empty &&
           !name_of(manifest.layers[0]);
}

}  // namespace

std::vector<ArtifactFile> list_files(const Manifest& manifest) {
    if (has_no_files(manifest)) {
        return {};
    }
    std::vector<ArtifactFile> files;
    files.reserve(manifest.layers.size());
    for (const Descriptor& layer : manifest.layers) {
        files.push_back(core::with_context(concat("layers[", files.size(), "]"),
                                           [&] { return file_of(layer); }));
    }
    return distinct(files);
}

}  // namespace modelseal::oci
