#!/usr/bin/env bats
# cosign-modelseal against the real cosign: keys, signatures and refusals, in both directions.

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
    make_model model
}

# push_model [NAME]: sets REF (by tag) and PINNED (by digest) of a new repository's artifact.
push_model() {
    local name=${1:-fraud-detector}
    REF=$REGISTRY/$BATS_TEST_NUMBER/$name:v2.3
    (cd model && oras push --plain-http "$REF" \
        model.safetensors:application/octet-stream config.json:application/json README.md:text/markdown) >/dev/null
    PINNED=${REF%:*}@$(oras resolve --plain-http "$REF")
}

sign() {
    cosign-modelseal sign --plain-http --key cosign.key "$@"
}

verify() {
    cosign-modelseal verify --plain-http --key cosign.pub "$@"
}

stock_verify() {
    cosign verify --key cosign.pub --insecure-ignore-tlog "$@"
}

@test "key files: cosign opens ours, we open cosign's" {
    generate_key
    assert_equal "$(cosign public-key --key cosign.key)" "$(cat cosign.pub)"
    assert_equal "$(stat -c %a cosign.key)" 600
    cosign generate-key-pair --output-key-prefix stock 2>/dev/null
    assert_equal "$(cosign-modelseal public-key --key stock.key)" "$(cat stock.pub)"
}

@test "key files: imported keys of every type open on both sides" {
    local type
    for type in P-256 P-384 P-521 rsa2048 rsa3072 rsa4096 ed25519; do
        import_key "$type"
        assert_equal "$(cosign public-key --key cosign.key)" "$(cat cosign.pub)"
        cosign import-key-pair --key plain.pem --output-key-prefix stock -y 2>/dev/null
        assert_equal "$(cosign-modelseal public-key --key stock.key)" "$(cat stock.pub)"
    done
}

@test "key files: an existing key is not replaced unless asked" {
    generate_key
    cp cosign.key before.key
    assert_exit 2 cosign-modelseal generate-key-pair
    assert_one_sentence "$stderr"
    cmp cosign.key before.key
    # Who is asked and says no is not told how to say yes.
    run bash -c 'printf "n\n" | python3 -c "import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))" cosign-modelseal generate-key-pair'
    assert_equal "$status" 2
    assert_contains "$output" "is kept; no key was written"
    refute_contains "$output" "-y to"
    cmp cosign.key before.key
    assert_exit 0 cosign-modelseal generate-key-pair -y
    run ! cmp -s cosign.key before.key
}

@test "key files: both are replaced or none" {
    generate_key
    cp cosign.key before.key
    rm cosign.pub
    mkdir cosign.pub
    assert_exit 3 cosign-modelseal generate-key-pair -y
    assert_one_sentence "$stderr"
    cmp cosign.key before.key
    assert_equal "$(find . -name '*.tmp')" ""
}

@test "key files: wrong passwords and damaged files are refused" {
    generate_key
    COSIGN_PASSWORD=wrong assert_exit 5 cosign-modelseal public-key --key cosign.key
    assert_one_sentence "$stderr"
    head -c 300 cosign.key >cut.key
    assert_exit 3 cosign-modelseal public-key --key cut.key
    assert_one_sentence "$stderr"
    assert_exit 4 cosign-modelseal public-key --key missing.key
    assert_one_sentence "$stderr"
}

@test "key files: the password comes from standard input, the key from a variable" {
    generate_key
    unset COSIGN_PASSWORD
    assert_equal "$(printf pw | cosign-modelseal public-key --key cosign.key)" "$(cat cosign.pub)"
    assert_equal "$(printf pw | KEY=$(<cosign.key) cosign-modelseal public-key --key env://KEY)" "$(cat cosign.pub)"
}

@test "keys of services that only cosign has built in name the stock command" {
    local key
    for key in awskms:///alias/k gcpkms://projects/p azurekms://vault/k hashivault://k 'pkcs11:token=t;object=k'; do
        assert_exit 2 cosign-modelseal public-key --key "$key"
        assert_contains "$stderr" "cosign sign --key"
    done
}

@test "sign: cosign verifies ours, every key type, new and legacy format" {
    local type options
    for type in P-256 P-384 P-521 rsa2048 rsa3072 rsa4096 ed25519; do
        import_key "$type"
        push_model "model-${type,,}"
        assert_exit 0 sign --legacy -a stage=production "$REF"
        assert_contains "$output" "Signed $PINNED"
        options=()
        case $type in
        P-384) options=(--signature-digest-algorithm sha384) ;;
        P-521) options=(--signature-digest-algorithm sha512) ;;
        esac
        assert_exit 0 stock_verify "${options[@]}" -a stage=production "$PINNED"
        assert_contains "$output" '"stage":"production"'
        assert_exit 0 stock_verify "${options[@]}" -a stage=production --new-bundle-format=false "$PINNED"
        assert_exit 0 verify "$REF"
    done
}

