#include "common/commands/trust/trusted_root_option.hpp"

#include "common/sigstore/trust/trusted_root.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

namespace modelseal::commands {

namespace {

constexpr std::int64_t day = std::int64_t{24} * 3600;

sigstore::TrustedSigner anybody() {
    const auto text = sigstore::TextPattern::regular_expression(".*");
    return sigstore::TrustedIdentity{.subject = text, .issuer = text};
}

sigstore::TrustedSigner key(const std::optional<core::Timestamp>& compromised_at = {}) {
    return sigstore::TrustedKey{.key = crypto::PublicKey::parse_pem(
                                    "-----BEGIN PUBLIC KEY-----\n"
                                    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                    "-----END PUBLIC KEY-----\n"),
                                .compromised_at = compromised_at};
}

/// What is said when the compiled-in root is of so many days ago.
std::string warning(const sigstore::Requirements& demand,
                    std::int64_t days,
                    const std::vector<std::string>& words = {},
                    bool quiet = false) {
    test::TestEnvironment environment;
    const cli::Command command{.name = "verify", .options = {trusted_root_option()}};
    const cli::Arguments arguments = cli::parse_arguments(command, words);
    const core::Timestamp now = core::Timestamp::from_unix(
        sigstore::TrustedRoot::public_good_date().unix_seconds() + days * day);
    const bool warned =
        warn_if_old_root(*environment,
                         Settings::of_flags(arguments, environment->variables),
                         {.statements = {demand}, .trust = {.root = nullptr, .now = now}},
                         quiet);
    CHECK(warned == !environment.err().empty());
    return environment.err();
}

}  // namespace

TEST_SUITE("commands/trust/trusted_root_option") {
    TEST_CASE("warns of a compiled-in root that is older than 180 days, where it is needed") {
        CHECK(warning({.signers = {anybody()}}, 181).starts_with("Warning: the compiled-in "));
        CHECK(warning({.signers = {anybody()}}, 180).empty());
        CHECK(warning({.signers = {anybody()}}, 181, {"--trusted-root", "root.json"}).empty());
        CHECK(warning({.signers = {anybody()}}, 181, {}, true).empty());
        CHECK(warning({.signers = {key()}}, 181).empty());
        CHECK_FALSE(warning({.signers = {key(core::Timestamp::from_unix(0))}}, 181).empty());
        CHECK_FALSE(warning({.signers = {key()}, .require_log = true}, 181).empty());
        CHECK_FALSE(warning({.signers = {key()}, .require_timestamp = true}, 181).empty());
    }
}

}  // namespace modelseal::commands
