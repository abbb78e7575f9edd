// What a bundle states about an artifact.
#pragma once

#include "common/digest/digest.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/format/dsse.hpp"
#include "common/sigstore/format/statement.hpp"

namespace modelseal::sigstore {

/// Errors: mismatch (wrong_statement) for a bundle that holds no envelope.
void require_statement(const Bundle& bundle);

/// The subject that is `artifact`, of an in-toto statement of the type that is asked for.
/// `limit` in bytes. Errors: mismatch (wrong_statement, digest_mismatch, malformed_evidence).
[[nodiscard]] Subject require_subject(const Envelope& envelope,
                                      const digest::Digest& artifact,
                                      std::string_view predicate_type,
                                      std::uint64_t limit);

}  // namespace modelseal::sigstore
