# Everything that the executables write as JSON is what schemas/ says.
load ../e2e/lib

setup() {
    require_peers_python
    cd "$BATS_TEST_TMPDIR"
    make_model model
}

teardown() {
    stop_servers
}

# conforms SCHEMA FILE…
conforms() {
    local schema=$1
    shift
    "$(peers_python)" "$SOURCE_ROOT/tests/schema/validate.py" "$SOURCE_ROOT/schemas/$schema.schema.json" "$@"
}

# writes FILE CODE COMMAND…: runs it and keeps its standard output.
writes() {
    local file=$1
    shift
    assert_exit "$@"
    printf '%s\n' "$output" >"$file"
}

sign_in_layout() {
    cosign-modelseal generate-key-pair >/dev/null 2>&1
    oras-modelseal push --quiet --oci-layout layout:v1 model >/dev/null
    cosign-modelseal sign --quiet --oci-layout layout:v1 --model model --key cosign.key >/dev/null
}

@test "the model record" {
    make_sharded_model sharded
    assert_exit 0 modelseal-check --record single.json model
    assert_exit 0 modelseal-check --tree --record tree.json sharded
    conforms model-record single.json tree.json
    assert_exit 0 modelseal-check --record real.json "$(require_real_model && echo "$REAL_MODEL")"
    conforms model-record real.json
}

@test "the report of modelseal-check, for a good and for a refused model" {
    writes good.json 0 modelseal-check --format json model
    echo 'import os' >model/run.py
    truncate -s -1 model/model.safetensors
    writes refused.json 1 modelseal-check --format json model
    conforms check-report good.json refused.json
}

@test "the results of push, inspect and pull, verified and not" {
    writes push.json 0 oras-modelseal push --format json -a a=b --oci-layout layout:v1 model
    conforms push-result push.json
    writes inspect.json 0 oras-modelseal inspect --format json --oci-layout layout:v1
    conforms inspect-result inspect.json
    writes pull.json 0 oras-modelseal pull --format json --oci-layout layout:v1 -o pulled
    sign_in_layout
    writes signed.json 0 oras-modelseal push --format json --sign --key cosign.key --oci-layout layout:v2 model
    conforms push-result signed.json
    writes verified.json 0 oras-modelseal pull --format json --oci-layout layout:v1 -o verified --key cosign.pub
    conforms pull-result pull.json verified.json
}

@test "the result of copy, with a signature" {
    sign_in_layout
    writes copy.json 0 oras-modelseal copy --format json --from-oci-layout layout:v1 --to-oci-layout other:v1
    conforms copy-result copy.json
    assert_equal "$(jq '.referrers | length' copy.json)" 1
}

@test "the report of doctor, for a registry that answers and for none" {
    start_registry plain
    writes good.json 0 oras-modelseal doctor --format json --push "$REGISTRY/models/m"
    stop_servers
    writes failed.json 75 oras-modelseal doctor --format json --retries 0 "$REGISTRY/models/m"
    conforms doctor-report good.json failed.json
}

@test "the report of layout fsck, for a good and for a damaged layout" {
    sign_in_layout
    writes good.json 0 oras-modelseal layout fsck --format json layout
    touch layout/blobs/sha256/foreign
    writes damaged.json 1 oras-modelseal layout fsck --format json layout
    conforms layout-report good.json damaged.json
}

@test "the result of cosign-modelseal sign and the report of verify" {
    sign_in_layout
    writes sign.json 0 cosign-modelseal sign --format json --oci-layout layout:v1 --model model --key cosign.key
    conforms sign-result sign.json
    writes verified.json 0 cosign-modelseal verify --format json --oci-layout layout:v1 --key cosign.pub
    conforms signature-report verified.json
}

@test "the result of attest and the report of verify-attestation, with what was rejected" {
    sign_in_layout
    echo '{"a":1.5}' >predicate.json
    writes attest.json 0 cosign-modelseal attest --format json --oci-layout layout:v1 --type urn:example:scan \
        --predicate predicate.json --key cosign.key
    writes kept.json 0 cosign-modelseal attest --format json --oci-layout layout:v1 --type urn:example:scan \
        --predicate predicate.json --key cosign.key --no-upload --bundle bundle.json
    conforms attest-result attest.json kept.json
    writes report.json 0 cosign-modelseal verify-attestation --format json --oci-layout layout:v1 \
        --type urn:example:scan --key cosign.pub
    conforms attestation-report report.json
    assert_equal "$(jq '.[0].rejected | length' report.json)" 1
}

