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
    local ref=$REGISTRY/models/fraud-detector
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
