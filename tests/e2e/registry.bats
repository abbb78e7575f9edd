# RegistryStore against real registries: with and without the referrers API, plain and with TLS and a
# password; several processes at once.
load lib

teardown() { stop_servers; }

# store_tests ARGUMENTS…: the C++ integration test with the registry that was started.
store_tests() {
    MODELSEAL_TEST_REGISTRY=$REGISTRY "$MODELSEAL_BIN/integration_registry_store" "$@"
}

@test "store: a registry without the referrers API" {
    start_registry plain
    assert_exit 0 store_tests
}

@test "store: a registry with the referrers API" {
    start_referrers_registry
    assert_exit 0 store_tests
}

@test "store: a registry with TLS and a password" {
    start_registry tls
    export MODELSEAL_TEST_CA=$REGISTRY_CA
    export MODELSEAL_TEST_USER=$REGISTRY_USER MODELSEAL_TEST_PASSWORD=$REGISTRY_PASSWORD
    assert_exit 0 store_tests
}

@test "store: credentials come from docker's file and from a helper" {
    start_registry tls
    export MODELSEAL_TEST_CA=$REGISTRY_CA
    mkdir -p "$DOCKER_CONFIG"
    local auth
    auth=$(printf '%s:%s' "$REGISTRY_USER" "$REGISTRY_PASSWORD" | base64 -w0)
    printf '{"auths":{"%s":{"auth":"%s"}}}' "$REGISTRY" "$auth" >"$DOCKER_CONFIG/config.json"
    assert_exit 0 store_tests -tc='a manifest is found*'

    printf '{"credHelpers":{"%s":"of-this-test"}}' "$REGISTRY" >"$DOCKER_CONFIG/config.json"
    cat >"$BATS_TEST_TMPDIR/docker-credential-of-this-test" <<HELPER
#!/bin/sh
read -r server
printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}' "\$server" '$REGISTRY_USER' '$REGISTRY_PASSWORD'
HELPER
    chmod +x "$BATS_TEST_TMPDIR/docker-credential-of-this-test"
    PATH=$BATS_TEST_TMPDIR:$PATH assert_exit 0 store_tests -tc='a manifest is found*'
    rm "$DOCKER_CONFIG/config.json"
    assert_exit 1 store_tests -tc='a manifest is found*'
    assert_contains "$output" "asks for a user name and password"
}

@test "store: a wrong password and an unknown authority are refused" {
    start_registry tls
    assert_exit 1 store_tests -tc='a manifest is found*'
    assert_contains "$output" "is not trusted"
    export MODELSEAL_TEST_CA=$REGISTRY_CA MODELSEAL_TEST_USER=trainer MODELSEAL_TEST_PASSWORD=wrong
    assert_exit 1 store_tests -tc='a manifest is found*'
    assert_contains "$output" "refused the user name or password"
    refute_contains "$output" "wrong"
}

@test "store: eight processes that add a referrer at once all stay listed" {
    start_registry plain
    assert_exit 0 store_tests --no-skip -tc=subject
    local pids=() pid
    for _ in {1..8}; do
        store_tests --no-skip -tc=referrer 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    assert_exit 0 store_tests --no-skip -tc='eight are listed'
}

@test "store: what it lists as a referrer, oras discovers" {
    require_peer oras jq
    start_registry plain
    assert_exit 0 store_tests --no-skip -tc=subject
    assert_exit 0 store_tests --no-skip -tc=referrer
    assert_exit 0 oras discover --format json "$REGISTRY/models/race:subject"
    assert_equal "$(jq -r '.referrers[].artifactType' <<<"$output")" application/vnd.test
}
