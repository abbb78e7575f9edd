#include "common/crypto/x509/certificate_path.hpp"

#include "common/core/text.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/authority.hpp"

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

using core::Reason;
using Chain = std::vector<Certificate>;

Chain chain_file(std::string_view name) {
    return Certificate::parse_pem_chain(test::read_data(core::concat("x509/", name)));
}

core::Timestamp at(std::string_view text) {
    return core::Timestamp::parse(text);
}

/// As Fulcio's: a root, and an intermediate for code signing.
struct Fulcio {
    pki::Authority root = pki::make_authority({.name = "root"});
    pki::Authority ca = root.subordinate({.name = "intermediate",
                                          .basic_constraints = "critical,CA:TRUE,pathlen:0",
                                          .extended_key_usage = "codeSigning"});
};

void check_refused(const Certificate& leaf,
                   const Chain& untrusted,
                   const Chain& authority,
                   Reason reason = Reason::untrusted_certificate,
                   core::Timestamp time = pki::noon()) {
    const auto error =
        test::error_of([&] { return verify_code_signing_path(leaf, untrusted, authority, time); });
    CAPTURE(error.message());
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == reason);
}

/// A leaf that only its own options make wrong.
void check_leaf_refused(const pki::LeafOptions& options,
                        Reason reason = Reason::untrusted_certificate) {
    const Fulcio fulcio;
    check_refused(fulcio.ca.issue(options).certificate, {}, fulcio.ca.chain(), reason);
}

/// An intermediate that only its own options make wrong.
void check_intermediate_refused(const pki::AuthorityOptions& options,
                                Reason reason = Reason::untrusted_certificate) {
    const pki::Authority root = pki::make_authority({.name = "root"});
    const pki::Authority ca = root.subordinate(options);
    check_refused(ca.issue({}).certificate, {}, ca.chain(), reason);
}

/// A root that only its own options make wrong.
void check_root_refused(const pki::AuthorityOptions& options,
                        Reason reason = Reason::untrusted_certificate) {
    const pki::Authority root = pki::make_authority(options);
    check_refused(root.issue({}).certificate, {}, root.chain(), reason);
    const pki::Authority ca = root.subordinate({.name = "intermediate"});
    check_refused(ca.issue({}).certificate, {}, ca.chain(), reason);
}

}  // namespace

