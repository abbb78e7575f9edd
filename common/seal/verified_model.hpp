// What verification proved about a model, and what it was not asked to prove.
#pragma once

#include "common/digest/digest.hpp"
#include "common/oci/descriptor.hpp"
#include "common/seal/folder_contents.hpp"
#include "common/sigstore/demands.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::seal {

/// Something that could have been demanded and was not.
enum class Unasked { digest, signature, model, version };

/// "digest", "signature", "model", "version"
[[nodiscard]] std::string_view to_string(Unasked unasked) noexcept;

/// Made by verify_file() and verify_folder() only, after every byte was compared.
struct VerifiedModel {
    digest::Digest digest;  // of the file, or of the manifest (index) that was asked for
    bool is_folder = false;
    std::vector<SealedFile> files{};  // of a folder, as proved
    std::uint64_t size = 0;           // bytes of all files
    oci::Annotations annotations{};   // of the sealed manifest, as trustworthy as `digest`
    std::optional<sigstore::VerifiedArtifact> signature{};
    std::vector<Unasked> unasked{};
    std::vector<std::string> notes{};  // sentences: exemptions that were made
};

}  // namespace modelseal::seal
