#include "common/sigstore/signing_record.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/private_key.hpp"
#include "common/sigstore/checked_bundle_maker.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

Bundle golden(std::string_view name) {
    return Bundle::parse(test::read_data(core::concat("keyless/", name, ".sigstore.json")));
}

/// Passes on what was made before.
class MadeBefore final : public BundleMaker {
  public:
    explicit MadeBefore(Bundle bundle) : bundle_(std::move(bundle)) {}

    [[nodiscard]] Bundle make(const Payload& /*payload*/) override { return bundle_; }

  private:
    Bundle bundle_;
};

const TrustedRoot& local_root() {
    static const auto root = TrustedRoot::parse(test::read_data("rekor/v2.trusted_root.json"));
    return root;
}

core::Error refusal(const Bundle& bundle, const TrustedRoot& root) {
    MadeBefore inner(bundle);
    CheckedBundleMaker maker(inner, nullptr, root);
    return test::error_of([&] { return maker.make(EnvelopePayload{}); });
}

}  // namespace

TEST_SUITE("sigstore/signing_record") {
    TEST_CASE("says which key signed, and nothing of services that were not asked") {
        crypto::KeySigner key(crypto::PrivateKey::generate());
        const Bundle bundle =
            KeyBundleMaker(key).make(EnvelopePayload{.type = "text/plain", .content = "hello"});
        const auto record = SigningRecord::of(bundle);
        CHECK(std::get<digest::Digest>(record.signer) == key.public_key().fingerprint());
        CHECK(record.log_entries.empty());
        CHECK(record.timestamps == 0);
    }

    TEST_CASE("says who signed without a key, and where that is logged, in both kinds of logs") {
        for (const std::string_view name : {"blob", "blob.rekor-v1", "oci-bundle"}) {
            CAPTURE(name);
            const Bundle bundle = golden(name);
            const auto record = SigningRecord::of(bundle);
            const auto& identity = std::get<CertificateIdentity>(record.signer);
            CHECK(identity.subject.starts_with("https://github.com/"));
            CHECK(identity.issuer.starts_with("http://127.0.0.1"));
            REQUIRE(record.log_entries.size() == 1);
            CHECK(record.log_entries.front().index == bundle.log_entries.front().log_index);
            CHECK(record.log_entries.front().log.find(' ') == std::string::npos);
            CHECK(record.timestamps == bundle.timestamps.size());
        }
    }

    TEST_CASE("a failure after logging says where the entry is, one before does not") {
        const auto fail = [](const SigningRecord& record) {
            return test::error_of([&] {
                storing(record, [] { throw core::Error(core::ErrorKind::io, "no space"); });
            });
        };
        auto record = SigningRecord::of(golden("blob"));
        record.log_entries = {{"log.test", 12}, {"other.test", 3}};
        const auto error = fail(record);
        CHECK(error.kind() == core::ErrorKind::io);
        CHECK(error.message() ==
              "the signature is logged (entry 12 of log.test, entry 3 of other.test) but not "
              "stored: no space");
        record.log_entries.clear();
        CHECK(fail(record).message() == "no space");
    }
}

TEST_SUITE("sigstore/checked_bundle_maker") {
    TEST_CASE("passes on what the trusted root vouches for, as it is") {
        const std::string text = test::read_data("rekor/blob.v2.bundle.json");
        MadeBefore inner(Bundle::parse(text));
        CheckedBundleMaker maker(inner, nullptr, local_root());
        CHECK(write_bundle(maker.make(EnvelopePayload{})) == text);
    }

    TEST_CASE("notices another log, another timestamp authority, and an entry of something else") {
        const Bundle good = Bundle::parse(test::read_data("rekor/blob.v2.bundle.json"));
        const auto other_log = refusal(good, TrustedRoot::public_good());
        CHECK(other_log.reason() == core::Reason::untrusted_log);
        CHECK(other_log.message().starts_with("the signature is logged (entry "));
        Bundle other_signature = good;
        std::get<MessageSignature>(other_signature.content).signature.back() ^= std::byte{1};
        CHECK(refusal(other_signature, local_root()).reason() == core::Reason::log_mismatch);
        Bundle unlogged = good;
        unlogged.log_entries.clear();
        CHECK(refusal(unlogged, TrustedRoot::public_good()).reason() ==
              core::Reason::untrusted_timestamp);
    }

    TEST_CASE("a hint that is no fingerprint names nobody") {
        for (const auto* hint : {"", "?", "AAAA"}) {
            const Bundle bundle{.material = KeyMaterial{hint}, .content = MessageSignature{}};
            CHECK(test::error_of([&] { return SigningRecord::of(bundle); })
                      .message()
                      .find("not its fingerprint") != std::string::npos);
        }
    }
}

}  // namespace modelseal::sigstore
