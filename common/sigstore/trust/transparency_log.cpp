#include "common/sigstore/trust/transparency_log.hpp"

#include <string_view>

namespace modelseal::sigstore {

std::string TransparencyLog::host() const {
    std::string_view rest = base_url;
    if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
        rest.remove_prefix(scheme + 3);
    }
    rest = rest.substr(0, rest.find_first_of("/?#"));
    if (const std::size_t user = rest.rfind('@'); user != std::string_view::npos) {
        rest.remove_prefix(user + 1);
    }
    // An IPv6 address stands in brackets, and is named without them.
    if (rest.starts_with('[')) {
        return std::string(rest.substr(1, rest.find(']') - 1));
    }
    return std::string(rest.substr(0, rest.find(':')));
}

}  // namespace modelseal::sigstore
