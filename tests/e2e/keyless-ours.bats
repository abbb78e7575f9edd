#!/usr/bin/env bats
# Signing without keys: cosign-modelseal, oras-modelseal pull and modelseal-verify with the real fulcio, Rekor v2 and
# timestamp authority, and with stock cosign in both directions.

load lib
load sigstore

setup_file() {
    start_sigstore_and_registry
    make_other_root
}
teardown_file() { stop_sigstore_and_registry; }

setup() { prepare_keyless; }
teardown() { stop_sigstore; }

verify() {
    ours verify "${TRUST[@]}" "$@"
}

stock_verify() {
    in_sigstore cosign verify "${TRUST[@]}" "$@"
}

pull() {
    in_sigstore oras-modelseal pull --plain-http -q -o serving "$@"
}

# load_model OPTION…: modelseal-verify as in a pod, where no network is at all.
load_model() {
    without_network modelseal-verify serving --model fraud-detector --termination-log none "$@"
}

sign_blob() {
    in_sigstore cosign-modelseal sign-blob "${SIGN[@]}" --bundle bundle.json blob
}

# for_identity IDENTITY ISSUER: TRUST then is that signer.
for_identity() {
    SIGNER=(--certificate-identity "$1" --certificate-oidc-issuer "$2")
    TRUST=("${ROOT[@]}" "${SIGNER[@]}")
}

# assert_refused CODE REASON COMMAND…: it exits with that code and states that reason in JSON.
assert_refused() {
    local code=$1 reason=$2
    shift 2
    assert_exit "$code" "$@" --format json
    assert_equal "$(jq -r .reason <<<"$output")" "$reason"
}

# ---- artifacts, in both directions ----------------------------------------------------------

@test "sign: cosign verifies ours" {
    push_model fraud-detector
    assert_exit 10 verify "$REF"
    assert_exit 0 ours sign "${SIGN[@]}" --annotations training_run_id=run-1 "$REF"
    assert_exit 0 stock_verify --annotations training_run_id=run-1 "$PINNED"
    assert_equal "$(jq -r '.[0].optional.model' <<<"$output")" fraud-detector
    assert_exit 0 verify --annotations training_run_id=run-1 "$REF"
}

@test "verify: we verify cosign's, and say who signed and when" {
    push_model fraud-detector
    assert_exit 0 in_sigstore cosign sign "${SIGN[@]}" --annotations training_run_id=run-1 "$PINNED"
    assert_exit 0 verify --annotations training_run_id=run-1 --format json "$REF"
    assert_equal "$(jq -r '.[0].verified.identity' <<<"$output")" "$SIGSTORE_IDENTITY"
    assert_equal "$(jq -r '.[0].verified.issuer' <<<"$output")" "$SIGSTORE_ISSUER"
    assert_exit 0 verify --explain --format json "$REF"
    assert_equal "$(jq -r '[.[0].explain[0].checks[] | select(.outcome == "held").check] | join("; ")' <<<"$output")" \
        "format; statement; certificate; transparency log; trusted time; certificate authority; certificate \
transparency; signer; signature"
    stock_verify "$PINNED" 2>/dev/null | jq -S '.[0] | {critical, optional}' >stock.json
    verify --format json "$PINNED" | jq -S '.[0] | {critical, optional}' | diff stock.json -
}

