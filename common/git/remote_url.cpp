#include "common/git/remote_url.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <optional>

namespace modelseal::git {

namespace {

/// What follows the last '@' of the part that names the host.
std::string_view without_user(std::string_view rest, std::string_view host_ends_at) {
    const std::size_t host_end = std::min(rest.find_first_of(host_ends_at), rest.size());
    const std::size_t at = rest.substr(0, host_end).rfind('@');
    return at == std::string_view::npos ? rest : rest.substr(at + 1);
}

/// A web address, also one with a slash too few or too many: whoever mistypes one writes a password
/// into it all the same.
std::optional<std::string> redact_web_url(std::string_view url) {
    const std::string scheme = core::ascii_lower(url.substr(0, url.find(':')));
    if (scheme == url || (scheme != "http" && scheme != "https")) {
        return std::nullopt;
    }
    std::string_view rest = url.substr(scheme.size() + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    rest = without_user(rest, "/?#");
    return core::concat(scheme, "://", rest.substr(0, rest.find_first_of("?#")));
}

}  // namespace

std::string redact_url(std::string_view url) {
    if (auto web = redact_web_url(url)) {
        return *std::move(web);
    }
    constexpr std::string_view separator = "://";
    const std::size_t scheme_end = url.find(separator);
    if (scheme_end == std::string_view::npos) {
        const bool is_path = url.starts_with('/') || url.starts_with('.');
        return std::string(is_path ? url : without_user(url, "/"));
    }
    return core::concat(core::ascii_lower(url.substr(0, scheme_end)),
                        separator,
                        without_user(url.substr(scheme_end + separator.size()), "/?#"));
}

}  // namespace modelseal::git