@test "the result of sign-blob and the report of verify-blob: by file, by digest, by signature" {
    local file=model/model.safetensors
    cosign-modelseal generate-key-pair >/dev/null 2>&1
    writes sign.json 0 cosign-modelseal sign-blob --format json --key cosign.key --bundle bundle.json \
        --output-signature model.sig "$file"
    conforms sign-blob-result sign.json
    writes file.json 0 cosign-modelseal verify-blob --format json --key cosign.pub --bundle bundle.json "$file"
    writes digest.json 0 cosign-modelseal verify-blob --format json --key cosign.pub --bundle bundle.json \
        "$(sha256_of "$file")"
    writes signature.json 0 cosign-modelseal verify-blob --format json --key cosign.pub --signature model.sig "$file"
    conforms blob-report file.json digest.json signature.json
    writes refused.json 1 cosign-modelseal verify-blob --format json --key cosign.pub --bundle bundle.json bundle.json
    conforms error refused.json
}

@test "the report of modelseal-verify: by digest, by signature, refused, not configured" {
    local file=model/model.safetensors
    writes digest.json 0 env MODEL_PATH=$file MODEL_DIGEST="$(sha256_of $file)" modelseal-verify --format json
    writes unset.json 1 env MODEL_PATH=$file modelseal-verify --format json
    sign_in_layout
    oras-modelseal pull --quiet --oci-layout layout:v1 -o pulled --key cosign.pub
    writes signed.json 0 modelseal-verify pulled --key cosign.pub --model model --format json
    tamper pulled/model.safetensors
    writes refused.json 1 modelseal-verify pulled --key cosign.pub --model model --format json
    conforms verify-report digest.json unset.json signed.json refused.json
}

@test "an error of a command that was asked for JSON" {
    writes absent.json 4 oras-modelseal inspect --format json --oci-layout absent:v1
    writes usage.json 2 oras-modelseal pull --format json
    writes option.json 2 cosign-modelseal verify -o json --ca-roots ca.pem r.invalid/m:v1
    oras-modelseal push --quiet --oci-layout layout:v1 model >/dev/null
    cosign-modelseal generate-key-pair >/dev/null 2>&1
    writes unsigned.json 10 cosign-modelseal verify --output=json --key cosign.pub --oci-layout layout:v1
    writes unkeyed.json 2 modelseal-verify --format json --any-model --model m model
    conforms error absent.json usage.json option.json unsigned.json unkeyed.json
    assert_equal "$(jq -r .reason absent.json usage.json option.json unsigned.json | paste -sd' ')" \
        "NOT_FOUND USAGE UNSUPPORTED NO_SIGNATURE"
}