@test "verify: identities by pattern, with an issuer by pattern" {
    push_model fraud-detector
    ours sign "${SIGN[@]}" "$REF"
    assert_exit 0 ours verify "${ROOT[@]}" --certificate-oidc-issuer "$SIGSTORE_ISSUER" \
        --certificate-identity-regexp 'https://github\.com/myorg/training-pipeline/.*' "$REF"
    assert_exit 0 ours verify "${ROOT[@]}" --certificate-oidc-issuer-regexp 'http://127\.0\.0\.1:[0-9]+' \
        --certificate-identity "$SIGSTORE_IDENTITY" "$REF"
    # Where cosign finds the expression anywhere in the identity, here it is the whole.
    assert_refused 12 WRONG_IDENTITY ours verify "${ROOT[@]}" --certificate-oidc-issuer "$SIGSTORE_ISSUER" \
        --certificate-identity-regexp 'https://github\.com/myorg' "$REF"
    assert_exit 2 ours verify "${ROOT[@]}" --certificate-identity "$SIGSTORE_IDENTITY" "$REF"
    assert_exit 2 ours verify "${ROOT[@]}" --certificate-oidc-issuer "$SIGSTORE_ISSUER" "$REF"
    assert_exit 2 ours verify "${TRUST[@]}" --key cosign.pub "$REF"
}

@test "attest: cosign verifies ours, we verify cosign's, and another type is none" {
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
        assert_exit 10 ours verify-attestation "${TRUST[@]}" --type https://example.com/other "$PINNED"
        assert_contains "$stderr" "https://example.com/other"
        assert_exit 10 verify "$REF" # an attestation is not a signature
    done
}

@test "sign-blob: cosign verifies ours, we verify cosign's, without any network" {
    assert_exit 0 sign_blob
    assert_exit 0 without_network cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_exit 0 without_network cosign-modelseal verify-blob "${TRUST[@]}" --bundle bundle.json blob
    assert_exit 0 in_sigstore cosign sign-blob "${SIGN[@]}" --bundle stock.json blob
    assert_exit 0 without_network cosign-modelseal verify-blob "${TRUST[@]}" --bundle stock.json blob
}

# ---- from a registry to a pod ---------------------------------------------------------------

@test "pull verifies before it writes, modelseal-verify again without any network" {
    local signer
    for signer in cosign-modelseal cosign; do
        rm -rf serving
        push_model fraud-detector "$RANDOM"
        case $signer in
            cosign) in_sigstore cosign sign "${SIGN[@]}" "$PINNED" ;;
            *) ours sign "${SIGN[@]}" "$REF" ;;
        esac
        assert_exit 0 pull "${TRUST[@]}" "$REF"
        cmp model/model.safetensors serving/model.safetensors
        # cosign states no model: there only the digest says which one it is.
        if [[ $signer == cosign ]]; then
            export MODEL_DIGEST=${PINNED#*@}
            assert_exit 0 without_network modelseal-verify serving "${TRUST[@]}"
            unset MODEL_DIGEST
        else
            assert_exit 0 load_model "${TRUST[@]}"
        fi
    done
}

@test "pull writes nothing that another identity signed" {
    push_model fraud-detector
    assert_refused 10 NO_SIGNATURE pull "${TRUST[@]}" "$REF"
    ours sign "${SIGN[@]}" "$REF"
    for_identity "${SIGSTORE_IDENTITY/train.yml/other.yml}" "$SIGSTORE_ISSUER"
    assert_refused 12 WRONG_IDENTITY pull "${TRUST[@]}" "$REF"
    [[ ! -e serving ]]
}

@test "modelseal-verify refuses another signer, another Sigstore and one changed byte" {
    push_model fraud-detector
    ours sign "${SIGN[@]}" "$REF"
    pull "${TRUST[@]}" "$REF"
    assert_exit 0 load_model "${TRUST[@]}"
    assert_refused 1 WRONG_IDENTITY load_model "${ROOT[@]}" --certificate-identity "${SIGSTORE_IDENTITY}x" \
        --certificate-oidc-issuer "$SIGSTORE_ISSUER"
    assert_refused 1 WRONG_IDENTITY load_model "${ROOT[@]}" --certificate-identity "$SIGSTORE_IDENTITY" \
        --certificate-oidc-issuer "$SIGSTORE_EMAIL_ISSUER"
    assert_exit 1 load_model --trusted-root "$OTHER_ROOT" "${SIGNER[@]}"
    tamper serving/model.safetensors
    assert_refused 1 DIGEST_MISMATCH load_model "${TRUST[@]}"
}

