# oras-modelseal doctor against real registries: what they can do, and what stands in the way.
load lib

setup() {
    require_peer oras jq
    cd "$BATS_TEST_TMPDIR"
    make_model model
}

teardown() { stop_servers; }

# verdict CHECK: what the last report says of it.
verdict() {
    jq -r --arg check "$1" '.checks[] | select(.check == $check).verdict' <<<"$output"
}

@test "a registry without the referrers API is told from one with it" {
    start_registry plain
    oras-modelseal push --quiet "$REGISTRY/m:v1" model >/dev/null
    assert_exit 0 oras-modelseal doctor --format json --push "$REGISTRY/m:v1"
    assert_equal "$(jq -r '[.checks[].check] | join(" ")' <<<"$output")" "reach login clock artifact referrers ranges push"
    assert_equal "$(verdict referrers)" warning
    assert_equal "$(verdict ranges)" ok
    assert_equal "$(verdict push)" ok
    # Nothing stays of the upload that was begun (this registry keeps an empty hash state).
    assert_equal "$(find "$REGISTRY_STORAGE" -path '*_uploads/*' -name data)" ""
    stop_servers

    start_referrers_registry
    oras-modelseal push --quiet --plain-http "$REGISTRY/m:v1" model >/dev/null
    assert_exit 0 oras-modelseal doctor --format json --plain-http "$REGISTRY/m:v1"
    assert_equal "$(verdict referrers)" ok
}

@test "a certificate, a password and a tag that are wrong are told apart" {
    start_registry tls
    assert_exit 5 oras-modelseal doctor --format json "$REGISTRY/m:v1"
    assert_equal "$(verdict reach)" failed
    assert_contains "$output" "not trusted"
    assert_exit 5 oras-modelseal doctor --format json --ca-file "$REGISTRY_CA" -u "$REGISTRY_USER" -p wrong "$REGISTRY/m:v1"
    assert_equal "$(verdict reach) $(verdict login)" "ok failed"
    assert_contains "$output" "refused the user name or password"
    assert_exit 4 oras-modelseal doctor --format json --ca-file "$REGISTRY_CA" -u "$REGISTRY_USER" \
        -p "$REGISTRY_PASSWORD" "$REGISTRY/m:v1"
    assert_equal "$(verdict reach) $(verdict artifact)" "ok failed"
}

@test "a registry that is not there, and a layout, are refused" {
    assert_exit 75 oras-modelseal doctor --retries 0 localhost:1/m:v1
    assert_contains "$output" "failed"
    assert_exit 2 oras-modelseal doctor ./layout:v1
    assert_one_sentence "$stderr"
}
