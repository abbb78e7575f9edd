#!/usr/bin/env bats
# What drives Sigstore clients in suites of other people: `conformance sign-bundle` and `verify-bundle`, with the real
# servers and stock cosign, and on recorded bundles.

load lib
load sigstore

setup_file() {
    require_peer jq
    start_sigstore
}

teardown_file() {
    stop_sigstore
}

setup() {
    prepare_keyless
    TOKEN=(--identity-token "$(<id-token)")
    SERVICES=("${ROOT[@]}" --signing-config "$SIGSTORE_SIGNING_CONFIG")
}

# conformance WORD…: with the options in the order in which the suites give them.
conformance() {
    cosign-modelseal conformance "$@"
}

# shellcheck disable=SC2119,SC2120  # through assert_exit it gets more
sign_bundle() {
    in_sigstore cosign-modelseal conformance sign-bundle "$@" "${TOKEN[@]}" --bundle bundle.json "${SERVICES[@]}" blob
}

verify_bundle() {
    without_network cosign-modelseal conformance verify-bundle --bundle bundle.json "$@"
}

# refused CODE WHY COMMAND…: with that exit code, for that reason.
refused() {
    assert_exit "$1" "${@:3}"
    assert_contains "$stderr" "$2"
}

# make_statement FILE: one about the file, with a predicate of some type.
make_statement() {
    jq -nc --arg sha256 "$(sha256sum <"$1" | cut -d' ' -f1)" '{_type: "https://in-toto.io/Statement/v1",
        subject: [{name: "blob", digest: {sha256: $sha256}}], predicateType: "https://example.com/t", predicate: {}}'
}

@test "help and completion do not tell of it, and it has help of its own" {
    refute_contains "$(cosign-modelseal --help)$(cosign-modelseal completion bash)$(cosign-modelseal --man)" conformance
    assert_exit 0 conformance --help
    assert_contains "$output" "sign-bundle|verify-bundle"
}

@test "what sign-bundle signs, verify-bundle and cosign verify" {
    assert_exit 0 sign_bundle
    assert_exit 0 verify_bundle "${SIGNER[@]}" "${ROOT[@]}" blob
    assert_exit 0 without_network cosign verify-blob "${TRUST[@]}" --bundle bundle.json blob
    refused 1 'not "x"' verify_bundle --certificate-identity x --certificate-oidc-issuer "$SIGSTORE_ISSUER" "${ROOT[@]}" blob
    # The public instance knows nothing of it.
    refused 1 "a log that the trusted root does not have" verify_bundle "${SIGNER[@]}" blob
    tamper blob
    refused 1 "not the one that was signed" verify_bundle "${SIGNER[@]}" "${ROOT[@]}" blob
}

@test "a digest stands for the file, unless there is a file of that name" {
    local digest
    sign_bundle
    digest=$(sha256_of blob)
    assert_exit 0 verify_bundle "${SIGNER[@]}" "${ROOT[@]}" "$digest"
    refused 3 "is not a digest" verify_bundle "${SIGNER[@]}" "${ROOT[@]}" "${digest/%?/}"
    refused 1 "not the one that was signed" verify_bundle "${SIGNER[@]}" "${ROOT[@]}" "$(sha256_of bundle.json)"
    echo other >"$digest"
    refused 1 "not the one that was signed" verify_bundle "${SIGNER[@]}" "${ROOT[@]}" "$digest"
    cp blob "$digest"
    assert_exit 0 verify_bundle "${SIGNER[@]}" "${ROOT[@]}" "$digest"
}

@test "a statement is signed as one, and is verified whatever its type" {
    make_statement blob >statement.json
    assert_exit 0 in_sigstore cosign-modelseal conformance sign-bundle --in-toto "${TOKEN[@]}" --bundle bundle.json \
        "${SERVICES[@]}" statement.json
    jq -r .dsseEnvelope.payload bundle.json | base64 -d | cmp - statement.json
    assert_exit 0 verify_bundle "${SIGNER[@]}" "${ROOT[@]}" blob
    assert_exit 0 verify_bundle "${SIGNER[@]}" "${ROOT[@]}" "$(sha256_of blob)"
    assert_exit 0 without_network cosign verify-blob-attestation "${TRUST[@]}" --bundle bundle.json \
        --type https://example.com/t blob
    tamper blob
    refused 12 "about another artifact" verify_bundle "${SIGNER[@]}" "${ROOT[@]}" blob
    # What is no statement is not signed as one, and nobody is asked.
    assert_exit 3 conformance sign-bundle --in-toto "${TOKEN[@]}" --bundle other.json "${SERVICES[@]}" blob
    [[ ! -e other.json ]]
}

@test "a statement that would be a model's signature is not signed" {
    make_statement blob | jq -c '.predicateType = "https://sigstore.dev/cosign/sign/v1"' >statement.json
    assert_exit 2 conformance sign-bundle --in-toto "${TOKEN[@]}" --bundle other.json "${SERVICES[@]}" statement.json
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "no model was checked"
    [[ ! -e other.json ]]
}

