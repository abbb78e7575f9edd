#include "common/sigstore/log/checkpoint_signature.hpp"

#include "common/core/text.hpp"
#include "common/sigstore/trust/trusted_root.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/key.hpp"
#include "tests/support/pki/log.hpp"
#include "tests/support/pki/time.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

crypto::PrivateKey key_of(std::string_view name) {
    return crypto::PrivateKey::parse_pem(
        test::read_data(core::concat("cosign/keys/", name, ".pem")));
}

std::vector<crypto::PrivateKey> keys_of_every_kind() {
    return {key_of("p256"), key_of("p384"), key_of("p521"), key_of("rsa2048"), key_of("ed25519")};
}

pki::Log log_with(pki::Rekor version, crypto::PrivateKey key) {
    pki::Log log({.version = version, .key = std::move(key)});
    log.add_others(1);
    return log;
}

/// The checkpoint that `log` makes when told so.
Checkpoint checkpoint_of(const pki::Log& log, const pki::CheckpointOptions& options = {}) {
    return Checkpoint::parse(log.prove(0, options).checkpoint);
}

/// A good line of `log`, to stand among others.
std::string line_of(const pki::Log& log, const pki::CheckpointOptions& options = {}) {
    const std::string note = log.prove(0, options).checkpoint;
    return note.substr(note.find("\n\n") + 2);
}

void check_refused(void (*verify)(const Checkpoint&, const TransparencyLog&),
                   const Checkpoint& checkpoint,
                   const TransparencyLog& log,
                   core::Reason reason) {
    CAPTURE(checkpoint.text);
    const auto error = test::error_of([&] {
        verify(checkpoint, log);
        return 0;
    });
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == reason);
}

}  // namespace

