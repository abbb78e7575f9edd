#include "common/sigstore/key_authentication.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/key_time.hpp"
#include "common/sigstore/proof_text.hpp"
#include "common/sigstore/refusal.hpp"
#include "common/sigstore/time_conditions.hpp"
#include "common/sigstore/trusted_times.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace modelseal::sigstore {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;

/// Without what a trusted log or authority does not vouch for: it says nothing, unless it must.
/// `why` then says why it does not count; it is empty where nothing is there.
template <typename Verify>
auto unless_untrusted(Reason untrusted, std::string& why, Verify verify) -> decltype(verify()) {
    try {
        return verify();
    } catch (const Error& error) {
        if (error.reason() != untrusted) {
            throw;
        }
        why = core::concat("what is there does not count, and none is demanded: ", error.message());
        return {};
    }
}

std::vector<VerifiedLogEntry> entries_for_key(const Bundle& bundle,
                                              const crypto::PublicKey& key,
                                              bool required,
                                              const TrustedRoot& root,
                                              std::string& passed_over) {
    if (bundle.log_entries.empty() && !required) {
        return {};
    }
    const auto verify = [&] {
        return verify_log_entries(
            bundle.log_entries, {.signer = key, .content = bundle.content}, root);
    };
    return required ? verify() : unless_untrusted(Reason::untrusted_log, passed_over, verify);
}

/// That a key counts which may not always do. Times by nobody trusted are none.
void require_key_counts(const TrustedKey& trusted,
                        const Authentication& proof,
                        const Trust& trust) {
    require_logs_in_use(proof.log_entries, proof.times);
    require_made_by_then(proof.times, trust);
    std::vector<core::Timestamp> times;
    std::transform(proof.times.begin(),
                   proof.times.end(),
                   std::back_inserter(times),
                   [](const TrustedTime& time) { return time.time; });
    if (const auto why = why_key_does_not_count(trusted, times, trust.now)) {
        reject(Reason::revoked, *why);
    }
}

/// What limits a key, and did not keep its signature from counting.
std::string describe_limits(const TrustedKey& trusted) {
    if (!trusted.validity && !trusted.compromised_at) {
        return "it has neither a window nor a compromise";
    }
    std::vector<std::string> limits;
    if (trusted.validity) {
        limits.push_back(core::concat("within its window, which begins at ",
                                      trusted.validity->start.to_string()));
        if (trusted.validity->end) {
            limits.push_back(core::concat("and ends at ", trusted.validity->end->to_string()));
        }
    }
    if (trusted.compromised_at) {
        limits.push_back(
            core::concat("before it was compromised, at ", trusted.compromised_at->to_string()));
    }
    return core::join(limits, " ");
}

/// What proves that a signature by `trusted` counts, as far as anything has to.
Authentication authenticate_time(const Bundle& bundle,
                                 const TrustedKey& trusted,
                                 crypto::HashAlgorithm hash,
                                 const Requirements& requirements,
                                 const Trust& trust,
                                 CheckNotes& notes) {
    Authentication proof{.signer = SigningKey{trusted.key, hash, trusted.name}};
    const bool depends_on_time =
        trusted.validity || trusted.compromised_at || !trust.asks_about_now;
    notes.check_if(requirements.require_log || depends_on_time, "transparency log", [&] {
        std::string passed_over;
        proof.log_entries = entries_for_key(
            bundle, trusted.key, requirements.require_log, *trust.root, passed_over);
        proof.times = log_times(proof.log_entries);
        return Seen{describe(proof.log_entries), std::move(passed_over)};
    });
    notes.check_if(requirements.require_timestamp || depends_on_time, "trusted time", [&] {
        std::string passed_over;
        std::ranges::move(unless_untrusted(Reason::untrusted_timestamp,
                                           passed_over,
                                           [&] { return timestamp_times(bundle, *trust.root); }),
                          std::back_inserter(proof.times));
        require_timestamp(requirements, proof.times);
        return Seen{describe(proof.times), std::move(passed_over)};
    });
    notes.check("that the key counts", [&] {
        require_key_counts(trusted, proof, trust);
        return describe_limits(trusted);
    });
    return proof;
}

}  // namespace

Authentication authenticate_key(const Bundle& bundle,
                                const SignatureCheck& check,
                                const Requirements& requirements,
                                const Trust& trust,
                                CheckNotes& notes) {
    Error refused(ErrorKind::mismatch,
                  Reason::wrong_signer,
                  "it is signed by a key, and only identities are trusted");
    CheckNotes of_refused;  // those of the key that made the signature, but does not count
    std::size_t keys = 0;
    for (const TrustedSigner& signer : requirements.signers) {
        const auto* trusted = std::get_if<TrustedKey>(&signer);
        if (trusted == nullptr) {
            continue;
        }
        ++keys;
        std::optional<crypto::HashAlgorithm> hash;
        CheckNotes made;
        try {  // a hint chooses no key: whoever wrote it may lie
            hash = made.made("signature", [&] {
                const auto made_with = check(trusted->key);
                return Noted(
                    made_with,
                    core::concat(
                        "by ", describe(*trusted), ", over ", crypto::to_string(made_with)));
            });
            Authentication proof =
                authenticate_time(bundle, *trusted, *hash, requirements, trust, made);
            notes.append(std::move(made));
            return proof;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch && error.kind() != ErrorKind::malformed) {
                throw;
            }
            if (hash) {
                refused = error;  // by this key, but it does not count
                of_refused = std::move(made);
            } else if (refused.reason() == Reason::wrong_signer) {
                refused = Error(ErrorKind::mismatch,
                                Reason::wrong_signer,
                                keys == 1 ? error.message()
                                          : "the signature verifies with none of the given keys");
            }
        }
    }
    if (refused.reason() == Reason::wrong_signer) {
        of_refused.failed("signature", refused);
    }
    notes.append(std::move(of_refused));
    throw refused;
}

}  // namespace modelseal::sigstore
