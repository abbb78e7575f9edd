#include "common/sigstore/log/verify_log_entry.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/log/checkpoint.hpp"
#include "common/sigstore/log/checkpoint_signature.hpp"
#include "common/sigstore/log/entry_binding.hpp"
#include "common/sigstore/log/merkle.hpp"
#include "common/sigstore/log/rekor_v2_body.hpp"
#include "common/sigstore/log/signed_entry_timestamp.hpp"

#include <algorithm>
#include <exception>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

[[noreturn]] void refuse(std::string message) {
    throw Error(ErrorKind::mismatch, Reason::log_mismatch, std::move(message));
}

/// The tree of the checkpoint has `leaf` at `index`, and the proof states no other tree.
void check_inclusion(const InclusionProof& proof,
                     const Checkpoint& checkpoint,
                     const digest::Digest& leaf,
                     std::uint64_t index) {
    const auto root = checkpoint.root.bytes();
    if (proof.tree_size != checkpoint.tree_size ||
        !std::equal(root.begin(), root.end(), proof.root_hash.begin(), proof.root_hash.end())) {
        refuse("the inclusion proof is of another tree than the checkpoint");
    }
    if (root_of_path(leaf, index, checkpoint.tree_size, proof.hashes) != checkpoint.root) {
        refuse("the inclusion proof does not lead to the root of the checkpoint");
    }
}

VerifiedLogEntry verify_rekor_v1(const LogEntry& entry, const TransparencyLog& log) {
    if (!entry.signed_timestamp && !entry.proof) {
        refuse("the log entry has neither a promise nor a proof");
    }
    VerifiedLogEntry verified{.log = log.base_url,
                              .index = entry.log_index,
                              .inclusion_proved = false,
                              .integrated = std::nullopt,
                              .validity = log.validity};
    if (entry.signed_timestamp) {
        verified.integrated = verify_signed_entry_timestamp(entry, log);
    }
    if (entry.proof) {
        const Checkpoint checkpoint = Checkpoint::parse(entry.proof->checkpoint);
        // A log that went over to v2 shows its old entries in checkpoints of that form.
        if (checkpoint.is_rekor_v1()) {
            verify_rekor_v1_checkpoint(checkpoint, log);
        } else {
            verify_rekor_v2_checkpoint(checkpoint, log);
        }
        check_inclusion(*entry.proof, checkpoint, leaf_hash(entry.body), entry.proof->log_index);
        verified.inclusion_proved = true;
    }
    return verified;
}

VerifiedLogEntry verify_rekor_v2(const LogEntry& entry,
                                 const SignedContent& signed_content,
                                 const TransparencyLog& log) {
    if (entry.signed_timestamp) {
        refuse("the log entry has a promise, which Rekor v2 does not give");
    }
    if (!entry.proof) {
        refuse("the log entry has no inclusion proof");
    }
    if (entry.proof->log_index != entry.log_index) {
        refuse("the log entry has two indexes");
    }
    const Checkpoint checkpoint = Checkpoint::parse(entry.proof->checkpoint);
    verify_rekor_v2_checkpoint(checkpoint, log);
    check_inclusion(*entry.proof,
                    checkpoint,
                    leaf_hash(core::as_bytes(rekor_v2_body(signed_content))),
                    entry.log_index);
    return {.log = log.base_url,
            .index = entry.log_index,
            .inclusion_proved = true,
            .integrated = std::nullopt,
            .validity = log.validity};
}

/// Whatever vouches for it, a time of which the certificate knows nothing is a contradiction.
void check_time(const LogEntry& entry, const SignedContent& signed_content) {
    const auto* certificate = std::get_if<crypto::Certificate>(&signed_content.signer);
    if (entry.integrated_time == 0 || certificate == nullptr) {
        return;
    }
    const auto time = core::Timestamp::from_unix(static_cast<std::int64_t>(entry.integrated_time));
    if (!certificate->is_valid_at(time)) {
        throw Error(ErrorKind::mismatch,
                    Reason::certificate_expired,
                    concat("the log took the entry in at ",
                           time.to_string(),
                           ", when the certificate was not valid"));
    }
}

VerifiedLogEntry verify_in(const TransparencyLog& log,
                           const LogEntry& entry,
                           const SignedContent& signed_content) {
    const EntryKind kind = verify_entry_binding(entry, signed_content);
    VerifiedLogEntry verified = kind.is_rekor_v1() ? verify_rekor_v1(entry, log)
                                                   : verify_rekor_v2(entry, signed_content, log);
    check_time(entry, signed_content);
    return verified;
}

[[noreturn]] void refuse_log(const LogEntry& entry, const TrustedRoot& root) {
    const auto& unusable = root.unusable();
    const auto found = std::find_if(unusable.begin(), unusable.end(), [&](const UnusableLog& log) {
        return log.id == entry.log_id;
    });
    throw Error(ErrorKind::mismatch,
                Reason::untrusted_log,
                found == unusable.end()
                    ? std::string("it is of a log that the trusted root does not have")
                    : concat("its log's key cannot be used: ", found->why));
}

}  // namespace

VerifiedLogEntry verify_log_entry(const LogEntry& entry,
                                  const SignedContent& signed_content,
                                  const TrustedRoot& root) {
    return core::with_context(concat("log entry ", entry.log_index), [&] {
        std::exception_ptr refused;
        for (const TransparencyLog& log : root.logs()) {
            if (log.id != entry.log_id) {
                continue;
            }
            try {
                return verify_in(log, entry, signed_content);
            } catch (const Error&) {  // the same log may be listed again, for another time
                refused = std::current_exception();
            }
        }
        if (refused) {
            std::rethrow_exception(refused);
        }
        refuse_log(entry, root);
    });
}

std::vector<VerifiedLogEntry> verify_log_entries(std::span<const LogEntry> entries,
                                                 const SignedContent& signed_content,
                                                 const TrustedRoot& root) {
    std::vector<VerifiedLogEntry> verified;
    std::exception_ptr passed_over;
    for (const LogEntry& entry : entries) {
        try {
            verified.push_back(verify_log_entry(entry, signed_content, root));
        } catch (const Error& error) {
            if (error.reason() != Reason::untrusted_log) {
                throw;
            }
            passed_over = std::current_exception();
        }
    }
    if (verified.empty() && passed_over) {
        std::rethrow_exception(passed_over);
    }
    if (verified.empty()) {
        throw Error(ErrorKind::mismatch, Reason::untrusted_log, "there is no log entry");
    }
    return verified;
}

}  // namespace modelseal::sigstore
