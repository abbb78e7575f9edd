#include "common/sigstore/proof_text.hpp"

#include "common/core/text.hpp"

#include <vector>

namespace modelseal::sigstore {

using core::concat;

std::string describe(std::span<const VerifiedLogEntry> entries) {
    std::vector<std::string> words;
    for (const VerifiedLogEntry& entry : entries) {
        words.push_back(concat(core::printable(entry.log),
                               ", entry ",
                               entry.index,
                               entry.inclusion_proved ? ", proved" : ", promised"));
    }
    return core::join(words, "; ");
}

std::string describe(std::span<const TrustedTime> times) {
    std::vector<std::string> words;
    for (const TrustedTime& time : times) {
        words.push_back(concat(
            time.time.to_string(),
            time.source == TrustedTime::Source::log ? ", by the log " : ", by the authority ",
            core::printable(time.by)));
    }
    return core::join(words, "; ");
}

std::string describe(const TrustedKey& key) {
    return concat("the key ",
                  key.key.fingerprint().to_string(),
                  key.name.empty() ? "" : concat(", ", core::in_quotes(key.name)));
}

std::string describe(const TrustedSigner& signer) {
    if (const auto* key = std::get_if<TrustedKey>(&signer)) {
        return describe(*key);
    }
    const auto& identity = std::get<TrustedIdentity>(signer);
    return concat("an identity that is ",
                  identity.subject.to_string(),
                  identity.name.empty() ? "" : concat(", ", core::in_quotes(identity.name)));
}

}  // namespace modelseal::sigstore
