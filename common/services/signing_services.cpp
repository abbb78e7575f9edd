#include "common/services/signing_services.hpp"

#include "common/core/error.hpp"

namespace modelseal::services {

SigningServices SigningServices::from_urls(const std::optional<std::string>& fulcio,
                                           const std::optional<std::string>& rekor,
                                           const std::vector<std::string>& authorities) {
    SigningServices services;
    if (fulcio) {
        services.certificate_authority = CertificateAuthority{.url = http::Url::parse(*fulcio)};
    }
    if (rekor) {
        services.logs.push_back({.url = http::Url::parse(*rekor)});
    }
    for (const std::string& url : authorities) {
        services.timestamp_authorities.push_back(http::Url::parse(url));
    }
    return services;
}

}  // namespace modelseal::services
