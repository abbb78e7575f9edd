// A sealed model folder: from what the caller trusts (a digest, a signer) through the manifest to
// every byte of every file. Nothing is read from a network.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/core/progress.hpp"
#include "common/seal/expected_digest.hpp"
#include "common/seal/verified_model.hpp"
#include "common/sigstore/demands.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::seal {

/// What the model must be. Everything given must hold; at least one of digest and signature must
/// be given, because a seal vouches for nothing by itself.
struct FolderDemands {
    std::optional<ExpectedDigest> digest{};  // of the manifest, or of the index it belongs to
    std::optional<sigstore::Demands> signature{};
    std::vector<std::string> allowed_extra{};  // see check_contents()
};

/// Verifies signature and manifest first, then names and sizes, then the bytes of all files in
/// parallel. Symbolic links are never followed below `model`.
/// Errors: mismatch, with a reason, for everything that is not as demanded; no_signature and
/// no_matching_signature as sigstore::verify_artifact(); malformed for a seal or manifest that
/// cannot be read; internal without a demand; denied, io.
[[nodiscard]] VerifiedModel verify_folder(const core::Folder& model,
                                          const FolderDemands& demands,
                                          core::Progress& progress);

}  // namespace modelseal::seal
