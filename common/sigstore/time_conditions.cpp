#include "common/sigstore/time_conditions.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/refusal.hpp"

#include <algorithm>

namespace modelseal::sigstore {

using core::concat;
using core::Reason;

void require_timestamp(const Requirements& requirements, std::span<const TrustedTime> times) {
    const bool stamped = std::any_of(times.begin(), times.end(), [](const TrustedTime& time) {
        return time.source == TrustedTime::Source::timestamp_authority;
    });
    if (requirements.require_timestamp && !stamped) {
        reject(Reason::no_trusted_time, "it has no timestamp by a trusted authority");
    }
}

void require_logs_in_use(std::span<const VerifiedLogEntry> entries,
                         std::span<const TrustedTime> times) {
    for (const VerifiedLogEntry& entry : entries) {
        const bool in_use = entry.integrated || (times.empty() && !entry.validity.end) ||
                            std::any_of(times.begin(), times.end(), [&](const TrustedTime& time) {
                                return entry.validity.contains(time.time);
                            });
        if (!in_use) {
            reject(Reason::untrusted_log,
                   concat("nothing shows that it was logged in ",
                          core::printable(entry.log),
                          " while that log's key counted"));
        }
    }
}

void require_made_by_then(std::span<const TrustedTime> times, const Trust& trust) {
    const bool made = std::any_of(times.begin(), times.end(), [&](const TrustedTime& time) {
        return time.time <= trust.now;
    });
    if (!trust.asks_about_now && !times.empty() && !made) {
        reject(Reason::no_trusted_time,
               concat("it is not shown to have been made by ", trust.now.to_string()));
    }
}

}  // namespace modelseal::sigstore
