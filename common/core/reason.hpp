// The published list of machine-readable reasons that JSON output carries (docs/exit-codes.md).
#pragma once

#include <string_view>

namespace modelseal::core {

/// Why an operation did not succeed, finer than the exit code. Values are API: add, never rename.
enum class Reason {
    unspecified,            // the exit code says all there is to say
    digest_mismatch,        // bytes do not have the digest they should have
    size_mismatch,          // bytes do not have the size they should have
    not_configured,         // nothing to verify against
    no_signature,           // no signature at all
    wrong_signer,           // signatures, but none by the expected key or identity
    bad_signature,          // a signature that does not verify
    wrong_statement,        // signed, but the statement is not a signature of this artifact
    missing_statement,      // signed, but a statement that is demanded as well is not there
    wrong_annotation,       // a required signed annotation is missing or differs
    wrong_model,            // the signed model name is another one
    older_version,          // the signed version is older than the minimum
    revoked,                // the key is past its window or compromised
    expired,                // a policy or certificate past its time
    older_policy,           // a trust policy older than one that was seen
    extra_file,             // a file that the sealed manifest does not list
    missing_file,           // a file that the sealed manifest lists and is not there
    file_exists,            // a file that would be replaced, and should not be
    unsafe_path,            // a name that would leave its folder or collide
    unsafe_content,         // a file that can run code
    malformed_model,        // a model file that breaks its format's rules
    malformed_evidence,     // a bundle, manifest or seal that cannot be read
    changed_while_read,     // a file that changed under our hands
    limit_exceeded,         // larger, deeper or more than allowed
    registry_error,         // the registry answered with an error
    network_error,          // the registry did not answer
    service_error,          // a signing service answered with an error
    missing_blob,           // the registry lacks a blob of a manifest that it is to store
    wrong_password,         // a key file that the password does not open
    unsupported,            // valid, but not something this build can do
    wrong_identity,         // a certificate for another identity or by another issuer
    untrusted_certificate,  // a certificate that no trusted authority vouches for
    untrusted_log,          // a log entry or promise that no trusted log vouches for
    untrusted_timestamp,    // a timestamp that no trusted authority vouches for
    no_trusted_time,        // nothing says when a certificate was used
    certificate_expired,    // a certificate that was not valid when it was used
    log_mismatch,           // a log entry about something else, or whose proof does not hold
};

/// The published spelling, for example "DIGEST_MISMATCH"; empty for `unspecified`.
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;

}  // namespace modelseal::core
