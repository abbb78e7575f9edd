# Trust policies: who may sign which model, for pull, verify and at load.
load lib

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    make_model model
    cosign-modelseal generate-key-pair -q
    oras-modelseal push --quiet --oci-layout store:v1 model >/dev/null
    cosign-modelseal sign -q --key cosign.key --model fraud-detector --model-version v2.3 --oci-layout store:v1 >/dev/null
    write_policy
}

teardown() { stop_servers; }

# write_policy [SERIAL [EXPIRES [MORE]]]: the model fraud-detector, by cosign.pub; MORE lines of the rule.
write_policy() {
    {
        echo "schema: modelseal.trust-policy/v1"
        echo "serial: ${1:-1}"
        echo "expires: ${2:-2999-01-01T00:00:00Z}"
        echo "models:"
        echo "  - model: fraud-*"
        echo "    signers:"
        echo "      - key: |"
        sed 's/^/          /' cosign.pub
        if [[ -n ${3:-} ]]; then echo "    $3"; fi
    } >policy.yaml
}

pull() {
    oras-modelseal pull --oci-layout store:v1 -o out --trust-policy policy.yaml --model fraud-detector "$@"
}

@test "a pull verifies what the policy says of the model, and the verifier again at load" {
    assert_exit 0 pull
    assert_contains "$output" "Verified: signed by key"
    assert_exit 0 cosign-modelseal verify --oci-layout store:v1 --trust-policy policy.yaml --model fraud-detector
    export MODELSEAL_TRUST_POLICY=$PWD/policy.yaml MODELSEAL_MODEL=fraud-detector
    assert_exit 0 modelseal-verify out
    write_policy 2 2999-01-01T00:00:00Z "min_version: v3"
    assert_exit 1 modelseal-verify --format json out
    assert_equal "$(jq -r .reason <<<"$output")" OLDER_VERSION
}

@test "a model that no rule names, and a policy without a model to ask about, are refused" {
    assert_exit 1 oras-modelseal pull --oci-layout store:v1 -o out --trust-policy policy.yaml --model other
    assert_contains "$stderr" "fraud-*"
    [[ ! -e out ]]
    assert_exit 2 oras-modelseal pull --oci-layout store:v1 -o out --trust-policy policy.yaml
    assert_contains "$stderr" "--model is missing"
}

@test "a policy that expired, one that was put back, and one that cannot be read accept nothing" {
    assert_exit 0 pull
    write_policy 7
    assert_exit 0 pull
    write_policy 6
    assert_exit 1 pull --format json
    assert_equal "$(jq -r .reason <<<"$output")" OLDER_POLICY
    write_policy 8 2020-01-01T00:00:00Z
    assert_exit 1 pull
    : >termination-log
    assert_exit 1 modelseal-verify --format json --termination-log termination-log --trust-policy policy.yaml \
        --model fraud-detector out
    assert_equal "$(jq -r .reason <<<"$output")" EXPIRED
    assert_contains "$(jq -r .message <<<"$output")" "INTEGRITY CHECK FAILED: "
    assert_equal "$(jq -r .reason termination-log)" EXPIRED
    ln -s nowhere broken.yaml
    assert_exit 4 oras-modelseal pull --oci-layout store:v1 -o out --trust-policy broken.yaml --model fraud-detector
    echo 'models: []' >>policy.yaml
    assert_exit 3 pull
    assert_contains "$stderr" "line "
}

@test "options add to a policy, and never widen it" {
    assert_exit 12 pull --min-version v3
    assert_exit 12 pull -a stage=production
    assert_exit 2 pull --allow-legacy
    assert_exit 2 pull --insecure-ignore-tlog
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix other
    assert_exit 12 pull --key other.pub
    assert_exit 0 pull --key cosign.pub
}

@test "names that are not UTF-8, or would steer a terminal, are reported escaped" {
    cosign-modelseal sign -q --key cosign.key --model fraud-detector --oci-layout store:v1 \
        --bundle $'b\xff\e.json' >/dev/null
    local by=(--key cosign.pub --oci-layout --bundle $'b\xff\e.json')
    assert_exit 0 cosign-modelseal verify "${by[@]}" --format json store:v1
    assert_contains "$(jq -r '.[0].verified.origin' <<<"$output")" '\xff'
    mv store $'store\xff\e'
    assert_exit 0 cosign-modelseal verify "${by[@]}" --format json $'store\xff\e:v1'
    assert_exit 0 cosign-modelseal verify "${by[@]}" $'store\xff\e:v1'
    refute_contains "$output" $'\e'
    assert_contains "$output" '\xff'
}