@test "a key's signature must be logged" {
    cosign-modelseal generate-key-pair >/dev/null 2>&1
    in_sigstore cosign-modelseal sign-blob --yes --key cosign.key "${SERVICES[@]}" --bundle bundle.json blob
    assert_exit 0 verify_bundle --key cosign.pub "${ROOT[@]}" blob
    assert_exit 0 without_network cosign verify-blob --key cosign.pub "${ROOT[@]}" --bundle bundle.json blob
    refused 1 "signed by a key" verify_bundle "${SIGNER[@]}" "${ROOT[@]}" blob
    cosign-modelseal sign-blob --key cosign.key --bundle bundle.json blob
    assert_exit 0 cosign-modelseal verify-blob --key cosign.pub --bundle bundle.json blob
    refused 1 "there is no log entry" verify_bundle --key cosign.pub "${ROOT[@]}" blob
    refused 1 "not enough verified log entries" without_network cosign verify-blob --key cosign.pub "${ROOT[@]}" --bundle bundle.json blob
}

@test "signing works where a pull request started the job, as suites are run" {
    assert_exit 0 env GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_target "$SIGSTORE_STACK" exec "$SIGSTORE_DIR" \
        cosign-modelseal conformance sign-bundle "${TOKEN[@]}" --bundle bundle.json "${SERVICES[@]}" blob
    assert_exit 0 verify_bundle "${SIGNER[@]}" "${ROOT[@]}" blob
}

@test "the staging instance is whatever the options say it is" {
    assert_exit 0 sign_bundle --staging
    assert_exit 0 verify_bundle --staging "${SIGNER[@]}" "${ROOT[@]}" blob
    assert_exit 2 conformance verify-bundle --staging --bundle bundle.json "${SIGNER[@]}" blob
    assert_contains "$stderr" "--trusted-root"
    assert_exit 2 conformance sign-bundle --staging "${TOKEN[@]}" --bundle other.json blob
    assert_contains "$stderr" "--signing-config"
}

@test "what does not belong together is refused" {
    local words
    for words in "sign-bundle blob" "verify-bundle --bundle b --key k --in-toto blob" "sign-bundle --bundle b --key k blob" \
        "verify-bundle --bundle b blob" "verify-bundle --bundle b --certificate-identity x blob" "other --bundle b blob" \
        "verify-bundle --bundle b --key k" "verify-bundle --bundle b --key k a b" ; do
        echo "$words" >&2
        # shellcheck disable=SC2086  # words
        assert_exit 2 conformance $words
    done
}

# recorded BUNDLE ROOT ARTIFACT: one of tests/data, which makes the file blob.
recorded() {
    local data=$SOURCE_ROOT/tests/data
    conformance verify-bundle --bundle "$data/$1" --certificate-identity "$IDENTITY" \
        --certificate-oidc-issuer http://127.0.0.1:8800 --trusted-root "$data/$2" "$3"
}

@test "recorded bundles of Rekor v1 and v2, of files and of statements" {
    local IDENTITY=https://github.com/org/repo/.github/workflows/train.yml@refs/heads/main version
    local blob=sha256:17b901ac85fd0374d0fd009ce5a88d9b51bfbd3cf67ece4eaf03cde7eed5f4f6 artifact name root
    for version in v1 v2; do
        echo "$version" >&2
        assert_exit 0 recorded "rekor/blob.$version.bundle.json" "rekor/$version.trusted_root.json" "$blob"
        refused 1 "not the one that was signed" recorded "rekor/blob.$version.bundle.json" "rekor/$version.trusted_root.json" "${blob/%??/00}"
        IDENTITY=x refused 1 'not "x"' recorded "rekor/blob.$version.bundle.json" "rekor/$version.trusted_root.json" "$blob"
    done
    refused 1 "a log that the trusted root does not have" recorded rekor/blob.v1.bundle.json rekor/v2.trusted_root.json "$blob"
    while read -r name root; do
        artifact=$(jq -r .dsseEnvelope.payload "$SOURCE_ROOT/tests/data/cosign/$name" | base64 -d |
            jq -r '"sha256:" + .subject[0].digest.sha256')
        assert_exit 0 recorded "cosign/$name" "rekor/$root" "$artifact"
        refused 12 "about another artifact" recorded "cosign/$name" "rekor/$root" "$blob"
    done <<<"keyless-rekor-v1.bundle.json v1.trusted_root.json
keyless-rekor-v2.bundle.json oci.v2.trusted_root.json"
}

@test "cases of the public suite: those that end with _fail are refused, others not" {
    local folder expected count=0
    for folder in "$SOURCE_ROOT"/tests/data/conformance/*/; do
        echo "$folder" >&2
        expected=0
        [[ $folder != *_fail/ ]] || expected=3 # those that are here have statements of no known form
        assert_exit "$expected" conformance verify-bundle --bundle "$folder/bundle.sigstore.json" \
            --key "$folder/key.pub" --trusted-root "$folder/trusted_root.json" \
            sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf
        [[ $expected -eq 0 ]] || assert_contains "$stderr" type
        count=$((count + 1))
    done
    assert_equal "$count" 3
}
