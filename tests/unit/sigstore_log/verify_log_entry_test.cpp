#include "common/sigstore/log/verify_log_entry.hpp"

#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

TrustedRoot root_of(std::string_view name) {
    return TrustedRoot::parse(test::read_data(name));
}

/// A real bundle, by a certificate.
struct Golden {
    explicit Golden(std::string_view name)
        : bundle(Bundle::parse(test::read_data(name))),
          content{.signer = crypto::Certificate::parse_der(
                      std::get<CertificateMaterial>(bundle.material).chain.at(0)),
                  .content = bundle.content} {}

    [[nodiscard]] const LogEntry& entry() const { return bundle.log_entries.at(0); }

    Bundle bundle;
    SignedContent content;
};

void check_refused(const LogEntry& entry,
                   const SignedContent& content,
                   const TrustedRoot& root,
                   core::Reason reason) {
    const auto error = test::error_of([&] { return verify_log_entry(entry, content, root); });
    CAPTURE(error.message());
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == reason);
}

}  // namespace

TEST_SUITE("sigstore/log/verify_log_entry") {
    TEST_CASE("accepts real entries of Rekor v1: promise, proof, and the time of the promise") {
        for (const auto* name :
             {"rekor/blob.v1.bundle.json", "cosign/keyless-rekor-v1.bundle.json"}) {
            CAPTURE(name);
            const Golden golden(name);
            const VerifiedLogEntry verified = verify_log_entry(
                golden.entry(), golden.content, root_of("rekor/v1.trusted_root.json"));
            CHECK(verified.log == "http://127.0.0.1:8825");
            CHECK(verified.index == golden.entry().log_index);
            CHECK(verified.inclusion_proved);
            REQUIRE(verified.integrated.has_value());
            CHECK(verified.integrated->to_string() == "2026-11-23T16:42:19Z");
        }
    }

    TEST_CASE("accepts real entries of Rekor v2, which give no time") {
        for (const auto& [name, root] :
             {std::pair("rekor/blob.v2.bundle.json", "rekor/v2.trusted_root.json"),
              std::pair("cosign/keyless-rekor-v2.bundle.json", "rekor/oci.v2.trusted_root.json")}) {
            CAPTURE(name);
            const Golden golden(name);
            const VerifiedLogEntry verified =
                verify_log_entry(golden.entry(), golden.content, root_of(root));
            CHECK(verified.inclusion_proved);
            CHECK_FALSE(verified.integrated.has_value());
        }
    }

    TEST_CASE("accepts an entry of the public instance, of the kind intoto, among 27 million") {
        const Golden golden("rekor/sigstore-js-2.0.0.bundle.json");
        CHECK(golden.entry().kind == "intoto");
        const VerifiedLogEntry verified =
            verify_log_entry(golden.entry(), golden.content, TrustedRoot::public_good());
        CHECK(verified.log == "https://rekor.sigstore.dev");
        CHECK(verified.inclusion_proved);
        CHECK(verified.integrated.value().to_string() == "2023-08-18T16:05:35Z");
    }

    TEST_CASE("accepts an entry of Rekor v1 under a checkpoint of v2, of that very log") {
        const std::string folder = "conformance/intoto-canonical-log-entry/";
        const Bundle bundle = Bundle::parse(test::read_data(folder + "bundle.sigstore.json"));
        const SignedContent content{
            .signer = crypto::PublicKey::parse_pem(test::read_data(folder + "key.pub")),
            .content = bundle.content};
        const std::string root = test::read_data(folder + "trusted_root.json");
        const auto verified =
            verify_log_entry(bundle.log_entries.at(0), content, TrustedRoot::parse(root));
        CHECK(verified.inclusion_proved);
        CHECK_FALSE(verified.integrated);
        check_refused(bundle.log_entries.at(0),
                      content,
                      TrustedRoot::parse(test::replaced(root, "rekor.test", "other.test")),
                      core::Reason::log_mismatch);
        LogEntry changed = bundle.log_entries.at(0);
        changed.proof->log_index = 1;
        check_refused(changed, content, TrustedRoot::parse(root), core::Reason::log_mismatch);
    }

    TEST_CASE("a promise alone is enough, and says so; a proof alone gives no time") {
        const Golden golden("rekor/blob.v1.bundle.json");
        const TrustedRoot root = root_of("rekor/v1.trusted_root.json");
        LogEntry entry = golden.entry();
        entry.proof.reset();
        const VerifiedLogEntry promised = verify_log_entry(entry, golden.content, root);
        CHECK_FALSE(promised.inclusion_proved);
        CHECK(promised.integrated.has_value());
        entry = golden.entry();
        entry.signed_timestamp.reset();
        const VerifiedLogEntry proved = verify_log_entry(entry, golden.content, root);
        CHECK(proved.inclusion_proved);
        CHECK_FALSE(proved.integrated.has_value());
        entry.proof.reset();
        check_refused(entry, golden.content, root, core::Reason::log_mismatch);
    }

    TEST_CASE("refuses an entry of a log that is not trusted") {
        const Golden golden("rekor/blob.v1.bundle.json");
        check_refused(golden.entry(),
                      golden.content,
                      root_of("rekor/v2.trusted_root.json"),
                      core::Reason::untrusted_log);
    }

    TEST_CASE("refuses an entry about another certificate, and one with another time") {
        const TrustedRoot root = root_of("rekor/v1.trusted_root.json");
        const Golden golden("rekor/blob.v1.bundle.json");
        SignedContent by_other = golden.content;
        by_other.signer = Golden("cosign/keyless-rekor-v1.bundle.json").content.signer;
        check_refused(golden.entry(), by_other, root, core::Reason::log_mismatch);
        // Without promise nothing vouches for the time, but it must not contradict the certificate.
        LogEntry entry = golden.entry();
        entry.signed_timestamp.reset();
        const auto& certificate = std::get<crypto::Certificate>(golden.content.signer);
        for (const auto& [at, is_within] :
             {std::pair(certificate.not_before().unix_seconds() - 1, false),
              std::pair(certificate.not_before().unix_seconds(), true),
              std::pair(certificate.not_after().unix_seconds(), true),
              std::pair(certificate.not_after().unix_seconds() + 1, false)}) {
            entry.integrated_time = static_cast<std::uint64_t>(at);
            if (is_within) {
                CHECK_NOTHROW(static_cast<void>(verify_log_entry(entry, golden.content, root)));
            } else {
                check_refused(entry, golden.content, root, core::Reason::certificate_expired);
            }
        }
    }
}

}  // namespace modelseal::sigstore