@test "verify: we verify cosign's, new and legacy format" {
    local type
    for type in P-256 P-384 P-521 rsa2048; do
        import_key "$type"
        push_model "model-${type,,}"
        cosign sign --key cosign.key "${STOCK_SIGN[@]}" -a stage=production "$PINNED" 2>/dev/null
        assert_exit 0 verify -a stage=production "$REF"
        push_model "legacy-${type,,}"
        cosign sign --key cosign.key "${STOCK_SIGN[@]}" --new-bundle-format=false -a stage=production "$PINNED" 2>/dev/null
        assert_exit 12 verify "$REF"
        assert_contains "$stderr" "in the format of cosign 2, which --allow-legacy accepts"
        assert_exit 0 verify --allow-legacy -a stage=production "$REF"
        assert_contains "$output" legacy
    done
}

@test "verify: says in JSON what was proved, in cosign's fields and ours" {
    generate_key
    push_model
    sign -a stage=production "$REF"
    assert_exit 0 verify --format json "$PINNED"
    assert_equal "$(jq -r '.[0].critical.image."docker-manifest-digest"' <<<"$output")" "${PINNED#*@}"
    assert_equal "$(jq -r '.[0].critical.identity."docker-reference"' <<<"$output")" "$PINNED"
    assert_equal "$(jq -r '.[0].optional.stage' <<<"$output")" production
    assert_equal "$(jq -r '.[0].optional.model' <<<"$output")" fraud-detector
    assert_equal "$(jq -r '.[0].verified.transparencyLog' <<<"$output")" not-checked
    stock_verify "$PINNED" 2>/dev/null | jq -S '.[0] | {critical, optional}' >stock.json
    jq -S '.[0] | {critical, optional}' <<<"$output" | diff stock.json -
}

@test "sign: states model, version and how far it was checked" {
    generate_key
    push_model
    assert_exit 0 sign --format json "$REF"
    assert_equal "$(jq -r .annotations.model <<<"$output")" fraud-detector
    assert_equal "$(jq -r .annotations.version <<<"$output")" v2.3
    assert_equal "$(jq -r '.annotations."modelseal.check"' <<<"$output")" header
    assert_exit 0 sign --format json --check full --model other --model-version 3 "$REF"
    assert_equal "$(jq -r .annotations.model <<<"$output")" other
    assert_equal "$(jq -r '.annotations."modelseal.check"' <<<"$output")" full
    assert_exit 2 sign --model a -a model=b "$REF"
    assert_exit 2 sign -a modelseal.check=full "$REF"
}

@test "sign: refuses a model with a broken header, and records when it was not asked" {
    generate_key
    printf 'not a model' >model/model.safetensors
    push_model
    assert_exit 1 sign "$REF"
    assert_one_sentence "$stderr"
    assert_exit 10 verify "$REF"
    assert_exit 0 sign --no-check --format json "$REF"
    assert_equal "$(jq -r '.annotations."modelseal.check"' <<<"$output")" none
}

@test "sign: refuses what is unpacked on pull and does not look like an archive" {
    generate_key
    oras push --oci-layout store:v1 model/README.md:application/vnd.cncf.model.doc.v1.tar >/dev/null
    assert_exit 1 cosign-modelseal sign --key cosign.key --oci-layout store:v1
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "unpacked"
    oras push --oci-layout store:v2 model >/dev/null
    assert_exit 1 cosign-modelseal sign --key cosign.key --oci-layout store:v2
    assert_exit 0 cosign-modelseal sign --allow content/archive:model --key cosign.key --format json --oci-layout store:v2
    assert_equal "$(jq -r '.annotations."modelseal.check"' <<<"$output")" header
}

@test "sign: a layout that is not there is not made" {
    generate_key
    assert_exit 4 cosign-modelseal sign --key cosign.key --oci-layout typo:v1
    assert_one_sentence "$stderr"
    [[ ! -e typo ]]
}

@test "verify: exit codes are cosign's" {
    generate_key
    push_model
    assert_exit 10 verify "$REF"
    assert_exit 11 verify "${REF%:*}:missing"
    sign "$REF"
    assert_exit 12 verify -a stage=production "$REF"
    cosign-modelseal generate-key-pair -q --output-key-prefix other
    assert_exit 12 cosign-modelseal verify --plain-http --key other.pub "$REF"
    assert_one_sentence "$stderr"
    assert_exit 2 cosign-modelseal verify --plain-http "$REF"
}

