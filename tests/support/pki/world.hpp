// A whole Sigstore in memory: an authority, logs and a timestamp authority, the trusted root that
// names them, and signatures that are right unless a field of the options says otherwise.
#pragma once

#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/trust/trusted_root.hpp"
#include "tests/support/pki/authority.hpp"
#include "tests/support/pki/log.hpp"
#include "tests/support/pki/log_bodies.hpp"
#include "tests/support/pki/timestamp_authority.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace modelseal::pki {

/// How a signature is made.
struct SigningOptions {
    LeafOptions leaf{};  // its `scts` are filled in, unless `with_sct` is off
    bool with_sct = true;
    bool with_log = true;
    bool with_timestamp = true;
    core::Timestamp logged = noon();
    StampOptions stamp{};

    /// Changes the message's signature before it is stamped and logged.
    std::function<void(sigstore::MessageSignature&)> change_message{};

    /// Changes the envelope after it was signed, and what is logged of it.
    std::function<void(sigstore::Envelope&)> change_envelope{};
    std::function<void(BodyFields&)> change_body{};
    std::function<void(sigstore::LogEntry&)> change_entry{};
};

/// Which parts the trusted root has, and when it trusts them.
struct TrustOptions {
    bool authority = true;
    bool log = true;
    bool ct_log = true;
    bool timestamp_authority = true;
    sigstore::Validity authority_validity{noon(-year)};
    sigstore::Validity timestamp_validity{noon(-year)};
};

struct World {
    World();

    Authority root;
    Authority authority;  // an intermediate below `root`
    CtLog ct_log;
    Log log;  // Rekor v1
    TimestampAuthority timestamp_authority;

    /// A DSSE envelope around `payload`, signed in the name of options.leaf.
    [[nodiscard]] sigstore::Bundle sign(std::string_view payload,
                                        const SigningOptions& options = {});

    /// A signature over `message` itself, the same otherwise.
    [[nodiscard]] sigstore::Bundle sign_message(std::string_view message,
                                                const SigningOptions& options = {});

    [[nodiscard]] std::shared_ptr<const sigstore::TrustedRoot> trusted_root(
        const TrustOptions& options = {}) const;

  private:
    [[nodiscard]] Leaf issue(const SigningOptions& options) const;
    void stamp_and_log(sigstore::Bundle& bundle,
                       const Leaf& leaf,
                       std::string_view signed_text,
                       const SigningOptions& options);
};

}  // namespace modelseal::pki
