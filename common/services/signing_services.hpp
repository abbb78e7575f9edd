// Which services take part in a signature.
#pragma once

#include "common/http/url.hpp"
#include "common/services/fulcio.hpp"

#include <optional>
#include <string>
#include <vector>

namespace modelseal::services {

enum class LogVersion { rekor_v1, rekor_v2 };

struct LogService {
    http::Url url;  // base URL
    LogVersion version = LogVersion::rekor_v1;
};

/// Those that are used, each of them. What is not there is not used.
struct SigningServices {
    std::optional<CertificateAuthority> certificate_authority{};
    std::vector<http::Url> timestamp_authorities{};  // full URLs
    std::vector<LogService> logs{};

    /// As --fulcio-url, --rekor-url and --timestamp-server-url name them; nothing: not used. The
    /// log speaks version 1, as cosign takes it; only a signing config names others.
    /// Errors: malformed.
    [[nodiscard]] static SigningServices from_urls(const std::optional<std::string>& fulcio,
                                                   const std::optional<std::string>& rekor,
                                                   const std::vector<std::string>& authorities);
};

}  // namespace modelseal::services
