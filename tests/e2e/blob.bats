#!/usr/bin/env bats
# sign-blob and verify-blob against the real cosign and openssl: every key type, both directions, and what must
# not be signed.

load lib
load keys

setup_file() {
    require_peer cosign oras crane openssl
    start_crane_registry
}

teardown_file() {
    stop_servers
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export COSIGN_PASSWORD=pw HOME=$BATS_TEST_TMPDIR
    make_safetensors model.safetensors
}

sign_blob() {
    cosign-modelseal sign-blob --key cosign.key "$@"
}

verify_blob() {
    cosign-modelseal verify-blob --key cosign.pub "$@"
}

stock_verify_blob() {
    cosign verify-blob --key cosign.pub --insecure-ignore-tlog "$@"
}

@test "cosign verifies our bundle and our bare signature, every key type" {
    local type options
    for type in P-256 P-384 P-521 rsa2048 rsa3072 rsa4096 ed25519; do
        echo "$type" >&2
        import_key "$type"
        mapfile -t options < <(digest_option "$type")
        assert_exit 0 sign_blob --bundle bundle.json --output-signature model.sig model.safetensors
        assert_exit 0 stock_verify_blob "${options[@]}" --bundle bundle.json model.safetensors
        assert_exit 0 stock_verify_blob "${options[@]}" --signature model.sig --new-bundle-format=false model.safetensors
        assert_exit 0 verify_blob --bundle bundle.json model.safetensors
        assert_exit 0 verify_blob --signature model.sig model.safetensors
    done
}

@test "we verify cosign's bundle and bare signature, every key type" {
    local type
    for type in P-256 P-384 P-521 rsa2048 rsa3072 rsa4096 ed25519; do
        echo "$type" >&2
        import_key "$type"
        cosign sign-blob --key cosign.key "${STOCK_SIGN[@]}" --bundle stock.json model.safetensors 2>/dev/null
        cosign sign-blob --key cosign.key "${STOCK_SIGN[@]}" --new-bundle-format=false --output-signature stock.sig \
            model.safetensors >/dev/null 2>&1
        assert_exit 0 verify_blob --bundle stock.json model.safetensors
        assert_exit 0 verify_blob --signature stock.sig model.safetensors
        assert_exit 0 verify_blob --signature "$(<stock.sig)" model.safetensors
        base64 -d stock.sig >raw.sig
        assert_exit 0 verify_blob --signature raw.sig model.safetensors
    done
}

@test "our bundle has the bytes of cosign's, but for the signature" {
    import_key rsa2048 # whose signatures are the same each time
    sign_blob -q --bundle ours.json model.safetensors
    cosign sign-blob --key cosign.key "${STOCK_SIGN[@]}" --bundle stock.json model.safetensors 2>/dev/null
    cmp ours.json stock.json
}

@test "openssl verifies the bare signature" {
    import_key P-256
    sign_blob model.safetensors | base64 -d >raw.sig
    assert_exit 0 openssl dgst -sha256 -verify cosign.pub -signature raw.sig model.safetensors
    import_key ed25519
    sign_blob model.safetensors | base64 -d >raw.sig
    assert_exit 0 openssl pkeyutl -verify -pubin -inkey cosign.pub -rawin -in model.safetensors -sigfile raw.sig
}

@test "standard input is signed and verified, with every kind of key" {
    local type
    for type in P-256 P-384 ed25519; do
        import_key "$type"
        cosign-modelseal sign-blob -q --key cosign.key --bundle bundle.json - <model.safetensors
        assert_exit 0 verify_blob --bundle bundle.json model.safetensors
        assert_exit 0 verify_blob --bundle bundle.json - <model.safetensors
        assert_exit 1 verify_blob --bundle bundle.json - <cosign.pub
    done
    unset COSIGN_PASSWORD
    assert_exit 2 sign_blob - <model.safetensors
    assert_contains "$stderr" COSIGN_PASSWORD
}

@test "an Ed25519 key refuses more of standard input than it can keep, and signs the same as a file" {
    import_key ed25519
    head -c 17M /dev/zero >large
    assert_exit 3 sign_blob - <large
    assert_contains "$stderr" "name a file"
    assert_exit 0 sign_blob large
}

