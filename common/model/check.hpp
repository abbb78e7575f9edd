// Is this a model that may be signed? Structure of its weights, agreement of index and shards, and
// no file that could run code.
#pragma once

#include "common/core/files/file.hpp"
#include "common/core/reason.hpp"
#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"
#include "common/model/findings/finding.hpp"
#include "common/model/safetensors/safetensors.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::model {

struct CheckOptions {
    Policy policy = Policy::recommended;
    Allowances allowances{};
    std::string name{};     // of the model; empty for that of the folder or file
    bool siblings = false;  // whether a shard or index that is named alone brings the others along
};

/// A file of a model, identified and judged.
struct ModelFile {
    std::string path;  // inside the model: relative, '/'-separated
    std::uint64_t size = 0;
    Kind kind = Kind::unknown;
    std::string media_type{};
    std::optional<SafetensorsFacts> safetensors{};
    const core::RandomAccess* content = nullptr;  // what was checked; never null
    std::shared_ptr<const core::File> file{};     // owns `content`; null for check_contents()
};

/// What the model as a whole says about itself.
struct ModelFacts {
    std::string format;  // "safetensors", "gguf", "onnx"; empty when there are no weights
    std::uint64_t tensors = 0;
    std::uint64_t parameters = 0;
    std::map<std::string, DtypeCount> dtypes;
    std::vector<std::string> architectures;  // config.json
    std::optional<std::string> base_model;   // adapter_config.json
};

struct CheckedModel {
    std::string name;
    Policy policy = Policy::recommended;
    std::vector<ModelFile> files;   // byte-sorted by path
    std::vector<Finding> findings;  // byte-sorted by file
    ModelFacts facts;
    /// Where check_paths() found each file and problem, from where this process runs, by its name
    /// in the model.
    std::map<std::string, std::string, std::less<>> locations{};
    /// What a person may have expected otherwise, a sentence each: names that are never part of a
    /// model, allowances that accept nothing.
    std::vector<std::string> notes{};

    /// Whether nothing was found that the policy refuses and the operator did not allow.
    [[nodiscard]] bool acceptable() const noexcept;

    /// Of the first refusal: malformed_model, unsafe_content or unsafe_path; else unspecified.
    [[nodiscard]] core::Reason reason() const noexcept;

    /// Errors: mismatch, with reason(), that names the first refusal and the
    /// number of others, unless acceptable().
    void require_acceptable() const;
};

/// The name that check_paths() gives a single file: as it is spelled, as oras names layers, or its
/// base name when that is absolute or climbs.
[[nodiscard]] std::string name_in_model(const std::filesystem::path& path);

/// Checks files and folders. One folder alone is the model, and its files are named relative to it.
/// Of several paths each keeps its name as it is given, as oras has it (its base name when that is
/// absolute or climbs), the files of a folder below that. Each file is opened once and stays open
/// in the result, so that what is checked is what is hashed. At the top of the model .modelseal,
/// .git, .gitignore, .gitattributes and .github are left out (as OpenSSF Model Signing does) and
/// noted; deeper they are judged as all files. A folder is expected to hold weights. Errors:
/// not_found, denied, io; malformed for a PATH that is neither file nor folder; usage for two files
/// of the same name.
[[nodiscard]] CheckedModel check_paths(const std::vector<std::filesystem::path>& paths,
                                       const CheckOptions& options);

/// Content under a name, for models that are not in a folder.
struct NamedContent {
    std::string path;
    const core::RandomAccess* content;  // never null; outlives the call
};

/// The same judgement over contents, for example blobs of a registry by byte range.
/// Errors: those of reading; usage for two contents of the same name.
[[nodiscard]] CheckedModel check_contents(const std::vector<NamedContent>& contents,
                                          const CheckOptions& options);

}  // namespace modelseal::model
