#include "common/crypto/x509/timestamp.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/timestamp_authority.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

using core::ErrorKind;
using core::Reason;
using Chain = std::vector<Certificate>;

constexpr std::string_view message = "a signature";

core::Bytes data(std::string_view name) {
    return core::to_bytes(test::read_data(core::concat("x509/", name)));
}

Chain chain_file(std::string_view name) {
    return Certificate::parse_pem_chain(test::read_data(core::concat("x509/", name)));
}

core::Timestamp verify(const core::Bytes& response, const Chain& chain) {
    return verify_timestamp(response, core::as_bytes(message), chain);
}

void check_refused(const core::Bytes& response,
                   const Chain& chain,
                   Reason reason = Reason::untrusted_timestamp) {
    const auto error = test::error_of([&] { return verify(response, chain); });
    CAPTURE(error.message());
    CHECK(error.kind() == ErrorKind::mismatch);
    CHECK(error.reason() == reason);
}

/// A response that only its own options make wrong.
void check_stamp_refused(const pki::StampOptions& options) {
    const auto tsa = pki::make_timestamp_authority();
    check_refused(tsa.stamp(core::as_bytes(message), options), tsa.chain());
}

void check_stamp_malformed(const pki::StampOptions& options) {
    const auto tsa = pki::make_timestamp_authority();
    const auto response = tsa.stamp(core::as_bytes(message), options);
    CHECK(test::error_of([&] { return verify(response, tsa.chain()); }).kind() ==
          ErrorKind::malformed);
}

/// An authority of which only the signer's certificate is wrong.
void check_signer_refused(const pki::LeafOptions& options,
                          Reason reason = Reason::untrusted_timestamp) {
    const auto tsa = pki::make_timestamp_authority(pki::make_authority(), options);
    check_refused(tsa.stamp(core::as_bytes(message)), tsa.chain(), reason);
}

std::optional<core::Timestamp> time_or_nothing(const core::Bytes& response,
                                               const core::Bytes& signature,
                                               const Chain& chain) {
    try {
        return verify_timestamp(response, signature, chain);
    } catch (const core::Error&) {
        return std::nullopt;
    }
}

/// As timestamping_leaf(), with one thing changed.
template <typename Change>
pki::LeafOptions changed(Change change) {
    pki::LeafOptions options = pki::timestamping_leaf();
    change(options);
    return options;
}

}  // namespace

