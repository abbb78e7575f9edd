#include "common/http/curl_transport.hpp"

#include "common/core/error.hpp"
#include "common/core/file.hpp"
#include "common/core/secret.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_handles.hpp"
#include "common/http/transfer.hpp"

#include <array>
#include <cstdio>
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

constexpr long receive_buffer_size = 512L << 10;  // libcurl's maximum
constexpr long upload_buffer_size = 2L << 20;     // libcurl's maximum
constexpr std::uint64_t ca_file_limit = std::uint64_t{16} << 20U;

/// A transfer as libcurl's callbacks see it. No exception may pass through libcurl's C frames: the
/// first one is kept here and the transfer aborted.
struct Conversation {
    Conversation(const Request& request, const CurlOptions& curl_options)
        : transfer(request),
          stall(curl_options.stall_timeout, StallWatch::Clock::now()),
          answer(curl_options.answer_timeout, StallWatch::Clock::now()),
          has_content(request.content != nullptr) {}

    template <typename Body>
    bool guard(Body&& body) noexcept {
        try {
            body();
            return true;
        } catch (...) {
            failure = std::current_exception();
            return false;
        }
    }

    Transfer transfer;
    StallWatch stall;
    StallWatch answer;
    bool has_content;
    bool stalled = false;
    std::exception_ptr failure{};
};

Conversation& conversation_of(void* user) {
    return *static_cast<Conversation*>(user);
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
    Conversation& conversation = conversation_of(user);
    const bool fine = conversation.guard(
        [&] { conversation.transfer.take_header_line(std::string_view(bytes, size * count)); });
    return fine ? size * count : 0;
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    Conversation& conversation = conversation_of(user);
    const bool fine = conversation.guard(
        [&] { conversation.transfer.take_body(std::as_bytes(std::span(bytes, size * count))); });
    return fine && !conversation.transfer.has_enough() ? size * count : 0;
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
    Conversation& conversation = conversation_of(user);
    std::size_t given = 0;
    const bool fine = conversation.guard([&] {
        given = conversation.transfer.give_body(
            std::as_writable_bytes(std::span(buffer, size * count)));
    });
    return fine ? given : CURL_READFUNC_ABORT;
}

int on_seek(void* user, curl_off_t offset, int origin) {
    if (origin != SEEK_SET || offset < 0) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    conversation_of(user).transfer.seek(static_cast<std::uint64_t>(offset));
    return CURL_SEEKFUNC_OK;
}

/// libcurl calls this at least about once a second, also when nothing moves.
int on_progress(void* user, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
    Conversation& conversation = conversation_of(user);
    const bool waits = conversation.has_content && conversation.transfer.body_is_sent();
    StallWatch& watch = waits ? conversation.answer : conversation.stall;
    const auto moved = static_cast<std::uint64_t>(received) + static_cast<std::uint64_t>(sent);
    conversation.stalled = watch.is_stalled(moved, StallWatch::Clock::now());
    return conversation.stalled ? 1 : 0;
}

/// Options are set with values that this libcurl knows; anything else is a defect of ours.
template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
    if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
        throw core::Error(core::ErrorKind::internal,
                          core::concat("libcurl refuses option ", static_cast<int>(option)));
    }
}

void set_method(CURL* handle, const Request& request) {
    switch (request.method) {
        case Method::get:
            set(handle, CURLOPT_HTTPGET, 1L);
            return;
        case Method::head:
            set(handle, CURLOPT_NOBODY, 1L);
            return;
        case Method::remove:
            set(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
            return;
        case Method::put:
            if (request.content != nullptr) {
                set(handle, CURLOPT_UPLOAD, 1L);
                set(handle,
                    CURLOPT_INFILESIZE_LARGE,
                    static_cast<curl_off_t>(request.content->size()));
                return;
            }
            set(handle, CURLOPT_CUSTOMREQUEST, "PUT");
            break;
        case Method::post:
            break;
    }
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.text.size()));
    set(handle, CURLOPT_POSTFIELDS, request.text.c_str());
}

