// How evidence is refused. Included by .cpp files of this domain only.
#pragma once

#include "common/core/error.hpp"

#include <string_view>

namespace modelseal::sigstore {

/// Errors: always, mismatch.
[[noreturn]] inline void reject(core::Reason reason, std::string_view why) {
    throw core::Error(core::ErrorKind::mismatch, reason, std::string(why));
}

/// Runs something that reads evidence, which comes from whoever can write to the store: what cannot
/// be read there proves nothing, and is a mismatch (malformed_evidence, or unsupported), not an
/// input of the operator's. Errors: also those of `body`.
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
