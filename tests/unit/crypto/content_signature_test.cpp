// Signatures over content that flows by, against those over the same message in memory.
#include "common/crypto/content_signature.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

constexpr auto all_keys = {"p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"};

PrivateKey key(std::string_view name) {
    return PrivateKey::parse_pem(test::read_data(core::concat("cosign/keys/", name, ".pem")));
}

/// Written in uneven pieces, once for each pass.
SignedContent sign(ContentSignature& signature, std::string_view content) {
    for (unsigned pass = 1;; ++pass) {
        for (std::size_t at = 0; at < content.size(); at += 1000) {
            signature.write(core::as_bytes(content.substr(at, 1000)));
        }
        if (pass == signature.passes()) {
            return signature.finish();
        }
        signature.start_next_pass();
    }
}

/// A key that some program holds: it signs as KeySigner does, and has no way of its own for
/// content.
class PlainSigner final : public Signer {
  public:
    explicit PlainSigner(PrivateKey key) : signer_(std::move(key)) {}

    [[nodiscard]] const PublicKey& public_key() const override { return signer_.public_key(); }

    [[nodiscard]] core::Bytes sign(std::span<const std::byte> message) override {
        return signer_.sign(message);
    }

    [[nodiscard]] core::Bytes sign_digest(std::span<const std::byte> digest) override {
        return signer_.sign_digest(digest);
    }

  private:
    KeySigner signer_;
};

}  // namespace

TEST_SUITE("crypto/content_signature") {
    TEST_CASE("every key type signs content of any size as it signs a message") {
        for (const auto* name : all_keys) {
            for (const std::size_t size : {0U, 1U, 999U, 1000U, 70000U}) {
                CAPTURE(name);
                CAPTURE(size);
                const std::string content(size, 'x');
                KeySigner signer(key(name));
                const auto made = sign(*signer.sign_content(), content);
                CHECK_NOTHROW(static_cast<void>(verify_signature(signer.public_key(),
                                                                 HashChoice::native,
                                                                 core::as_bytes(content),
                                                                 made.signature)));
                CHECK(made.digest.bytes == hash_of(made.digest.algorithm, core::as_bytes(content)));
            }
        }
    }

    TEST_CASE("the digest is by the hash that is signed, and by SHA-256 for Ed25519") {
        for (const auto* name : all_keys) {
            CAPTURE(name);
            KeySigner signer(key(name));
            const auto signature = signer.sign_content();
            const HashAlgorithm announced = signature->digest_algorithm();
            const auto made = sign(*signature, "content");
            CHECK(made.digest.algorithm == announced);
            CHECK(announced == (signer.public_key().algorithm() == KeyAlgorithm::ed25519
                                    ? HashAlgorithm::sha256
                                    : native_hash(signer.public_key().algorithm())));
        }
    }

    TEST_CASE("a signer without a way of its own signs a digest, or a whole message up to 16 MiB") {
        for (const auto* name : all_keys) {
            CAPTURE(name);
            PlainSigner signer(key(name));
            const auto made = sign(*signer.sign_content(), "content");
            CHECK_NOTHROW(static_cast<void>(verify_signature(signer.public_key(),
                                                             HashChoice::native,
                                                             core::as_bytes("content"),
                                                             made.signature)));
        }
        PlainSigner signer(key("ed25519"));
        const auto signature = signer.sign_content();
        signature->write(core::Bytes(WholeMessageSignature::limit));
        const auto error = test::error_of([&] { signature->write(core::Bytes(1)); });
        CHECK(error.kind() == core::ErrorKind::usage);
        CHECK(error.reason() == core::Reason::unsupported);
    }
}

}  // namespace modelseal::crypto
