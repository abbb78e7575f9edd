// Storing content that is small enough to be in memory. Included by .cpp files of this domain only.
#pragma once

#include "common/oci/store.hpp"

#include <string_view>

namespace modelseal::sigstore {

/// Stores `content` and describes it. Errors: of the store.
[[nodiscard]] oci::Descriptor push_small_blob(oci::Store& store,
                                              std::string_view media_type,
                                              std::string_view content);

}  // namespace modelseal::sigstore
