#!/usr/bin/env bats
# The Sigstore of the tests itself, with stock cosign alone: what it should make is made, and what should be
# refused is refused. Our own executables then can be measured by it.

load lib
load sigstore

setup_file() {
    start_sigstore_and_registry
    make_other_root
}
teardown_file() { stop_sigstore_and_registry; }

setup() { prepare_keyless; }
teardown() { stop_sigstore; }

sign_blob() {
    in_sigstore cosign sign-blob "${SIGN[@]}" --bundle bundle.json blob >/dev/null 2>&1
}

# certificate_text: that of bundle.json, as openssl shows it.
certificate_text() {
    jq -r .verificationMaterial.certificate.rawBytes bundle.json | base64 -d | openssl x509 -inform DER -noout -text
}

@test "the servers are where only loopback is" {
    assert_equal "$(in_sigstore ip -o link | wc -l | tr -d ' ')" 1
    assert_exit 0 in_sigstore curl --noproxy '*' -sf "$SIGSTORE_FULCIO_URL/healthz"
    run ! curl --noproxy '*' -sf --max-time 2 "$SIGSTORE_FULCIO_URL/healthz"
}

@test "blobs: a signature is verified without any network" {
    assert_exit 0 in_sigstore cosign sign-blob "${SIGN[@]}" --bundle bundle.json blob
    assert_exit 0 without_network cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_equal "$(jq -r '.verificationMaterial.tlogEntries[0].kindVersion.version' bundle.json)" 0.0.2
    assert_equal "$(jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' bundle.json)" 1
}

@test "blobs: another identity, issuer or file is refused" {
    sign_blob
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_exit 1 cosign verify-blob "${ROOT[@]}" --certificate-identity "${SIGSTORE_IDENTITY}x" \
        --certificate-oidc-issuer "$SIGSTORE_ISSUER" --bundle bundle.json blob
    assert_contains "$stderr" "no matching CertificateIdentity"
    assert_exit 1 cosign verify-blob "${ROOT[@]}" --certificate-identity "$SIGSTORE_IDENTITY" \
        --certificate-oidc-issuer "$SIGSTORE_EMAIL_ISSUER" --bundle bundle.json blob
    assert_contains "$stderr" "no matching CertificateIdentity"
    tamper blob
    assert_exit 1 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
}

@test "blobs: whoever trusts another Sigstore refuses, each part of it alone" {
    local part
    sign_blob
    assert_exit 1 cosign verify-blob --trusted-root "$OTHER_ROOT" "${SIGNER[@]}" --bundle bundle.json blob
    for part in certificateAuthorities ctlogs tlogs timestampAuthorities; do
        root_with_other "$part" >other.json
        assert_exit 1 cosign verify-blob --trusted-root other.json "${SIGNER[@]}" --bundle bundle.json blob
    done
}

@test "blobs: without a time, and with one after the certificate's end, a signature is refused" {
    sign_blob
    jq 'del(.verificationMaterial.timestampVerificationData)' bundle.json >timeless.json
    assert_exit 1 cosign verify-blob "${TRUST[@]}" --bundle timeless.json blob
    make_timestamp_authority
    timed_at +2m bundle.json >timed.json
    assert_exit 0 cosign verify-blob --trusted-root timed_root.json "${SIGNER[@]}" --bundle timed.json blob
    timed_at +1h bundle.json >late.json
    assert_exit 1 cosign verify-blob --trusted-root timed_root.json "${SIGNER[@]}" --bundle late.json blob
}

@test "identities: the certificate has the fields of GitHub Actions" {
    local part
    sign_blob
    certificate_text >certificate
    for part in "URI:$SIGSTORE_IDENTITY" myorg/training-pipeline refs/heads/main "Code Signing" \
        "CT Precertificate SCTs"; do
        assert_contains "$(<certificate)" "$part"
    done
    assert_exit 0 cosign verify-blob "${ROOT[@]}" --bundle bundle.json --certificate-oidc-issuer "$SIGSTORE_ISSUER" \
        --certificate-identity-regexp '^https://github\.com/myorg/training-pipeline/' \
        --certificate-github-workflow-repository myorg/training-pipeline --certificate-github-workflow-trigger push blob
}

