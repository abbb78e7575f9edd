#include "common/oci/artifact_files.hpp"

#include "common/core/case_folding.hpp"
#include "common/core/error.hpp"
#include "common/core/file.hpp"
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

constexpr std::string_view seal_folder = ".modelseal";
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
    if (const auto why = core::why_unsafe_path(path)) {
        refuse_path(concat("its name ", in_quotes(path), " is refused: ", *why));
    }
    const std::string folded = core::fold_case(path);
    if (folded == seal_folder || folded.starts_with(concat(seal_folder, '/'))) {
        refuse_path(concat("its name ",
                           in_quotes(path),
                           " is refused: that folder is for the seal, which no artifact brings"));
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

/// A name as its worst file system sees it. The lowest character that a name can hold stands for
/// the slash: sorted, a file comes right before what would lie in a folder of the same name.
std::string collision_key(std::string_view path) {
    std::string key = core::fold_case(path);
    std::replace(key.begin(), key.end(), '/', '\x01');
    return key;
}

struct Keyed {
    std::string key;
    std::size_t position;  // in the list of files
    auto operator<=>(const Keyed&) const = default;
};

/// Refuses two neighbours that cannot both be unpacked.
void require_distinct(const Keyed& first,
                      const Keyed& second,
                      const std::vector<ArtifactFile>& files) {
    const ArtifactFile& one = files[first.position];
    const ArtifactFile& other = files[second.position];
    if (second.key.starts_with(concat(first.key, '\x01'))) {
        refuse_path(concat(
            in_quotes(one.path), " cannot be a file and the folder of ", in_quotes(other.path)));
    }
    if (first.key == second.key && one.path != other.path) {
        refuse_path(concat("the names ",
                           in_quotes(one.path),
                           " and ",
                           in_quotes(other.path),
                           " differ only in case"));
    }
    if (first.key == second.key &&
        (one.layer.digest != other.layer.digest || one.packing != other.packing)) {
        refuse_path(concat("two different layers are both called ", in_quotes(one.path)));
    }
}

/// Refuses names that collide, and leaves one of each that is listed twice with the same content.
std::vector<ArtifactFile> distinct(std::vector<ArtifactFile> files) {
    std::vector<Keyed> sorted;
    sorted.reserve(files.size());
    for (const ArtifactFile& file : files) {
        sorted.push_back({collision_key(file.path), sorted.size()});
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<bool> repeated(files.size(), false);
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        require_distinct(sorted[i - 1], sorted[i], files);
        repeated[sorted[i].position] = sorted[i].key == sorted[i - 1].key;
    }
    std::vector<ArtifactFile> kept;
    kept.reserve(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!repeated[i]) {
            kept.push_back(std::move(files[i]));
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
    return distinct(std::move(files));
}

}  // namespace modelseal::oci
