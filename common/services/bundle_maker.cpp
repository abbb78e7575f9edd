#include "common/services/bundle_maker.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/services/rekor_v1.hpp"
#include "common/services/rekor_v2.hpp"
#include "common/services/timestamp_authority.hpp"

#include <utility>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;

std::variant<sigstore::KeyMaterial, sigstore::CertificateMaterial> material_of(
    const crypto::PublicKey& key, const std::optional<core::Bytes>& certificate) {
    if (certificate) {
        return sigstore::CertificateMaterial{{*certificate}};
    }
    return sigstore::key_material(key.fingerprint());
}

LogProposal proposal_of(const sigstore::SignedPayload& made,
                        const crypto::PublicKey& key,
                        const std::optional<core::Bytes>& certificate) {
    LogProposal proposal{.digest = made.digest,
                         .signature = made.signature(),
                         .key = key,
                         .certificate = certificate};
    if (const auto* envelope = std::get_if<sigstore::Envelope>(&made.content)) {
        proposal.envelope = *envelope;
    }
    return proposal;
}

/// Entries of a log are there for good, so somebody must be able to find those without a bundle.
std::string logged_so_far(const std::vector<sigstore::LogEntry>& entries,
                          const std::vector<LogService>& logs) {
    std::string text;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        text += concat(text.empty() ? "" : ", ",
                       logs.at(i).url.redacted(),
                       " has it as entry ",
                       entries.at(i).log_index);
    }
    return concat("the signature is logged (", text, ") but no bundle is made of it");
}

std::vector<sigstore::LogEntry> log_everywhere(http::Transport& transport,
                                               const std::vector<LogService>& logs,
                                               const LogProposal& proposal) {
    std::vector<sigstore::LogEntry> entries;
    for (const LogService& log : logs) {
        try {
            entries.push_back(log.version == LogVersion::rekor_v1
                                  ? log_to_rekor_v1(transport, log.url, proposal)
                                  : log_to_rekor_v2(transport, log.url, proposal));
        } catch (Error& error) {
            if (!entries.empty()) {
                error.add_context(logged_so_far(entries, logs));
            }
            throw;
        }
    }
    return entries;
}

/// Before anything is signed or timed.
void check_loggable(const SigningServices& services,
                    const sigstore::Payload& payload,
                    const crypto::PublicKey& key) {
    for (const LogService& log : services.logs) {
        if (log.version == LogVersion::rekor_v2 ||
            std::holds_alternative<sigstore::MessagePayload>(payload)) {
            check_loggable_digest(key);
        }
    }
}

}  // namespace

sigstore::Bundle complete_bundle(http::Transport& transport,
                                 const SigningServices& services,
                                 sigstore::SignedPayload made,
                                 const crypto::PublicKey& key,
                                 const std::optional<core::Bytes>& certificate) {
    const LogProposal proposal = proposal_of(made, key, certificate);
    sigstore::Bundle bundle{.material = material_of(key, certificate),
                            .content = std::move(made.content)};
    for (const http::Url& authority : services.timestamp_authorities) {
        bundle.timestamps.push_back(request_timestamp(transport, authority, proposal.signature));
    }
    bundle.log_entries = log_everywhere(transport, services.logs, proposal);
    return bundle;
}

sigstore::Bundle LoggedKeyBundleMaker::make(const sigstore::Payload& payload) {
    check_loggable(services_, payload, key_.public_key());
    return complete_bundle(
        transport_, services_, sigstore::sign_payload(payload, key_), key_.public_key());
}

}  // namespace modelseal::services
