#include "common/sigstore/small_blob.hpp"

#include "common/digest/sha256.hpp"

namespace modelseal::sigstore {

oci::Descriptor push_small_blob(oci::Store& store,
                                std::string_view media_type,
                                std::string_view content) {
    const auto bytes = core::as_bytes(content);
    const digest::Digest digest = digest::sha256_of(bytes);
    store.push_blob(core::MemoryAccess(bytes), digest, {});
    return {
        .media_type = oci::MediaType::parse(media_type), .digest = digest, .size = content.size()};
}

}  // namespace modelseal::sigstore
