// How reports tell who signed, and what vouches for it.
#pragma once

#include "common/core/json.hpp"
#include "common/sigstore/authentication.hpp"

#include <iosfwd>
#include <string>
#include <string_view>

namespace modelseal::commands {

/// Adds to `json`: of a key `key`, `keyAlgorithm` and `hash`; of a certificate `identity`,
/// `issuer`, `certificate` (its SHA-256) and what it says of the run; of both `transparencyLog` and
/// `time`: what was verified, or "not-checked".
void add_signer(core::Json& json, const sigstore::Authentication& authentication);

/// "key sha256:… (ECDSA P-256)", or identity and issuer.
[[nodiscard]] std::string signer_line(const sigstore::Authentication& authentication);

/// Lines of a text report, each behind two spaces: who signed, when, in which log, and what was not
/// checked; `more` is not checked either.
void print_signer(std::ostream& out,
                  const sigstore::Authentication& authentication,
                  std::string_view more = "");

}  // namespace modelseal::commands
