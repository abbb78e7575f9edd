// When the signature of a key counts.
#pragma once

#include "common/core/time.hpp"
#include "common/sigstore/requirements.hpp"

#include <optional>
#include <span>
#include <string>

namespace modelseal::sigstore {

/// Why a signature by `key` does not count; nothing when it does.
///
/// `trusted_times` are those at which a time-stamping authority or a log saw the signature; a time
/// that its maker states (`created`) must not be among them. `now` is the local clock, or the time
/// that is asked about.
/// * A key with neither window nor compromise always counts.
/// * A compromised key counts only if a trusted time is before the compromise (and in the window):
///   `now` decides nothing, or whoever can set the clock back could sign with it.
/// * Else one trusted time must be in the window. Without any, `now` must be: the signature exists.
[[nodiscard]] std::optional<std::string> why_key_does_not_count(
    const TrustedKey& key, std::span<const core::Timestamp> trusted_times, core::Timestamp now);

}  // namespace modelseal::sigstore