@test "modelseal-verify takes identity, issuer and trusted root from variables" {
    push_model fraud-detector
    ours sign "${SIGN[@]}" "$REF"
    pull "${TRUST[@]}" "$REF"
    export MODELSEAL_CERTIFICATE_IDENTITY=$SIGSTORE_IDENTITY MODELSEAL_CERTIFICATE_OIDC_ISSUER=$SIGSTORE_ISSUER \
        MODELSEAL_TRUSTED_ROOT=$SIGSTORE_TRUSTED_ROOT
    assert_exit 0 load_model
    MODELSEAL_CERTIFICATE_IDENTITY=alice@example.com assert_refused 1 WRONG_IDENTITY load_model
}

# ---- policy init ----------------------------------------------------------------------------

@test "policy init: a draft for an identity that was named, or found, verifies what it was drafted from" {
    push_model fraud-detector
    ours sign "${SIGN[@]}" --model-version v2.3 "$REF"
    assert_exit 0 ours policy init --from "$REF" "${TRUST[@]}" -o named.yaml
    refute_contains "$stderr" Warning
    refute_contains "$(<named.yaml)" "NOT REVIEWED"
    assert_contains "$(<named.yaml)" "require: [timestamp]"
    assert_exit 0 ours verify "${ROOT[@]}" --trust-policy named.yaml "$REF"
    # With nothing but a trusted root, the identity is the one that the certificate names, and that is said.
    assert_exit 0 ours policy init --from "$REF" "${ROOT[@]}" -q -o found.yaml
    assert_contains "$stderr" "$SIGSTORE_IDENTITY"
    assert_contains "$stderr" "taken from the artifact itself"
    assert_contains "$stderr" "review it"
    assert_contains "$(<found.yaml)" "NOT REVIEWED"
    assert_equal "$(sed -n '/issuer:/,$p' found.yaml)" "$(sed -n '/issuer:/,$p' named.yaml)"
    assert_exit 0 ours verify "${ROOT[@]}" --trust-policy found.yaml "$REF"
    # A certificate of another authority names nobody.
    assert_exit 12 ours policy init --from "$REF" --trusted-root "$OTHER_ROOT" -o none.yaml
    [[ ! -e none.yaml ]]
    # Of two who signed, nobody is chosen.
    identity_token alice@example.com
    ours sign "${SIGN[@]}" "$REF"
    assert_exit 2 ours policy init --from "$REF" "${ROOT[@]}"
    assert_contains "$stderr" alice@example.com
    assert_contains "$stderr" "$SIGSTORE_IDENTITY"
    for_identity alice@example.com "$SIGSTORE_EMAIL_ISSUER"
    assert_exit 0 ours policy init --from "$REF" "${TRUST[@]}" -o alice.yaml
    assert_exit 0 ours verify "${ROOT[@]}" --trust-policy alice.yaml "$REF"
    identity_token bob@example.com
    push_model fraud-detector
    ours sign "${SIGN[@]}" "$REF"
    assert_refused 12 WRONG_IDENTITY ours verify "${ROOT[@]}" --trust-policy alice.yaml "$REF"
}

@test "policy init: a key's timestamp is drafted where there is one" {
    push_model fraud-detector
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q
    COSIGN_PASSWORD='' assert_exit 0 ours sign --key cosign.key --model-version v2.3 "$REF"
    assert_exit 0 ours policy init --from "$REF" "${ROOT[@]}" --key cosign.pub -o none.yaml
    refute_contains "$(<none.yaml)" "require:"
    COSIGN_PASSWORD='' assert_exit 0 ours sign --yes --key cosign.key --signing-config "$SIGSTORE_SIGNING_CONFIG" \
        "${ROOT[@]}" --model-version v2.3 "$REF"
    assert_exit 0 ours policy init --from "$REF" "${ROOT[@]}" --key cosign.pub -o timed.yaml
    assert_contains "$(<timed.yaml)" "require: [timestamp]"
    assert_exit 0 ours verify "${ROOT[@]}" --trust-policy timed.yaml "$REF"
}

