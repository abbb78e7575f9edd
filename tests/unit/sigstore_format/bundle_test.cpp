#include "common/sigstore/format/bundle.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/crypto/public_key.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

std::string golden(std::string_view name) {
    return test::read_data(core::concat("cosign/", name, ".bundle.json"));
}

/// A golden bundle with one part replaced.
std::string changed(std::string_view name, std::string_view from, std::string_view to) {
    return test::replaced(golden(name), from, to);
}

/// Calls `visit` with every object in `json`, which may change it as long as it changes it back.
template <typename Visit>
void for_each_object(core::Json& json, const Visit& visit) {
    if (json.is_object()) {
        visit(json);
    }
    if (json.is_structured()) {
        for (auto& member : json) {
            for_each_object(member, visit);
        }
    }
}

void check_refused(const std::string& text) {
    CAPTURE(text);
    CHECK(test::error_of([&] { return Bundle::parse(text); }).kind() == core::ErrorKind::malformed);
}

}  // namespace

TEST_SUITE("sigstore/format/bundle") {
    TEST_CASE("reads the bundle of a signature by a key, and writes the same bytes") {
        const std::string text = golden("annotated");
        const Bundle bundle = Bundle::parse(text);
        CHECK(bundle.version == BundleVersion::v0_3);
        REQUIRE(std::holds_alternative<KeyMaterial>(bundle.material));
        REQUIRE(std::holds_alternative<Envelope>(bundle.content));
        const auto key = crypto::PublicKey::parse_pem(test::read_data("cosign/cosign.pub"));
        CHECK(key_bundle(std::get<Envelope>(bundle.content), key.fingerprint()) == text);
    }

    TEST_CASE("writes what cosign writes, byte for byte: keys, certificates, logs, timestamps") {
        for (const auto* name : {"cosign/plain.bundle.json",
                                 "cosign/attestation.bundle.json",
                                 "cosign/blob.bundle.json",
                                 "cosign/p384-blob.bundle.json",
                                 "cosign/ed25519-blob.bundle.json",
                                 "cosign/keyless-rekor-v1.bundle.json",
                                 "cosign/keyless-rekor-v2.bundle.json",
                                 "keyless/blob.rekor-v1.sigstore.json",
                                 "keyless/blob.sigstore.json",
                                 "keyless/oci-bundle.rekor-v1.sigstore.json",
                                 "keyless/oci-bundle.sigstore.json"}) {
            CAPTURE(name);
            const std::string text = test::read_data(name);
            CHECK(write_bundle(Bundle::parse(text)) == text);
        }
    }

    TEST_CASE("writes what cosign does not write so that it is read again") {
        Bundle bundle = Bundle::parse(golden("keyless-rekor-v1"));
        auto& chain = std::get<CertificateMaterial>(bundle.material).chain;
        chain.push_back(chain.front());
        for (const BundleVersion version : {BundleVersion::v0_1, BundleVersion::v0_2}) {
            bundle.version = version;
            const std::string text = write_bundle(bundle);
            const Bundle again = Bundle::parse(text);
            CHECK(again.version == version);
            CHECK(std::get<CertificateMaterial>(again.material).chain == chain);
            CHECK(write_bundle(again) == text);
        }
        bundle.version = BundleVersion::v0_3;
        CHECK(test::error_of([&] { return Bundle::parse(write_bundle(bundle)); })
                  .message()
                  .find("not a chain") != std::string::npos);
        bundle.material = KeyMaterial{};
        CHECK(write_bundle(bundle).find(R"("verificationMaterial":{"publicKey":{},)") !=
              std::string::npos);
        CHECK(std::get<KeyMaterial>(Bundle::parse(write_bundle(bundle)).material).hint.empty());
    }

    TEST_CASE("a certificate stands alone in v0.3, and in a chain before") {
        Bundle bundle = Bundle::parse(golden("keyless-rekor-v1"));
        CHECK(write_bundle(bundle).find("x509CertificateChain") == std::string::npos);
        bundle.version = BundleVersion::v0_2;
        CHECK(write_bundle(bundle).find("x509CertificateChain") != std::string::npos);
    }

    TEST_CASE(
        "reads bundles over bytes, also with the empty digest that cosign writes for Ed25519") {
        const Bundle bundle = Bundle::parse(golden("p384-blob"));
        REQUIRE(std::holds_alternative<MessageSignature>(bundle.content));
        CHECK(std::get<MessageSignature>(bundle.content).digest_algorithm == "SHA2_384");
        CHECK(std::get<MessageSignature>(bundle.content).digest.size() == 48);
        CHECK_NOTHROW(static_cast<void>(Bundle::parse(golden("blob"))));
        CHECK_NOTHROW(static_cast<void>(Bundle::parse(golden("ed25519-blob"))));
    }

    TEST_CASE("reads certificates, log entries of both Rekor versions, and timestamps") {
        const Bundle v1 = Bundle::parse(golden("keyless-rekor-v1"));
        REQUIRE(std::holds_alternative<CertificateMaterial>(v1.material));
        CHECK(std::get<CertificateMaterial>(v1.material).chain.size() == 1);
        REQUIRE(v1.log_entries.size() == 1);
        CHECK(v1.log_entries.front().kind == "dsse");
        CHECK(v1.log_entries.front().integrated_time > 0);
        CHECK(v1.log_entries.front().signed_timestamp.has_value());
        const Bundle v2 = Bundle::parse(golden("keyless-rekor-v2"));
        REQUIRE(v2.log_entries.size() == 1);
        CHECK(v2.log_entries.front().integrated_time == 0);
        CHECK_FALSE(v2.log_entries.front().signed_timestamp.has_value());
        REQUIRE(v2.log_entries.front().proof.has_value());
        CHECK(v2.log_entries.front().proof->root_hash.size() == 32);
        CHECK(v2.timestamps.size() == 1);
    }

    TEST_CASE("reads the media types of v0.1 to v0.3 and refuses others") {
        constexpr std::string_view type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        for (const auto* accepted : {"0.1", "0.2", "0.3"}) {
            CHECK_NOTHROW(static_cast<void>(Bundle::parse(changed(
                "plain",
                type,
                core::concat("application/vnd.dev.sigstore.bundle+json;version=", accepted)))));
        }
        check_refused(changed("plain", "v0.3", "v0.4"));
        check_refused(changed("plain", type, "application/json"));
    }

    TEST_CASE("refuses unknown fields wherever they stand") {
        check_refused(changed("plain", "{\"mediaType\"", "{\"x\":1,\"mediaType\""));
        check_refused(changed("plain", "{\"publicKey\"", "{\"x\":1,\"publicKey\""));
        check_refused(changed("plain", "{\"hint\"", "{\"x\":1,\"hint\""));
        check_refused(changed("plain", "{\"payload\"", "{\"x\":1,\"payload\""));
        check_refused(changed("keyless-rekor-v1", "{\"logIndex\"", "{\"x\":1,\"logIndex\""));
        check_refused(changed("keyless-rekor-v1", "{\"rawBytes\"", "{\"x\":1,\"rawBytes\""));
        check_refused(changed("blob", "{\"messageDigest\"", "{\"x\":1,\"messageDigest\""));
        check_refused(changed("plain", "{\"mediaType\"", "{\"mediaType\":\"x\",\"mediaType\""));
    }

    TEST_CASE("refuses no kind of material or content, and two") {
        check_refused(
            changed("plain", "\"publicKey\":{", "\"publicKey\":null,\"tlogEntries\":[],\"x\":{"));
        check_refused(changed("plain",
                              "{\"publicKey\":{",
                              "{\"certificate\":{\"rawBytes\":\"AA==\"},\"publicKey\":{"));
        check_refused(changed("plain",
                              "\"dsseEnvelope\"",
                              "\"messageSignature\":{\"signature\":\"AA==\"},\"dsseEnvelope\""));
        check_refused(
            R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{}}})");
    }

    TEST_CASE("refuses two log entries that are one, entries without proof, and too many") {
        const std::string text = golden("keyless-rekor-v1");
        const std::size_t start = text.find("\"tlogEntries\":[") + 15;
        const std::size_t end = text.find("}]", start) + 1;
        const std::string entry = text.substr(start, end - start);
        check_refused(changed("keyless-rekor-v1", entry, core::concat(entry, ",", entry)));
        check_refused(changed("keyless-rekor-v2",
                              "\"inclusionProof\"",
                              "\"inclusionPromise\":{\"signedEntryTimestamp\":\"AA==\"},\"x\""));
        std::string many = "[{}";
        for (int i = 0; i < 32; ++i) {
            many.append(",{}");
        }
        check_refused(changed(
            "plain", "{\"publicKey\"", core::concat("{\"tlogEntries\":", many, "],\"publicKey\"")));
    }

    TEST_CASE("refuses negative indexes and hashes of the wrong size") {
        check_refused(changed("keyless-rekor-v1", "\"logIndex\":\"", "\"logIndex\":\"-"));
        check_refused(changed("keyless-rekor-v1", "\"rootHash\":\"", "\"rootHash\":\"AAAA"));
    }

    TEST_CASE("refuses more than 1 MiB") {
        check_refused(golden("plain") + std::string(std::size_t{1} << 20U, ' '));
    }

    TEST_CASE("refuses every truncation") {
        for (const auto* name : {"plain", "keyless-rekor-v2"}) {
            const std::string text = golden(name);
            for (std::size_t length = 0; length < text.size(); ++length) {
                CHECK_THROWS_AS(static_cast<void>(Bundle::parse(text.substr(0, length))),
                                core::Error);
            }
        }
    }

    TEST_CASE("writes the bundle of a signature over bytes as cosign does") {
        const std::string text = golden("p384-blob");
        const Bundle bundle = Bundle::parse(text);
        const auto key = crypto::PublicKey::parse_pem(test::read_data("cosign/p384-blob.pub"));
        CHECK(key_bundle(std::get<MessageSignature>(bundle.content), key.fingerprint()) == text);
    }

    TEST_CASE("knows the names of three hashes, and no others") {
        for (const auto hash : {crypto::HashAlgorithm::sha256,
                                crypto::HashAlgorithm::sha384,
                                crypto::HashAlgorithm::sha512}) {
            CHECK(parse_hash_name(hash_name(hash)) == hash);
        }
        for (const auto* name : {"", "SHA2_224", "sha2_256", "SHA2_256 ", "SHA3_256", "MD5"}) {
            CHECK_FALSE(parse_hash_name(name));
        }
    }

    TEST_CASE("refuses an unknown field in every message, and what is no message") {
        for (const auto* name : {"keyless-rekor-v1", "keyless-rekor-v2", "blob", "annotated"}) {
            core::Json whole = core::parse_json(golden(name));
            if (std::string_view(name) == "keyless-rekor-v1") {  // in every form that there is
                core::Json& material = whole["verificationMaterial"];
                whole["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2";
                core::Json leaf = material["certificate"];
                material.erase("certificate");
                material["x509CertificateChain"] = {{"certificates", {std::move(leaf)}}};
            }
            CHECK_NOTHROW(static_cast<void>(Bundle::parse(whole.dump())));
            for_each_object(whole, [&](core::Json& object) {
                const core::Json before = object;
                object["unknown"] = 1;
                check_refused(whole.dump());
                for (const core::Json& other : {core::Json::array(), core::Json(7)}) {
                    object = other;
                    check_refused(whole.dump());
                }
                object = before;
            });
        }
    }

    TEST_CASE("refuses lists that are none, and bytes that are no text") {
        for (const auto* name : {"tlogEntries", "timestampVerificationData"}) {
            check_refused(changed("plain",
                                  "{\"publicKey\"",
                                  core::concat("{\"", name, "\":{\"x\":1},\"publicKey\"")));
        }
        check_refused(changed("plain", "{\"publicKey\"", "{\"tlogEntries\":{},\"publicKey\""));
        core::Json number = core::parse_json(golden("plain"));
        number["dsseEnvelope"]["payload"] = 5;
        check_refused(number.dump());
        core::Json json = core::parse_json(golden("keyless-rekor-v1"));
        json["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1";
        json["verificationMaterial"].erase("certificate");
        json["verificationMaterial"]["x509CertificateChain"] = {
            {"certificates", core::Json::array()}};
        check_refused(json.dump());
    }

    TEST_CASE("reads 32 log entries, 32 timestamps and 10 certificates, and refuses one more") {
        Bundle bundle = Bundle::parse(golden("keyless-rekor-v1"));
        bundle.version = BundleVersion::v0_2;
        auto& chain = std::get<CertificateMaterial>(bundle.material).chain;
        const LogEntry entry = bundle.log_entries.front();
        chain.assign(10, chain.front());
        bundle.timestamps.assign(32, core::to_bytes("t"));
        bundle.log_entries.clear();
        for (std::uint64_t i = 0; i < 32; ++i) {
            bundle.log_entries.push_back(entry);
            bundle.log_entries.back().log_index = i;
        }
        CHECK(Bundle::parse(write_bundle(bundle)).log_entries.size() == 32);
        Bundle more = bundle;
        more.log_entries.push_back(entry);
        more.log_entries.back().log_index = 32;
        check_refused(write_bundle(more));
        more = bundle;
        more.timestamps.push_back(core::to_bytes("t"));
        check_refused(write_bundle(more));
        more = bundle;
        std::get<CertificateMaterial>(more.material).chain.push_back(chain.front());
        check_refused(write_bundle(more));
    }

    TEST_CASE(
        "v0.1 has promises, and proofs may be missing; from v0.2 on it is the other way round") {
        const Bundle good = Bundle::parse(golden("keyless-rekor-v1"));
        for (const BundleVersion version :
             {BundleVersion::v0_1, BundleVersion::v0_2, BundleVersion::v0_3}) {
            Bundle unproved = good;
            unproved.version = version;
            unproved.log_entries.front().proof.reset();
            Bundle unpromised = good;
            unpromised.version = version;
            unpromised.log_entries.front().signed_timestamp.reset();
            const bool is_old = version == BundleVersion::v0_1;
            CHECK_NOTHROW(
                static_cast<void>(Bundle::parse(write_bundle(is_old ? unproved : unpromised))));
            check_refused(write_bundle(is_old ? unpromised : unproved));
        }
    }

    TEST_CASE("refuses what is nested deeper than any bundle") {
        const std::string deep = std::string(20, '[') + std::string(20, ']');
        const auto error = test::error_of([&] {
            return Bundle::parse(changed(
                "plain", "{\"mediaType\"", core::concat("{\"x\":", deep, ",\"mediaType\"")));
        });
        CHECK(error.message().find("nested deeper") != std::string::npos);
    }
}

}  // namespace modelseal::sigstore
