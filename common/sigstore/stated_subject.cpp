#include "common/sigstore/stated_subject.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/refusal.hpp"

namespace modelseal::sigstore {

using core::concat;
using core::in_quotes;
using core::Reason;

void require_statement(const Bundle& bundle) {
    if (!std::holds_alternative<Envelope>(bundle.content)) {
        reject(Reason::wrong_statement, "it signs bytes, not a statement about an artifact");
    }
}

Subject require_subject(const Envelope& envelope,
                        const digest::Digest& artifact,
                        std::string_view predicate_type,
                        std::uint64_t limit) {
    if (envelope.payload_type != in_toto_payload_type) {
        reject(Reason::wrong_statement,
               concat("its payload type is ", in_quotes(envelope.payload_type)));
    }
    const Statement statement =
        read_evidence([&] { return Statement::parse(envelope.payload, limit); });
    if (statement.predicate_type != predicate_type) {
        reject(Reason::wrong_statement,
               concat("it is an attestation of type ",
                      in_quotes(statement.predicate_type),
                      ", not ",
                      predicate_type == predicate_types::cosign_sign
                          ? std::string("a signature")
                          : concat("one of type ", in_quotes(predicate_type))));
    }
    const Subject* subject = statement.find_subject(artifact);
    if (subject == nullptr) {
        reject(Reason::digest_mismatch, "it is about another artifact");
    }
    return *subject;
}

}  // namespace modelseal::sigstore
