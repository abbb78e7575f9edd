// Remote URLs fit to be published.
#pragma once

#include <string>
#include <string_view>

namespace modelseal::git {

/// The URL without user name and password, and for http(s) without query and fragment, where
/// tokens hide as well. Covers "scheme://user:password@host/…" and "user@host:path"; a local path
/// comes back as it is.
[[nodiscard]] std::string redact_url(std::string_view url);

}  // namespace modelseal::git