TEST_SUITE("crypto/x509/certificate_path") {
    TEST_CASE("accepts what the public authority issued, and says who issued it") {
        const Chain authority = chain_file("public-good-authority.pem");
        const auto workflow = chain_file("public-good-workflow.pem").at(0);
        CHECK(verify_code_signing_path(workflow, {}, authority, at("2023-08-18T16:05:40Z")) ==
              authority[0]);
        const auto email = chain_file("public-good-email.pem").at(0);
        CHECK(verify_code_signing_path(email, {}, authority, at("2022-11-09T23:10:35Z")) ==
              authority[0]);
        check_refused(workflow,
                      {},
                      chain_file("public-good-2021-authority.pem"),
                      Reason::untrusted_certificate,
                      at("2023-08-18T16:05:40Z"));
        check_refused(
            workflow, {}, authority, Reason::certificate_expired, at("2023-08-18T16:15:36Z"));
    }

    TEST_CASE("accepts what other instances issued, also by an RSA key") {
        const auto leaf = chain_file("scaffolding-other-name.pem").at(0);
        const Chain authority = chain_file("scaffolding-authority.pem");
        CHECK(verify_code_signing_path(leaf, {}, authority, leaf.not_before()) == authority[0]);
        const auto local = chain_file("local-workflow.pem").at(0);
        const Chain local_authority = chain_file("local-authority.pem");
        CHECK(verify_code_signing_path(local, {}, local_authority, local.not_before()) ==
              local_authority[0]);
    }

    TEST_CASE("accepts keys of every usual kind") {
        for (const auto type : {pki::KeyType::p384,
                                pki::KeyType::p521,
                                pki::KeyType::rsa2048,
                                pki::KeyType::ed25519}) {
            const pki::Authority root = pki::make_authority({.key = type});
            const auto leaf = root.issue({.key = pki::Key::generate(type)}).certificate;
            CHECK(verify_code_signing_path(leaf, {}, root.chain(), pki::noon()) ==
                  root.certificate);
        }
    }

    TEST_CASE("an intermediate may be all that is trusted") {
        const Fulcio fulcio;
        const auto leaf = fulcio.ca.issue({}).certificate;
        const Chain authority{fulcio.ca.certificate};
        CHECK(verify_code_signing_path(leaf, {}, authority, pki::noon()) == authority[0]);
    }

    TEST_CASE("intermediates of the bundle help, but are not trusted") {
        const Fulcio fulcio;
        const auto leaf = fulcio.ca.issue({}).certificate;
        const Chain root{fulcio.root.certificate};
        check_refused(leaf, {}, root);
        const Chain helpers{fulcio.ca.certificate};
        CHECK(verify_code_signing_path(leaf, helpers, root, pki::noon()) == helpers[0]);
        const Chain with_root{fulcio.ca.certificate, fulcio.root.certificate};
        check_refused(leaf, with_root, {pki::make_authority({.name = "root"}).certificate});
    }

    TEST_CASE("another authority of the same name is another one") {
        const Fulcio fulcio;
        const Fulcio other;
        check_refused(fulcio.ca.issue({}).certificate, {}, other.ca.chain());
        check_refused(fulcio.ca.issue({}).certificate, fulcio.ca.chain(), other.ca.chain());
        check_refused(fulcio.ca.issue({}).certificate, {}, {});
    }

    TEST_CASE("the whole path is valid at the time, to the second") {
        const Fulcio fulcio;
        const auto leaf = fulcio.ca.issue({}).certificate;
        const Chain chain = fulcio.ca.chain();
        CHECK_NOTHROW(
            static_cast<void>(verify_code_signing_path(leaf, {}, chain, pki::noon(-300))));
        CHECK_NOTHROW(static_cast<void>(verify_code_signing_path(leaf, {}, chain, pki::noon(300))));
        check_refused(leaf, {}, chain, Reason::certificate_expired, pki::noon(-301));
        check_refused(leaf, {}, chain, Reason::certificate_expired, pki::noon(301));
        check_intermediate_refused({.not_before = pki::noon(1)}, Reason::certificate_expired);
        check_intermediate_refused({.not_after = pki::noon(-1)}, Reason::certificate_expired);
        check_root_refused({.not_before = pki::noon(1)}, Reason::certificate_expired);
        check_root_refused({.not_after = pki::noon(-1)}, Reason::certificate_expired);
    }

    TEST_CASE("an intermediate that is trusted is valid at the time, too") {
        const pki::Authority root = pki::make_authority({.name = "root"});
        const pki::Authority ca = root.subordinate({.not_after = pki::noon(-1)});
        check_refused(ca.issue({}).certificate, {}, {ca.certificate}, Reason::certificate_expired);
    }

    TEST_CASE("the leaf is for code signing") {
        check_leaf_refused({.extended_key_usage = ""});
        check_leaf_refused({.extended_key_usage = "serverAuth,emailProtection"});
        check_leaf_refused({.extended_key_usage = "anyExtendedKeyUsage"});
        check_leaf_refused({.key_usage = "critical,keyEncipherment"});
        const Fulcio fulcio;
        const auto several =
            fulcio.ca.issue({.key_usage = "", .extended_key_usage = "serverAuth,codeSigning"});
        CHECK_NOTHROW(static_cast<void>(
            verify_code_signing_path(several.certificate, {}, fulcio.ca.chain(), pki::noon())));
    }

    TEST_CASE("the leaf is no authority") {
        check_leaf_refused({.basic_constraints = "critical,CA:TRUE"});
        check_leaf_refused({.key_usage = "critical,digitalSignature,keyCertSign"});
        const Fulcio fulcio;
        check_refused(fulcio.ca.certificate, {}, fulcio.ca.chain());
        // A trusted certificate is not its own signer's.
        const auto self = pki::make_authority({.basic_constraints = "",
                                               .key_usage = "critical,digitalSignature",
                                               .extended_key_usage = "codeSigning"});
        check_refused(self.certificate, {}, self.chain());
    }

    TEST_CASE("signatures of the path verify") {
        check_leaf_refused({.bad_signature = true});
        check_intermediate_refused({.bad_signature = true});
    }

    TEST_CASE("hashes and keys that were broken are refused") {
        check_leaf_refused({.hash = "SHA1"});
        check_intermediate_refused({.hash = "SHA1"});
        check_leaf_refused({.key = pki::Key::generate(pki::KeyType::rsa1024)});
        check_root_refused({.key = pki::KeyType::rsa1024});
    }

    TEST_CASE("critical extensions that nobody knows are refused, others are not") {
        const pki::Extension unknown{"1.2.3.4", core::to_bytes("x"), true};
        check_leaf_refused({.extensions = {unknown}});
        check_intermediate_refused({.extensions = {unknown}});
        check_root_refused({.extensions = {unknown}});
        const Fulcio fulcio;
        const auto leaf = fulcio.ca.issue({.extensions = {{"1.2.3.4", core::to_bytes("x")}}});
        CHECK_NOTHROW(static_cast<void>(
            verify_code_signing_path(leaf.certificate, {}, fulcio.ca.chain(), pki::noon())));
    }

    TEST_CASE("what issues certificates is an authority that may") {
        for (const auto check : {check_intermediate_refused, check_root_refused}) {
            check({.basic_constraints = ""}, Reason::untrusted_certificate);
            check({.basic_constraints = "critical,CA:FALSE"}, Reason::untrusted_certificate);
            check({.key_usage = "critical,digitalSignature"}, Reason::untrusted_certificate);
            check({.extended_key_usage = "timeStamping"}, Reason::untrusted_certificate);
            check({.extended_key_usage = "serverAuth,1.2.3.4"}, Reason::untrusted_certificate);
        }
        const pki::Authority root =
            pki::make_authority({.extended_key_usage = "anyExtendedKeyUsage"});
        CHECK_NOTHROW(static_cast<void>(
            verify_code_signing_path(root.issue({}).certificate, {}, root.chain(), pki::noon())));
    }

    TEST_CASE("a leaf issues nothing") {
        const Fulcio fulcio;
        const pki::Leaf middle = fulcio.ca.issue({.name = "middle"});
        const pki::Authority pretended(middle.certificate, middle.key, fulcio.ca.chain());
        check_refused(pretended.issue({}).certificate, {middle.certificate}, fulcio.ca.chain());
    }

    TEST_CASE("the length of a path is limited where an authority limits it") {
        const pki::Authority root = pki::make_authority(
            {.name = "root", .basic_constraints = "critical,CA:TRUE,pathlen:1"});
        const pki::Authority first = root.subordinate({.name = "first"});
        const pki::Authority second = first.subordinate({.name = "second"});
        CHECK_NOTHROW(static_cast<void>(
            verify_code_signing_path(first.issue({}).certificate, {}, first.chain(), pki::noon())));
        check_refused(second.issue({}).certificate, {}, second.chain());
    }

    TEST_CASE("names are constrained where an authority constrains them") {
        const pki::Authority ca =
            pki::make_authority({.name_constraints = "critical,permitted;URI:example.com"});
        const auto inside = ca.issue({.uri = "https://example.com/x"}).certificate;
        CHECK_NOTHROW(
            static_cast<void>(verify_code_signing_path(inside, {}, ca.chain(), pki::noon())));
        check_refused(ca.issue({}).certificate, {}, ca.chain());
    }

    TEST_CASE("refuses a path of more than ten authorities") {
        pki::Authority authority = pki::make_authority({.name = "root"});
        Chain above = {authority.certificate};
        for (int i = 0; i < 12; ++i) {
            authority = authority.subordinate({.name = core::concat("below ", i)});
            above.insert(above.begin(), authority.certificate);
        }
        check_refused(authority.issue({}).certificate, {}, above);
        above.pop_back();  // an anchor further down makes the path short enough
        above.pop_back();
        above.pop_back();
        CHECK_NOTHROW(static_cast<void>(
            verify_code_signing_path(authority.issue({}).certificate, {}, above, pki::noon())));
    }
}

}  // namespace modelseal::crypto
