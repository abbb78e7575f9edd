#include "common/sigstore/certificate/verify_scts.hpp"

#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/authority.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

using crypto::Certificate;
using Logs = std::vector<TransparencyLog>;

Certificate first_of(std::string_view name) {
    return Certificate::parse_pem_chain(test::read_data(core::concat("x509/", name))).at(0);
}

/// The log with the key in a file, at any time.
TransparencyLog log_of(std::string_view key_file) {
    const auto key = crypto::PublicKey::parse_pem(test::read_data(core::concat("x509/", key_file)));
    const auto id = key.fingerprint().bytes();
    return {"https://ct.example.com",
            key,
            {id.begin(), id.end()},
            {core::Timestamp::parse("2020-01-01T00:00:00Z")}};
}

void check_refused(const Certificate& leaf, const Certificate& issuer, const Logs& logs) {
    const auto error =
        test::error_of([&] { return verify_signed_certificate_timestamps(leaf, issuer, logs); });
    CAPTURE(error.message());
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == core::Reason::untrusted_log);
}

/// A leaf whose one SCT only its own options make wrong.
void check_sct_refused(const pki::SctOptions& options) {
    const pki::Authority ca = pki::make_authority();
    const auto leaf = ca.issue({.scts = {options}}).certificate;
    check_refused(leaf, ca.certificate, {options.log.trusted()});
}

std::uint64_t milliseconds(core::Timestamp time) {
    return static_cast<std::uint64_t>(time.unix_seconds()) * 1000;
}

}  // namespace