TEST_SUITE("sigstore/log/checkpoint_signature") {
    TEST_CASE("computes the ids that real trusted roots have for their Rekor logs") {
        for (const auto& root :
             {TrustedRoot::public_good(),
              TrustedRoot::parse(test::read_data("trusted_root/staging.json")),
              TrustedRoot::parse(test::read_data("rekor/v2.trusted_root.json"))}) {
            for (const TransparencyLog& log : root.logs()) {
                CAPTURE(log.base_url);
                CHECK(note_key_id(log.host(), log.key) == log.id);
            }
        }
    }

    TEST_CASE(
        "the id of an Ed25519 or RSA key depends on the name, that of an ECDSA key does not") {
        for (const auto& key : keys_of_every_kind()) {
            const crypto::PublicKey& public_key = key.public_key();
            const bool is_same = note_key_id("a", public_key) == note_key_id("b", public_key);
            const bool is_ecdsa = crypto::to_string(public_key.algorithm()).starts_with("ECDSA");
            CHECK(is_same == is_ecdsa);
        }
    }

    TEST_CASE("accepts checkpoints of both versions by keys of every kind") {
        for (const auto& key : keys_of_every_kind()) {
            const pki::Log v1 = log_with(pki::Rekor::v1, key);
            CHECK_NOTHROW(verify_rekor_v1_checkpoint(checkpoint_of(v1), v1.trusted()));
            const pki::Log v2 = log_with(pki::Rekor::v2, key);
            CHECK_NOTHROW(verify_rekor_v2_checkpoint(checkpoint_of(v2), v2.trusted()));
        }
    }

    TEST_CASE("v1 hashes with SHA-256 whatever the curve, v2 with the hash of the curve") {
        const pki::Key key = pki::Key::generate(pki::KeyType::p384);
        const TransparencyLog log{.base_url = "https://rekor.example.com",
                                  .key = key.public_key(),
                                  .id = {},
                                  .validity = {.start = pki::noon()}};
        const auto checkpoint = [&](std::string_view origin) {
            const std::string text =
                core::concat(origin, "\n3\nJntJmt/EpCCoDBnmq5aYB+XrWoL6D3OU+mJKQTQTaQ8=\n");
            const auto hash = log.key.fingerprint().bytes().first(4);
            const core::Bytes signature = key.sign(core::as_bytes(text));
            return Checkpoint::parse(core::concat(
                text, '\n', pki::Log::signature_line("rekor.example.com", hash, signature)));
        };
        CHECK_NOTHROW(verify_rekor_v1_checkpoint(checkpoint("rekor.example.com - 1"), log));
        check_refused(verify_rekor_v2_checkpoint,
                      checkpoint("rekor.example.com"),
                      log,
                      core::Reason::bad_signature);
    }

    TEST_CASE("v1: refuses a signature that does not verify, and one by another key") {
        const pki::Log log = log_with(pki::Rekor::v1, key_of("p256"));
        check_refused(verify_rekor_v1_checkpoint,
                      checkpoint_of(log, {.is_signature_broken = true}),
                      log.trusted(),
                      core::Reason::bad_signature);
        Checkpoint altered = checkpoint_of(log);
        altered.text.insert(0, "x");
        check_refused(
            verify_rekor_v1_checkpoint, altered, log.trusted(), core::Reason::bad_signature);
        const pki::Log other = log_with(pki::Rekor::v1, key_of("p384"));
        check_refused(verify_rekor_v1_checkpoint,
                      checkpoint_of(other),
                      log.trusted(),
                      core::Reason::log_mismatch);
    }

    TEST_CASE("v1: refuses a further signature by another key, before and behind") {
        const pki::Log log = log_with(pki::Rekor::v1, key_of("p256"));
        const std::string stranger = line_of(log_with(pki::Rekor::v1, key_of("p384")));
        for (const auto& options : {pki::CheckpointOptions{.lines_before = stranger},
                                    pki::CheckpointOptions{.lines_after = stranger}}) {
            check_refused(verify_rekor_v1_checkpoint,
                          checkpoint_of(log, options),
                          log.trusted(),
                          core::Reason::log_mismatch);
        }
    }

    TEST_CASE("v1: refuses an origin that names no tree") {
        const pki::Log log = log_with(pki::Rekor::v1, key_of("p256"));
        check_refused(verify_rekor_v1_checkpoint,
                      checkpoint_of(log, {.origin = "rekor.example.com"}),
                      log.trusted(),
                      core::Reason::log_mismatch);
    }

    TEST_CASE("v2: passes over lines of witnesses and other keys, wherever they stand") {
        const pki::Log log = log_with(pki::Rekor::v2, key_of("ed25519"));
        const std::string witness = pki::Log::signature_line(
            "witness.example.org", core::as_bytes("1234"), core::as_bytes("not a signature"));
        const std::string same_name = pki::Log::signature_line(
            "rekor.example.com", core::as_bytes("1234"), core::as_bytes("not a signature"));
        const Checkpoint checkpoint = checkpoint_of(
            log, {.lines_before = same_name + witness, .lines_after = witness + same_name});
        CHECK(checkpoint.signatures.size() == 5);
        CHECK_NOTHROW(verify_rekor_v2_checkpoint(checkpoint, log.trusted()));
    }

    TEST_CASE("v2: refuses a line of the log that does not verify, also beside one that does") {
        const pki::Log log = log_with(pki::Rekor::v2, key_of("ed25519"));
        const std::string broken = line_of(log, {.is_signature_broken = true});
        for (const auto& options : {pki::CheckpointOptions{.is_signature_broken = true},
                                    pki::CheckpointOptions{.lines_before = broken},
                                    pki::CheckpointOptions{.lines_after = broken}}) {
            check_refused(verify_rekor_v2_checkpoint,
                          checkpoint_of(log, options),
                          log.trusted(),
                          core::Reason::bad_signature);
        }
    }

    TEST_CASE("v2: refuses another origin, another name and another key") {
        const pki::Log log = log_with(pki::Rekor::v2, key_of("ed25519"));
        for (const auto& options :
             {pki::CheckpointOptions{.origin = "other.example.com"},
              pki::CheckpointOptions{.origin = "rekor.example.com - 1193050959916656506"},
              pki::CheckpointOptions{.name = "other.example.com"}}) {
            check_refused(verify_rekor_v2_checkpoint,
                          checkpoint_of(log, options),
                          log.trusted(),
                          core::Reason::log_mismatch);
        }
        // The hash of an ECDSA key is the same under every name.
        const pki::Log ecdsa = log_with(pki::Rekor::v2, key_of("p256"));
        check_refused(verify_rekor_v2_checkpoint,
                      checkpoint_of(ecdsa, {.name = "other.example.com"}),
                      ecdsa.trusted(),
                      core::Reason::log_mismatch);
        const pki::Log other =
            log_with(pki::Rekor::v2, pki::Key::generate(pki::KeyType::ed25519).private_key());
        check_refused(verify_rekor_v2_checkpoint,
                      checkpoint_of(other),
                      log.trusted(),
                      core::Reason::log_mismatch);
    }

    TEST_CASE("v2: refuses every checkpoint for a log whose host is not known") {
        const pki::Log log = log_with(pki::Rekor::v2, key_of("ed25519"));
        TransparencyLog nameless = log.trusted();
        nameless.base_url.clear();
        check_refused(
            verify_rekor_v2_checkpoint, checkpoint_of(log), nameless, core::Reason::log_mismatch);
    }
}

}  // namespace modelseal::sigstore
