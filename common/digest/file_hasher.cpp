#include "common/digest/file_hasher.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/fsverity.hpp"
#include "common/digest/sha256.hpp"

namespace modelseal::digest {

namespace {

constexpr std::size_t chunk_size = std::size_t{256} << 10U;

ContentDigests hash_one(const HashRequest& request, bool tree, core::Progress& progress) {
    const std::string doing = core::concat("hashing ", request.name);
    progress.begin(doing, request.content->size());
    Sha256 hash;
    FsVerity verity;
    core::RangeSource source(*request.content);
    core::Bytes buffer(chunk_size);
    while (const std::size_t count = source.read(buffer)) {
        const auto chunk = std::span(buffer).first(count);
        hash.write(chunk);
        if (tree) {
            verity.write(chunk);
        }
        progress.advance(doing, count);
    }
    if (hash.count() != request.content->size()) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::changed_while_read,
                          core::concat(core::in_quotes(request.name),
                                       " ends at byte ",
                                       hash.count(),
                                       ", while it was read"));
    }
    progress.end(doing, "Hashed");
    const std::uint64_t size = hash.count();
    return {hash.finish(), tree ? std::optional(verity.finish()) : std::nullopt, size};
}

}  // namespace

std::vector<ContentDigests> hash_all(std::span<const HashRequest> requests,
                                     const HashOptions& options,
                                     core::Progress& progress) {
    std::vector<ContentDigests> digests;
    for (const HashRequest& request : requests) {
        digests.push_back(hash_one(request, options.tree, progress));
    }
    return digests;
}

}  // namespace modelseal::digest
