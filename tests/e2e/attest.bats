#!/usr/bin/env bats
# attest and verify-attestation against the real cosign: types, key types and formats, in both directions.

load lib
load keys

setup_file() {
    require_peer cosign oras crane referrers-registry
    start_referrers_registry
}

teardown_file() {
    stop_servers
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export COSIGN_PASSWORD=pw HOME=$BATS_TEST_TMPDIR
    make_safetensors model.safetensors
    printf '{\n  "buildDefinition": {"z": 1.50, "a": [1e3, "<é>"]},\n  "exact": 12345678901234567890\n}\n' >predicate.json
}

# push_artifact [NAME]: sets REF (by tag) and PINNED (by digest).
push_artifact() {
    REF=$REGISTRY/$BATS_TEST_NUMBER/${1:-m}:v1
    oras push --plain-http "$REF" model.safetensors:application/octet-stream >/dev/null
    PINNED=${REF%:*}@$(oras resolve --plain-http "$REF")
}

attest() {
    cosign-modelseal attest --plain-http --key cosign.key "$@"
}

verify_attestation() {
    cosign-modelseal verify-attestation --plain-http --key cosign.pub "$@"
}

stock_attest() {
    cosign attest --key cosign.key "${STOCK_SIGN[@]}" "$@" 2>/dev/null
}

stock_verify() {
    cosign verify-attestation --key cosign.pub --insecure-ignore-tlog "$@"
}

# statements prints the statements of the envelopes on standard input.
statements() {
    jq -r '.payload | @base64d'
}

@test "cosign verifies our attestation, every key type, new and legacy format" {
    local type
    # P-384 and P-521: cosign 3.1.3 has no option for their hash here, and cannot verify its own either.
    for type in P-256 rsa2048 rsa3072 rsa4096 ed25519; do
        echo "$type" >&2
        import_key "$type"
        push_artifact "m-${type,,}"
        assert_exit 0 attest --legacy --type https://example.com/scan --predicate predicate.json "$REF"
        assert_contains "$output" "Attested $PINNED"
        assert_exit 0 stock_verify --type https://example.com/scan "$PINNED"
        assert_exit 0 stock_verify --new-bundle-format=false --type https://example.com/scan "$PINNED"
        assert_exit 0 verify_attestation --type https://example.com/scan "$REF"
    done
}

@test "we verify cosign's attestation, every key type, new and legacy format" {
    local type
    # Ed25519: cosign 3.1.3 writes the prehashed form, which it does not verify itself.
    for type in P-256 P-384 P-521 rsa2048; do
        echo "$type" >&2
        import_key "$type"
        push_artifact "m-${type,,}"
        stock_attest --type https://example.com/scan --predicate predicate.json "$PINNED"
        assert_exit 0 verify_attestation --type https://example.com/scan "$REF"
        push_artifact "legacy-${type,,}"
        stock_attest --new-bundle-format=false --type https://example.com/scan --predicate predicate.json "$PINNED"
        assert_exit 10 verify_attestation --type https://example.com/scan "$REF"
        assert_exit 0 verify_attestation --allow-legacy --type https://example.com/scan "$REF"
    done
}

@test "prints the very envelopes that cosign prints" {
    generate_key
    push_artifact
    attest -q --type https://example.com/scan --predicate predicate.json "$REF"
    stock_attest --type https://example.com/scan --predicate predicate.json "$PINNED"
    stock_verify --type https://example.com/scan "$PINNED" 2>/dev/null | sort >stock.txt
    verify_attestation -q --type https://example.com/scan "$REF" | sort >ours.txt
    assert_equal "$(wc -l <ours.txt)" 2
    diff stock.txt ours.txt
}

@test "writes the statement that cosign writes, and keeps every number of the predicate" {
    generate_key
    push_artifact
    printf '{"a":{"k":"<x>&é"},"b":[1,2.5,true,null]}' >sorted.json
    attest -q --type https://example.com/one --predicate sorted.json "$REF"
    stock_attest --type https://example.com/one --predicate sorted.json "$PINNED"
    verify_attestation -q --type https://example.com/one "$REF" | statements | sort -u >statements.txt
    assert_equal "$(wc -l <statements.txt)" 1
    attest -q --type https://example.com/scan --predicate predicate.json "$REF"
    assert_exit 0 verify_attestation -q --type https://example.com/scan "$REF"
    assert_contains "$(statements <<<"$output")" \
        '"predicate":{"buildDefinition":{"z":1.50,"a":[1e3,"<é>"]},"exact":12345678901234567890}}'
}