@test "a digest in place of the file, unless there is a file of that name" {
    local digest
    import_key P-256
    digest=$(sha256_of model.safetensors)
    sign_blob -q --bundle bundle.json --output-signature model.sig model.safetensors
    assert_exit 0 verify_blob --bundle bundle.json "$digest"
    assert_exit 0 verify_blob --signature model.sig "$digest"
    assert_exit 0 stock_verify_blob --bundle bundle.json "$digest"
    assert_exit 1 verify_blob --bundle bundle.json "sha256:$(printf '%064d' 0)"
    assert_exit 1 verify_blob --signature model.sig "sha256:$(printf '%064d' 0)"
    assert_exit 3 verify_blob --bundle bundle.json sha256:abc
    echo other >"$digest"
    assert_exit 1 verify_blob --bundle bundle.json "$digest"
    assert_contains "$stderr" "not the one that was signed"
}

@test "a digest is not enough for Ed25519, nor for a signature over another hash, and it says so" {
    local type
    for type in ed25519 P-384; do
        import_key "$type"
        sign_blob -q --bundle bundle.json --output-signature model.sig model.safetensors
        assert_exit 2 verify_blob --bundle bundle.json "$(sha256_of model.safetensors)"
        assert_one_sentence "$stderr"
        assert_contains "$stderr" "name the file itself"
        assert_exit 2 verify_blob --signature model.sig "$(sha256_of model.safetensors)"
        assert_contains "$stderr" "name the file itself"
    done
    openssl dgst -sha256 -sign plain.pem -out sha256.sig model.safetensors # P-384 over SHA-256, as cosign 2 does
    assert_exit 0 verify_blob --signature sha256.sig "$(sha256_of model.safetensors)"
    assert_exit 0 verify_blob --signature sha256.sig model.safetensors
}

@test "a changed file, a changed bundle and another key are refused, each with its reason" {
    import_key P-256
    sign_blob -q --bundle bundle.json --output-signature model.sig model.safetensors
    cp model.safetensors changed.safetensors
    tamper changed.safetensors
    assert_exit 1 verify_blob --format json --bundle bundle.json changed.safetensors
    assert_equal "$(jq -r .reason <<<"$output")" DIGEST_MISMATCH
    assert_exit 1 verify_blob --format json --signature model.sig changed.safetensors
    assert_equal "$(jq -r .reason <<<"$output")" WRONG_SIGNER
    jq -c --arg d "$(sha256_of changed.safetensors | cut -d: -f2 | xxd -r -p | base64 -w0)" \
        '.messageSignature.messageDigest.digest = $d' bundle.json >lying.json
    assert_exit 1 verify_blob --format json --bundle lying.json changed.safetensors
    assert_equal "$(jq -r .reason <<<"$output")" WRONG_SIGNER
    assert_exit 1 verify_blob --format json --bundle lying.json model.safetensors
    assert_equal "$(jq -r .reason <<<"$output")" DIGEST_MISMATCH
    cosign-modelseal generate-key-pair -q --output-key-prefix other
    assert_exit 1 cosign-modelseal verify-blob --key other.pub --format json --bundle bundle.json model.safetensors
    assert_equal "$(jq -r .reason <<<"$output")" WRONG_SIGNER
    jq -c '.more = 1' bundle.json >unknown.json
    assert_exit 1 verify_blob --format json --bundle unknown.json model.safetensors
    assert_equal "$(jq -r .reason <<<"$output")" MALFORMED_EVIDENCE
}

@test "an attestation is no signature of a file, and a bundle of cosign 2 names the way" {
    import_key P-256
    echo '{"a":1}' >predicate.json
    cosign attest-blob --key cosign.key "${STOCK_SIGN[@]}" --predicate predicate.json --type https://example.com/x \
        --bundle attestation.json model.safetensors 2>/dev/null
    assert_exit 0 stock_verify_blob --bundle attestation.json model.safetensors # stock takes it for one
    assert_exit 1 verify_blob --bundle attestation.json model.safetensors
    assert_contains "$stderr" "not a file"
    cosign sign-blob --key cosign.key "${STOCK_SIGN[@]}" --new-bundle-format=false --bundle old.json \
        model.safetensors >/dev/null 2>&1
    assert_exit 1 verify_blob --bundle old.json model.safetensors
    assert_contains "$stderr" --signature
    assert_exit 0 verify_blob --signature "$(jq -r .base64Signature old.json)" model.safetensors
}

