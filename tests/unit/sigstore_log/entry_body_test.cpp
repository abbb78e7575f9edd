#include "common/sigstore/log/entry_body.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/log_bodies.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

/// The body that a real log made.
std::string golden(std::string_view bundle) {
    const auto entries = Bundle::parse(test::read_data(bundle)).log_entries;
    return std::string(core::as_text(entries.at(0).body));
}

std::string hashed_rekord() {
    return golden("rekor/blob.v1.bundle.json");
}

std::string dsse() {
    return golden("cosign/keyless-rekor-v1.bundle.json");
}

std::string intoto() {
    return golden("rekor/sigstore-js-2.0.0.bundle.json");
}

EntryBody parse(std::string_view body) {
    return EntryBody::parse(core::as_bytes(body));
}

void check_refused(const std::string& body) {
    CAPTURE(body);
    CHECK(test::error_of([&] { return parse(body); }).kind() == core::ErrorKind::malformed);
}

/// An unknown member, or none, at each of `places`.
void check_strict(const std::string& body, const std::vector<std::string>& places) {
    for (const std::string& place : places) {
        std::string with_unknown = place;
        with_unknown.insert(with_unknown.find('{') + 1, "\"x\":1,");
        check_refused(test::replaced(body, place, with_unknown));
        const std::string name = place.substr(place.find('"') + 1);
        check_refused(
            test::replaced(body, place, place.substr(0, place.find('"') + 1) + "x" + name));
    }
}

const pki::BodyFields fields{.signature = core::to_bytes("signature"),
                             .signer_pem = "-----BEGIN PUBLIC KEY-----",
                             .digest = core::Bytes(32, std::byte{5})};

}  // namespace

