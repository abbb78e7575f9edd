#include "common/sigstore/key_time.hpp"

#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;

bool counts_at(const TrustedKey& key, core::Timestamp time) {
    return (!key.validity || key.validity->contains(time)) &&
           (!key.compromised_at || time < *key.compromised_at);
}

/// "was compromised at 2026-04-21T02:00:00Z", "is valid until …"
std::string limits_of(const TrustedKey& key) {
    if (key.compromised_at) {
        return concat("was compromised at ", key.compromised_at->to_string());
    }
    const std::string end =
        key.validity->end ? concat(" until ", key.validity->end->to_string()) : "";
    return concat("is valid from ", key.validity->start.to_string(), end);
}

}  // namespace

std::optional<std::string> why_key_does_not_count(const TrustedKey& key,
                                                  std::span<const core::Timestamp> trusted_times,
                                                  core::Timestamp now) {
    if (!key.validity && !key.compromised_at) {
        return std::nullopt;
    }
    const auto counts = [&](core::Timestamp time) {
        return counts_at(key, time);
    };
    if (std::any_of(trusted_times.begin(), trusted_times.end(), counts)) {
        return std::nullopt;
    }
    const std::string whose = key.name.empty() ? "the key " : concat("the key ", key.name, ' ');
    if (!trusted_times.empty()) {
        const auto first = *std::min_element(trusted_times.begin(), trusted_times.end());
        return concat(
            whose, limits_of(key), ", and the signature is proved only for ", first.to_string());
    }
    if (!key.compromised_at && counts(now)) {
        return std::nullopt;
    }
    return concat(whose, limits_of(key), ", and no trusted time says when the signature was made");
}

}  // namespace modelseal::sigstore
