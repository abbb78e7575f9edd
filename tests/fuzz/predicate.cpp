// fuzz: sigstore_format
#include "common/sigstore/format/predicate.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/sigstore/format/statement.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

/// What is accepted is still the same JSON, and stands in a statement that can be read.
void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    const auto now = core::Timestamp::from_unix(0);
    std::string predicate;
    try {
        predicate = sigstore::make_predicate("urn:fuzz", core::as_text(input), now);
    } catch (const core::Error&) {  // refusing is fine
        return;
    }
    const auto artifact = digest::Digest::parse_lenient(std::string(64, '0'));
    const std::string statement =
        sigstore::attestation_statement(artifact, "r/m", "urn:fuzz", predicate);
    if (core::parse_json(predicate) != core::parse_json(core::as_text(input)) ||
        sigstore::Statement::parse(statement).find_subject(artifact) == nullptr) {
        std::abort();
    }
}
