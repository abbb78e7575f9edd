#include "common/sigstore/log/signed_entry_timestamp.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"

namespace modelseal::sigstore {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::mismatch, Reason::untrusted_log, std::string(why));
}

}  // namespace

std::string signed_entry_text(const LogEntry& entry) {
    return core::concat(R"({"body":")",
                        core::to_base64(entry.body),
                        R"(","integratedTime":)",
                        entry.integrated_time,
                        R"(,"logID":")",
                        core::to_hex(entry.log_id),
                        R"(","logIndex":)",
                        entry.log_index,
                        '}');
}

core::Timestamp verify_signed_entry_timestamp(const LogEntry& entry, const TransparencyLog& log) {
    if (!entry.signed_timestamp) {
        refuse("the log entry has no promise of the log");
    }
    try {
        // Rekor v1 hashes with SHA-256, whatever the curve.
        static_cast<void>(crypto::verify_signature(log.key,
                                                   crypto::HashChoice::native_or_sha256,
                                                   core::as_bytes(signed_entry_text(entry)),
                                                   *entry.signed_timestamp));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::mismatch) {
            throw;
        }
        refuse("the log's promise to include the entry does not verify with the log's key");
    }
    const auto time = core::Timestamp::from_unix(static_cast<std::int64_t>(entry.integrated_time));
    if (!log.validity.contains(time)) {
        refuse(core::concat(
            "the log took the entry in at ", time.to_string(), ", when its key was not valid"));
    }
    return time;
}

}  // namespace modelseal::sigstore