@test "verify: another model by the same signer does not pass for this one" {
    generate_key
    push_model spam-filter
    sign "$REF"
    # The insider copies a signed model, signature and all, over another one's name.
    oras copy --from-plain-http --to-plain-http -r "$REF" "$REGISTRY/$BATS_TEST_NUMBER/fraud-detector:v2.3" >/dev/null
    assert_exit 12 verify "$REGISTRY/$BATS_TEST_NUMBER/fraud-detector:v2.3"
    assert_contains "$stderr" spam-filter
    assert_exit 12 verify --min-version v2.4 "$REF"
}

@test "verify: an attestation is not a signature, although cosign takes it for one" {
    generate_key
    push_model
    echo '{"result":"FAILED: malware found"}' >predicate.json
    cosign attest --key cosign.key "${STOCK_SIGN[@]}" --type https://example.com/scan --predicate predicate.json "$PINNED" 2>/dev/null
    assert_exit 0 stock_verify "$PINNED"
    assert_exit 10 verify "$REF"
    assert_contains "$stderr" attestation
}

@test "verify: bundles of others hide no signature, new or legacy" {
    generate_key
    push_model
    sign --legacy "$REF"
    cosign-modelseal generate-key-pair -q --output-key-prefix other
    cosign sign --key other.key "${STOCK_SIGN[@]}" "$PINNED" 2>/dev/null
    printf '{}' >broken.json
    oras attach --plain-http --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json "$PINNED" \
        broken.json:application/vnd.dev.sigstore.bundle.v0.3+json >/dev/null
    assert_exit 0 verify "$REF"
    push_model only-legacy
    cosign sign --key cosign.key "${STOCK_SIGN[@]}" --new-bundle-format=false "$PINNED" 2>/dev/null
    oras attach --plain-http --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json "$PINNED" \
        broken.json:application/vnd.dev.sigstore.bundle.v0.3+json >/dev/null
    assert_exit 0 verify --allow-legacy "$REF"
}

@test "verify: a changed bundle is refused" {
    generate_key
    push_model
    sign --bundle bundle.json --upload=false "$REF"
    assert_exit 10 verify "$REF"
    assert_exit 0 verify --bundle bundle.json "$REF"
    cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog --bundle bundle.json \
        --digest "${PINNED#*@sha256:}" --digestAlg sha256 --type https://sigstore.dev/cosign/sign/v1
    jq -c '.dsseEnvelope.payload |= (@base64d | sub("v2.3"; "v9.9") | @base64)' bundle.json >changed.json
    assert_exit 12 verify --bundle changed.json "$REF"
    head -c 200 bundle.json >cut.json
    assert_exit 12 verify --bundle cut.json "$REF"
    make_model model 1
    push_model another-model
    assert_exit 12 verify --bundle bundle.json "$REF"
}

@test "layouts: signed and verified without a registry, and a changed byte is refused" {
    generate_key
    (cd model && oras push --oci-layout ../store:v1 model.safetensors:application/octet-stream) >/dev/null
    assert_exit 0 cosign-modelseal sign --key cosign.key --oci-layout ./store:v1 --format json
    assert_equal "$(jq -r '.annotations."modelseal.check"' <<<"$output")" full
    assert_exit 0 cosign-modelseal verify --key cosign.pub --oci-layout ./store:v1
    tamper "store/blobs/sha256/$(sha256sum <model/model.safetensors | cut -d' ' -f1)"
    assert_exit 1 cosign-modelseal sign --key cosign.key --oci-layout ./store:v1
    tamper "store/blobs/sha256/$(oras resolve --oci-layout store:v1 | cut -d: -f2)" 20
    assert_exit 1 cosign-modelseal verify --key cosign.pub --oci-layout ./store:v1
}

@test "COSIGN_REPOSITORY: signatures are kept elsewhere, for cosign and us" {
    generate_key
    push_model
    export COSIGN_REPOSITORY=$REGISTRY/signatures/of-$BATS_TEST_NUMBER
    assert_exit 0 sign "$REF"
    assert_exit 0 verify "$REF"
    assert_exit 0 stock_verify "$PINNED"
    unset COSIGN_REPOSITORY
    assert_exit 10 verify "$REF"
}

