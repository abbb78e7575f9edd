#include "common/sigstore/blob.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/sign.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"
#include "tests/support/trust.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using core::ErrorKind;
using core::Reason;

constexpr auto all_keys = {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"};
constexpr std::string_view content = "the weights of a model";

crypto::KeySigner signer(std::string_view name) {
    return crypto::KeySigner(
        crypto::PrivateKey::parse_pem(test::read_data(core::concat("cosign/keys/", name, ".pem"))));
}

BlobReader reader_of(std::string_view text) {
    return [text](core::ByteSink& to) {
        to.write(core::as_bytes(text));
    };
}

digest::Digest sha256(std::string_view text) {
    return digest::sha256_of(core::as_bytes(text));
}

SignedBlob sign(std::string_view key, std::string_view text = content) {
    auto by = signer(key);
    KeyBundleMaker maker(by);
    return sign_blob(reader_of(text), maker);
}

BlobEvidence bundle_of(std::string text) {
    return {.origin = "test", .signature = std::move(text)};
}

Requirements by(const std::vector<crypto::PublicKey>& keys) {
    Requirements requirements;
    for (const crypto::PublicKey& key : keys) {
        requirements.signers.emplace_back(TrustedKey{key});
    }
    return requirements;
}

VerifiedBlob verify(const std::variant<BlobReader, digest::Digest>& blob,
                    const BlobEvidence& evidence,
                    const std::vector<crypto::PublicKey>& keys) {
    return verify_blob(blob, evidence, by(keys), test::trust());
}

/// Why `evidence` is no signature of `blob` by `key`.
core::Error refusal(const std::variant<BlobReader, digest::Digest>& blob,
                    const BlobEvidence& evidence,
                    std::string_view key) {
    const std::vector<crypto::PublicKey> keys = {signer(key).public_key()};
    return test::error_of([&] { return verify(blob, evidence, keys); });
}

}  // namespace