TEST_SUITE("crypto/x509/timestamp") {
    TEST_CASE("accepts a real response without certificates") {
        CHECK(verify_timestamp(data("local-workflow.tsr"),
                               data("local-workflow.sig"),
                               chain_file("local-tsa.pem"))
                  .to_string() == "2026-11-23T16:37:32Z");
    }

    TEST_CASE("accepts a real response with a certificate and a nonce") {
        CHECK(verify_timestamp(
                  data("embedded.tsr"), data("embedded.sig"), chain_file("embedded-tsa.pem"))
                  .to_string() == "2026-11-23T16:50:49Z");
    }

    TEST_CASE("a real response is by its own authority and over its own signature") {
        const auto error = test::error_of([] {
            return verify_timestamp(data("local-workflow.tsr"),
                                    data("local-workflow.sig"),
                                    chain_file("public-good-tsa.pem"));
        });
        CHECK(error.reason() == Reason::untrusted_timestamp);
        const auto other_message = test::error_of([] {
            return verify_timestamp(
                data("local-workflow.tsr"), data("embedded.sig"), chain_file("local-tsa.pem"));
        });
        CHECK(other_message.reason() == Reason::untrusted_timestamp);
    }

    TEST_CASE("a real response that is cut anywhere is refused") {
        const core::Bytes response = data("embedded.tsr");
        const core::Bytes signature = data("embedded.sig");
        const Chain chain = chain_file("embedded-tsa.pem");
        for (std::size_t size = 0; size < response.size(); ++size) {
            CAPTURE(size);
            CHECK(test::error_of([&] {
                      return verify_timestamp(std::span(response).first(size), signature, chain);
                  }).kind() == ErrorKind::malformed);
        }
    }

    TEST_CASE("a real response with any byte changed is refused, or says the same time") {
        const core::Bytes response = data("local-workflow.tsr");
        const core::Bytes signature = data("local-workflow.sig");
        const Chain chain = chain_file("local-tsa.pem");
        const auto time = verify_timestamp(response, signature, chain);
        std::size_t accepted = 0;
        for (std::size_t i = 0; i < response.size(); ++i) {
            core::Bytes other = response;
            other[i] ^= std::byte{1};
            if (const auto stated = time_or_nothing(other, signature, chain)) {
                CAPTURE(i);
                CHECK(*stated == time);
                ++accepted;
            }
        }
        CHECK(accepted < 16);  // the status and what else no signature covers
    }

    TEST_CASE("accepts what the factory makes, with each hash and with modifications") {
        const auto tsa = pki::make_timestamp_authority();
        for (const auto* hash : {"SHA256", "SHA384", "SHA512"}) {
            CAPTURE(hash);
            CHECK(verify(tsa.stamp(core::as_bytes(message), {.hash = hash}), tsa.chain()) ==
                  pki::noon());
        }
        CHECK(verify(tsa.stamp(core::as_bytes(message), {.status = 1}), tsa.chain()) ==
              pki::noon());
        CHECK(verify(tsa.stamp(core::as_bytes(message), {.tsa_name = "test timestamping"}),
                     tsa.chain()) == pki::noon());
    }

    TEST_CASE("fractions of a second are dropped") {
        const auto tsa = pki::make_timestamp_authority();
        for (const auto* time : {"20260601120000.5Z", "20260601120000.999Z"}) {
            CAPTURE(time);
            CHECK(verify(tsa.stamp(core::as_bytes(message), {.gen_time = time}), tsa.chain()) ==
                  pki::noon());
        }
    }

    TEST_CASE("refuses a time that is none") {
        for (const auto* time : {"20261301120000Z", "20260601120000", "20260601120000+0100", ""}) {
            CAPTURE(time);
            const auto tsa = pki::make_timestamp_authority();
            const auto response = tsa.stamp(core::as_bytes(message), {.gen_time = time});
            CHECK_THROWS_AS(static_cast<void>(verify(response, tsa.chain())), core::Error);
        }
    }

    TEST_CASE("refuses an answer that is a refusal, with and without a token") {
        for (const int status : {2, 3, 4, 5, 6}) {
            CAPTURE(status);
            check_stamp_refused({.status = status, .with_token = false});
            check_stamp_malformed({.status = status});
        }
        check_stamp_malformed({.with_token = false});
        check_stamp_malformed({.status = -1});
    }

    TEST_CASE("refuses SHA-1 and an imprint of another message") {
        check_stamp_refused({.hash = "SHA1"});
        check_stamp_refused({.hash = "MD5"});
        check_stamp_refused({.hash = "SHA224"});
        check_stamp_refused({.signature_hash = "SHA1"});
        check_stamp_refused({.imprint = core::Bytes(32)});
        check_stamp_refused({.imprint = core::Bytes()});
    }

    TEST_CASE("refuses another version, critical extensions and another authority's name") {
        check_stamp_refused({.version = 2});
        check_stamp_refused({.tsa_name = "somebody else"});
        check_stamp_refused({.extensions = {{"1.2.3.4", core::to_bytes("x"), true}}});
        const auto tsa = pki::make_timestamp_authority();
        const auto harmless =
            tsa.stamp(core::as_bytes(message), {.extensions = {{"1.2.3.4", core::to_bytes("x")}}});
        CHECK(verify(harmless, tsa.chain()) == pki::noon());
    }

    TEST_CASE("refuses bytes behind the response and behind what is signed") {
        check_stamp_malformed({.behind_response = core::Bytes(1)});
        check_stamp_malformed({.behind_content = core::Bytes(1)});
    }

    TEST_CASE("refuses a signature that does not verify, none, and two") {
        check_stamp_refused({.bad_signature = true});
        check_stamp_refused({.signers = 0});
        check_stamp_refused({.signers = 2});
    }

    TEST_CASE("the signed attributes say what is signed and by which certificate") {
        check_stamp_refused({.names_signer = false});
        check_stamp_refused({.content_type_of_data = true});
        check_stamp_refused({.named_signer = pki::make_timestamp_authority().signer.certificate});
    }

    TEST_CASE("only the authority's own certificate may have signed") {
        const auto tsa = pki::make_timestamp_authority();
        const pki::Leaf other = tsa.authority.issue(pki::timestamping_leaf());
        check_refused(tsa.stamp(core::as_bytes(message),
                                {.certificates = {other.certificate}, .signer = other}),
                      tsa.chain());
        check_refused(tsa.stamp(core::as_bytes(message), {.signer = other}), tsa.chain());
    }

    TEST_CASE("an authority that lists no signer vouches for one that comes along") {
        const auto tsa = pki::make_timestamp_authority();
        const auto embedded =
            tsa.stamp(core::as_bytes(message), {.certificates = {tsa.signer.certificate}});
        CHECK(verify(embedded, tsa.authority.chain()) == pki::noon());
        CHECK(verify(embedded, tsa.chain()) == pki::noon());
        check_refused(tsa.stamp(core::as_bytes(message)), tsa.authority.chain());
        check_refused(embedded, pki::make_timestamp_authority().authority.chain());
        check_refused(embedded, {});
    }

    TEST_CASE("an authority of the same name with another key is another one") {
        const auto tsa = pki::make_timestamp_authority();
        const auto other = pki::make_timestamp_authority();
        check_refused(tsa.stamp(core::as_bytes(message)), other.chain());
        check_refused(
            tsa.stamp(core::as_bytes(message), {.certificates = {tsa.signer.certificate}}),
            other.chain());
    }

    TEST_CASE("the signer's certificate is for timestamping alone, and says so critically") {
        for (const auto* usage : {"",
                                  "timeStamping",
                                  "critical,timeStamping,codeSigning",
                                  "critical,timeStamping,1.2.3.4",
                                  "critical,codeSigning",
                                  "critical,anyExtendedKeyUsage"}) {
            CAPTURE(usage);
            check_signer_refused(changed([&](auto& leaf) { leaf.extended_key_usage = usage; }));
        }
        check_signer_refused(changed([](auto& leaf) { leaf.key_usage = "critical,keyAgreement"; }));
    }

    TEST_CASE("the signer's certificate is no authority") {
        check_signer_refused(changed([](auto& leaf) {
            leaf.basic_constraints = "critical,CA:TRUE";
            leaf.key_usage = "critical,digitalSignature,keyCertSign";
        }));
    }

    TEST_CASE("the path is valid when the timestamp was made") {
        check_signer_refused(changed([](auto& leaf) { leaf.not_before = pki::noon(1); }),
                             Reason::certificate_expired);
        check_signer_refused(changed([](auto& leaf) { leaf.not_after = pki::noon(-1); }),
                             Reason::certificate_expired);
        const auto root = pki::make_authority({.not_after = pki::noon(-1)});
        const auto tsa = pki::make_timestamp_authority(root, pki::timestamping_leaf());
        check_refused(tsa.stamp(core::as_bytes(message)), tsa.chain(), Reason::certificate_expired);
        const auto past = pki::make_timestamp_authority(
            pki::make_authority(),
            changed([](auto& leaf) { leaf.not_after = pki::noon(0); }));  // and long over today
        CHECK(verify(past.stamp(core::as_bytes(message)), past.chain()) == pki::noon());
    }

    TEST_CASE("authorities above the signer are for timestamping") {
        const auto root = pki::make_authority({.extended_key_usage = "codeSigning"});
        const auto tsa = pki::make_timestamp_authority(root, pki::timestamping_leaf());
        check_refused(tsa.stamp(core::as_bytes(message)), tsa.chain());
        const auto fitting = pki::make_timestamp_authority(
            pki::make_authority({.extended_key_usage = "timeStamping"}), pki::timestamping_leaf());
        CHECK(verify(fitting.stamp(core::as_bytes(message)), fitting.chain()) == pki::noon());
    }

    TEST_CASE("an intermediate may be all that is trusted") {
        const auto tsa = pki::make_timestamp_authority();
        const Chain chain{tsa.signer.certificate, tsa.authority.certificate};
        CHECK(verify(tsa.stamp(core::as_bytes(message)), chain) == pki::noon());
    }

    TEST_CASE("refuses more certificates than anybody needs") {
        const auto tsa = pki::make_timestamp_authority();
        Chain many;
        for (int i = 0; i < 11; ++i) {
            many.push_back(tsa.authority.issue(pki::timestamping_leaf()).certificate);
        }
        check_stamp_malformed({.certificates = many});
    }

    TEST_CASE("says that the authority refused, and with which status") {
        const auto tsa = pki::make_timestamp_authority();
        const auto refusal = [&](const pki::StampOptions& options) {
            return test::error_of([&] {
                       return verify(tsa.stamp(core::as_bytes(message), options), tsa.chain());
                   })
                .message();
        };
        CHECK(refusal({.status = 2, .with_token = false}).find("status 2") != std::string::npos);
    }

    TEST_CASE("refuses an imprint whose hash has parameters") {
        check_stamp_refused({.hash_has_parameters = true});
    }

    TEST_CASE("refuses signed attributes of another type") {
        const auto tsa = pki::make_timestamp_authority();
        core::Bytes response = tsa.stamp(core::as_bytes(message));
        // messageDigest, a set of one OCTET STRING of 32 bytes
        const auto attribute = core::from_hex("06092a864886f70d01090431220420").value();
        const auto found =
            std::search(response.begin(), response.end(), attribute.begin(), attribute.end());
        REQUIRE(found != response.end());
        *(found + static_cast<std::ptrdiff_t>(attribute.size()) - 2) = std::byte{0x0c};
        const auto error = test::error_of([&] { return verify(response, tsa.chain()); });
        CHECK(error.message().find("breaks its form") != std::string::npos);
    }

    TEST_CASE("an intermediate in the token does not make up for an authority's own") {
        const pki::Authority root = pki::make_authority({.name = "root"});
        const pki::Authority own = root.subordinate({.name = "own"});
        const pki::Authority sibling = root.subordinate({.name = "sibling"});
        const auto by_own = pki::make_timestamp_authority(own, pki::timestamping_leaf());
        const auto by_sibling = pki::make_timestamp_authority(sibling, pki::timestamping_leaf());
        const auto stamp = [&](const pki::TimestampAuthority& tsa) {
            return tsa.stamp(core::as_bytes(message),
                             {.certificates = {tsa.signer.certificate, tsa.authority.certificate}});
        };
        CHECK_NOTHROW(static_cast<void>(verify(stamp(by_own), own.chain())));
        CHECK_NOTHROW(static_cast<void>(verify(stamp(by_sibling), root.chain())));
        check_refused(stamp(by_sibling), own.chain());
    }
}

}  // namespace modelseal::crypto