# push_artifact: sets PINNED, HEX and SIZE of a new artifact.
push_artifact() {
    local ref=$REGISTRY/$BATS_TEST_NUMBER/m:v1
    oras push --plain-http "$ref" model.safetensors:application/octet-stream >/dev/null
    HEX=$(oras resolve --plain-http "$ref" | cut -d: -f2)
    PINNED=${ref%:*}@sha256:$HEX
}

# refuses_to_sign FILE: by name and from standard input, with a key of every way to sign.
refuses_to_sign() {
    assert_exit 1 sign_blob --format json "$1"
    assert_equal "$(jq -r .reason <<<"$output")" UNSAFE_CONTENT
    assert_one_sentence "$stderr"
    assert_exit 1 sign_blob --bundle never.json - <"$1"
    assert_contains "$stderr" "nothing was signed"
    [[ ! -e never.json ]]
    assert_exit 1 cosign-modelseal sign-blob --key ed.key "$1"
    assert_exit 1 cosign-modelseal sign-blob --key ed.key - <"$1"
}

make_ed25519_key() {
    openssl genpkey -algorithm ED25519 -out ed.pem 2>/dev/null
    cosign-modelseal import-key-pair -q -y --key ed.pem --output-key-prefix ed
}

@test "a blob that is the message of an envelope is refused; cosign signs it, and then an image is signed" {
    local statement
    import_key P-256
    make_ed25519_key
    push_artifact
    statement='{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"'$HEX'"},"annotations":{}}],'
    statement+='"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}'
    printf 'DSSEv1 28 application/vnd.in-toto+json %d %s' "${#statement}" "$statement" >harmless.txt
    cosign sign-blob --key cosign.key "${STOCK_SIGN[@]}" --new-bundle-format=false harmless.txt >stolen.sig 2>/dev/null
    jq -nc --arg sig "$(<stolen.sig)" \
        --arg payload "$(printf %s "$statement" | base64 -w0)" \
        '{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", verificationMaterial: {publicKey: {hint: "x"}},
          dsseEnvelope: {payload: $payload, payloadType: "application/vnd.in-toto+json", signatures: [{sig: $sig}]}}' \
        >replayed.json
    oras attach --plain-http --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json "$PINNED" \
        replayed.json:application/vnd.dev.sigstore.bundle.v0.3+json >/dev/null
    assert_exit 0 cosign verify --key cosign.pub --insecure-ignore-tlog "$PINNED"
    refuses_to_sign harmless.txt
}

@test "a blob that is a simple-signing payload is refused; cosign signs it, and then an image is signed" {
    import_key P-256
    make_ed25519_key
    push_artifact
    # Not even in the spelling that cosign writes: its reader is lenient.
    printf '{"notes":"a report","CRITICAL":{"Ima\\u0067e":{"doc\xe2\x84\xaaer-manifest-digest":"sha256:%s"}}}\n' "$HEX" \
        >report.json
    cosign sign-blob --key cosign.key "${STOCK_SIGN[@]}" --new-bundle-format=false report.json >stolen.sig 2>/dev/null
    jq -nc --arg sig "$(<stolen.sig)" '{"dev.cosignproject.cosign/signature": $sig}' >signature.annotations
    jq -n --slurpfile a signature.annotations '{"report.json": $a[0]}' >annotations.json
    echo '{}' >config.json
    oras push --plain-http --annotation-file annotations.json \
        --config config.json:application/vnd.oci.image.config.v1+json \
        "${PINNED%@*}:sha256-$HEX.sig" report.json:application/vnd.dev.cosign.simplesigning.v1+json >/dev/null
    assert_exit 0 cosign verify --key cosign.pub --insecure-ignore-tlog --new-bundle-format=false "$PINNED"
    refuses_to_sign report.json
}

@test "what only looks like a payload is signed" {
    import_key P-256
    printf 'DSSEv1' >short
    printf ' DSSEv1 28 ' >indented
    printf '{"critical":{"image":{"name":"x"}}}' >critical.json
    printf '{"image":{"docker-manifest-digest":"sha256:x"}}' >image.json
    local file
    for file in short indented critical.json image.json; do
        assert_exit 0 sign_blob "$file"
    done
}

