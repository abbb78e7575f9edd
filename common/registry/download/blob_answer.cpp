#include "common/registry/download/blob_answer.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/registry/client/answer.hpp"

namespace modelseal::registry {

namespace {

constexpr int ok = 200;
constexpr int partial_content = 206;

}  // namespace

void check_whole(const http::Request& request, const http::Response& response, std::uint64_t size) {
    if (response.status != ok) {
        throw answer_error(request, response);
    }
    const auto length = response.headers.content_length();
    if (length && *length != size) {
        throw core::Error(
            core::ErrorKind::mismatch,
            core::Reason::size_mismatch,
            core::concat("the registry has ", *length, " bytes where the manifest says ", size));
    }
}

void check_range(const http::Request& request,
                 const http::Response& response,
                 const http::ContentRange& asked) {
    if (response.status == ok) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::unsupported,
                          "the registry does not serve parts of blobs");
    }
    if (response.status != partial_content) {
        throw answer_error(request, response);
    }
    const std::string field = response.headers.get("Content-Range").value_or("");
    const auto range = http::ContentRange::parse(field);
    if (!range || range->first != asked.first || range->last != asked.last ||
        (range->total && range->total != asked.total)) {
        throw core::Error(core::ErrorKind::io,
                          core::Reason::registry_error,
                          core::concat("the registry answered with the range ",
                                       core::in_quotes(field),
                                       " instead of bytes ",
                                       asked.first,
                                       " to ",
                                       asked.last));
    }
}

std::string range_header(const http::ContentRange& range) {
    return core::concat("bytes=", range.first, '-', range.last);
}

}  // namespace modelseal::registry
