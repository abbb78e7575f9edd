#include "common/sigstore/identity_match.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

const std::string github = "https://token.actions.githubusercontent.com";
const std::string workflow =
    "https://github.com/myorg/training-pipeline/.github/workflows/train.yml@refs/heads/main";

TrustedIdentity pipeline() {
    return {.subject = TextPattern::glob("https://github.com/myorg/training-pipeline/*"),
            .issuer = TextPattern::exact(github)};
}

CertificateIdentity certified() {
    CertificateIdentity identity{.subject = workflow, .issuer = github};
    identity.source_repository_identifier = "123";
    identity.source_repository_ref = "refs/heads/main";
    identity.build_trigger = "push";
    return identity;
}

}  // namespace

TEST_SUITE("sigstore/identity_match") {
    TEST_CASE("subject and issuer must both match") {
        CHECK_FALSE(why_identity_differs(pipeline(), certified()));
        CertificateIdentity other = certified();
        other.issuer = "https://accounts.example.com";
        CHECK(why_identity_differs(pipeline(), other) ==
              "the issuer is \"https://accounts.example.com\", not "
              "\"https://token.actions.githubusercontent.com\"");
        other = certified();
        other.subject = "https://github.com/myorg/training-pipeline-evil/x";
        CHECK(why_identity_differs(pipeline(), other));
    }

    TEST_CASE("repository id, ref and trigger must be certified when they are asked for") {
        TrustedIdentity trusted = pipeline();
        trusted.repository_id = "123";
        trusted.ref = TextPattern::glob("refs/heads/*");
        trusted.triggers = {"schedule", "push"};
        CHECK_FALSE(why_identity_differs(trusted, certified()));
        const auto differs = [&](auto change) {
            CertificateIdentity identity = certified();
            change(identity);
            return why_identity_differs(trusted, identity).has_value();
        };
        CHECK(differs([](auto& identity) { identity.source_repository_identifier = "1234"; }));
        CHECK(differs([](auto& identity) { identity.source_repository_identifier.reset(); }));
        CHECK(differs([](auto& identity) { identity.source_repository_ref = "refs/tags/v1"; }));
        CHECK(differs([](auto& identity) { identity.source_repository_ref.reset(); }));
        CHECK(differs([](auto& identity) { identity.build_trigger = "pull_request_target"; }));
        CHECK(differs([](auto& identity) { identity.build_trigger.reset(); }));
    }

    TEST_CASE("an older certificate states ref and trigger as GitHub's, a newer one decides") {
        TrustedIdentity trusted = pipeline();
        trusted.ref = TextPattern::exact("refs/heads/main");
        trusted.triggers = {"push"};
        CertificateIdentity older = certified();
        older.source_repository_ref.reset();
        older.build_trigger.reset();
        older.github_workflow_ref = "refs/heads/main";
        older.github_workflow_trigger = "push";
        CHECK_FALSE(why_identity_differs(trusted, older));
        older.source_repository_ref = "refs/heads/evil";
        CHECK(why_identity_differs(trusted, older));
    }
}

}  // namespace modelseal::sigstore
