// A timestamp authority in memory, every field of whose answers can be wrong alone:
//
//     const pki::TimestampAuthority tsa = pki::make_timestamp_authority();
//     const core::Bytes response = tsa.stamp(signature, {.gen_time = "20260601115959.5Z"});
#pragma once

#include "tests/support/pki/authority.hpp"

#include <string>
#include <vector>

namespace modelseal::pki {

struct StampOptions {
    std::string gen_time = "20260601120000Z";  // noon(), as it is written into the TSTInfo
    int status = 0;                            // granted
    bool with_token = true;
    long version = 1;
    std::string hash = "SHA256";  // of the message
    bool hash_has_parameters = false;
    std::optional<core::Bytes> imprint{};  // instead of the message's
    std::string policy = "1.3.6.1.4.1.57264.2";
    std::string tsa_name{};  // common name that the TSTInfo gives the authority; else none
    std::vector<Extension> extensions{};
    std::vector<crypto::Certificate> certificates{};  // embedded
    std::optional<Leaf> signer{};                     // instead of the authority's

    /// The certificate that the signed attributes name, instead of the signer's.
    std::optional<crypto::Certificate> named_signer{};
    bool names_signer = true;
    bool content_type_of_data = false;  // the attribute says "data", not "TSTInfo"
    std::string signature_hash = "SHA256";
    int signers = 1;
    bool bad_signature = false;
    core::Bytes behind_content{};  // signed with it
    core::Bytes behind_response{};
};

struct TimestampAuthority {
    Authority authority;
    Leaf signer;

    /// The signer first, the root last: as trusted roots list them.
    [[nodiscard]] std::vector<crypto::Certificate> chain() const;

    /// A DER TimeStampResp.
    [[nodiscard]] core::Bytes stamp(std::span<const std::byte> message,
                                    const StampOptions& options = {}) const;
};

/// What a certificate for timestamping needs, for Authority::issue().
[[nodiscard]] LeafOptions timestamping_leaf();

[[nodiscard]] TimestampAuthority make_timestamp_authority();

/// With a signer of another form, and under another authority.
[[nodiscard]] TimestampAuthority make_timestamp_authority(const Authority& authority,
                                                          const LeafOptions& signer);

}  // namespace modelseal::pki
