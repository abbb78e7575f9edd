#include "common/sigstore/trust/transparency_log.hpp"

#include "common/crypto/private_key.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

core::Timestamp second(std::int64_t number) {
    return core::Timestamp::from_unix(number);
}

std::string host_of(std::string_view url) {
    return TransparencyLog{
        std::string(url), crypto::PrivateKey::generate().public_key(), core::Bytes(32), {second(0)}}
        .host();
}

}  // namespace

TEST_SUITE("sigstore/trust/transparency_log") {
    TEST_CASE("the host is named without port, scheme and path") {
        CHECK(host_of("https://log2025-1.rekor.sigstore.dev") == "log2025-1.rekor.sigstore.dev");
        CHECK(host_of("http://127.0.0.1:8802/path:1") == "127.0.0.1");
        CHECK(host_of("https://user@example.com:1/?a=b:c") == "example.com");
        CHECK(host_of("https://[2001:db8::1]:443/") == "2001:db8::1");
        CHECK(host_of("rekor.example.com") == "rekor.example.com");
    }

    TEST_CASE("both ends belong to a validity, and it may have none") {
        const Validity closed{second(10), second(20)};
        CHECK_FALSE(closed.contains(second(9)));
        CHECK(closed.contains(second(10)));
        CHECK(closed.contains(second(20)));
        CHECK_FALSE(closed.contains(second(21)));
        const Validity open{second(10)};
        CHECK_FALSE(open.contains(second(9)));
        CHECK(open.contains(second(1'000'000'000)));
    }
}

}  // namespace modelseal::sigstore