@test "the types of cosign and ours have the same URIs on both sides" {
    local name uri
    generate_key
    push_artifact
    while read -r name uri; do
        echo "$name" >&2
        attest -q --type "$name" --predicate predicate.json "$REF"
        assert_exit 0 verify_attestation -q --type "$name" "$REF"
        assert_equal "$(statements <<<"$output" | jq -r .predicateType | sort -u)" "$uri"
        case $name in
        modelseal*) assert_exit 0 stock_verify --type "$uri" "$PINNED" ;;
        *) assert_exit 0 stock_verify --type "$name" "$PINNED" ;;
        esac
    done <<'TYPES'
custom https://cosign.sigstore.dev/attestation/v1
slsaprovenance https://slsa.dev/provenance/v0.2
slsaprovenance1 https://slsa.dev/provenance/v1
spdxjson https://spdx.dev/Document
cyclonedx https://cyclonedx.org/bom
link https://in-toto.io/Link/v1
vuln https://cosign.sigstore.dev/attestation/vuln/v1
openvex https://openvex.dev/ns
modelseal https://modelseal.dev/provenance/v1
modelseal-serving https://modelseal.dev/serving/v1
TYPES
}

@test "custom, the default type, takes any text and says when" {
    generate_key
    push_artifact
    printf 'free text, "quoted" <b>\n' >note.txt
    SOURCE_DATE_EPOCH=1776902400 attest -q --predicate note.txt "$REF"
    attest -q --predicate - "$REF" <note.txt
    stock_attest --predicate note.txt "$PINNED"
    assert_exit 0 stock_verify "$PINNED"
    assert_exit 0 verify_attestation -q "$REF"
    assert_equal "$(statements <<<"$output" | jq -c .predicate.Data | sort -u)" '"free text, \"quoted\" <b>\n"'
    assert_contains "$(statements <<<"$output")" '"Timestamp":"2026-04-23T00:00:00Z"'
}

@test "predicates that are none are refused before anything is signed" {
    local bad
    generate_key
    push_artifact
    for bad in '' '[]' '"text"' '{' '{}{}' '{"a":1,"a":2}' '{"a":1e999}' "$(printf '{"a":"\xff"}')"; do
        printf %s "$bad" >bad.json
        assert_exit 3 attest --type https://example.com/scan --predicate bad.json "$REF"
        assert_one_sentence "$stderr"
    done
    printf '\xff' >bad.txt
    assert_exit 3 attest --predicate bad.txt "$REF"
    head -c 5M /dev/zero | tr '\0' x >large.txt
    assert_exit 3 attest --predicate large.txt "$REF"
    assert_exit 4 attest --predicate missing.json "$REF"
    assert_exit 2 attest --type 'not a type' --predicate predicate.json "$REF"
    assert_contains "$stderr" slsaprovenance1
    assert_exit 10 verify_attestation "$REF"
}

@test "a large predicate is attested and verified on both sides, and hides no signature" {
    generate_key
    push_artifact
    python3 -c 'import json; print(json.dumps({"packages": [{"name": "p" * 900, "n": i} for i in range(4000)]}))' >sbom.json
    attest -q --type cyclonedx --predicate sbom.json "$REF"
    assert_exit 0 stock_verify --type cyclonedx "$PINNED"
    assert_exit 0 verify_attestation --type cyclonedx "$REF"
    cosign-modelseal sign -q --plain-http --key cosign.key "$REF" >/dev/null
    assert_exit 0 cosign-modelseal verify --plain-http --key cosign.pub "$REF"
}

@test "an attestation is no signature, a signature no attestation, and neither can be made of the other" {
    generate_key
    push_artifact
    attest -q --type https://example.com/scan --predicate predicate.json "$REF"
    assert_exit 10 cosign-modelseal verify --plain-http --key cosign.pub "$REF"
    assert_exit 2 attest --type https://sigstore.dev/cosign/sign/v1 --predicate predicate.json "$REF"
    assert_contains "$stderr" "use 'sign'"
    assert_exit 2 verify_attestation --type https://sigstore.dev/cosign/sign/v1 "$REF"
    cosign-modelseal sign -q --plain-http --key cosign.key "$REF" >/dev/null
    assert_exit 10 verify_attestation "$REF"
    assert_contains "$stderr" "https://sigstore.dev/cosign/sign/v1"
}

@test "exit codes tell nothing attested, no such tag, and another key or type apart" {
    generate_key
    push_artifact
    assert_exit 10 verify_attestation --type https://example.com/scan "$REF"
    assert_exit 11 verify_attestation --type https://example.com/scan "${REF%:*}:missing"
    attest -q --type https://example.com/scan --predicate predicate.json "$REF"
    assert_exit 10 verify_attestation --type https://example.com/other "$REF"
    assert_contains "$stderr" https://example.com/scan
    cosign-modelseal generate-key-pair -q --output-key-prefix other
    assert_exit 12 cosign-modelseal verify-attestation --plain-http --key other.pub --type https://example.com/scan "$REF"
    assert_one_sentence "$stderr"
    assert_exit 75 verify_attestation --retries 0 "localhost:1/${REF#*/}"
    assert_exit 2 cosign-modelseal verify-attestation --plain-http "$REF"
}

