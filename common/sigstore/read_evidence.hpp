// What cannot be read proves nothing. Included by .cpp files of this domain only.
#pragma once

#include "common/core/error.hpp"

namespace modelseal::sigstore {

/// Runs something that reads evidence, which comes from whoever can write to the store: what is
/// malformed there is a mismatch (malformed_evidence, or unsupported), not an input of the
/// operator's. Errors: also those of `body`.
template <typename Body>
auto read_evidence(Body body) {
    try {
        return body();
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::malformed) {
            throw;
        }
        throw core::Error(core::ErrorKind::mismatch,
                          error.reason() == core::Reason::unsupported
                              ? core::Reason::unsupported
                              : core::Reason::malformed_evidence,
                          error.message());
    }
}

}  // namespace modelseal::sigstore