# ---- who signs ------------------------------------------------------------------------------

@test "identities: an e-mail address, by its own issuer" {
    push_model fraud-detector
    identity_token alice@example.com
    assert_exit 0 ours sign "${SIGN[@]}" "$REF"
    assert_refused 12 WRONG_IDENTITY verify "$REF"
    for_identity alice@example.com "$SIGSTORE_EMAIL_ISSUER"
    assert_exit 0 verify "$REF"
    assert_exit 0 stock_verify "$PINNED"
    for_identity alice@example.com "$SIGSTORE_ISSUER"
    assert_refused 12 WRONG_IDENTITY verify "$REF"
}

@test "identities: the token of a runner, of SIGSTORE_ID_TOKEN, and none" {
    local ambient=(cosign-modelseal sign-blob --yes --signing-config "$SIGSTORE_SIGNING_CONFIG" "${ROOT[@]}"
        --bundle bundle.json blob)
    assert_exit 0 as_github_actions "${ambient[@]}"
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    identity_token alice@example.com
    # It comes before the runner's, as with cosign.
    SIGSTORE_ID_TOKEN=$(<id-token) assert_exit 0 as_github_actions "${ambient[@]}"
    for_identity alice@example.com "$SIGSTORE_EMAIL_ISSUER"
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    rm bundle.json
    run --separate-stderr in_sigstore "${ambient[@]}"
    [[ $status -ne 0 && ! -e bundle.json ]]
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "--identity-token"
}

@test "identities: what anybody's pull request runs does not sign, unless that is allowed" {
    local ambient=(cosign-modelseal sign-blob --yes --signing-config "$SIGSTORE_SIGNING_CONFIG" "${ROOT[@]}"
        --bundle bundle.json blob) event
    for event in pull_request pull_request_target; do
        QUERY="&event_name=$event" run --separate-stderr as_github_actions "${ambient[@]}"
        [[ $status -ne 0 && ! -e bundle.json ]]
        assert_one_sentence "$stderr"
        assert_contains "$stderr" "--allow-pull-request"
        identity_token "$SIGSTORE_IDENTITY" "event_name=$event"
        assert_exit 5 sign_blob
        assert_contains "$stderr" "--allow-pull-request"
    done
    QUERY='&event_name=pull_request' assert_exit 0 as_github_actions "${ambient[@]}" --allow-pull-request
    assert_exit 0 cosign verify-blob "${TRUST[@]}" --certificate-github-workflow-trigger pull_request \
        --bundle bundle.json blob
}

@test "identities: a token that fulcio refuses is one sentence, and nothing is written" {
    identity_token "$SIGSTORE_IDENTITY" aud=other
    run --separate-stderr sign_blob
    [[ $status -ne 0 && ! -e bundle.json ]]
    assert_one_sentence "$stderr"
    # The token is a secret, even one that does not work.
    refute_contains "$stderr" "$(<id-token)"
}

# ---- what is refused ------------------------------------------------------------------------

# assert_blob_refused REASON ROOT_FILE BUNDLE [FILE]: by us with the reason, and by cosign.
assert_blob_refused() {
    local reason=$1 blob=${4:-blob}
    assert_refused 1 "$reason" cosign-modelseal verify-blob --trusted-root "$2" "${SIGNER[@]}" --bundle "$3" "$blob"
    assert_exit 1 cosign verify-blob --trusted-root "$2" "${SIGNER[@]}" --bundle "$3" "$blob"
}

@test "refused: another identity, issuer or file" {
    sign_blob
    printf 'something else\n' >other
    assert_blob_refused DIGEST_MISMATCH "$SIGSTORE_TRUSTED_ROOT" bundle.json other
    for_identity "${SIGSTORE_IDENTITY}x" "$SIGSTORE_ISSUER"
    assert_blob_refused WRONG_IDENTITY "$SIGSTORE_TRUSTED_ROOT" bundle.json
    for_identity "$SIGSTORE_IDENTITY" "$SIGSTORE_EMAIL_ISSUER"
    assert_blob_refused WRONG_IDENTITY "$SIGSTORE_TRUSTED_ROOT" bundle.json
}