CurlList header_list(const Request& request) {
    // "Name:" removes a header that libcurl would add. Without "Expect" a server cannot make every
    // upload wait a second; a large body is never sent before authentication is settled.
    std::vector<std::string> lines = {"Expect:"};
    if (!request.headers.get("Content-Type")) {
        lines.emplace_back("Content-Type:");
    }
    for (const auto& [name, value] : request.headers.fields()) {
        if (value.find_first_of("\r\n") != std::string::npos) {
            throw core::Error(core::ErrorKind::internal, "a request header has a line break");
        }
        lines.push_back(core::concat(name, ": ", value));
    }
    CurlList list;
    for (std::string& line : lines) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        core::wipe(line);  // may hold a password
        if (longer == nullptr) {
            throw core::Error(core::ErrorKind::internal, "out of memory");
        }
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

void set_callbacks(CURL* handle, Conversation& conversation) {
    void* user = &conversation;
    set(handle, CURLOPT_HEADERFUNCTION, &on_header);
    set(handle, CURLOPT_HEADERDATA, user);
    set(handle, CURLOPT_WRITEFUNCTION, &on_body);
    set(handle, CURLOPT_WRITEDATA, user);
    set(handle, CURLOPT_READFUNCTION, &on_read);
    set(handle, CURLOPT_READDATA, user);
    set(handle, CURLOPT_SEEKFUNCTION, &on_seek);
    set(handle, CURLOPT_SEEKDATA, user);
    set(handle, CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(handle, CURLOPT_XFERINFODATA, user);
    set(handle, CURLOPT_NOPROGRESS, 0L);
}

void set_connection(CURL* handle, const Request& request, const CurlOptions& options) {
    const std::string url = request.url.to_string();
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, request.url.scheme().c_str());
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set(handle, CURLOPT_BUFFERSIZE, receive_buffer_size);
    set(handle, CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer_size);
    const std::chrono::milliseconds timeout = options.connect_timeout;
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, timeout.count());
    set(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
    if (request.url.is_loopback()) {
        set(handle, CURLOPT_NOPROXY, "*");
    }
}

[[nodiscard]] core::Error unreachable(const Request& request, std::string_view what) {
    return {core::ErrorKind::unavailable,
            core::Reason::network_error,
            core::concat(request.url.origin(), ": ", what)};
}

/// What libcurl's result means. `detail` is libcurl's own sentence and may quote the server.
[[nodiscard]] core::Error transfer_error(CURLcode code,
                                         std::string_view detail,
                                         const Request& request) {
    const std::string origin = request.url.origin();
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
            return {core::ErrorKind::denied,
                    core::Reason::network_error,
                    core::concat("the certificate of ",
                                 origin,
                                 " is not trusted (",
                                 core::in_quotes(detail),
                                 "); name its authority with --ca-file")};
        case CURLE_SSL_CACERT_BADFILE:
            return {core::ErrorKind::malformed,
                    core::concat("the certificate authorities cannot be read: ",
                                 core::in_quotes(detail))};
        case CURLE_SSL_CONNECT_ERROR:
            return unreachable(request,
                               core::concat("no TLS connection (",
                                            core::in_quotes(detail),
                                            "); a registry without TLS needs --plain-http"));
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            return unreachable(request,
                               core::concat("the connection ended before the answer was complete (",
                                            core::in_quotes(detail),
                                            ')'));
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_OPERATION_TIMEDOUT:
            return unreachable(request, core::concat("cannot connect: ", core::in_quotes(detail)));
        default:
            return unreachable(request,
                               core::concat("the request failed: ", core::in_quotes(detail)));
    }
}

}  // namespace

CurlTransport::CurlTransport(CurlOptions options, const core::Variables& variables)
    : options_(std::move(options)),
      ca_path_(variables.get_nonempty("SSL_CERT_FILE").value_or("")),
      ca_folder_(variables.get_nonempty("SSL_CERT_DIR").value_or("")),
      pool_(std::make_unique<Pool>()) {
    if (options_.ca_file.empty()) {
        return;
    }
    const std::string own = core::read_small_file(options_.ca_file, ca_file_limit);
    if (own.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
        throw core::Error(core::ErrorKind::malformed,
                          core::concat("the CA file ",
                                       core::in_quotes(options_.ca_file.string()),
                                       " holds no PEM certificate"));
    }
    // libcurl takes one bundle: the private authority is added to the public ones, so that a
    // registry with the one and its storage with the other are both trusted.
    const char* system_bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
    const std::string bundle =
        !ca_path_.empty() || system_bundle == nullptr ? ca_path_ : std::string(system_bundle);
    const bool has_bundle = !bundle.empty() && std::filesystem::exists(bundle);
    ca_bundle_ = has_bundle ? core::read_small_file(bundle, ca_file_limit) : std::string();
    ca_bundle_ += core::concat('\n', own);
}

CurlTransport::~CurlTransport() = default;

Response CurlTransport::send(const Request& request) {
    CurlEasy easy = pool_->take();
    CURL* handle = easy.get();
    Conversation conversation(request, options_);
    std::array<char, CURL_ERROR_SIZE> detail{};
    const CurlList headers = header_list(request);
    set_connection(handle, request, options_);
    set_method(handle, request);
    set_callbacks(handle, conversation);
    set(handle, CURLOPT_HTTPHEADER, headers.get());
    set(handle, CURLOPT_ERRORBUFFER, detail.data());
    set(handle, CURLOPT_SSL_VERIFYPEER, options_.insecure ? 0L : 1L);
    set(handle, CURLOPT_SSL_VERIFYHOST, options_.insecure ? 0L : 2L);
    curl_blob bundle{ca_bundle_.data(), ca_bundle_.size(), CURL_BLOB_NOCOPY};
    if (!ca_bundle_.empty()) {
        set(handle, CURLOPT_CAINFO_BLOB, &bundle);
    } else if (!ca_path_.empty()) {
        set(handle, CURLOPT_CAINFO, ca_path_.c_str());
    }
    if (!ca_folder_.empty()) {
        set(handle, CURLOPT_CAPATH, ca_folder_.c_str());
    }
    const CURLcode code = curl_easy_perform(handle);
    if (conversation.failure) {
        std::rethrow_exception(conversation.failure);
    }
    if (conversation.stalled) {
        throw unreachable(request,
                          "the connection stalled: nothing was sent or received for too long");
    }
    if (conversation.transfer.has_enough()) {
        return conversation.transfer.take_response();  // drops the connection: the body goes on
    }
    if (code != CURLE_OK) {
        throw transfer_error(
            code, detail.front() != '\0' ? detail.data() : curl_easy_strerror(code), request);
    }
    pool_->give_back(std::move(easy));
    return conversation.transfer.take_response();
}

}  // namespace modelseal::http
