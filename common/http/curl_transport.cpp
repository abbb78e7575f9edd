#include "common/http/curl_transport.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/secret.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_conversation.hpp"
#include "common/http/curl_errors.hpp"
#include "common/http/curl_handles.hpp"
#include "common/http/curl_request.hpp"

#include <array>
#include <exception>
#include <mutex>
#include <vector>

namespace modelseal::http {

/// Idle handles, each with its open connections.
class CurlTransport::Pool {
  public:
    Pool() {
        // curl_global_init is thread-safe from 7.84 on and counts its callers.
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
            throw core::Error(core::ErrorKind::internal, "libcurl cannot be initialised");
        }
    }

    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    Pool(Pool&&) = delete;
    Pool& operator=(Pool&&) = delete;

    ~Pool() {
        idle_.clear();
        curl_global_cleanup();
    }

    CurlEasy take() {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            CurlEasy handle = std::move(idle_.back());
            idle_.pop_back();
            return handle;
        }
        CurlEasy handle(curl_easy_init());
        if (!handle) {
            throw core::Error(core::ErrorKind::internal, "libcurl cannot make a handle");
        }
        return handle;
    }

    void give_back(CurlEasy handle) {
        curl_easy_reset(handle.get());  // options only: connections stay open
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(handle));
    }

  private:
    std::mutex mutex_;
    std::vector<CurlEasy> idle_;
};

namespace {

constexpr std::uint64_t ca_file_limit = std::uint64_t{16} << 20U;

std::string read_authorities(const std::filesystem::path& file) {
    std::string text = core::read_small_file(file, ca_file_limit);
    if (text.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat(
                "the CA file ", core::in_quotes(file.string()), " holds no PEM certificate"));
    }
    return text;
}

/// libcurl's own message would not say which file it is.
void check_readable(const std::filesystem::path& file) {
    std::string text = core::read_small_file(file, ca_file_limit);
    core::wipe(text);
}

}  // namespace

CurlTransport::CurlTransport(CurlOptions options, const core::Variables& variables)
    : options_(std::move(options)),
      proxies_(variables),
      ca_path_(variables.get_nonempty("SSL_CERT_FILE").value_or("")),
      ca_folder_(variables.get_nonempty("SSL_CERT_DIR").value_or("")),
      pool_(std::make_unique<Pool>()) {
    if (options_.client_certificate) {
        check_readable(options_.client_certificate->certificate);
        check_readable(options_.client_certificate->key);
    }
    std::string own;
    for (const std::filesystem::path& file : options_.ca_files) {
        own += core::concat('\n', read_authorities(file));
    }
    if (own.empty()) {
        return;
    }
    // libcurl takes one bundle: the private authority is added to the public ones, so that a
    // registry with the one and its storage with the other are both trusted.
    const char* system_bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
    const std::string bundle =
        !ca_path_.empty() || system_bundle == nullptr ? ca_path_ : std::string(system_bundle);
    std::error_code ignored;  // what cannot be examined is not there to be added to
    const bool has_bundle = !bundle.empty() && std::filesystem::exists(bundle, ignored);
    ca_bundle_ = has_bundle ? core::read_small_file(bundle, ca_file_limit) : std::string();
    ca_bundle_ += own;
}

CurlTransport::~CurlTransport() = default;

void CurlTransport::set_trust(void* handle, const Request& request) const {
    set_option(handle, CURLOPT_SSL_VERIFYPEER, options_.insecure ? 0L : 1L);
    set_option(handle, CURLOPT_SSL_VERIFYHOST, options_.insecure ? 0L : 2L);
    // Not changed by libcurl, and alive as long as the handle is in use.
    curl_blob bundle{const_cast<char*>(ca_bundle_.data()), ca_bundle_.size(), CURL_BLOB_NOCOPY};
    if (!ca_bundle_.empty()) {
        set_option(handle, CURLOPT_CAINFO_BLOB, &bundle);
    } else if (!ca_path_.empty()) {
        set_option(handle, CURLOPT_CAINFO, ca_path_.c_str());
    }
    if (!ca_folder_.empty()) {
        set_option(handle, CURLOPT_CAPATH, ca_folder_.c_str());
    }
    const auto& client = options_.client_certificate;
    if (client && request.url.same_origin(client->origin)) {
        set_option(handle, CURLOPT_SSLCERT, client->certificate.c_str());
        set_option(handle, CURLOPT_SSLKEY, client->key.c_str());
        set_option(handle, CURLOPT_KEYPASSWD, "");  // or OpenSSL asks on the terminal
    }
}

Reach CurlTransport::reach_of(const Request& request) const {
    const bool is_guarded = options_.plain_on_loopback_only && request.url.scheme() == "http" &&
                            request.url.is_loopback();
    return is_guarded ? Reach::only_loopback : request.reach;
}

Response CurlTransport::send(const Request& request) {
    CurlEasy easy = pool_->take();
    CURL* handle = easy.get();
    const Reach reach = reach_of(request);
    Conversation conversation(request, reach, options_);
    std::array<char, CURL_ERROR_SIZE> detail{};
    const CurlList headers = header_list(request);
    set_connection(handle, request, options_);
    set_method(handle, request);
    set_callbacks(handle, conversation);
    set_option(handle, CURLOPT_HTTPHEADER, headers.get());
    set_option(handle, CURLOPT_ERRORBUFFER, detail.data());
    const std::string proxy = proxies_.proxy_for(request.url);
    set_proxy(handle, request, proxy);
    if (proxy.empty()) {
        guard_addresses(handle, conversation);
    }
    set_trust(handle, request);
    const CURLcode code = curl_easy_perform(handle);
    if (conversation.failure) {
        std::rethrow_exception(conversation.failure);
    }
    if (conversation.stalled) {
        throw unreachable(request,
                          "the connection stalled: nothing, or next to nothing, was sent or "
                          "received for too long");
    }
    const bool has_enough = conversation.transfer.has_enough();
    Response response = conversation.transfer.take_response();
    response.address = conversation.address;
    if (code != CURLE_OK && has_enough) {
        return response;  // drops the connection: the body goes on, or did not end as it should
    }
    if (code != CURLE_OK && conversation.refused_address) {
        throw forbidden_address(request, reach);
    }
    if (code != CURLE_OK) {
        throw transfer_error(code,
                             detail.front() != '\0' ? detail.data() : curl_easy_strerror(code),
                             request,
                             options_.plain_http_advice);
    }
    pool_->give_back(std::move(easy));
    return response;
}

}  // namespace modelseal::http