@test "broken attestations and those of others hide none" {
    generate_key
    push_artifact
    cosign-modelseal generate-key-pair -q --output-key-prefix other
    cosign-modelseal attest -q --plain-http --key other.key --type https://example.com/scan --predicate predicate.json "$REF"
    printf '{}' >broken.json
    oras attach --plain-http --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json "$PINNED" \
        broken.json:application/vnd.dev.sigstore.bundle.v0.3+json >/dev/null
    attest -q --legacy --type https://example.com/scan --predicate predicate.json "$REF"
    assert_exit 0 verify_attestation --allow-legacy --format json --type https://example.com/scan "$REF"
    assert_equal "$(jq -r '.[0].attestations | map(.format) | join(" ")' <<<"$output")" "bundle legacy"
    assert_equal "$(jq -r '.[0].rejected | map(.reason) | sort | join(" ")' <<<"$output")" "MALFORMED_EVIDENCE WRONG_SIGNER"
}

@test "a bundle in a file: changed, cut, or about another artifact, it is refused" {
    generate_key
    push_artifact
    attest -q --no-upload --bundle bundle.json --type https://example.com/scan --predicate predicate.json "$REF"
    assert_exit 10 verify_attestation --type https://example.com/scan "$REF"
    assert_exit 0 verify_attestation --bundle bundle.json --type https://example.com/scan "$REF"
    jq -c '.dsseEnvelope.payload |= (@base64d | sub("1.50"; "1.51") | @base64)' bundle.json >changed.json
    assert_exit 12 verify_attestation --bundle changed.json --type https://example.com/scan "$REF"
    head -c 200 bundle.json >cut.json
    assert_exit 12 verify_attestation --bundle cut.json --type https://example.com/scan "$REF"
    make_safetensors model.safetensors 3
    push_artifact another
    assert_exit 12 verify_attestation --bundle bundle.json --type https://example.com/scan "$REF"
    assert_contains "$stderr" "another artifact"
    assert_exit 2 attest --no-upload --predicate predicate.json "$REF"
}

@test "COSIGN_REPOSITORY: attestations are kept elsewhere, for cosign and us" {
    generate_key
    push_artifact
    export COSIGN_REPOSITORY=$REGISTRY/attestations/of-$BATS_TEST_NUMBER
    assert_exit 0 attest --legacy --type https://example.com/scan --predicate predicate.json "$REF"
    assert_exit 0 verify_attestation --type https://example.com/scan "$REF"
    assert_exit 0 stock_verify --type https://example.com/scan "$PINNED"
    assert_exit 0 stock_verify --new-bundle-format=false --type https://example.com/scan "$PINNED"
    unset COSIGN_REPOSITORY
    assert_exit 10 verify_attestation --allow-legacy --type https://example.com/scan "$REF"
}

@test "layouts: attested and verified without a registry" {
    generate_key
    oras push --oci-layout store:v1 model.safetensors:application/octet-stream >/dev/null
    assert_exit 0 cosign-modelseal attest --key cosign.key --type modelseal --predicate predicate.json \
        --format json --oci-layout ./store:v1
    assert_equal "$(jq -r .predicateType <<<"$output")" https://modelseal.dev/provenance/v1
    assert_exit 0 cosign-modelseal verify-attestation -q --key cosign.pub --type modelseal --oci-layout ./store:v1
    assert_equal "$(statements <<<"$output" | jq -c '.subject[0] | keys')" '["digest"]'
    assert_exit 4 cosign-modelseal attest --key cosign.key --predicate predicate.json --oci-layout typo:v1
    [[ ! -e typo ]]
}

@test "options of stock cosign: its other spellings work, what is not here is refused with what to do" {
    generate_key
    push_artifact
    assert_exit 0 attest -y --tlog-upload=false --use-signing-config=false --type https://example.com/scan \
        --predicate predicate.json "$REF"
    assert_exit 0 verify_attestation --insecure-ignore-tlog -o json --type https://example.com/scan "$REF"
    assert_contains "$output" '"payloadType":"application/vnd.in-toto+json"'
    assert_exit 2 attest --statement s.json "$REF"
    assert_contains "$stderr" "cosign attest"
    assert_exit 2 verify_attestation --policy p.cue "$REF"
    assert_contains "$stderr" "cosign verify-attestation --policy"
    unset COSIGN_PASSWORD
    assert_exit 2 attest --predicate - "$REF" <predicate.json
    assert_contains "$stderr" COSIGN_PASSWORD
}