TEST_SUITE("sigstore/blob") {
    TEST_CASE("every key type verifies what it signed, by bundle and by signature alone") {
        for (const auto* name : all_keys) {
            CAPTURE(name);
            const auto made = sign(name);
            CHECK(made.sha256 == sha256(content));
            const std::vector<crypto::PublicKey> keys = {signer("p256").public_key(),
                                                         signer(name).public_key()};
            for (const BlobEvidence& evidence :
                 {bundle_of(made.bundle),
                  BlobEvidence{.origin = "test", .signature = made.signature}}) {
                const auto verified = verify(reader_of(content), evidence, keys);
                CHECK(verified.facts().sha256 == sha256(content));
                CHECK(test::key_of(verified.facts().authentication) == signer(name).public_key());
                CHECK(verified.facts().origin == "test");
                CHECK(verified.facts().is_bundle ==
                      std::holds_alternative<std::string>(evidence.signature));
            }
        }
    }

    TEST_CASE("the bundle states the digest that is signed, also for Ed25519") {
        for (const auto* name : all_keys) {
            CAPTURE(name);
            const Bundle bundle = Bundle::parse(sign(name).bundle);
            const auto& message = std::get<MessageSignature>(bundle.content);
            const auto hash = parse_hash_name(message.digest_algorithm);
            REQUIRE(hash);
            CHECK(message.digest == crypto::hash_of(*hash, core::as_bytes(content)));
        }
        CHECK(sign("ed25519").bundle.find("\"SHA2_256\"") != std::string::npos);
    }

    TEST_CASE("verifies what cosign signed, with and without a stated digest") {
        const std::string text = test::read_data("cosign/signed-blob");
        for (const auto* name : {"p384-blob", "ed25519-blob"}) {
            CAPTURE(name);
            const std::vector<crypto::PublicKey> keys = {crypto::PublicKey::parse_pem(
                test::read_data(core::concat("cosign/", name, ".pub")))};
            const auto evidence =
                bundle_of(test::read_data(core::concat("cosign/", name, ".bundle.json")));
            CHECK(verify(reader_of(text), evidence, keys).facts().sha256 == sha256(text));
            CHECK_THROWS_AS(static_cast<void>(verify(reader_of(content), evidence, keys)),
                            core::Error);
        }
    }

    TEST_CASE("signs nothing that would be a signature of an artifact, with any key") {
        const std::string payload = test::read_data("cosign/legacy-payload-0.json");
        for (const auto* name : all_keys) {
            for (const std::string& text : {payload, std::string("DSSEv1 4 text 1 x")}) {
                CAPTURE(name);
                auto by = signer(name);
                KeyBundleMaker maker(by);
                const auto error =
                    test::error_of([&] { return sign_blob(reader_of(text), maker); });
                CHECK(error.kind() == ErrorKind::mismatch);
                CHECK(error.reason() == Reason::unsafe_content);
            }
        }
    }

    TEST_CASE("what changes between the two reads of an Ed25519 key is not signed") {
        auto by = signer("ed25519");
        KeyBundleMaker maker(by);
        unsigned reads = 0;
        const BlobReader read = [&](core::ByteSink& to) {
            to.write(core::as_bytes(++reads == 1 ? "harmless" : "DSSEv1 4"));
        };
        CHECK(test::error_of([&] { return sign_blob(read, maker); }).reason() ==
              Reason::unsafe_content);
        reads = 0;
        const BlobReader other = [&](core::ByteSink& to) {
            to.write(core::as_bytes(++reads == 1 ? "first" : "other"));
        };
        CHECK(test::error_of([&] { return sign_blob(other, maker); }).reason() ==
              Reason::changed_while_read);
    }

    TEST_CASE("a key that signs digests reads once") {
        auto by = signer("p256");
        KeyBundleMaker maker(by);
        unsigned reads = 0;
        static_cast<void>(sign_blob([&](core::ByteSink& /*to*/) { ++reads; }, maker));
        CHECK(reads == 1);
    }

    TEST_CASE("a digest is enough for signatures over SHA-256, and said not to be for others") {
        const std::vector<crypto::PublicKey> keys = {signer("p256").public_key()};
        CHECK_NOTHROW(
            static_cast<void>(verify(sha256(content), bundle_of(sign("p256").bundle), keys)));
        CHECK(refusal(sha256("other"), bundle_of(sign("p256").bundle), "p256").reason() ==
              Reason::digest_mismatch);
        CHECK(refusal(sha256("other"), {.signature = sign("p256").signature}, "p256").reason() ==
              Reason::wrong_signer);
        for (const auto* name : {"p384", "p521", "ed25519"}) {
            CAPTURE(name);
            for (const BlobEvidence& evidence :
                 {bundle_of(sign(name).bundle), BlobEvidence{.signature = sign(name).signature}}) {
                const auto error = refusal(sha256(content), evidence, name);
                CHECK(error.kind() == ErrorKind::usage);
                CHECK(error.reason() == Reason::unsupported);
                CHECK(error.message().find("; name the file itself") != std::string::npos);
            }
        }
        CHECK(refusal(sha256(content), bundle_of(sign("p384").bundle), "p384")
                  .message()
                  .find("the signature is over ") != std::string::npos);
    }

    TEST_CASE("refuses another file, another key, and a digest that lies") {
        for (const auto* name : all_keys) {
            CAPTURE(name);
            const auto made = sign(name);
            CHECK(refusal(reader_of("other"), bundle_of(made.bundle), name).reason() ==
                  Reason::digest_mismatch);
            CHECK(refusal(reader_of("other"), {.signature = made.signature}, name).reason() ==
                  Reason::wrong_signer);
            const auto* other = std::string_view(name) == "p256" ? "rsa2048" : "p256";
            CHECK(refusal(reader_of(content), bundle_of(made.bundle), other).reason() ==
                  Reason::wrong_signer);
        }
        const std::string stated = core::to_base64(sha256(content).bytes());
        const std::string lie = core::to_base64(sha256("other").bytes());
        const auto lying = bundle_of(test::replaced(sign("p256").bundle, stated, lie));
        CHECK(refusal(reader_of(content), lying, "p256").reason() == Reason::digest_mismatch);
        CHECK(refusal(reader_of("other"), lying, "p256").reason() == Reason::wrong_signer);
    }

    TEST_CASE("refuses bundles that state a digest which is none") {
        const std::string bundle = sign("p256").bundle;
        for (const auto& [from, to] : {std::pair("SHA2_256", "SHA2_384"),
                                       std::pair("SHA2_256", "SHA3_256"),
                                       std::pair("SHA2_256", "")}) {
            CHECK(refusal(reader_of(content), bundle_of(test::replaced(bundle, from, to)), "p256")
                      .reason() == Reason::malformed_evidence);
        }
        const std::string digest = core::to_base64(sha256(content).bytes());
        CHECK(refusal(reader_of(content), bundle_of(test::replaced(bundle, digest, "AAAA")), "p256")
                  .reason() == Reason::malformed_evidence);
    }

    TEST_CASE("refuses statements, certificates, bundles of cosign 2 and what is no bundle") {
        const auto reason = [](const std::string& text) {
            return refusal(reader_of(content), bundle_of(text), "p256").reason();
        };
        CHECK(reason(test::read_data("cosign/attestation.bundle.json")) == Reason::wrong_statement);
        auto by = signer("p256");
        KeyBundleMaker maker(by);
        CHECK(reason(sign_artifact(sha256(content), {}, maker).bundle) == Reason::wrong_statement);
        CHECK(reason(R"({"base64Signature":"AAAA"})") == Reason::unsupported);
        const std::string with_certificate = test::replaced(
            sign("p256").bundle, R"("publicKey":{"hint":")", R"("certificate":{"rawBytes":")");
        CHECK(reason(with_certificate) == Reason::malformed_evidence);
        for (const auto* text : {"", "{}", "[]", "text"}) {
            CHECK(reason(text) == Reason::malformed_evidence);
        }
        const std::string bundle = sign("rsa2048").bundle;
        for (std::size_t size = 0; size < bundle.size(); ++size) {
            CHECK(reason(bundle.substr(0, size)) == Reason::malformed_evidence);
        }
    }

    TEST_CASE("without a key nothing is verified") {
        CHECK(test::error_of([] {
                  return verify(reader_of(content), bundle_of(sign("p256").bundle), {});
              }).kind() == ErrorKind::usage);
    }

    TEST_CASE("reads a signature file as base64, with a newline or without, or as it is") {
        const core::Bytes signature = sign("p256").signature;
        const std::string base64 = core::to_base64(signature);
        for (const std::string& text : {base64,
                                        core::concat(base64, '\n'),
                                        core::concat(base64, "\r\n"),
                                        std::string(core::as_text(signature))}) {
            CHECK(parse_signature_file(text) == signature);
        }
        CHECK(test::error_of([] { return parse_signature_file(""); }).kind() ==
              ErrorKind::malformed);
    }
}

}  // namespace modelseal::sigstore