@test "refused: another authority, log of certificates, log or time stamper" {
    local part
    sign_blob
    for part in certificateAuthorities:UNTRUSTED_CERTIFICATE ctlogs:UNTRUSTED_LOG tlogs:UNTRUSTED_LOG \
        timestampAuthorities:UNTRUSTED_TIMESTAMP; do
        root_with_other "${part%:*}" >other.json
        assert_blob_refused "${part#*:}" other.json bundle.json
    done
}

@test "refused: a certificate that no log has promised to list" {
    start_sigstore --without-ct
    prepare_keyless
    sign_blob
    assert_blob_refused UNTRUSTED_LOG "$SIGSTORE_TRUSTED_ROOT" bundle.json
}

@test "refused: no time, and a time after the certificate's end" {
    sign_blob
    jq 'del(.verificationMaterial.timestampVerificationData)' bundle.json >timeless.json
    assert_blob_refused NO_TRUSTED_TIME "$SIGSTORE_TRUSTED_ROOT" timeless.json
    make_timestamp_authority
    timed_at +2m bundle.json >timed.json
    assert_exit 0 cosign-modelseal verify-blob --trusted-root timed_root.json "${SIGNER[@]}" --bundle timed.json blob
    timed_at +1h bundle.json >late.json
    assert_blob_refused CERTIFICATE_EXPIRED timed_root.json late.json
}

@test "refused: a log entry of another signature, and none" {
    sign_blob
    mv bundle.json first.json
    sign_blob
    jq --slurpfile first first.json '.verificationMaterial.tlogEntries = $first[0].verificationMaterial.tlogEntries' \
        bundle.json >exchanged.json
    assert_blob_refused LOG_MISMATCH "$SIGSTORE_TRUSTED_ROOT" exchanged.json
    jq '.verificationMaterial.tlogEntries = []' bundle.json >unlogged.json
    assert_blob_refused UNTRUSTED_LOG "$SIGSTORE_TRUSTED_ROOT" unlogged.json
}

@test "refused: a timestamp of another signature" {
    sign_blob
    mv bundle.json first.json
    sign_blob
    jq --slurpfile first first.json '.verificationMaterial.timestampVerificationData
        = $first[0].verificationMaterial.timestampVerificationData' bundle.json >exchanged.json
    assert_blob_refused UNTRUSTED_TIMESTAMP "$SIGSTORE_TRUSTED_ROOT" exchanged.json
}

@test "refused: another artifact's bundle" {
    push_model fraud-detector
    ours sign "${SIGN[@]}" --bundle bundle.json "$REF"
    assert_exit 0 verify --bundle bundle.json "$REF"
    push_model fraud-detector 1
    assert_refused 12 DIGEST_MISMATCH verify --bundle bundle.json "$REF"
}

@test "a service that does not answer is not a refusal" {
    # Nothing listens where nothing but loopback is: exit 75 says that a later try may succeed.
    assert_exit 75 without_network cosign-modelseal sign-blob "${SIGN[@]}" --bundle bundle.json blob
    assert_one_sentence "$stderr"
    [[ ! -e bundle.json ]]
}

# ---- the example ----------------------------------------------------------------------------

@test "examples/keyless goes from training to serving" {
    cd "$SOURCE_ROOT"
    assert_exit 0 as_github_actions examples/keyless/run.sh "$REGISTRY"
    assert_contains "$output" "Model integrity verified: "
    assert_contains "$output$stderr" "INTEGRITY CHECK FAILED: "
    assert_contains "$output" "Done: "
    assert_equal "$(grep -cx "the server starts" <<<"$output" || true)" 0
}