# ---- policy init ----------------------------------------------------------------------------

init() {
    cosign-modelseal policy init --oci-layout --from store:v1 "$@"
}

@test "policy init drafts a policy from a signature by a key, and that policy verifies it" {
    assert_exit 0 init --key cosign.pub -o drafted.yaml
    assert_contains "$stderr" "Verified: signed by key"
    assert_contains "$(<drafted.yaml)" 'min_version: "v2.3"'
    assert_exit 0 cosign-modelseal verify --oci-layout store:v1 --trust-policy drafted.yaml --model fraud-detector
    assert_exit 1 cosign-modelseal verify --oci-layout store:v1 --trust-policy drafted.yaml --model other
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix other
    oras-modelseal push --quiet --oci-layout store:v2 -a a=b model >/dev/null
    cosign-modelseal sign -q --key other.key --model fraud-detector --model-version v2.3 --oci-layout store:v2 >/dev/null
    assert_exit 12 cosign-modelseal verify --oci-layout store:v2 --trust-policy drafted.yaml --model fraud-detector
    assert_exit 0 init --key cosign.pub -q
    assert_equal "$stderr" ""
    assert_equal "$(grep -v ^expires <<<"$output")" "$(grep -v ^expires drafted.yaml)"
}

@test "policy init replaces no file unless told, and drafts nothing that did not verify" {
    echo mine >drafted.yaml
    assert_exit 2 init --key cosign.pub -o drafted.yaml
    assert_equal "$(<drafted.yaml)" mine
    assert_exit 0 init --key cosign.pub -o drafted.yaml --force
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix other
    assert_exit 12 init --key other.pub -o none.yaml
    assert_exit 12 init --key cosign.pub --model other -o none.yaml
    # A signature by a key does not hold the key: there is nothing to draft.
    assert_exit 2 init -o none.yaml
    assert_contains "$stderr" "give --key"
    oras-modelseal push --quiet --oci-layout store:v2 -a a=b model >/dev/null
    assert_exit 10 cosign-modelseal policy init --oci-layout --from store:v2 --key cosign.pub -o none.yaml
    [[ ! -e none.yaml ]]
}

@test "policy init: a signature in the format of cosign 2, and one that states no model" {
    require_peer cosign
    start_registry plain
    local ref=${REGISTRY:?}/models/fraud-detector
    oras-modelseal push --quiet -a a=b "$ref:v1" model >/dev/null
    cosign sign --key cosign.key --use-signing-config=false --tlog-upload=false --new-bundle-format=false -y \
        "$ref:v1" 2>/dev/null
    assert_exit 12 cosign-modelseal policy init --from "$ref:v1" --key cosign.pub
    assert_exit 0 cosign-modelseal policy init --from "$ref:v1" --key cosign.pub --allow-legacy -o legacy.yaml
    assert_contains "$stderr" "does not state which model"
    assert_exit 0 cosign-modelseal verify --trust-policy legacy.yaml "$ref:v1"
    oras-modelseal copy -q "$ref:v1" --to-oci-layout store:legacy >/dev/null
    assert_exit 2 cosign-modelseal policy init --oci-layout --from store:legacy --key cosign.pub --allow-legacy
    assert_contains "$stderr" "does not state which model"
}

@test "policy init: what replaces a policy has the next serial" {
    write_policy 5
    assert_exit 0 pull
    assert_exit 0 init --key cosign.pub -y -o policy.yaml
    assert_contains "$stderr" "serial is 6"
    assert_contains "$(<policy.yaml)" "serial: 6"
    assert_exit 0 pull
    # One that was put back says how it could be used all the same.
    write_policy 2
    assert_exit 1 pull
    assert_contains "$stderr" "give it the serial 6 or a higher one"
    echo 'models: []' >>policy.yaml
    assert_exit 0 init --key cosign.pub -y -o policy.yaml
    assert_contains "$(<policy.yaml)" "serial: 1"
}

