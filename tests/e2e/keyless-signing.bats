#!/usr/bin/env bats
# Who signs, and where that is logged: keys with the log of a signing config, `push --sign` without a key, what is
# refused before anybody is asked, and what is said once an entry is there for good. (keyless-ours.bats has the rest.)

load lib
load sigstore

setup_file() { start_sigstore_and_registry; }
teardown_file() { stop_sigstore_and_registry; }

setup() {
    prepare_keyless
    cosign-modelseal generate-key-pair >/dev/null 2>&1
}

# What logs and times, of a key: no token.
SERVICES() {
    echo --signing-config "$SIGSTORE_SIGNING_CONFIG" --trusted-root "$SIGSTORE_TRUSTED_ROOT"
}

@test "a key with a signing config: cosign wants the log and the time, and finds them" {
    push_model fraud-detector
    # shellcheck disable=SC2046  # words
    assert_exit 0 ours sign --key cosign.key $(SERVICES) --format json "$REF"
    assert_equal "$(jq -r .transparencyLog[0].log <<<"$output")" 127.0.0.1
    assert_equal "$(jq -r .timestamps <<<"$output")" 1
    [[ $(jq -r .key <<<"$output") == sha256:* ]]
    assert_exit 0 in_sigstore cosign verify --key cosign.pub "${ROOT[@]}" "$PINNED"
    # shellcheck disable=SC2046
    assert_exit 0 in_sigstore cosign-modelseal sign-blob --key cosign.key $(SERVICES) --bundle bundle.json blob
    assert_exit 0 without_network cosign verify-blob --key cosign.pub "${ROOT[@]}" --bundle bundle.json blob
    # Timed, but not logged.
    # shellcheck disable=SC2046
    assert_exit 0 in_sigstore cosign-modelseal sign-blob --key cosign.key $(SERVICES) --tlog-upload=false \
        --bundle timed.json blob
    assert_equal "$(jq '.verificationMaterial.tlogEntries | length' timed.json)" 0
    assert_equal "$(jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' timed.json)" 1
    # Neither, and nobody is asked.
    assert_exit 0 without_network cosign-modelseal sign-blob --key cosign.key --bundle alone.json blob
    assert_equal "$(jq '.verificationMaterial | keys | length' alone.json)" 1
}

# conforms SCHEMA: the output of the last command.
conforms() {
    printf '%s\n' "$output" >result.json
    "$(peers_python)" "$SOURCE_ROOT/tests/schema/validate.py" "$SOURCE_ROOT/schemas/$1.schema.json" result.json
}

@test "what is printed as JSON has the published form" {
    require_peers_python
    push_model fraud-detector
    echo '{"result":"passed"}' >predicate.json
    make_model model
    assert_exit 0 ours sign "${SIGN[@]}" --format json "$REF"
    conforms sign-result
    assert_exit 0 ours attest "${SIGN[@]}" --predicate predicate.json --format json "$REF"
    conforms attest-result
    assert_exit 0 in_sigstore cosign-modelseal sign-blob "${SIGN[@]}" --bundle bundle.json --format json blob
    conforms sign-blob-result
    assert_exit 0 in_sigstore oras-modelseal push --plain-http --sign "${SIGN[@]}" --format json \
        "$REGISTRY/printed/m:v1" ./model
    conforms push-result
}

@test "push --sign without a key" {
    make_model model
    local ref=$REGISTRY/pushed/fraud-detector:v1
    assert_exit 0 in_sigstore oras-modelseal push --plain-http --sign "${SIGN[@]}" --format json "$ref" ./model
    assert_equal "$(jq -r .signature.identity <<<"$output")" "$SIGSTORE_IDENTITY"
    assert_equal "$(jq -r .signature.issuer <<<"$output")" "$SIGSTORE_ISSUER"
    assert_exit 0 in_sigstore cosign verify "${TRUST[@]}" "${ref%:*}@$(jq -r .digest <<<"$output")"
    assert_exit 2 oras-modelseal push --plain-http --identity-token id-token "$ref" ./model
    assert_contains "$stderr" "--sign"
}

@test "variables say who signs, with which services, and which registry's authorities" {
    push_model fraud-detector
    export MODELSEAL_SIGNING_CONFIG=$SIGSTORE_SIGNING_CONFIG MODELSEAL_TRUSTED_ROOT=$SIGSTORE_TRUSTED_ROOT
    MODELSEAL_IDENTITY_TOKEN=$(<id-token)
    export MODELSEAL_IDENTITY_TOKEN MODELSEAL_RETRIES=0
    assert_exit 0 ours sign --yes "$REF"
    assert_exit 0 in_sigstore cosign verify "${TRUST[@]}" "$PINNED"
    assert_exit 0 in_sigstore cosign-modelseal sign-blob --yes --key cosign.key --bundle bundle.json blob
    assert_equal "$(jq '.verificationMaterial.tlogEntries | length' bundle.json)" 1
    # They are nothing to a push that does not sign, nor to one into a layout.
    MODELSEAL_CA_FILE=none MODELSEAL_REGISTRY_CONFIG=none assert_exit 0 oras-modelseal push --oci-layout store:v1 ./model
    assert_exit 2 ours sign --yes --rekor-url https://rekor.test "$REF"
    assert_contains "$stderr" "MODELSEAL_SIGNING_CONFIG and --rekor-url exclude each other"
    assert_contains "$(cosign-modelseal sign --help)" "[MODELSEAL_SIGNING_CONFIG]"
}

@test "what is refused before anybody is asked" {
    assert_exit 2 cosign-modelseal sign-blob "${SIGN[@]}" blob
    assert_contains "$stderr" "--bundle"
    assert_exit 2 cosign-modelseal sign-blob "${SIGN[@]}" --tlog-upload=false --bundle bundle.json blob
    assert_exit 2 cosign-modelseal sign-blob "${SIGN[@]}" --key cosign.key --bundle bundle.json blob
    assert_exit 2 cosign-modelseal sign --legacy "${SIGN[@]}" localhost:1/m:v1
    assert_contains "$stderr" "--key"
    assert_exit 2 cosign-modelseal sign-blob --identity-token id-token --fulcio-url http://fulcio.test \
        --bundle bundle.json blob
    assert_contains "$stderr" "TLS"
    [[ ! -e bundle.json ]]
}

@test "a model that is refused costs no token, no certificate and no entry" {
    make_model model
    echo 'import os' >model/run.py
    local ref=$REGISTRY/refused/m:v1
    (cd model && in_sigstore oras push --plain-http "$ref" model.safetensors run.py:text/x-python) >/dev/null
    export ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:1/nobody ACTIONS_ID_TOKEN_REQUEST_TOKEN=x
    assert_exit 1 ours sign --yes --signing-config "$SIGSTORE_SIGNING_CONFIG" --retries 0 "$ref"
}

@test "once the entry is in the log, an error says where" {
    # Another trusted root than that of the services.
    jq '.tlogs[0].publicKey.rawBytes = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
        | .tlogs[0].logId.keyId = "c2hhMjU2IG9mIG5vYm9keSdzIGtleSBhdCBhbGwuLi4="' \
        "$SIGSTORE_TRUSTED_ROOT" >other.json
    run --separate-stderr in_sigstore cosign-modelseal sign-blob --yes --identity-token id-token \
        --signing-config "$SIGSTORE_SIGNING_CONFIG" --trusted-root other.json --bundle bundle.json blob
    [[ $status -ne 0 && ! -e bundle.json ]]
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "the signature is logged (entry "
}
