#include "common/git/remote_url.hpp"

#include "common/core/text.hpp"

namespace modelseal::git {

namespace {

/// What follows the last '@' of the part that names the host.
std::string_view without_user(std::string_view rest, std::string_view host_ends_at) {
    const std::size_t host_end = std::min(rest.find_first_of(host_ends_at), rest.size());
    const std::size_t at = rest.substr(0, host_end).rfind('@');
    return at == std::string_view::npos ? rest : rest.substr(at + 1);
}

}  // namespace

std::string redact_url(std::string_view url) {
    constexpr std::string_view separator = "://";
    const std::size_t scheme_end = url.find(separator);
    if (scheme_end == std::string_view::npos) {
        const bool is_path = url.starts_with('/') || url.starts_with('.');
        return std::string(is_path ? url : without_user(url, "/"));
    }
    const std::string scheme = core::ascii_lower(url.substr(0, scheme_end));
    std::string_view rest = without_user(url.substr(scheme_end + separator.size()), "/?#");
    if (scheme == "http" || scheme == "https") {
        rest = rest.substr(0, rest.find_first_of("?#"));
    }
    return core::concat(scheme, separator, rest);
}

}  // namespace modelseal::git
