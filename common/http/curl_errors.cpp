#include "common/http/curl_errors.hpp"

#include "common/core/text.hpp"

namespace modelseal::http {

core::Error unreachable(const Request& request, std::string_view what) {
    return {core::ErrorKind::unavailable,
            core::Reason::network_error,
            core::concat(request.url.origin(), ": ", what)};
}

core::Error forbidden_address(const Request& request, Reach reach) {
    const std::string server = core::in_quotes(request.url.origin());
    if (reach == Reach::only_loopback) {
        return {
            core::ErrorKind::denied,
            core::Reason::registry_error,
            core::concat(server, " leads to another machine: without TLS nothing is sent there")};
    }
    return {core::ErrorKind::denied,
            core::Reason::registry_error,
            core::concat("the registry names the server ",
                         server,
                         reach == Reach::no_loopback
                             ? ", which is this machine or has a link-local address"
                             : ", which has a link-local address",
                         ": nothing is sent there")};
}

core::Error transfer_error(CURLcode code,
                           std::string_view detail,
                           const Request& request,
                           std::string_view plain_http_advice) {
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
        case CURLE_OUT_OF_MEMORY:  // says this libcurl of a header line over its limit
            return {core::ErrorKind::malformed,
                    core::Reason::limit_exceeded,
                    core::concat(origin,
                                 " sent a longer header than libcurl takes, or there is no memory "
                                 "for its answer")};
        case CURLE_SSL_CACERT_BADFILE:
            return {core::ErrorKind::malformed,
                    core::concat("the certificate authorities cannot be read: ",
                                 core::in_quotes(detail))};
        case CURLE_SSL_CONNECT_ERROR:
            if (detail.find("wrong version number") != std::string_view::npos) {
                return {core::ErrorKind::usage,  // no retry will change it
                        core::Reason::unsupported,
                        core::concat(origin, " does not speak TLS; ", plain_http_advice)};
            }
            return unreachable(request,
                               core::concat("no TLS connection: ", core::in_quotes(detail)));
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_SEND_FAIL_REWIND:
            return unreachable(request,
                               core::concat("the connection ended before the answer was complete (",
                                            core::in_quotes(detail),
                                            ')'));
        case CURLE_COULDNT_CONNECT:
            return unreachable(
                request,
                core::concat(
                    "cannot connect: ", core::in_quotes(detail), "; is the server running?"));
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_OPERATION_TIMEDOUT:
            return unreachable(request, core::concat("cannot connect: ", core::in_quotes(detail)));
        default:
            return unreachable(request,
                               core::concat("the request failed: ", core::in_quotes(detail)));
    }
}

}  // namespace modelseal::http
