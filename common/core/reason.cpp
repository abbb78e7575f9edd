#include "common/core/reason.hpp"

namespace modelseal::core {

std::string_view to_string(Reason reason) noexcept {
    switch (reason) {
        case Reason::unspecified:
            return "";
        case Reason::digest_mismatch:
            return "DIGEST_MISMATCH";
        case Reason::size_mismatch:
            return "SIZE_MISMATCH";
        case Reason::not_configured:
            return "NOT_CONFIGURED";
        case Reason::no_signature:
            return "NO_SIGNATURE";
        case Reason::wrong_signer:
            return "WRONG_SIGNER";
        case Reason::bad_signature:
            return "BAD_SIGNATURE";
        case Reason::wrong_statement:
            return "WRONG_STATEMENT";
        case Reason::missing_statement:
            return "MISSING_STATEMENT";
        case Reason::wrong_annotation:
            return "WRONG_ANNOTATION";
        case Reason::wrong_model:
            return "WRONG_MODEL";
        case Reason::older_version:
            return "OLDER_VERSION";
        case Reason::revoked:
            return "REVOKED";
        case Reason::expired:
            return "EXPIRED";
        case Reason::older_policy:
            return "OLDER_POLICY";
        case Reason::extra_file:
            return "EXTRA_FILE";
        case Reason::missing_file:
            return "MISSING_FILE";
        case Reason::file_exists:
            return "FILE_EXISTS";
        case Reason::unsafe_path:
            return "UNSAFE_PATH";
        case Reason::unsafe_content:
            return "UNSAFE_CONTENT";
        case Reason::malformed_model:
            return "MALFORMED_MODEL";
        case Reason::malformed_evidence:
            return "MALFORMED_EVIDENCE";
        case Reason::changed_while_read:
            return "CHANGED_WHILE_READ";
        case Reason::limit_exceeded:
            return "LIMIT_EXCEEDED";
        case Reason::registry_error:
            return "REGISTRY_ERROR";
        case Reason::network_error:
            return "NETWORK_ERROR";
        case Reason::service_error:
            return "SERVICE_ERROR";
        case Reason::missing_blob:
            return "MISSING_BLOB";
        case Reason::wrong_password:
            return "WRONG_PASSWORD";
        case Reason::unsupported:
            return "UNSUPPORTED";
        case Reason::wrong_identity:
            return "WRONG_IDENTITY";
        case Reason::untrusted_certificate:
            return "UNTRUSTED_CERTIFICATE";
        case Reason::untrusted_log:
            return "UNTRUSTED_LOG";
        case Reason::untrusted_timestamp:
            return "UNTRUSTED_TIMESTAMP";
        case Reason::no_trusted_time:
            return "NO_TRUSTED_TIME";
        case Reason::certificate_expired:
            return "CERTIFICATE_EXPIRED";
        case Reason::log_mismatch:
            return "LOG_MISMATCH";
    }
    return "";
}

}  // namespace modelseal::core
