// What is asked of signatures by identities.
#pragma once

#include "common/sigstore/requirements.hpp"
#include "tests/support/pki/authority.hpp"

#include <string_view>

namespace modelseal::pki {

/// Signed by exactly this identity: that of the factory's leaves.
[[nodiscard]] inline sigstore::Requirements by(std::string_view subject = workflow,
                                               std::string_view issuer = github) {
    return {.signers = {sigstore::TrustedIdentity{.subject = sigstore::TextPattern::exact(subject),
                                                  .issuer = sigstore::TextPattern::exact(issuer)}}};
}

}  // namespace modelseal::pki
