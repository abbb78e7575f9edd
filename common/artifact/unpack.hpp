// Directory layers: what `oras push DIR` packs, and ModelPack's tar layers.
#pragma once

#include "common/artifact/existing_file.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/output_folder.hpp"
#include "common/oci/artifact_files.hpp"

#include <vector>

namespace modelseal::artifact {

/// Extracts a verified archive into `folder` and returns its files, complete and not yet committed;
/// those that the folder has already with the same bytes are left alone and not among them.
/// Links, devices and names outside the archive's own folder are refused: a model needs none of
/// them, and every extractor that followed them has been made to write elsewhere. So is an archive
/// with more than Folder::entry_limit entries, or that grows to more than 100 times its size and
/// 1 GiB. Errors: malformed (unsafe_path, limit_exceeded) for these; mismatch (digest_mismatch)
/// when the unpacked stream is not the one that the layer's annotation names; usage when a file has
/// other content and old files are kept; io.
[[nodiscard]] std::vector<core::OutputFile> unpack(const core::File& archive,
                                                   const oci::ArtifactFile& layer,
                                                   core::OutputFolder& folder,
                                                   OldFiles old_files);

}  // namespace modelseal::artifact