@test "identities: an e-mail address, by its own issuer" {
    identity_token alice@example.com
    sign_blob
    assert_exit 0 cosign verify-blob "${ROOT[@]}" --certificate-identity alice@example.com \
        --certificate-oidc-issuer "$SIGSTORE_EMAIL_ISSUER" --bundle bundle.json blob
    assert_exit 1 cosign verify-blob "${ROOT[@]}" --certificate-identity alice@example.com \
        --certificate-oidc-issuer "$SIGSTORE_ISSUER" --bundle bundle.json blob
}

@test "identities: the token of a runner, of a push and of a pull request" {
    local stock=(cosign sign-blob --yes --signing-config "$SIGSTORE_SIGNING_CONFIG" "${ROOT[@]}"
        --bundle bundle.json blob)
    assert_exit 0 as_github_actions "${stock[@]}"
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    QUERY='&event_name=pull_request' assert_exit 0 as_github_actions "${stock[@]}"
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --certificate-github-workflow-trigger pull_request \
        --bundle bundle.json blob
    assert_exit 1 cosign verify-blob "${TRUST[@]}" --certificate-github-workflow-trigger push --bundle bundle.json blob
}

@test "identities: fulcio refuses tokens for others, old ones and those of other issuers" {
    local claim
    for claim in aud=other "exp=$(($(date +%s) - 60))" iss=https://token.actions.githubusercontent.com; do
        identity_token "$SIGSTORE_IDENTITY" "$claim"
        assert_exit 1 in_sigstore cosign sign-blob "${SIGN[@]}" --bundle bundle.json blob
    done
    identity_token
    tamper id-token -10
    assert_exit 1 in_sigstore cosign sign-blob "${SIGN[@]}" --bundle bundle.json blob
}

@test "certificates: one that no log has promised to list is refused" {
    start_sigstore --without-ct
    prepare_keyless
    sign_blob
    refute_contains "$(certificate_text)" "CT Precertificate SCTs"
    assert_exit 1 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --insecure-ignore-sct --bundle bundle.json blob
}

@test "artifacts: signed and verified, unsigned and others' refused" {
    push_model fraud-detector
    assert_exit 10 in_sigstore cosign verify "${TRUST[@]}" "$PINNED"
    assert_exit 0 in_sigstore cosign sign "${SIGN[@]}" --annotations training_run_id=run-1 "$PINNED"
    assert_exit 0 in_sigstore cosign verify "${TRUST[@]}" --annotations training_run_id=run-1 "$PINNED"
    assert_equal "$(jq -r '.[0].optional.training_run_id' <<<"$output")" run-1
    assert_exit 1 in_sigstore cosign verify "${ROOT[@]}" --certificate-identity alice@example.com \
        --certificate-oidc-issuer "$SIGSTORE_EMAIL_ISSUER" "$PINNED"
    push_model other-model 1
    assert_exit 10 in_sigstore cosign verify "${TRUST[@]}" "$PINNED"
}

@test "artifacts: attestations are made and verified, by type" {
    push_model fraud-detector
    echo '{"result":"passed"}' >predicate.json
    assert_exit 0 in_sigstore cosign attest "${SIGN[@]}" --type https://example.com/scan --predicate predicate.json \
        "$PINNED"
    assert_exit 0 in_sigstore cosign verify-attestation "${TRUST[@]}" --type https://example.com/scan "$PINNED"
    run ! in_sigstore cosign verify-attestation "${TRUST[@]}" --type https://example.com/other "$PINNED"
}

# has_ended PID: it is gone, or waits for somebody to take notice.
has_ended() {
    ! kill -0 "$1" 2>/dev/null || grep -q '^State:.*Z' "/proc/$1/status"
}

@test "stopping ends every process, and starting again makes new keys" {
    local pid _ before
    start_sigstore
    before=$(jq -c .tlogs "$SIGSTORE_TRUSTED_ROOT")
    cp "$SIGSTORE_DIR/processes" processes
    run ! "$SIGSTORE_STACK" start "$SIGSTORE_DIR"
    while read -r pid _; do
        run ! has_ended "$pid"
    done <processes
    stop_sigstore
    while read -r pid _; do
        has_ended "$pid"
    done <processes
    start_sigstore
    [[ $(jq -c .tlogs "$SIGSTORE_TRUSTED_ROOT") != "$before" ]]
}