# make_plugin: a key plugin in shell and openssl on PATH, as sigstore-kms-shell.
make_plugin() {
    mkdir -p bin
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out plugin.pem 2>/dev/null
    openssl pkey -in plugin.pem -pubout -out cosign.pub
    cat >bin/sigstore-kms-shell <<PLUGIN
#!/bin/bash
method=\$(jq -r .methodName <<<"\$2")
cat >"$PWD/message"
case \$method in
publicKey) jq -nc --arg k "\$(base64 -w0 "$PWD/cosign.pub")" '{publicKey: {publicKeyPEM: \$k}}' ;;
defaultAlgorithm) echo '{"defaultAlgorithm":{"defaultAlgorithm":"ecdsa-p256-sha256"}}' ;;
supportedAlgorithms) echo '{"supportedAlgorithms":{"supportedAlgorithms":["ecdsa-p256-sha256"]}}' ;;
signMessage)
    jq -r .signMessage.signOptions.messageOptions.digest <<<"\$2" | base64 -d >"$PWD/digest"
    jq -nc --arg s "\$(openssl pkeyutl -sign -inkey "$PWD/plugin.pem" -in "$PWD/digest" | base64 -w0)" '{signMessage: {signature: \$s}}' ;;
*) jq -nc '{errorMessage: "not supported"}' ;;
esac
PLUGIN
    chmod +x bin/sigstore-kms-shell
    export PATH=$PWD/bin:$PATH
}

@test "key plugins: a key that a program holds signs for cosign and us" {
    make_plugin
    push_model
    assert_equal "$(cosign-modelseal public-key --key shell://one)" "$(cat cosign.pub)"
    assert_exit 0 cosign-modelseal sign --plain-http --key shell://one "$REF"
    assert_exit 0 verify "$REF"
    assert_exit 0 stock_verify "$PINNED"
    assert_exit 0 cosign-modelseal verify --plain-http --key shell://one "$REF"
    assert_exit 0 oras-modelseal pull --plain-http --key shell://one -o pulled "$REF"
    assert_exit 4 cosign-modelseal sign --plain-http --key absent://one "$REF"
    assert_one_sentence "$stderr"
    assert_exit 4 cosign-modelseal verify --plain-http --key absent://one "$REF"
    assert_one_sentence "$stderr"
}

# sign_at_once: eight signers of one artifact, each with its own statement.
sign_at_once() {
    local i pids=()
    generate_key
    push_model
    for i in {1..8}; do
        sign -q -a "signer=$i" "$REF" >"out.$i" 2>&1 3>&- &
        pids+=($!)
    done
    for i in {0..7}; do
        wait "${pids[$i]}" || { cat "out.$((i + 1))" >&2; return 1; }
    done
    for i in {1..8}; do
        assert_exit 0 verify -a "signer=$i" "$REF"
    done
}

@test "eight signers at once all stay listed, with the referrers API" {
    sign_at_once
}

@test "eight signers at once all stay listed, with the fallback tag" {
    start_registry plain
    sign_at_once
    stop_servers
}

@test "a registry that does not answer is not an unsigned model" {
    generate_key
    push_model
    assert_exit 75 verify "localhost:1/${REF#*/}"
    assert_one_sentence "$stderr"
}

@test "key files: no password is an error for signing and a warning for a new key" {
    unset COSIGN_PASSWORD
    assert_exit 0 cosign-modelseal generate-key-pair </dev/null
    assert_contains "$stderr" "Warning: the password is empty"
    assert_exit 0 cosign-modelseal generate-key-pair -q -y </dev/null
    assert_equal "$output$stderr" ""
    assert_exit 2 cosign-modelseal sign --key cosign.key localhost:1/m:v1 </dev/null
    assert_contains "$stderr" "no password was given: set COSIGN_PASSWORD"
    refute_contains "$stderr" "--help"
}

@test "sign: a public key is named as what it is" {
    generate_key
    assert_exit 3 cosign-modelseal sign --key cosign.pub localhost:1/m:v1
    assert_contains "$stderr" "this is a public key"
}

@test "options of stock cosign: its other spellings work, what is not here is refused with what to do" {
    generate_key
    assert_exit 2 cosign-modelseal generate-key-pair --kms awskms:///alias/k
    assert_contains "$stderr" "cosign generate-key-pair --kms"
    assert_exit 2 cosign-modelseal sign -r --key cosign.key localhost:1/m:v1
    assert_contains "$stderr" "cosign sign -r"
    assert_exit 2 cosign-modelseal verify --ca-roots ca.pem localhost:1/m:v1
    assert_contains "$stderr" "which authorities are believed says --trusted-root"
    assert_exit 2 cosign-modelseal verify --certificate-identity me@example.com localhost:1/m:v1
    assert_contains "$stderr" "--certificate-oidc-issuer is missing"
    assert_exit 75 cosign-modelseal verify --key cosign.pub --allow-http-registry=true --registry-username u \
        --registry-password p --retries 0 localhost:1/m:v1
}