@test "a file of any size is signed and verified in little memory" {
    local type peak
    head -c 400M /dev/zero >large
    for type in P-256 ed25519; do
        import_key "$type"
        # Opening a key file takes 64 MiB, and has given them back: what counts is what the file adds.
        peak=$(peak_of cosign-modelseal sign-blob -q --key cosign.key --bundle bundle.json model.safetensors)
        assert_less "$(peak_of cosign-modelseal sign-blob -q --key cosign.key --bundle bundle.json large)" $((peak + 16384))
        assert_less "$(peak_of cosign-modelseal verify-blob --key cosign.pub --bundle bundle.json large)" 32768
    done
}

# peak_of COMMAND…: its peak resident memory in KiB.
peak_of() {
    python3 - "$@" <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
}

assert_less() {
    if (($1 >= $2)); then
        echo "$1 is not less than $2" >&2
        return 1
    fi
}

@test "a key plugin gets a digest, never the file" {
    import_key P-256
    openssl pkey -in plain.pem -pubout -out cosign.pub
    mkdir bin
    cat >bin/sigstore-kms-shell <<PLUGIN
#!/bin/bash
cat >>"$PWD/message"
case \$(jq -r .methodName <<<"\$2") in
publicKey) jq -nc --arg k "\$(base64 -w0 "$PWD/cosign.pub")" '{publicKey: {publicKeyPEM: \$k}}' ;;
signMessage)
    jq -r .signMessage.signOptions.messageOptions.digest <<<"\$2" | base64 -d >"$PWD/digest"
    jq -nc --arg s "\$(openssl pkeyutl -sign -inkey "$PWD/plain.pem" -in "$PWD/digest" | base64 -w0)" \
        '{signMessage: {signature: \$s}}' ;;
esac
PLUGIN
    chmod +x bin/sigstore-kms-shell
    PATH=$PWD/bin:$PATH
    unset COSIGN_PASSWORD
    assert_exit 0 cosign-modelseal sign-blob --key shell://one --bundle bundle.json - <model.safetensors
    assert_equal "$(stat -c %s message)" 0
    assert_exit 0 stock_verify_blob --bundle bundle.json model.safetensors
    printf '{"critical":{"image":{"docker-manifest-digest":"sha256:x"}}}' >payload.json
    rm digest
    assert_exit 1 cosign-modelseal sign-blob --key shell://one payload.json
    [[ ! -e digest ]] # the plugin was not even asked
}

@test "outputs: a signature alone, a bundle, both, JSON; nothing in a folder that is not there" {
    import_key rsa2048
    sign_blob model.safetensors >printed
    sign_blob --output-signature written model.safetensors >/dev/null
    cmp printed written
    assert_exit 0 sign_blob --format json --bundle bundle.json model.safetensors
    assert_equal "$(jq -r .signature <<<"$output")" "$(<printed)"
    assert_equal "$(jq -r .digest <<<"$output")" "$(sha256_of model.safetensors)"
    assert_equal "$(jq -r .messageSignature.signature bundle.json)" "$(<printed)"
    assert_exit 4 sign_blob --bundle missing/bundle.json model.safetensors
    assert_exit 4 sign_blob missing.safetensors
    assert_one_sentence "$stderr"
}

@test "the command line: what is missing, what contradicts itself, what only stock cosign has" {
    import_key P-256
    assert_exit 2 cosign-modelseal sign-blob model.safetensors
    assert_contains "$stderr" "--key"
    assert_exit 2 sign_blob
    assert_exit 2 sign_blob --tlog-upload=false --rekor-url http://localhost:1 model.safetensors
    assert_exit 75 sign_blob --rekor-url http://localhost:1 --retries 0 --bundle b.json model.safetensors
    [[ ! -e b.json ]]
    assert_exit 2 verify_blob model.safetensors
    assert_exit 2 verify_blob --bundle a --signature b model.safetensors
    assert_exit 2 cosign-modelseal verify-blob --bundle a model.safetensors
    assert_exit 2 verify_blob --certificate-identity me@example.com --certificate-oidc-issuer https://i.example \
        --bundle a model.safetensors
    assert_contains "$stderr" "contradict each other"
    assert_exit 2 verify_blob --sk --bundle a model.safetensors
    assert_contains "$stderr" "cosign verify-blob --sk"
    assert_exit 2 cosign-modelseal attest-blob --predicate p --key cosign.key model.safetensors
    assert_contains "$stderr" "cosign attest-blob"
    assert_exit 2 cosign-modelseal verify-blob-attestation --key cosign.pub --bundle b model.safetensors
    assert_contains "$stderr" "cosign verify-blob-attestation"
}
