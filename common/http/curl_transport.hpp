// HTTP/1.1 over libcurl.
#pragma once

#include "common/core/variables.hpp"
#include "common/http/proxy.hpp"
#include "common/http/transport.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelseal::http {

/// Proves to one server who is asking; no other server is shown it.
struct ClientCertificate {
    std::filesystem::path certificate;  // PEM, with what leads to an authority
    std::filesystem::path key;          // PEM, without a password
    Url origin;
};

struct CurlOptions {
    std::vector<std::filesystem::path> ca_files{};  // PEM, trusted beside the system's authorities
    std::optional<ClientCertificate> client_certificate{};
    bool insecure = false;                // accept any certificate
    bool plain_on_loopback_only = false;  // a name that means this machine must, without TLS
    std::string plain_http_advice = "ask for plain HTTP";  // for a server that does not speak TLS
    std::string user_agent{};
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds stall_timeout{60};  // nothing, or next to nothing, moves either way
    std::chrono::seconds answer_timeout{
        600};  // to a PUT or a large body: the server may have to store a blob
    std::chrono::seconds short_timeout{120};  // of all of any other request, but for blobs received
};

/// Keeps connections open between requests, as many as there are threads that send at once.
/// HTTP/1.1 only: with HTTP/2 all transfers of a process would share one TCP connection.
class CurlTransport final : public Transport {
  public:
    /// Trusts the authorities of SSL_CERT_FILE and SSL_CERT_DIR where set, else the system's; goes
    /// through the proxies that ProxyRules finds in `variables`.
    /// Errors: not_found, denied, malformed (a CA file without a certificate), usage (a variable
    /// that names no proxy); internal.
    CurlTransport(CurlOptions options, const core::Variables& variables);
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;
    CurlTransport(CurlTransport&&) = delete;
    CurlTransport& operator=(CurlTransport&&) = delete;
    ~CurlTransport() override;

    [[nodiscard]] Response send(const Request& request) override;

  private:
    class Pool;
    void set_trust(void* handle, const Request& request) const;
    [[nodiscard]] Reach reach_of(const Request& request) const;

    CurlOptions options_;
    ProxyRules proxies_;
    std::string ca_bundle_;  // PEM; empty: `ca_path_` or libcurl's own default
    std::string ca_path_;    // a file; empty: libcurl's default
    std::string ca_folder_;  // a hashed folder; empty: libcurl's default
    std::unique_ptr<Pool> pool_;
};

}  // namespace modelseal::http