TEST_SUITE("sigstore/log/entry_body") {
    TEST_CASE("reads the bodies of real logs, of every kind of Rekor v1") {
        for (const auto& body : {hashed_rekord(), dsse(), intoto()}) {
            const EntryBody read = parse(body);
            CHECK(read.signature.size() > 64);  // ECDSA P-256, ASN.1
            CHECK(read.signature.front() == std::byte{0x30});
            CHECK(crypto::parse_first_pem(read.verifier).label == "CERTIFICATE");
        }
        const auto message = std::get<LoggedMessage>(parse(hashed_rekord()).content);
        CHECK(message.algorithm == "sha256");
        CHECK(core::to_hex(message.digest) ==
              "17b901ac85fd0374d0fd009ce5a88d9b51bfbd3cf67ece4eaf03cde7eed5f4f6");
        CHECK(core::to_hex(std::get<LoggedEnvelope>(parse(dsse()).content).payload_hash) ==
              "7cf35706e136ee73ec74703274007f0cd74a7c8163427e168527ea77fb0d2a57");
        CHECK(std::get<LoggedEnvelope>(parse(intoto()).content).payload_hash.size() == 32);
    }

    TEST_CASE("reads what the tests' own log writes") {
        for (const auto& body :
             {pki::hashedrekord_v1(fields), pki::dsse_v1(fields), pki::intoto_v1(fields)}) {
            CAPTURE(body);
            CHECK(parse(body).signature == fields.signature);
            CHECK(parse(body).verifier == fields.signer_pem);
        }
    }

    TEST_CASE("tells the kinds of Rekor v1 and v2, and none of others") {
        const auto kind = [](std::string_view body) {
            return EntryKind::of_body(core::as_bytes(body));
        };
        CHECK(kind(hashed_rekord()) == EntryKind{.kind = "hashedrekord", .version = "0.0.1"});
        for (const auto& body : {hashed_rekord(), dsse(), intoto()}) {
            CHECK(kind(body).is_rekor_v1());
            CHECK_FALSE(kind(body).is_rekor_v2());
        }
        CHECK(kind(golden("rekor/blob.v2.bundle.json")).is_rekor_v2());
        CHECK_FALSE(kind(golden("rekor/blob.v2.bundle.json")).is_rekor_v1());
        for (const auto& other : {EntryKind{.kind = "dsse", .version = "0.0.2"},
                                  EntryKind{.kind = "intoto", .version = "0.0.1"},
                                  EntryKind{.kind = "rekord", .version = "0.0.1"},
                                  EntryKind{.kind = "hashedrekord", .version = "0.0.3"}}) {
            CHECK_FALSE(other.is_rekor_v1());
            CHECK_FALSE(other.is_rekor_v2());
        }
        check_refused(golden("rekor/blob.v2.bundle.json"));
        check_refused(test::replaced(hashed_rekord(), "\"hashedrekord\"", "\"rekord\""));
        check_refused(test::replaced(hashed_rekord(), "\"0.0.1\"", "\"0.0.3\""));
    }

    TEST_CASE("refuses unknown and missing fields wherever they stand") {
        const std::vector<std::string> everywhere = {"{\"apiVersion\"", "{\"algorithm\""};
        check_strict(hashed_rekord(), everywhere);
        check_strict(hashed_rekord(),
                     {"{\"data\"", "{\"hash\"", "{\"content\":\"ME", "{\"content\":\"LS0"});
        check_strict(dsse(), everywhere);
        check_strict(dsse(), {"{\"envelopeHash\"", "{\"signature\""});
        check_strict(intoto(), everywhere);
        check_strict(intoto(),
                     {"{\"content\"", "{\"envelope\"", "{\"payloadType\"", "{\"publicKey\""});
        check_refused(
            test::replaced(dsse(), "{\"apiVersion\"", "{\"kind\":\"dsse\",\"apiVersion\""));
    }

    TEST_CASE("refuses other than one signature") {
        for (const std::string& body : {dsse(), intoto()}) {
            const std::size_t start = body.find("\"signatures\":[") + 14;
            const std::string signature = body.substr(start, body.find(']', start) - start);
            check_refused(test::replaced(body, signature, ""));
            check_refused(test::replaced(body, signature, core::concat(signature, ',', signature)));
        }
    }

    TEST_CASE("refuses hashes that are not lower-case hexadecimal, and payloads hashed otherwise") {
        check_refused(test::replaced(hashed_rekord(), "17b901ac", "17B901AC"));
        check_refused(test::replaced(hashed_rekord(), "17b901ac", "17b901a"));
        check_refused(test::replaced(dsse(), "7cf35706", "7CF35706"));
        for (const std::string& body : {dsse(), intoto()}) {
            check_refused(test::replaced(body,
                                         "\"payloadHash\":{\"algorithm\":\"sha256\"",
                                         "\"payloadHash\":{\"algorithm\":\"sha512\""));
        }
    }

    TEST_CASE("refuses base64 that is not strict, also the inner one of intoto") {
        check_refused(test::replaced(hashed_rekord(), "{\"content\":\"ME", "{\"content\":\"M E"));
        check_refused(test::replaced(dsse(), "{\"signature\":\"ME", "{\"signature\":\"M E"));
        for (const auto* inner : {"not base64", ""}) {
            const std::string good =
                core::to_base64(core::as_bytes(core::to_base64(fields.signature)));
            check_refused(test::replaced(
                pki::intoto_v1(fields), good, core::to_base64(core::as_bytes(inner))));
        }
    }

    TEST_CASE("refuses every truncation") {
        for (const std::string& body : {hashed_rekord(), dsse(), intoto()}) {
            for (std::size_t length = 0; length < body.size(); ++length) {
                CHECK_THROWS_AS(static_cast<void>(parse(body.substr(0, length))), core::Error);
            }
        }
    }

    TEST_CASE("refuses a body that is larger than any") {
        const std::string body = core::concat(R"({"apiVersion":"0.0.1","kind":"dsse","spec":")",
                                              std::string(std::size_t{1} << 20U, 'a'),
                                              "\"}");
        CHECK(test::error_of([&] { return EntryKind::of_body(core::as_bytes(body)); }).reason() ==
              core::Reason::limit_exceeded);
    }
}

}  // namespace modelseal::sigstore
