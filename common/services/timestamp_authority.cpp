#include "common/services/timestamp_authority.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/services/der.hpp"
#include "common/services/service_call.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

/// TimeStampReq { version 1, MessageImprint { SHA-256, NULL; OCTET STRING of 32 bytes } }, up to
/// the digest.
constexpr std::array<std::uint8_t, 24> query_head{0x30, 0x36, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30,
                                                  0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
                                                  0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

constexpr std::byte granted{0};
constexpr std::byte granted_with_changes{1};

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, std::string(why));
}

}  // namespace

std::string timestamp_query(const digest::Digest& imprint) {
    return concat(core::as_text(std::as_bytes(std::span(query_head))),
                  core::as_text(imprint.bytes()));
}

void check_timestamp_response(std::span<const std::byte> response, const digest::Digest& imprint) {
    std::span<const std::byte> rest = response;
    auto content = take_der(rest, der_tags::sequence);
    if (!content || !rest.empty()) {
        refuse("it is not one time stamp response in DER");
    }
    auto status = take_der(*content, der_tags::sequence);
    const auto value = status ? take_der(*status, der_tags::integer) : std::nullopt;
    if (!value || value->size() != 1) {
        refuse("it has no status");
    }
    if (value->front() != granted && value->front() != granted_with_changes) {
        throw Error(
            ErrorKind::denied,
            core::Reason::service_error,
            concat("it refuses, with the status ", std::to_integer<unsigned>(value->front())));
    }
    const auto token = take_der(*content, der_tags::sequence);
    if (!token || !content->empty()) {
        refuse("it holds no time stamp");
    }
    if (std::search(token->begin(), token->end(), imprint.bytes().begin(), imprint.bytes().end()) ==
        token->end()) {
        refuse("its time stamp is over something else than the signature");
    }
}

core::Bytes request_timestamp(http::Transport& transport,
                              const http::Url& url,
                              std::span<const std::byte> signature) {
    constexpr std::string_view service = "the timestamp authority";
    const digest::Digest imprint = digest::sha256_of(signature);
    http::Request request{.method = http::Method::post, .url = url};
    request.headers.set("Content-Type", "application/timestamp-query");
    request.headers.set("Accept", "application/timestamp-reply");
    request.text = timestamp_query(imprint);
    const http::Response response = call_service(transport, std::move(request), service);
    core::with_context(concat("reading the answer of ", service, " at ", url.redacted()),
                       [&] { check_timestamp_response(core::as_bytes(response.body), imprint); });
    return core::to_bytes(response.body);
}

}  // namespace modelseal::services
