#include "common/sigstore/certificate/signed_certificate_timestamp.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/ct_log.hpp"
#include "tests/support/pki/der.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

core::Bytes real_list() {
    return crypto::Certificate::parse_pem_chain(test::read_data("x509/public-good-workflow.pem"))
        .at(0)
        .extension(sct_list_oid)
        .value();
}

void check_malformed(std::span<const std::byte> list, std::string_view why = "") {
    const auto error = test::error_of([&] { return parse_sct_list(list); });
    CHECK(error.kind() == core::ErrorKind::malformed);
    CHECK(error.message().ends_with(why));
}

core::Bytes made_sct(const pki::SctOptions& options) {
    return pki::make_sct(options, core::to_bytes("tbs"), core::to_bytes("key"));
}

/// A list of one SCT's bytes.
core::Bytes list_of(const core::Bytes& sct) {
    return pki::sct_list(std::span(&sct, 1));
}

}  // namespace

TEST_SUITE("sigstore/certificate/signed_certificate_timestamp") {
    TEST_CASE("reads the list of a real certificate") {
        const auto scts = parse_sct_list(real_list());
        REQUIRE(scts.size() == 1);
        CHECK(core::to_hex(scts[0].log_id) ==
              "dd3d306ac6c7113263191e1c99673702a24a5eb8de3cadff878a72802f29ee8e");
        CHECK(core::Timestamp::from_unix(static_cast<std::int64_t>(scts[0].milliseconds / 1000))
                  .to_string() == "2023-08-18T16:05:35Z");
        CHECK(scts[0].milliseconds % 1000 == 120);
        CHECK(scts[0].extensions.empty());
        CHECK(scts[0].hash == 4);
        CHECK(scts[0].signature_algorithm == 3);
        CHECK(scts[0].signature.size() == 72);
    }

    TEST_CASE("reads lists of none and of several, with extensions") {
        CHECK(parse_sct_list(pki::sct_list({})).empty());
        const pki::CtLog log;
        const std::vector<core::Bytes> scts{
            made_sct({.log = log, .milliseconds = 1}),
            made_sct({.log = log, .milliseconds = 2, .extensions = core::to_bytes("leaf index")})};
        const auto read = parse_sct_list(pki::sct_list(scts));
        REQUIRE(read.size() == 2);
        CHECK(read[0].milliseconds == 1);
        CHECK(read[1].milliseconds == 2);
        CHECK(core::as_text(read[1].extensions) == "leaf index");
    }

    TEST_CASE("leaves out what is of another version") {
        const pki::CtLog log;
        const std::vector<core::Bytes> scts{made_sct({.log = log, .version = 1}),
                                            made_sct({.log = log, .milliseconds = 7})};
        const auto read = parse_sct_list(pki::sct_list(scts));
        REQUIRE(read.size() == 1);
        CHECK(read[0].milliseconds == 7);
    }

    TEST_CASE("refuses what ends at any byte too early") {
        const core::Bytes list = real_list();
        for (std::size_t size = 0; size < list.size(); ++size) {
            CAPTURE(size);
            check_malformed(std::span(list).first(size), "it is not an OCTET STRING");
        }
    }

    TEST_CASE("refuses an SCT that ends at any byte too early, and bytes behind it") {
        const pki::CtLog log;
        const core::Bytes sct = made_sct({.log = log});
        for (std::size_t size = 0; size < sct.size(); ++size) {
            CAPTURE(size);
            const core::Bytes cut(sct.begin(), sct.begin() + static_cast<std::ptrdiff_t>(size));
            check_malformed(list_of(cut), "it ends too early");
        }
        check_malformed(list_of(made_sct({.log = log, .behind = core::Bytes(1)})));
    }

    TEST_CASE("refuses bytes behind the list, inside and outside of the octet string") {
        core::Bytes outside = real_list();
        outside.push_back(std::byte{0});
        check_malformed(outside);
        check_malformed(core::from_hex("0403000000").value());
        check_malformed(core::from_hex("0c020000").value());
    }
}

}  // namespace modelseal::sigstore
