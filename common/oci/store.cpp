#include "common/oci/store.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::oci {

std::string fetch_small_blob(Store& store, const Descriptor& blob, std::uint64_t limit) {
    if (blob.size > limit) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::limit_exceeded,
                          core::concat("the blob ",
                                       blob.digest.to_string(),
                                       " of ",
                                       blob.size,
                                       " bytes is larger than the limit of ",
                                       limit));
    }
    while (true) {
        core::StringSink sink(blob.size);
        try {
            store.fetch_blob(blob, sink);
            return sink.take();
        } catch (const core::Error&) {
            if (!store.give_up_source(blob)) {
                throw;
            }
        }
    }
}

std::optional<Descriptor> find_tag(Store& store, const Tag& tag) {
    try {
        return store.resolve(tag);
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::no_such_tag &&
            error.kind() != core::ErrorKind::not_found) {
            throw;
        }
        return std::nullopt;
    }
}

ManifestContent fetch(Store& store, const Reference& reference) {
    if (reference.digest) {
        return store.fetch_manifest(*reference.digest);
    }
    if (reference.tags.size() != 1) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat(core::in_quotes(reference.to_string()),
                                       reference.tags.empty() ? " has neither a tag nor a digest"
                                                              : " has more than one tag",
                                       ": name exactly one artifact"));
    }
    return store.fetch_manifest(store.resolve(reference.tags.front()).digest);
}

}  // namespace modelseal::oci
