#include "common/seal/seal.hpp"

#include "common/core/error.hpp"
#include "common/core/files/replace_folder.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/manifest.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::seal {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

constexpr std::string_view manifest_name = "manifest.json";
constexpr std::string_view index_name = "index.json";
constexpr std::string_view evidence_suffix = ".sigstore.json";

void require_at_most(std::uint64_t limit, const std::string& content, std::string_view what) {
    if (content.size() > limit) {
        throw Error(
            ErrorKind::malformed,
            Reason::limit_exceeded,
            concat(what, " is ", content.size(), " bytes, more than the ", limit, " allowed"));
    }
}

bool has_too_much_evidence(const Seal& seal) noexcept {
    std::uint64_t total = 0;  // each is within its limit, so this cannot overflow
    for (const std::string& bundle : seal.evidence) {
        total += bundle.size();
    }
    return total > evidence_total_limit || seal.evidence.size() > evidence_count_limit;
}

std::string most_evidence() {
    return concat(
        evidence_count_limit, " bundles, or ", core::human_size(evidence_total_limit), " of them");
}

void require_within_limits(const Seal& seal) {
    require_at_most(oci::manifest_size_limit, seal.manifest, "the manifest to be sealed");
    if (seal.index) {
        require_at_most(oci::manifest_size_limit, *seal.index, "the index to be sealed");
    }
    for (const std::string& bundle : seal.evidence) {
        require_at_most(evidence_size_limit, bundle, "a bundle to be sealed");
    }
    if (has_too_much_evidence(seal)) {
        throw Error(ErrorKind::malformed,
                    Reason::limit_exceeded,
                    concat("a seal holds at most ", most_evidence()));
    }
}

bool is_of_a_seal(std::string_view name) {
    return name == manifest_name || name == index_name || name.ends_with(evidence_suffix);
}

/// The content of a file of the seal's folder, with its limit kept.
std::string read(const core::Folder& folder, const std::string& name, std::uint64_t limit) {
    try {
        return folder.read_small(name, limit).value_or("");
    } catch (const Error& error) {
        if (error.reason() == Reason::limit_exceeded) {
            throw Error(ErrorKind::mismatch, Reason::malformed_evidence, error.message());
        }
        throw;
    }
}

Error no_seal(const core::Folder& model) {
    return {ErrorKind::mismatch,
            Reason::missing_file,
            concat(in_quotes(model.name()),
                   " has no seal (",
                   folder_name,
                   "/",
                   manifest_name,
                   "): pull the model with oras-modelseal, or name one file and its digest")};
}

Error foreign_file(const core::Folder& folder, std::string_view name) {
    return {ErrorKind::mismatch,
            Reason::extra_file,
            concat(in_quotes(name), " in ", in_quotes(folder.name()), " is no part of a seal")};
}

}  // namespace

void require_replaceable(const core::Folder& model) {
    const auto refuse = [&](std::string_view name, std::string_view why) {
        throw Error(ErrorKind::malformed,
                    Reason::unsafe_path,
                    concat(in_quotes(name),
                           " in ",
                           in_quotes(model.name()),
                           ' ',
                           why,
                           "; move it away first"));
    };
    const std::vector<core::FolderEntry> names = model.list_here();
    const auto seal = std::lower_bound(
        names.begin(), names.end(), folder_name, [](const core::FolderEntry& entry, auto name) {
            return entry.path < name;
        });
    if (seal == names.end() || seal->path != folder_name) {
        return;
    }
    const auto folder =
        seal->kind == core::EntryKind::folder ? model.open_folder(folder_name) : std::nullopt;
    if (!folder) {
        refuse(folder_name, "stands where the seal belongs and is not a folder");
        return;
    }
    for (const core::FolderEntry& entry : folder->list_here()) {
        if (entry.kind != core::EntryKind::file || !is_of_a_seal(entry.path)) {
            refuse(concat(folder_name, '/', entry.path), "is no part of a seal and would be lost");
        }
    }
}

digest::Digest Seal::manifest_digest() const {
    return digest::sha256_of(core::as_bytes(manifest));
}

void write_seal(const core::Folder& model, const Seal& seal) {
    require_within_limits(seal);
    require_replaceable(model);
    std::vector<core::SmallFile> files = {{std::string(manifest_name), seal.manifest}};
    if (seal.index) {
        files.push_back({std::string(index_name), *seal.index});
    }
    for (const std::string& bundle : seal.evidence) {
        core::SmallFile file{
            concat(digest::sha256_of(core::as_bytes(bundle)).hex(), evidence_suffix), bundle};
        if (std::find(files.begin(), files.end(), file) == files.end()) {
            files.push_back(std::move(file));
        }
    }
    core::with_context(concat("sealing ", in_quotes(model.name())),
                       [&] { core::replace_folder(model, folder_name, files); });
}

void remove_seal(const core::Folder& model) {
    require_replaceable(model);
    core::remove_folder(model, folder_name);
}

Seal read_seal(const core::Folder& model) {
    const auto folder = model.open_folder(folder_name);
    if (!folder) {
        throw no_seal(model);
    }
    Seal seal;
    bool has_manifest = false;
    for (const core::FolderEntry& entry : folder->list()) {
        if (entry.path == manifest_name) {
            seal.manifest = read(*folder, entry.path, oci::manifest_size_limit);
            has_manifest = true;
        } else if (entry.path == index_name) {
            seal.index = read(*folder, entry.path, oci::manifest_size_limit);
        } else if (entry.path.ends_with(evidence_suffix)) {
            seal.evidence.push_back(read(*folder, entry.path, evidence_size_limit));
        } else {
            throw foreign_file(*folder, entry.path);
        }
        if (has_too_much_evidence(seal)) {
            throw Error(ErrorKind::mismatch,
                        Reason::malformed_evidence,
                        concat(in_quotes(folder->name()), " holds more than ", most_evidence()));
        }
    }
    if (!has_manifest) {
        throw no_seal(model);
    }
    return seal;
}

}  // namespace modelseal::seal
