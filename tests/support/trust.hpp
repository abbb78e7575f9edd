// What tests believe when nothing depends on it, and who signed in few words.
#pragma once

#include "common/sigstore/authentication.hpp"
#include "common/sigstore/trust/trusted_root.hpp"

namespace modelseal::test {

/// The public instance's root, at a fixed time.
inline sigstore::Trust trust() {
    return {.root = {std::shared_ptr<void>(), &sigstore::TrustedRoot::public_good()},
            .now = core::Timestamp::parse("2026-11-26T12:00:00Z")};
}

inline const crypto::PublicKey& key_of(const sigstore::Authentication& authentication) {
    return std::get<sigstore::SigningKey>(authentication.signer).key;
}

}  // namespace modelseal::test