TEST_SUITE("sigstore/certificate/verify_scts") {
    TEST_CASE("accepts what the public log promised") {
        const Certificate issuer = first_of("public-good-authority.pem");
        const Logs logs{log_of("public-good-ct-2022.pub")};
        CHECK(verify_signed_certificate_timestamps(
                  first_of("public-good-workflow.pem"), issuer, logs) == 1);
        CHECK(verify_signed_certificate_timestamps(
                  first_of("public-good-email.pem"), issuer, logs) == 1);
    }

    TEST_CASE("accepts what other logs promised") {
        CHECK(verify_signed_certificate_timestamps(first_of("scaffolding-other-name.pem"),
                                                   first_of("scaffolding-authority.pem"),
                                                   Logs{log_of("scaffolding-ct.pub")}) == 1);
        CHECK(verify_signed_certificate_timestamps(first_of("local-workflow.pem"),
                                                   first_of("local-authority.pem"),
                                                   Logs{log_of("local-ct.pub")}) == 1);
    }

    TEST_CASE("a promise is for the certificate of one issuer") {
        check_refused(first_of("public-good-workflow.pem"),
                      first_of("public-good-2021-authority.pem"),
                      {log_of("public-good-ct-2022.pub")});
    }

    TEST_CASE("only logs that are known count") {
        const Certificate leaf = first_of("public-good-workflow.pem");
        const Certificate issuer = first_of("public-good-authority.pem");
        check_refused(leaf, issuer, {});
        check_refused(leaf, issuer, {log_of("local-ct.pub")});
        TransparencyLog pretended = log_of("local-ct.pub");
        pretended.id = log_of("public-good-ct-2022.pub").id;
        check_refused(leaf, issuer, {pretended});
    }

    TEST_CASE("accepts ECDSA and RSA keys, and SCTs with extensions") {
        const pki::Authority ca = pki::make_authority();
        for (const auto type : {pki::KeyType::p256, pki::KeyType::rsa2048}) {
            const pki::CtLog log{.key = pki::Key::generate(type)};
            const auto leaf =
                ca.issue({.scts = {{.log = log, .extensions = core::to_bytes("index")}}});
            CHECK(verify_signed_certificate_timestamps(
                      leaf.certificate, ca.certificate, Logs{log.trusted()}) == 1);
        }
    }

    TEST_CASE("refuses keys that no log of the kind has") {
        for (const auto type : {pki::KeyType::p384, pki::KeyType::ed25519}) {
            check_sct_refused({.log = {.key = pki::Key::generate(type)}});
        }
    }

    TEST_CASE("one of several is enough, and each counts once") {
        const pki::Authority ca = pki::make_authority();
        const pki::CtLog known;
        const pki::CtLog unknown;
        const pki::SctOptions good{.log = known};
        const pki::SctOptions other{.log = unknown};
        const pki::SctOptions bad{.log = known, .signed_milliseconds = 1};
        const Logs logs{known.trusted(), known.trusted()};
        const auto one = ca.issue({.scts = {other, bad, good}}).certificate;
        CHECK(verify_signed_certificate_timestamps(one, ca.certificate, logs) == 1);
        const auto two = ca.issue({.scts = {good, good}}).certificate;
        CHECK(verify_signed_certificate_timestamps(two, ca.certificate, logs) == 2);
        check_refused(ca.issue({.scts = {other, bad}}).certificate, ca.certificate, logs);
    }

    TEST_CASE("of two logs with one name, either key may have signed") {
        const pki::Authority ca = pki::make_authority();
        const pki::CtLog log;
        TransparencyLog other = pki::CtLog().trusted();
        other.id = log.id();
        const auto leaf = ca.issue({.scts = {{.log = log}}}).certificate;
        CHECK(verify_signed_certificate_timestamps(
                  leaf, ca.certificate, Logs{other, log.trusted()}) == 1);
        CHECK(verify_signed_certificate_timestamps(
                  leaf, ca.certificate, Logs{log.trusted(), other}) == 1);
    }

    TEST_CASE("refuses a certificate without SCTs, or with an empty list") {
        const pki::Authority ca = pki::make_authority();
        const Logs logs{pki::CtLog().trusted()};
        check_refused(ca.issue({}).certificate, ca.certificate, logs);
        const auto empty = ca.issue({.sct_extension = pki::sct_list({})}).certificate;
        check_refused(empty, ca.certificate, logs);
    }

    TEST_CASE("a list that cannot be read is an error of its own") {
        const pki::Authority ca = pki::make_authority();
        const auto leaf = ca.issue({.sct_extension = core::Bytes(3)}).certificate;
        CHECK(test::error_of([&] {
                  return verify_signed_certificate_timestamps(leaf, ca.certificate, {});
              }).kind() == core::ErrorKind::malformed);
    }

    TEST_CASE("the time is one at which the log's key counts") {
        const sigstore::Validity validity{pki::noon(-10), pki::noon(10)};
        const pki::CtLog log{.validity = validity};
        const pki::Authority ca = pki::make_authority();
        for (const auto time : {milliseconds(pki::noon(-10)), milliseconds(pki::noon(10)) + 999}) {
            const auto leaf = ca.issue({.scts = {{.log = log, .milliseconds = time}}});
            CHECK(verify_signed_certificate_timestamps(
                      leaf.certificate, ca.certificate, Logs{log.trusted()}) == 1);
        }
        check_sct_refused({.log = log, .milliseconds = milliseconds(pki::noon(-10)) - 1});
        check_sct_refused({.log = log, .milliseconds = milliseconds(pki::noon(11))});
        check_sct_refused({.log = log, .milliseconds = 0xffff'ffff'ffff'ffffU});
    }

    TEST_CASE("every field is signed") {
        const pki::CtLog log;
        check_sct_refused({.log = log, .signed_milliseconds = milliseconds(pki::noon(1))});
        check_sct_refused({.log = log, .signed_extensions = core::to_bytes("x")});
        check_sct_refused(
            {.log = log, .extensions = core::to_bytes("x"), .signed_extensions = core::Bytes()});
        check_sct_refused({.log = log, .signed_issuer_spki = pki::Key::generate().spki_der()});
    }

    TEST_CASE("the algorithm that is stated is that of the key, with SHA-256") {
        const pki::CtLog log;
        check_sct_refused({.log = log, .hash = 2});
        check_sct_refused({.log = log, .hash = 5});
        check_sct_refused({.log = log, .signature_algorithm = 1});
        check_sct_refused({.log = log, .signature_algorithm = 0});
        check_sct_refused({.log = log, .log_id = core::Bytes(32)});
        check_sct_refused({.log = log, .version = 1});
    }

    TEST_CASE("a promise is for one certificate, all of it") {
        const pki::Authority ca = pki::make_authority();
        const pki::CtLog log;
        const auto leaf = ca.issue({.scts = {{.log = log}}}).certificate;
        const auto list = leaf.extension("1.3.6.1.4.1.11129.2.4.2");
        const auto other = ca.issue({.uri = "https://example.com/evil", .sct_extension = list});
        check_refused(other.certificate, ca.certificate, {log.trusted()});
    }
}

}  // namespace modelseal::sigstore
