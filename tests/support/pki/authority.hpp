// Certificate authorities in memory, and certificates as Fulcio issues them. Every field can be
// wrong alone:
//
//     const pki::Authority root = pki::make_authority({.name = "root"});
//     const pki::Authority ca = root.subordinate({.extended_key_usage = "codeSigning"});
//     const pki::CtLog log;
//     const pki::Leaf leaf = ca.issue({.uri = "https://github.com/o/r", .scts = {{.log = log}}});
#pragma once

#include "common/crypto/x509/certificate.hpp"
#include "tests/support/pki/ct_log.hpp"
#include "tests/support/pki/key.hpp"
#include "tests/support/pki/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::pki {

struct Extension {
    std::string oid;
    core::Bytes content{};
    bool critical = false;
};

/// Extension 1.3.6.1.4.1.57264.1.NUMBER of Fulcio: plain text up to 6, a UTF8String from 8 on.
[[nodiscard]] Extension fulcio_extension(int number, std::string_view text);

/// What every certificate has. Extensions are in the words of OpenSSL's x509v3_config; an empty
/// text leaves the extension out.
struct CommonOptions {
    core::Timestamp not_before;
    core::Timestamp not_after;
    std::string basic_constraints{};
    std::string key_usage{};
    std::string extended_key_usage{};
    std::string name_constraints{};
    std::vector<Extension> extensions{};  // behind the others
    std::string serial{};                 // in hexadecimal, "-1" is possible; else a random one
    std::string hash = "SHA256";
    bool bad_signature = false;
};

struct AuthorityOptions {
    std::string name = "test authority";
    KeyType key = KeyType::p256;
    core::Timestamp not_before = noon(-year);
    core::Timestamp not_after = noon(10 * year);
    std::string basic_constraints = "critical,CA:TRUE";
    std::string key_usage = "critical,keyCertSign,cRLSign";
    std::string extended_key_usage{};
    std::string name_constraints{};
    std::vector<Extension> extensions{};
    std::string serial{};
    std::string hash = "SHA256";
    bool bad_signature = false;
};

/// Whom leaves name unless a test says otherwise, and who vouches for that.
inline constexpr std::string_view workflow =
    "https://github.com/org/repo/.github/workflows/train.yml@refs/heads/main";
inline constexpr std::string_view github = "https://token.actions.githubusercontent.com";

/// Names go in the order of the fields.
struct LeafOptions {
    std::string dns{};
    std::optional<std::string> uri = std::string(workflow);
    std::string email{};
    std::string other_name{};  // of the kind that Fulcio uses
    std::vector<std::string> more_uris{};
    std::optional<core::Bytes> alternative_names{};  // the extension's content, instead of these

    std::optional<std::string> issuer = std::string(github);  // .8
    std::string first_issuer{};                               // .1
    std::vector<SctOptions> scts{};
    std::optional<core::Bytes> sct_extension{};  // the extension's content, instead of these

    std::string name{};
    std::optional<Key> key{};
    core::Timestamp not_before = noon(-300);
    core::Timestamp not_after = noon(300);
    std::string basic_constraints{};
    std::string key_usage = "critical,digitalSignature";
    std::string extended_key_usage = "codeSigning";
    std::vector<Extension> extensions{};
    std::string serial{};
    std::string hash = "SHA256";
    bool bad_signature = false;
};

struct Leaf {
    crypto::Certificate certificate;
    Key key;
};

class Authority {
  public:
    crypto::Certificate certificate;
    Key key;

    /// This certificate first, the root last: as trusted roots list them.
    [[nodiscard]] std::vector<crypto::Certificate> chain() const;

    [[nodiscard]] Authority subordinate(const AuthorityOptions& options) const;
    [[nodiscard]] Leaf issue(const LeafOptions& options) const;

    Authority(crypto::Certificate own, Key own_key, std::vector<crypto::Certificate> above)
        : certificate(std::move(own)), key(std::move(own_key)), above_(std::move(above)) {}

  private:
    std::vector<crypto::Certificate> above_;
};

/// One that signed its own certificate.
[[nodiscard]] Authority make_authority(const AuthorityOptions& options = {});

}  // namespace modelseal::pki
