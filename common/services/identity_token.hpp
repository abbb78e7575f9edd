// Identity tokens: who is signing, as an issuer says it for a few minutes.
// Spec: RFC 7519 (JWT) in the compact form of RFC 7515; OpenID Connect Core 1.0, section 2.
#pragma once

#include "common/core/secret.hpp"
#include "common/core/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::services {

/// The audience of the tokens that Fulcio takes, unless somebody configured another one.
inline constexpr std::string_view default_audience = "sigstore";

/// Longer tokens are refused: 32 KiB. They must fit into a header.
inline constexpr std::size_t identity_token_limit = std::size_t{32} << 10U;

/// What a token says. Nothing of it was verified: that is Fulcio's part.
struct TokenClaims {
    std::string issuer;
    std::string subject;
    std::string email{};          // empty when it states none
    bool email_verified = false;  // by the issuer
    std::vector<std::string> audiences;
    core::Timestamp expires;
    std::string trigger{};  // what started the CI job, as GitHub or GitLab says it; may be empty

    /// What the proof of possession is a signature over: the e-mail address where there is one.
    [[nodiscard]] const std::string& proof_subject() const noexcept {
        return email.empty() ? subject : email;
    }
};

/// A token that is well formed. Whoever has it can sign in its subject's name, so no message shows
/// it.
class IdentityToken {
  public:
    /// White space around the token is dropped: files end in a newline. Errors: malformed (not a
    /// signed JWT, a claim that is missing or of another type; limit_exceeded).
    [[nodiscard]] static IdentityToken parse(const core::Secret& text);

    [[nodiscard]] const core::Secret& text() const noexcept { return text_; }

    [[nodiscard]] const TokenClaims& claims() const noexcept { return claims_; }

    /// Says early, and with what to do about it, what Fulcio would refuse. Errors: denied (expired,
    /// another audience, an e-mail address that the issuer did not verify).
    void check_usable(core::Timestamp now, std::string_view audience = default_audience) const;

  private:
    IdentityToken(core::Secret text, TokenClaims claims)
        : text_(std::move(text)), claims_(std::move(claims)) {}

    core::Secret text_;
    TokenClaims claims_;
};

}  // namespace modelseal::services
