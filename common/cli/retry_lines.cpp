#include "common/cli/retry_lines.hpp"

namespace modelseal::cli {

namespace {

constexpr std::chrono::milliseconds shortest_wait{1000};

/// "GET https://registry.example/v2/" → "https://registry.example"
std::string server_of(const std::string& request) {
    const std::size_t url = request.find(' ') + 1;
    const std::size_t host = request.find("://", url);
    const std::size_t path = host == std::string::npos ? host : request.find('/', host + 3);
    return request.substr(url, path == std::string::npos ? path : path - url);
}

}  // namespace

bool RetryLines::deserves_line(const core::Retry& retry, Time now) {
    if (retry.wait < shortest_wait) {
        return false;
    }
    Time& told_until = told_until_[server_of(retry.what)];
    if (now < told_until) {
        return false;
    }
    told_until = now + retry.wait;
    return true;
}

}  // namespace modelseal::cli