@test "policy init: of several models that were signed, it says which one the draft names" {
    assert_exit 0 init --key cosign.pub
    refute_contains "$stderr" "several models"
    cosign-modelseal sign -q --key cosign.key --model other --model-version v2.3 --oci-layout store:v1 >/dev/null
    assert_exit 0 init --key cosign.pub
    assert_contains "$stderr" 'several models: "fraud-detector", "other"'
    assert_exit 0 init --key cosign.pub --model other
    refute_contains "$stderr" "several models"
    assert_contains "$output" 'model: "other"'
}

# ---- policy test ----------------------------------------------------------------------------

# write_table CASE…: table.yaml, one case a line in YAML's flow style.
write_table() {
    printf 'schema: modelseal.policy-test/v1\npolicy: policy.yaml\ncases:\n' >table.yaml
    if (($# > 0)); then printf '  - {%s}\n' "$@" >>table.yaml; fi
}

@test "policy test: every case as expected is 0, one that is not is 1 and is shown" {
    local in_store='ref: "store:v1", oci_layout: true'
    write_policy 3 2030-01-01T00:00:00Z
    write_table "$in_store, model: fraud-detector, expect: accepted" \
        "$in_store, model: other, expect: rejected, reason: NOT_CONFIGURED" \
        "$in_store, model: fraud-other, expect: rejected, reason: WRONG_MODEL" \
        "$in_store, model: fraud-detector, expect: rejected, reason: EXPIRED, at: 2030-01-01T00:00:00Z" \
        "$in_store, model: fraud-other, expect: rejected"
    assert_exit 0 cosign-modelseal policy test table.yaml
    assert_contains "$output" "5 cases: all as expected"
    # A table is about the policy that it names, wherever the command runs; another one can be tested by it.
    cd /
    assert_exit 0 cosign-modelseal policy test "$OLDPWD/table.yaml"
    cd "$OLDPWD"
    write_policy 4 2030-01-01T00:00:00Z "min_version: v3"
    mv policy.yaml next.yaml
    write_policy 3 2030-01-01T00:00:00Z
    assert_exit 1 cosign-modelseal policy test --format json --trust-policy next.yaml table.yaml
    assert_equal "$(jq -c '[.cases[] | .asExpected]' <<<"$output")" "[false,true,true,true,true]"
    assert_equal "$(jq -r '.cases[0].reason' <<<"$output")" OLDER_VERSION
    assert_equal "$(jq -r .serial <<<"$output")" 4
    # Testing a policy is not using it: its serial is neither remembered nor asked for.
    assert_exit 0 cosign-modelseal policy test table.yaml
    # Another reason than the one that is expected is another verdict.
    write_table "$in_store, model: fraud-other, expect: rejected, reason: WRONG_SIGNER" \
        "$in_store, model: fraud-detector, expect: rejected"
    assert_exit 1 cosign-modelseal policy test table.yaml
    assert_contains "$output" "WRONG rejected (WRONG_MODEL)"
    assert_contains "$output" "line 4 expects rejected (WRONG_SIGNER)"
    assert_contains "$output" "2 not as expected"
}

@test "policy test: what could not be judged is an error, never a rejection" {
    start_registry plain
    oras-modelseal push --quiet "$REGISTRY/models/fraud-detector:v1" model >/dev/null
    write_table "ref: \"$REGISTRY/models/fraud-detector:v1\", expect: rejected, reason: NO_SIGNATURE"
    assert_exit 0 cosign-modelseal policy test table.yaml
    cosign-modelseal sign -q --key cosign.key "$REGISTRY/models/fraud-detector:v1" >/dev/null
    write_table "ref: \"$REGISTRY/models/fraud-detector:v1\", expect: accepted" \
        'ref: "store:v1", oci_layout: true, model: fraud-detector, expect: accepted'
    assert_exit 0 cosign-modelseal policy test table.yaml
    write_table "ref: \"$REGISTRY/models/fraud-detector:none\", expect: rejected" \
        'ref: "store:v1", oci_layout: true, model: fraud-detector, expect: rejected'
    assert_exit 11 cosign-modelseal policy test table.yaml
    assert_contains "$output" "ERROR not judged  $REGISTRY/models/fraud-detector:none"
    assert_contains "$output" "2 cases: 1 not as expected, 1 not judged"
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "line 4"
    start_fault_proxy "GET /manifests/ status 503"
    write_table "ref: \"$FAULTY/models/fraud-detector:v1\", expect: rejected"
    assert_exit 75 cosign-modelseal policy test --retries 0 table.yaml
    assert_exit 75 cosign-modelseal policy test --retries 0 --format json table.yaml
    assert_equal "$(jq -c '[.asExpected, .cases[0].asExpected, .cases[0].error.reason, .cases[0].verdict]' <<<"$output")" \
        '[false,false,"REGISTRY_ERROR",null]'
    write_table 'ref: "nothing:v1", oci_layout: true, model: fraud-detector, expect: rejected'
    assert_exit 4 cosign-modelseal policy test table.yaml
    # What comes back under a digest and is something else is the registry's fault, not the policy's verdict.
    start_fault_proxy "GET /manifests/ corrupt 0"
    write_table "ref: \"$FAULTY/models/fraud-detector:v1\", expect: rejected"
    assert_exit 1 cosign-modelseal policy test --retries 0 table.yaml
    assert_contains "$output" "ERROR not judged  $FAULTY/models/fraud-detector:v1"
    assert_contains "$output" "1 cases: 1 not judged"
    assert_one_sentence "$stderr"
}

@test "policy test: what is not there is an error, also where the policy refuses it anyway" {
    start_registry plain
    oras-modelseal push --quiet "$REGISTRY/models/other:v1" model >/dev/null
    write_table "ref: \"$REGISTRY/models/other:v1\", expect: rejected, reason: NOT_CONFIGURED"
    assert_exit 0 cosign-modelseal policy test table.yaml
    local in_store='oci_layout: true, expect: rejected' case
    for case in "ref: \"$REGISTRY/models/other:none\", expect: rejected" \
        "ref: \"$REGISTRY/models/none:v1\", expect: rejected" \
        "ref: \"store:none\", model: other, $in_store" \
        "ref: \"store:none\", model: fraud-detector, at: 2999-01-01T00:00:00Z, $in_store"; do
        write_table "$case"
        assert_exit 11 cosign-modelseal policy test table.yaml
        refute_contains "$output" "rejected"
    done
    write_table 'ref: "localhost:1/models/other:v1", expect: rejected'
    assert_exit 75 cosign-modelseal policy test --retries 0 table.yaml
}

@test "policy test: a table or a policy that cannot be read, and options of the other verb" {
    write_table
    assert_exit 3 cosign-modelseal policy test table.yaml
    write_table 'ref: "store:v1", oci_layout: true, model: fraud-detector, expect: accepted'
    echo 'models: []' >>policy.yaml
    assert_exit 3 cosign-modelseal policy test table.yaml
    rm policy.yaml
    assert_exit 4 cosign-modelseal policy test table.yaml
    sed -i /^policy/d table.yaml
    assert_exit 2 cosign-modelseal policy test table.yaml
    assert_contains "$stderr" "--trust-policy"
    assert_exit 2 cosign-modelseal policy test
    assert_exit 2 cosign-modelseal policy test --key cosign.pub table.yaml
    assert_exit 2 cosign-modelseal policy test --oci-layout table.yaml
    assert_exit 2 cosign-modelseal policy init --trust-policy policy.yaml --oci-layout --from store:v1 --key cosign.pub
    assert_exit 2 cosign-modelseal policy
    assert_exit 2 cosign-modelseal policy list
    assert_exit 2 cosign-modelseal policy int
    assert_contains "$stderr" "did you mean init?"
}

# ---- verify-attestation by a policy ---------------------------------------------------------

# write_statement_policy: a scan by scan.pub, which must state stage=prod, beside the signature by cosign.pub.
write_statement_policy() {
    write_policy "$1"
    {
        echo "    statements:"
        echo "      - type: urn:example:scan"
        echo "        signers:"
        echo "          - key: |"
        sed 's/^/              /' scan.pub
    } >>policy.yaml
}

attest() {
    cosign-modelseal attest -q --oci-layout --predicate predicate.json "$@" store:v1 >/dev/null
}

verify_scan() {
    cosign-modelseal verify-attestation --oci-layout --trust-policy policy.yaml --model fraud-detector "$@" store:v1
}

@test "verify-attestation by a policy: by whom it names for the type, and by nobody else" {
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix scan
    write_statement_policy 1
    echo '{"result":"passed"}' >predicate.json
    assert_exit 10 verify_scan --type urn:example:scan
    # Whoever may sign the model may not state this of it.
    attest --type urn:example:scan --key cosign.key
    assert_exit 12 verify_scan --type urn:example:scan --format json
    assert_equal "$(jq -r .reason <<<"$output")" WRONG_SIGNER
    attest --type urn:example:scan --key scan.key
    assert_exit 0 verify_scan --type urn:example:scan --format json
    assert_equal "$(jq '.[0].attestations | length' <<<"$output")" 1
    assert_equal "$(jq '.[0].rejected | length' <<<"$output")" 2
    # The options' signer is one more demand, and what was asked for.
    assert_exit 0 verify_scan --type urn:example:scan --key cosign.pub --format json
    assert_equal "$(jq '.[0].attestations | length' <<<"$output")" 1
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix other
    assert_exit 12 verify_scan --type urn:example:scan --key other.pub
    # A type that the policy does not demand, a model that it does not name, and no model.
    attest --type urn:example:other --key scan.key
    assert_exit 1 verify_scan --type urn:example:other --format json
    assert_equal "$(jq -r .reason <<<"$output")" NOT_CONFIGURED
    assert_exit 0 verify_scan --type urn:example:other --key scan.pub
    assert_exit 1 cosign-modelseal verify-attestation --oci-layout --trust-policy policy.yaml --model other \
        --type urn:example:scan store:v1
    assert_exit 2 cosign-modelseal verify-attestation --oci-layout --trust-policy policy.yaml --type urn:example:scan store:v1
    assert_exit 2 verify_scan --type urn:example:scan --allow-legacy
    assert_exit 2 cosign-modelseal verify-attestation --oci-layout --key scan.pub --model m --type urn:example:scan store:v1
    write_policy 2 2020-01-01T00:00:00Z
    assert_exit 1 verify_scan --type urn:example:scan
}

@test "whoever needs the compiled-in trusted root is warned, once, of one that is old" {
    local who=(--certificate-identity a@example.com --certificate-oidc-issuer https://example.com
        --at 2998-01-01T00:00:00Z) old="compiled-in trusted root"
    warned() { assert_equal "$(grep -c "^Warning: the $old" <<<"$stderr")" "$1"; }
    assert_exit 12 cosign-modelseal verify "${who[@]}" --oci-layout store:v1
    warned 1
    assert_exit 12 cosign-modelseal verify -q "${who[@]}" --oci-layout store:v1
    warned 0
    assert_exit 10 cosign-modelseal verify-attestation "${who[@]}" --oci-layout store:v1
    warned 1
    cosign-modelseal sign-blob -q --key cosign.key --bundle blob.json cosign.pub
    assert_exit 1 cosign-modelseal verify-blob "${who[@]}" --bundle blob.json cosign.pub
    warned 1
    assert_exit 0 cosign-modelseal verify-blob --key cosign.pub --at 2998-01-01T00:00:00Z --bundle blob.json cosign.pub
    warned 0
    cat >policy.yaml <<'END'
schema: modelseal.trust-policy/v1
serial: 1
expires: 2999-01-01T00:00:00Z
models:
  - {model: fraud-*, signers: [{subject: a@example.com, issuer: "https://example.com"}]}
END
    cat >table.yaml <<'END'
schema: modelseal.policy-test/v1
policy: policy.yaml
cases:
  - {ref: "store:v1", oci_layout: true, model: fraud-detector, at: 2998-01-01T00:00:00Z, expect: rejected}
  - {ref: "store:v1", oci_layout: true, model: fraud-detector, at: 2998-01-01T00:00:00Z, expect: rejected}
END
    assert_exit 0 cosign-modelseal policy test table.yaml
    warned 1
}

@test "--at says so where nothing trusted tells when a model was signed" {
    local by=(cosign-modelseal verify --key cosign.pub --oci-layout store:v1)
    assert_exit 0 "${by[@]}" --at 2020-01-01T00:00:00Z
    assert_contains "$stderr" "Note: nothing trusted says when"
    assert_exit 0 "${by[@]}" --at 2020-01-01T00:00:00Z --quiet
    refute_contains "$stderr" "Note:"
    assert_exit 0 "${by[@]}"
    refute_contains "$stderr" "Note:"
}

@test "a statement that a policy demands and nobody made is not a missing signature" {
    assert_exit 0 pull
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix scan
    write_statement_policy 2
    echo '{}' >predicate.json
    attest --type urn:example:other --key scan.key
    assert_exit 12 cosign-modelseal verify --oci-layout store:v1 --trust-policy policy.yaml --model fraud-detector \
        --format json
    assert_equal "$(jq -r .reason <<<"$output")" MISSING_STATEMENT
    assert_contains "$stderr" "is signed by key sha256:"
    assert_contains "$stderr" "the trust policy demands a statement as well: there is no statement of type \"urn:example:scan\" by the key sha256:"
    refute_contains "$stderr" "not signed"
    assert_exit 1 modelseal-verify --format json --trust-policy policy.yaml --model fraud-detector out
    assert_equal "$(jq -r .reason <<<"$output")" MISSING_STATEMENT
    attest --type urn:example:scan --key scan.key
    assert_exit 0 cosign-modelseal verify --oci-layout store:v1 --trust-policy policy.yaml --model fraud-detector
}

# ---- --explain ------------------------------------------------------------------------------

@test "--explain tells each check of each candidate, of what is accepted and of what is refused" {
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair -q --output-key-prefix other
    cosign-modelseal sign -q --key other.key --model fraud-detector --oci-layout store:v1 >/dev/null
    local in_store=(--oci-layout store:v1) by=(--trust-policy policy.yaml --model fraud-detector)
    refute_contains "$(cosign-modelseal verify "${in_store[@]}" "${by[@]}" 2>&1)" "held"
    assert_exit 0 cosign-modelseal verify --explain "${in_store[@]}" "${by[@]}"
    refute_contains "$output" "held"
    assert_contains "$stderr" "Accepted: sha256:"
    assert_contains "$stderr" "held       signature: by the key sha256:"
    assert_contains "$stderr" 'held       model: "fraud-detector"'
    assert_contains "$stderr" "not asked  transparency log"
    assert_exit 12 cosign-modelseal verify --explain "${in_store[@]}" "${by[@]}" --min-version v3
    assert_equal "$(grep -c ^Refused: <<<"$stderr")" 2
    assert_contains "$stderr" 'FAILED     minimum version: the signed version "v2.3" is older than "v3"'
    assert_contains "$stderr" "FAILED     signature: "
    assert_one_sentence "$stderr"
    assert_equal "$output" ""
    # The same for a pull, at load, and in JSON.
    assert_exit 0 pull --explain
    refute_contains "$output" "held"
    assert_contains "$stderr" 'held       model: "fraud-detector"'
    assert_exit 12 pull --explain --key other.pub -a approved=yes --format json
    assert_equal "$(jq -r '[.explain[].checks[-1].check] | sort | join(" ")' <<<"$output")" \
        'annotation "approved" signature'
    assert_exit 0 modelseal-verify --explain "${by[@]}" out
    assert_contains "$output" "Model integrity verified"
    refute_contains "$output" "held"
    assert_contains "$stderr" "held       signature: by the key"
    MODELSEAL_EXPLAIN=true assert_exit 1 modelseal-verify --min-version v3 --format json "${by[@]}" out
    assert_equal "$(jq -r '.explain[-1].checks[-1].outcome' <<<"$output")" failed
    refute_contains "$(modelseal-verify --format json "${by[@]}" out | jq keys)" explain
    echo '{}' >predicate.json
    attest --type urn:example:scan --key other.key
    assert_exit 0 cosign-modelseal verify-attestation --explain "${in_store[@]}" --key other.pub --type urn:example:scan
    assert_equal "$(wc -l <<<"$output")" 1
    assert_contains "$stderr" "held       statement: urn:example:scan about sha256:"
}