@test "the events of --progress json: transfers, files that are there, retries, a failure" {
    start_registry plain
    oras-modelseal push --progress json "$REGISTRY/m:v1" model 2>push.log >/dev/null
    oras-modelseal push --progress json "$REGISTRY/m:v1" model 2>again.log >/dev/null
    oras-modelseal pull --progress json "$REGISTRY/m:v1" -o out 2>pull.log >/dev/null
    oras-modelseal copy --progress json "$REGISTRY/m:v1" --to-oci-layout l:v1 2>copy.log >/dev/null
    oras-modelseal layout fsck --progress json l 2>fsck.log >/dev/null
    modelseal-check --progress json --record record.json model 2>check.log >/dev/null
    MODEL_DIGEST=$(sha256_of model/model.safetensors) MODELSEAL_PROGRESS=json \
        modelseal-verify model/model.safetensors 2>verify.log >/dev/null
    start_fault_proxy "GET /blobs/ corrupt 0" "GET /manifests/ status 503 1"
    oras-modelseal pull --progress json "$FAULTY/m:v1" -o bad 2>failed.log >/dev/null || true
    mkdir slow
    make_weights slow/model.safetensors 2
    oras-modelseal push -q "$REGISTRY/m:slow" slow >/dev/null
    start_support fault-proxy.py --rate 2000000 "$REGISTRY"
    oras-modelseal pull --progress json "localhost:$SERVER_PORT/m:slow" -o pulled 2>slow.log >/dev/null
    mkdir events
    cat ./*.log | grep '^{' | split -l 1 -a 4 - events/
    conforms progress-event events/*
    assert_equal "$(cat events/* | jq -r .event | sort -u | paste -sd' ')" "done failed progress retry start summary"
}

@test "the trust policies that the documentation shows, and none that the verifier refuses" {
    require_peer yq
    awk '/^```yaml/ {inside = 1; file = "policy" ++count ".yaml"; next} /^```/ {inside = 0} inside {print > file}' \
        "$SOURCE_ROOT/docs/trust-policy.md"
    local policy
    for policy in policy*.yaml; do
        yq . "$policy" >"${policy%.yaml}.json"
    done
    conforms trust-policy policy*.json
    local -a changes=(
        'del(.serial)' '.serial = 0' '.serial = "1"' '.expires = "2027-06-30"' '.models = []' '.id = "x"'
        '.models[0].signers = []' '.models[0].signer = ["x"]' '.models[0].check = ["fully"]'
        '.models[0].formats = ["legacy"]' '.models[0].annotations = {}' '.models[0].annotations = {model: "m"}'
        '.models[0].same_commit = "yes"' '.models[0].statements = []' '.models[0].model = "fraud-[a]*"'
        '.signers["training-pipeline"].subject_regexp = "^a$"' 'del(.signers["training-pipeline"].issuer)'
        '.signers["training-pipeline"].ref = "main"' '.signers["training-pipeline"].key = "x"'
        '.signers["training-pipeline"].subject = ""' '.signers["training-pipeline"].triggers = []')
    local change
    for change in "${changes[@]}"; do
        jq "$change" policy1.json >changed.json
        assert_exit 1 conforms trust-policy changed.json
    done
}

@test "the table of policy test and its report, and no table that the command refuses" {
    require_peer yq
    sign_in_layout
    cosign-modelseal policy init -q --oci-layout --from layout:v1 --key cosign.pub -o policy.yaml
    cat >table.yaml <<'TABLE'
schema: modelseal.policy-test/v1
policy: policy.yaml
cases:
  - {ref: "layout:v1", oci_layout: true, model: model, expect: accepted}
  - {ref: "layout:v1", oci_layout: true, model: other, expect: rejected, reason: NOT_CONFIGURED}
  - {ref: "layout:v1", oci_layout: true, model: model, expect: rejected, reason: EXPIRED, at: "2999-01-01T00:00:00Z"}
TABLE
    yq . table.yaml >table.json
    conforms policy-test table.json
    writes passed.json 0 cosign-modelseal policy test --format json table.yaml
    jq '.cases[0].expect = "rejected" | .cases[1].reason = "REVOKED"' table.json >other.json
    writes failed.json 1 cosign-modelseal policy test --format json other.json
    jq '.cases[0].ref = "none:v1"' table.json >unread.json
    writes unjudged.json 4 cosign-modelseal policy test --format json unread.json
    conforms policy-test-report passed.json failed.json unjudged.json
    assert_equal "$(jq -c '[.cases[] | has("error")]' unjudged.json)" "[true,false,false]"
    local change
    for change in 'del(.schema)' '.cases = []' '.id = 1' 'del(.cases[0].ref)' 'del(.cases[0].expect)' \
        '.cases[0].expect = "yes"' '.cases[0].reason = "REVOKED"' '.cases[1].reason = "OTHER"' '.cases[0].at = "now"' \
        'del(.cases[0].model)' '.cases[0].oci_layout = "true"' '.cases[0].ref = ""' '.cases[0].why = "x"'; do
        jq "$change" table.json >changed.json
        assert_exit 1 conforms policy-test changed.json
        run cosign-modelseal policy test changed.json
        [[ $status -eq 2 || $status -eq 3 ]]
    done
}

@test "what --explain adds to a result and to a refusal" {
    sign_in_layout
    echo '{"a":1.5}' >predicate.json
    cosign-modelseal attest -q --oci-layout layout:v1 --type urn:example:scan --predicate predicate.json \
        --key cosign.key >/dev/null
    cosign-modelseal generate-key-pair -q --output-key-prefix other
    local by=(--explain --format json --key)
    writes verify.json 0 cosign-modelseal verify "${by[@]}" cosign.pub --oci-layout layout:v1
    conforms signature-report verify.json
    writes attested.json 0 cosign-modelseal verify-attestation "${by[@]}" cosign.pub --oci-layout layout:v1 \
        --type urn:example:scan
    conforms attestation-report attested.json
    writes pull.json 0 oras-modelseal pull "${by[@]}" cosign.pub --oci-layout layout:v1 -o pulled
    conforms pull-result pull.json
    writes load.json 0 modelseal-verify pulled "${by[@]}" cosign.pub --model model
    writes refused-load.json 1 modelseal-verify pulled "${by[@]}" other.pub --model model
    conforms verify-report load.json refused-load.json
    writes refused.json 12 cosign-modelseal verify "${by[@]}" other.pub --oci-layout layout:v1
    writes unattested.json 12 cosign-modelseal verify-attestation "${by[@]}" other.pub --oci-layout layout:v1 \
        --type urn:example:scan
    writes unpulled.json 12 oras-modelseal pull "${by[@]}" other.pub --oci-layout layout:v1 -o unpulled
    conforms error refused.json unattested.json unpulled.json
    jq '.[0].explain' verify.json >explained.json
    jq .explain unpulled.json >unpulled-explained.json
    conforms explanation explained.json unpulled-explained.json
    assert_equal "$(jq -c '[.[].accepted]' unpulled-explained.json)" "[false,false]"
}

@test "no schema is left without a test" {
    local schema
    for schema in "$SOURCE_ROOT"/schemas/*.schema.json; do
        # Only a part of others, which are tested.
        [[ $(basename "$schema") != signer.schema.json ]] || continue
        assert_contains "$(<"$BATS_TEST_FILENAME")" "conforms $(basename "$schema" .schema.json) "
    done
}
