#include "common/crypto/x509/certificate.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/authority.hpp"
#include "tests/support/pki/der.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace modelseal::crypto {

namespace {

using Kind = AlternativeName::Kind;

std::vector<Certificate> chain_file(std::string_view name) {
    return Certificate::parse_pem_chain(test::read_data(core::concat("x509/", name)));
}

Certificate workflow() {
    return chain_file("public-good-workflow.pem").at(0);
}

void check_malformed(std::span<const std::byte> der) {
    CHECK(test::error_of([&] { return Certificate::parse_der(der); }).kind() ==
          core::ErrorKind::malformed);
}

/// DER of a leaf with changed bytes: `from` occurs exactly once.
core::Bytes replaced(core::Bytes der, std::string_view from_hex, std::string_view to_hex) {
    const std::string from(core::as_text(core::from_hex(from_hex).value()));
    const core::Bytes to = core::from_hex(to_hex).value();
    const std::string_view text = core::as_text(der);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string_view::npos);
    REQUIRE(text.find(from, at + 1) == std::string_view::npos);
    REQUIRE(to.size() == from.size());
    std::copy(to.begin(), to.end(), der.begin() + static_cast<std::ptrdiff_t>(at));
    return der;
}

}  // namespace

TEST_SUITE("crypto/x509/certificate") {
    TEST_CASE("reads a certificate that Fulcio issued to a workflow") {
        const Certificate leaf = workflow();
        CHECK(leaf.not_before().to_string() == "2023-08-18T16:05:35Z");
        CHECK(leaf.not_after().to_string() == "2023-08-18T16:15:35Z");
        CHECK_FALSE(leaf.is_authority());
        CHECK(leaf.subject().empty());
        CHECK(leaf.public_key().algorithm() == KeyAlgorithm::ecdsa_p256);
        CHECK(leaf.spki_der() == leaf.public_key().spki_der());
        CHECK(leaf.alternative_names() ==
              std::vector<AlternativeName>{
                  {Kind::uri,
                   "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/"
                   "heads/main"}});
        CHECK(leaf.fingerprint() == digest::sha256_of(leaf.der()));
    }

    TEST_CASE("reads the chains of authorities, leaf first") {
        const auto chain = chain_file("public-good-authority.pem");
        REQUIRE(chain.size() == 2);
        CHECK(chain[0].subject() == "CN=sigstore-intermediate,O=sigstore.dev");
        CHECK(chain[1].subject() == "CN=sigstore,O=sigstore.dev");
        CHECK(chain[0].is_authority());
        CHECK(chain[1].is_authority());
        CHECK(chain[0] != chain[1]);
        CHECK(chain_file("public-good-tsa.pem").at(0).is_authority() == false);
        CHECK(chain_file("scaffolding-authority.pem").size() == 1);
    }

    TEST_CASE("both ends belong to the validity") {
        const Certificate leaf = pki::make_authority().issue({}).certificate;
        CHECK_FALSE(leaf.is_valid_at(pki::noon(-301)));
        CHECK(leaf.is_valid_at(pki::noon(-300)));
        CHECK(leaf.is_valid_at(pki::noon(300)));
        CHECK_FALSE(leaf.is_valid_at(pki::noon(301)));
    }

    TEST_CASE("extensions are found by number, those that are not there are nothing") {
        const Certificate leaf = workflow();
        const auto workflow_name = leaf.extension("1.3.6.1.4.1.57264.1.4");
        REQUIRE(workflow_name);
        CHECK(core::as_text(*workflow_name) == "Release");
        CHECK_FALSE(leaf.extension("1.3.6.1.4.1.57264.1.99"));
        CHECK(test::error_of([&] { return leaf.extension("not a number"); }).kind() ==
              core::ErrorKind::internal);
    }

    TEST_CASE("names of every kind keep their order") {
        const Certificate leaf = pki::make_authority()
                                     .issue({.dns = "example.com",
                                             .uri = "https://example.com/",
                                             .email = "a@example.com",
                                             .other_name = "me!example.com"})
                                     .certificate;
        const std::string other_value(core::as_text(pki::utf8_string("me!example.com")));
        CHECK(
            leaf.alternative_names() ==
            std::vector<AlternativeName>{{Kind::dns, "example.com"},
                                         {Kind::uri, "https://example.com/"},
                                         {Kind::email, "a@example.com"},
                                         {Kind::other_name, other_value, "1.3.6.1.4.1.57264.1.7"}});
    }

    TEST_CASE("addresses are bytes, names of other kinds are left out") {
        // An address, a directory name without parts, a registered identifier.
        const core::Bytes names = core::from_hex("300e870401020304a402300088022a03").value();
        const auto leaf = pki::make_authority().issue({.alternative_names = names}).certificate;
        CHECK(leaf.alternative_names() ==
              std::vector<AlternativeName>{{Kind::ip, std::string("\1\2\3\4")}});
    }

    TEST_CASE("refuses alternative names that break their form") {
        CHECK(parse_alternative_names(core::from_hex("3000").value()).empty());
        for (const auto* text :
             {"", "30", "3003820141ff", "300482024100ff", "04028000", "30048205"}) {
            CAPTURE(text);
            const core::Bytes names = core::from_hex(text).value();
            CHECK(test::error_of([&] { return parse_alternative_names(names); }).kind() ==
                  core::ErrorKind::malformed);
        }
    }

    TEST_CASE("a key of a kind that is not accepted is only refused when it is asked for") {
        const auto key = pki::Key::generate(pki::KeyType::p224);
        const auto leaf = pki::make_authority().issue({.key = key}).certificate;
        CHECK(leaf.spki_der() == key.spki_der());
        const auto error = test::error_of([&] { return leaf.public_key(); });
        CHECK(error.kind() == core::ErrorKind::malformed);
        CHECK(error.reason() == core::Reason::unsupported);
    }

    TEST_CASE("serial numbers may be odd") {
        for (const auto* serial : {"-1", "0", "ffffffffffffffffffffffffffffffffffffffffffffffff"}) {
            CAPTURE(serial);
            const auto leaf = pki::make_authority().issue({.serial = serial}).certificate;
            CHECK(Certificate::parse_der(leaf.der()) == leaf);
        }
    }

    TEST_CASE("refuses an extension that is there twice, known or not") {
        for (const auto* oid : {"2.5.29.17", "1.3.6.1.4.1.57264.1.8", "1.2.3.4"}) {
            CAPTURE(oid);
            const pki::Extension extra{oid, core::from_hex("3000").value()};
            CHECK(test::error_of([&] {
                      return pki::make_authority().issue({.extensions = {extra, extra}});
                  }).kind() == core::ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses extensions of RFC 5280 that break their form") {
        for (const auto* oid : {"2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.30"}) {
            CAPTURE(oid);
            const pki::Extension broken{oid, core::from_hex("0500").value()};
            CHECK(test::error_of([&] {
                      return pki::make_authority().issue(
                          {.key_usage = "", .extended_key_usage = "", .extensions = {broken}});
                  }).kind() == core::ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses what is not one certificate") {
        const core::Bytes der = workflow().der();
        for (std::size_t size = 0; size < der.size(); ++size) {
            CAPTURE(size);
            check_malformed(std::span(der).first(size));
        }
        core::Bytes longer = der;
        longer.push_back(std::byte{0});
        check_malformed(longer);
        check_malformed(core::as_bytes("-----BEGIN CERTIFICATE-----"));
    }

    TEST_CASE("refuses a second encoding of a certificate") {
        const core::Bytes der = workflow().der();
        REQUIRE(core::to_hex(std::span(der).first(2)) == "3082");
        core::Bytes longer = core::from_hex("308300").value();  // a length with a zero in front
        longer.insert(longer.end(), der.begin() + 2, der.end());
        check_malformed(longer);
    }

    TEST_CASE("refuses times that are none") {
        const auto leaf = pki::make_authority().issue({}).certificate;
        // 260601115500Z with a month 13
        check_malformed(
            replaced(leaf.der(), "3236303630313131353530305a", "3236313330313131353530305a"));
    }

    TEST_CASE("the signed part without an extension is what was there before it was added") {
        const pki::Authority ca = pki::make_authority();
        const pki::Key key = pki::Key::generate();
        const std::vector<pki::Extension> one{{"1.2.3.4", core::to_bytes("x")}};
        const auto with = ca.issue({.key = key, .extensions = one, .serial = "2a"}).certificate;
        const core::Bytes without = with.tbs_without("1.2.3.4");
        const auto plain = ca.issue({.key = key, .serial = "2a"}).certificate;
        // A certificate is a SEQUENCE (4 bytes in front) of this part, an algorithm, a signature.
        const auto content = std::span(plain.der()).subspan(4);
        REQUIRE(content.size() > without.size());
        CHECK(std::ranges::equal(content.first(without.size()), without));
        CHECK(test::error_of([&] { return plain.tbs_without("1.2.3.4"); }).kind() ==
              core::ErrorKind::internal);
    }

    TEST_CASE("a PEM chain has certificates only, and not too many") {
        const std::string one = test::read_data("x509/public-good-workflow.pem");
        CHECK(Certificate::parse_pem_chain("# a comment\n" + one + "another\n" + one).size() == 2);
        std::string ten;
        for (int i = 0; i < 10; ++i) {
            ten += one;
        }
        CHECK(Certificate::parse_pem_chain(ten).size() == 10);
        CHECK(test::error_of([&] { return Certificate::parse_pem_chain(ten + one); }).reason() ==
              core::Reason::limit_exceeded);
        const std::string key = test::read_data("x509/local-ct.pub");
        for (const std::string& text : {std::string(), key, one + key, one + "-----BEGIN "}) {
            CAPTURE(text);
            CHECK(test::error_of([&] { return Certificate::parse_pem_chain(text); }).kind() ==
                  core::ErrorKind::malformed);
        }
    }

    TEST_CASE("refuses PEM blocks of another label, although a certificate is in them") {
        const std::string pem =
            to_pem("TRUSTED CERTIFICATE", pki::make_authority().certificate.der());
        CHECK(test::error_of([&] { return Certificate::parse_pem_chain(pem); }).kind() ==
              core::ErrorKind::malformed);
    }

    TEST_CASE("says that a key is of a type that is not supported") {
        core::Bytes der = pki::make_authority().certificate.der();
        const auto curve = core::from_hex("06082a8648ce3d030107").value();  // P-256
        const auto found = std::search(der.begin(), der.end(), curve.begin(), curve.end());
        REQUIRE(found != der.end());
        *(found + static_cast<std::ptrdiff_t>(curve.size()) - 1) = std::byte{0x77};
        const auto error = test::error_of([&] { return Certificate::parse_der(der).public_key(); });
        CHECK(error.kind() == core::ErrorKind::malformed);
        CHECK(error.reason() == core::Reason::unsupported);
        CHECK(error.message().starts_with("the certificate's key"));
    }
}

}  // namespace modelseal::crypto
