# The harness itself: its servers are real, need what they say they need, and end when told.
load lib

teardown() { stop_servers; }

@test "the plain registry takes a push from oras" {
    require_peer oras
    start_registry plain
    make_model "$BATS_TEST_TMPDIR/model"
    cd "$BATS_TEST_TMPDIR/model"
    assert_exit 0 oras push "$REGISTRY/m:v1" model.safetensors config.json
    assert_exit 0 oras manifest fetch "$REGISTRY/m:v1"
    assert_contains "$output" '"org.opencontainers.image.title":"model.safetensors"'
}

@test "the TLS registry wants its CA, its user and its password" {
    require_peer oras
    start_registry tls
    assert_exit 1 oras repo ls "$REGISTRY"
    assert_exit 1 oras repo ls --ca-file "$REGISTRY_CA" "$REGISTRY"
    assert_exit 0 oras repo ls --ca-file "$REGISTRY_CA" -u "$REGISTRY_USER" -p "$REGISTRY_PASSWORD" "$REGISTRY"
}

@test "crane's registry takes a push from oras" {
    require_peer oras
    start_crane_registry
    make_model "$BATS_TEST_TMPDIR/model"
    cd "$BATS_TEST_TMPDIR/model"
    assert_exit 0 oras push --plain-http "$REGISTRY/m:v1" model.safetensors
}

@test "the registry with the referrers API has it, and that of crane does not" {
    require_peer oras jq
    local digest
    digest=sha256:$(sha256sum </dev/null | cut -d' ' -f1)
    start_crane_registry
    assert_equal "$(curl -s -o "$BATS_TEST_TMPDIR/crane.json" -w '%{http_code}' "http://$REGISTRY/v2/m/referrers/$digest")" 404
    assert_contains "$(<"$BATS_TEST_TMPDIR/crane.json")" METHOD_UNKNOWN
    start_referrers_registry
    make_model "$BATS_TEST_TMPDIR/model"
    cd "$BATS_TEST_TMPDIR/model"
    assert_exit 0 oras push "$REGISTRY/m:v1" model.safetensors
    assert_exit 0 oras discover --format json "$REGISTRY/m:v1"
}

@test "an assertion that is not given two words fails" {
    run -1 assert_contains "is it there" is it
    run -1 refute_contains text other words
    run -1 assert_equal word
    assert_contains "$output" "assert_equal takes two words, not 1: word"
}

@test "stop_servers ends what was started" {
    start_registry plain
    stop_servers
    local _
    for _ in {1..100}; do
        kill -0 "$REGISTRY_PID" 2>/dev/null || return 0
        sleep 0.05
    done
    return 1
}

@test "the made models are what the official reader accepts" {
    require_peers_python
    make_model "$BATS_TEST_TMPDIR/single"
    make_sharded_model "$BATS_TEST_TMPDIR/sharded"
    local file
    for file in "$BATS_TEST_TMPDIR"/*/*.safetensors; do
        "$(peers_python)" -c 'import sys; from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as f: assert list(f.keys())' "$file"
    done
}

@test "tamper changes exactly one byte" {
    printf 'abc' >"$BATS_TEST_TMPDIR/file"
    tamper "$BATS_TEST_TMPDIR/file" 1
    assert_equal "$(<"$BATS_TEST_TMPDIR/file")" acc
    tamper "$BATS_TEST_TMPDIR/file"
    assert_equal "$(<"$BATS_TEST_TMPDIR/file")" acb
}
