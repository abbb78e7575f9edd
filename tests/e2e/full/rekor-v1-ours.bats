#!/usr/bin/env bats
# Signing without keys with Rekor v1, whose entries carry a time, and a real certificate transparency log: our
# executables and stock cosign in both directions. Run by scripts/test full.

load ../lib
load ../sigstore

setup_file() { start_sigstore_and_registry --full; }
teardown_file() { stop_sigstore_and_registry; }

setup() { prepare_keyless "$SIGSTORE_SIGNING_CONFIG_V1"; }

@test "artifacts: cosign verifies ours, we verify cosign's" {
    push_model fraud-detector
    assert_exit 0 ours sign "${SIGN[@]}" "$REF"
    assert_exit 0 in_sigstore cosign verify "${TRUST[@]}" "$PINNED"
    assert_exit 0 ours verify "${TRUST[@]}" "$REF"
    push_model fraud-detector 1
    in_sigstore cosign sign "${SIGN[@]}" "$PINNED"
    assert_exit 0 ours verify "${TRUST[@]}" "$REF"
}

@test "artifacts: the format of cosign 2 is verified when it is asked for" {
    push_model fraud-detector
    in_sigstore cosign sign --yes --identity-token id-token "${ROOT[@]}" --new-bundle-format=false \
        --use-signing-config=false --fulcio-url="$SIGSTORE_FULCIO_URL" --rekor-url="$SIGSTORE_REKOR_V1_URL" "$PINNED"
    assert_exit 12 ours verify "${TRUST[@]}" "$REF"
    assert_exit 0 ours verify --allow-legacy "${TRUST[@]}" "$REF"
}

@test "artifacts: attestations in both directions" {
    local type=https://example.com/scan signer
    echo '{"result":"passed"}' >predicate.json
    for signer in cosign-modelseal cosign; do
        push_model "fraud-detector-$signer"
        case $signer in
            cosign) in_sigstore cosign attest "${SIGN[@]}" --predicate predicate.json --type "$type" "$PINNED" ;;
            *) ours attest "${SIGN[@]}" --predicate predicate.json --type "$type" "$PINNED" ;;
        esac
        assert_exit 0 in_sigstore cosign verify-attestation "${TRUST[@]}" --type "$type" "$PINNED"
        assert_exit 0 ours verify-attestation "${TRUST[@]}" --type "$type" "$PINNED"
    done
}

@test "blobs: the time of the log is enough, its promise is the proof of it" {
    assert_exit 0 in_sigstore cosign-modelseal sign-blob "${SIGN[@]}" --bundle bundle.json blob
    assert_exit 0 without_network cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_exit 0 without_network cosign-modelseal verify-blob "${TRUST[@]}" --bundle bundle.json blob
    jq 'del(.verificationMaterial.tlogEntries[0].inclusionPromise)' bundle.json >unpromised.json
    assert_exit 1 cosign-modelseal verify-blob "${TRUST[@]}" --bundle unpromised.json --format json blob
    assert_equal "$(jq -r .reason <<<"$output")" NO_TRUSTED_TIME
}
