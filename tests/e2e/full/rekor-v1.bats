#!/usr/bin/env bats
# The parts of Sigstore that keyless.bats leaves out, with stock cosign alone: Rekor v1, which gives the time
# of an entry, and a real certificate transparency log. Run by scripts/test full.

load ../lib
load ../sigstore

setup_file() { start_sigstore_and_registry --full; }
teardown_file() { stop_sigstore_and_registry; }

setup() { prepare_keyless "$SIGSTORE_SIGNING_CONFIG_V1"; }

@test "blobs: Rekor v1 promises, proves and times the entry" {
    assert_exit 0 in_sigstore cosign sign-blob "${SIGN[@]}" --bundle bundle.json blob
    assert_exit 0 without_network cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_equal "$(jq -r '.verificationMaterial.tlogEntries[0].kindVersion.version' bundle.json)" 0.0.1
    assert_equal "$(jq -r '.verificationMaterial | has("timestampVerificationData")' bundle.json)" false
    jq 'del(.verificationMaterial.tlogEntries[0].inclusionPromise)' bundle.json >unpromised.json
    assert_exit 1 cosign verify-blob "${TRUST[@]}" --bundle unpromised.json blob
}

@test "blobs: Rekor v2 is in the same trusted root" {
    assert_exit 0 in_sigstore cosign sign-blob --yes --identity-token id-token "${ROOT[@]}" \
        --signing-config "$SIGSTORE_SIGNING_CONFIG" --bundle bundle.json blob
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
}

# entries_at_least N: in the log of certificates, which adds what it promised a moment later.
entries_at_least() {
    (($(in_sigstore curl --noproxy '*' -sf "$SIGSTORE_CT_URL/ct/v1/get-sth" | jq .tree_size) >= $1))
}

@test "certificates: the log lists what it promised" {
    local before
    before=$(in_sigstore curl --noproxy '*' -sf "$SIGSTORE_CT_URL/ct/v1/get-sth" | jq .tree_size)
    assert_exit 0 in_sigstore cosign sign-blob "${SIGN[@]}" --bundle bundle.json blob
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    wait_until entries_at_least $((before + 1))
}

@test "artifacts: signed, attested and verified" {
    push_model fraud-detector
    assert_exit 0 in_sigstore cosign sign "${SIGN[@]}" "$PINNED"
    assert_exit 0 in_sigstore cosign verify "${TRUST[@]}" "$PINNED"
    echo '{"result":"passed"}' >predicate.json
    assert_exit 0 in_sigstore cosign attest "${SIGN[@]}" --type https://example.com/scan --predicate predicate.json \
        "$PINNED"
    assert_exit 0 in_sigstore cosign verify-attestation "${TRUST[@]}" --type https://example.com/scan "$PINNED"
}

@test "artifacts: the format of cosign 2" {
    push_model fraud-detector
    assert_exit 0 in_sigstore cosign sign --yes --identity-token id-token "${ROOT[@]}" --new-bundle-format=false \
        --use-signing-config=false --fulcio-url="$SIGSTORE_FULCIO_URL" --rekor-url="$SIGSTORE_REKOR_V1_URL" "$PINNED"
    assert_exit 0 in_sigstore cosign verify "${TRUST[@]}" "$PINNED"
    assert_contains "$(in_sigstore oras repo tags --plain-http "${REF%:*}")" ".sig"
}
