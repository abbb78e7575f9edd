# Who we are and where we go: token services, redirects, retries, and servers that want credentials to go
# where they must not.
# shellcheck disable=SC2154  # status, output and stderr are set by bats' run
load lib

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR
}

teardown() { stop_servers; }

# log_in HOST: the credentials of $REGISTRY_USER for HOST, in docker's file.
log_in() {
    mkdir -p "$DOCKER_CONFIG"
    printf '{"auths":{"%s":{"auth":"%s"}}}' "$1" \
        "$(printf '%s:%s' "$REGISTRY_USER" "$REGISTRY_PASSWORD" | base64 -w0)" >"$DOCKER_CONFIG/config.json"
}

# received FILTER: how many lines of a server's log jq selects.
received() {
    grep '^{' "$2" | jq -s "map(select($1)) | length"
}

# push_sign_verify_pull HOST: a model goes to HOST, is signed there, and comes back verified.
push_sign_verify_pull() {
    make_model model
    COSIGN_PASSWORD='' assert_exit 0 cosign-modelseal generate-key-pair --output-key-prefix signer
    assert_exit 0 oras-modelseal push "$1/team/m:v1" ./model
    assert_exit 0 cosign-modelseal sign -y --key signer.key "$1/team/m:v1"
    assert_exit 0 cosign-modelseal verify --key signer.pub "$1/team/m:v1"
    assert_exit 0 oras-modelseal pull --key signer.pub "$1/team/m:v1" -o pulled
    cmp model/model.safetensors pulled/model.safetensors
}

@test "push, sign, verify and pull at a registry that wants bearer tokens" {
    require_peer oras
    start_token_registry
    log_in "$REGISTRY"
    push_sign_verify_pull "$REGISTRY"
    # One token for all that a command does.
    before=$(received true "$TOKEN_LOG")
    assert_exit 0 oras-modelseal push "$REGISTRY/team/m:v2" ./model
    assert_equal "$(received true "$TOKEN_LOG")" $((before + 1))
    assert_exit 0 oras pull "$REGISTRY/team/m:v1" -o by-oras
    cmp model/model.safetensors by-oras/model.safetensors
}

@test "an identity token, as credential helpers give it, is exchanged for a bearer token" {
    start_token_registry
    make_model model
    mkdir -p "$DOCKER_CONFIG"
    printf '{"auths":{"%s":{"identitytoken":"identity of trainer"}}}' "$REGISTRY" >"$DOCKER_CONFIG/config.json"
    assert_exit 0 oras-modelseal push "$REGISTRY/team/m:v1" ./model
    assert_equal "$(received '.method == "POST" and .known' "$TOKEN_LOG")" 1
    printf '{"auths":{"%s":{"identitytoken":"of somebody else"}}}' "$REGISTRY" >"$DOCKER_CONFIG/config.json"
    assert_exit 5 oras-modelseal push "$REGISTRY/team/m:v2" ./model
    refute_contains "$stderr" "of somebody else"
}

@test "a bearer token that is given is sent as it is, and nobody is asked for another" {
    require_peer curl
    start_token_registry
    make_model model
    local realm token
    realm=$(curl -s -o /dev/null -D - "http://$REGISTRY/v2/" | sed -n 's/.*realm="\([^"]*\)".*/\1/p')
    token=$(curl -s -u "$REGISTRY_USER:$REGISTRY_PASSWORD" \
        "$realm?service=test-registry&scope=repository:team/m:pull,push" | jq -r '.token // .access_token')
    : >"$TOKEN_LOG"
    assert_exit 0 oras-modelseal push --registry-token "$token" "$REGISTRY/team/m:v1" ./model
    assert_equal "$(wc -l <"$TOKEN_LOG")" 0
    assert_exit 5 oras-modelseal push --registry-token wrong "$REGISTRY/team/m:v1" ./model
    refute_contains "$stderr" wrong
    assert_exit 2 oras-modelseal push --registry-token t --username u --password p "$REGISTRY/team/m:v1" ./model
}

@test "nobody may pull what is public and push nothing" {
    start_token_registry
    make_model model
    log_in "$REGISTRY"
    assert_exit 0 oras-modelseal push "$REGISTRY/public/m:v1" ./model
    rm "$DOCKER_CONFIG/config.json"
    assert_exit 0 oras-modelseal pull "$REGISTRY/public/m:v1" -o pulled
    assert_exit 5 oras-modelseal push "$REGISTRY/public/m:v2" ./model
    assert_contains "$stderr" "log in"
}

@test "a wrong password is refused by the token service, in one sentence without it" {
    start_token_registry
    make_model model
    assert_exit 5 oras-modelseal push -u trainer --password-stdin "$REGISTRY/team/m:v1" ./model <<<'no secret'
    assert_one_sentence "$stderr"
    refute_contains "$stderr" "no secret"
}

@test "tokens that end before they say so are renewed in the middle of a push" {
    start_token_registry --valid 3 --expires-in 300
    start_redirecting_store --busy 5 --only-busy
    log_in "$REDIRECTING"
    make_model model
    assert_exit 0 oras-modelseal push --concurrency 1 "$REDIRECTING/team/m:v1" ./model
    [[ $(received .known "$TOKEN_LOG") -gt 1 ]]
    assert_exit 0 oras-modelseal pull "$REDIRECTING/team/m:v1" -o pulled
    cmp model/model.safetensors pulled/model.safetensors
}

@test "push, sign, verify and pull at a registry whose blobs lie in an object store" {
    require_peer oras
    start_registry plain
    start_redirecting_store
    push_sign_verify_pull "$REDIRECTING"
    [[ $(received '.server == "store"' "$REDIRECTING_LOG") -gt 0 ]]
    assert_equal "$(received '.server == "store" and (.headers | index("authorization") != null)' "$REDIRECTING_LOG")" 0
    assert_exit 0 oras pull "$REDIRECTING/team/m:v1" -o by-oras
    cmp model/model.safetensors by-oras/model.safetensors
}

@test "an address in the store that has expired is asked for again, once" {
    start_registry plain
    make_model model
    assert_exit 0 oras-modelseal push "$REGISTRY/team/m:v1" ./model
    start_redirecting_store --refuse-first 1
    assert_exit 0 oras-modelseal pull --concurrency 1 "$REDIRECTING/team/m:v1" -o pulled
    cmp model/model.safetensors pulled/model.safetensors
    start_redirecting_store --valid -10
    assert_exit 5 oras-modelseal pull --concurrency 1 "$REDIRECTING/team/m:v1" -o never
    assert_contains "$stderr" "to which the registry redirects"
    [[ ! -e never ]]
}

@test "GHSA-xf85-363p-868w, GHSA-mm27-wq9c-mxxr: a token service where only this machine can reach it" {
    for realm in http://169.254.169.254/latest/meta-data 'http://[fe80::1]/' http://0xa9fea9fe/ \
        http://100.100.100.200/ file:///etc/passwd; do
        start_malicious_registry realm "$realm"
        REGISTRY_USER=u REGISTRY_PASSWORD=secret log_in "$MALICIOUS"
        run --separate-stderr timeout 20 oras-modelseal inspect -q "$MALICIOUS/team/m:v1"
        [[ $status -eq 5 || $status -eq 3 ]]
        assert_one_sentence "$stderr"
        assert_equal "$(received .secret "$MALICIOUS_LOG")" 0
    done
}

@test "GHSA-mm27-wq9c-mxxr: credentials for a token service are not sent on by its redirect" {
    start_malicious_registry token
    REGISTRY_USER=u REGISTRY_PASSWORD=secret log_in "$MALICIOUS"
    assert_exit 5 oras-modelseal inspect -q "$MALICIOUS/team/m:v1"
    assert_contains "$stderr" "not sent on"
    assert_equal "$(received '.server == "accomplice"' "$MALICIOUS_LOG")" 0
    printf '{"auths":{"%s":{"identitytoken":"secret"}}}' "$MALICIOUS" >"$DOCKER_CONFIG/config.json"
    assert_exit 5 oras-modelseal inspect -q "$MALICIOUS/team/m:v1"
    assert_equal "$(received '.server == "accomplice"' "$MALICIOUS_LOG")" 0
}

@test "GHSA-jxpm-75mh-9fp7: an upload that is sent to another server gets nothing" {
    make_model model
    start_malicious_registry location
    REGISTRY_USER=u REGISTRY_PASSWORD=secret log_in "$MALICIOUS"
    assert_exit 5 oras-modelseal push -q "$MALICIOUS/team/m:v1" ./model
    assert_contains "$stderr" "another server"
    assert_equal "$(received '.server == "accomplice"' "$MALICIOUS_LOG")" 0
}

@test "GHSA-vh4v-2xq2-g5cg, GHSA-xc97-9f2f-9hrx: another port is another server" {
    start_malicious_registry redirect
    REGISTRY_USER=u REGISTRY_PASSWORD=secret log_in "$MALICIOUS"
    run --separate-stderr oras-modelseal inspect -q "$MALICIOUS/team/m:v1"
    [[ $status -ne 0 ]]
    [[ $(received '.server == "accomplice"' "$MALICIOUS_LOG") -gt 0 ]]
    assert_equal "$(received '.server == "accomplice" and .secret' "$MALICIOUS_LOG")" 0
}

@test "a registry whose name comes to mean this machine is not followed there" {
    local mode address
    unshare --mount true 2>/dev/null || skip "needs root for a mount namespace"
    address=$(hostname -I | tr ' ' '\n' | grep -m 1 '\.') || skip "needs an address that is no loopback one"
    for mode in realm redirect; do
        start_support rebinding-registry.py "$mode" "$address" "$PWD/hosts"
        # shellcheck disable=SC2016  # the inner shell expands
        assert_exit 5 unshare --mount sh -c 'mount --bind hosts /etc/hosts && exec "$@"' sh \
            timeout 20 oras-modelseal inspect -q --plain-http -u u -p secret "evil.test:$SERVER_PORT/team/m:v1"
        assert_contains "$stderr" "this machine"
        refute_contains "$(<"$SERVER_LOG")" reached
    done
}

@test "a busy registry is asked again after as long as it says, and each time it is said" {
    start_registry plain
    make_model model
    assert_exit 0 oras-modelseal push "$REGISTRY/team/m:v1" ./model
    start_redirecting_store --busy 2
    SECONDS=0
    assert_exit 0 oras-modelseal pull --concurrency 1 "$REDIRECTING/team/m:v1" -o pulled
    [[ $SECONDS -ge 2 ]]
    assert_contains "$stderr" "Retrying in 1.0 s (2 of 5): GET http://$REDIRECTING/v2/team/m/blobs/"
    assert_contains "$stderr" "the server answered 429"
    start_redirecting_store --busy 2
    assert_exit 75 oras-modelseal pull --retries 1 --concurrency 1 "$REDIRECTING/team/m:v1" -o never
    start_redirecting_store --busy 2
    assert_exit 75 oras-modelseal pull --timeout 900ms "$REDIRECTING/team/m:v1" -o never
    assert_contains "$stderr" 'asks to try again after "1"'
    [[ ! -e never ]]
}

@test "--insecure does without TLS on this machine only, and no retry helps a server without TLS" {
    start_registry plain
    make_model model
    local here=127.0.0.1:${REGISTRY##*:} other
    assert_exit 2 oras-modelseal push "$here/team/m:v1" ./model
    assert_contains "$stderr" "does not speak TLS; a registry without it needs --plain-http"
    refute_contains "$stderr" "Retrying"
    assert_exit 0 oras-modelseal push --insecure "$here/team/m:v1" ./model
    assert_exit 0 oras-modelseal pull --insecure "localhost:${REGISTRY##*:}/team/m:v1" -o pulled
    assert_exit 2 oras-modelseal copy "$here/team/m:v1" --to-oci-layout l:v1
    assert_contains "$stderr" "needs --from-plain-http"
    # A mirror is told apart by its address.
    local digest
    digest=$(oras resolve --plain-http "$here/team/m:v1")
    assert_exit 0 oras-modelseal pull --mirror "$here" "$REGISTRY/team/m@$digest" -o mirrored
    assert_contains "$stderr" "write http:// before the name of a mirror without it"
    other=$(ip -4 -o addr show scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4; exit }')
    [[ -n $other ]] || return 0
    start_server "$(new_server_folder)" python3 -u -c '
import http.server
server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), http.server.SimpleHTTPRequestHandler)
print(f"serving on port {server.server_port}", flush=True)
server.serve_forever()'
    assert_exit 2 oras-modelseal inspect --insecure "$other:$SERVER_PORT/team/m:v1"
    assert_contains "$stderr" "does not speak TLS"
}

@test "a client certificate needs its key, and both files must be there" {
    require_peer openssl
    start_registry tls
    make_model model
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=client" \
        -keyout client.key -out client.pem 2>/dev/null
    assert_exit 0 oras-modelseal push --ca-file "$REGISTRY_CA" --cert-file client.pem --key-file client.key \
        -u "$REGISTRY_USER" --password-stdin "$REGISTRY/team/m:v1" ./model <<<"$REGISTRY_PASSWORD"
    assert_exit 2 oras-modelseal inspect --cert-file client.pem "$REGISTRY/team/m:v1"
    assert_exit 4 oras-modelseal inspect --ca-file "$REGISTRY_CA" --cert-file none.pem --key-file client.key \
        "$REGISTRY/team/m:v1"
}

@test "the authority that podman keeps for a registry is trusted" {
    start_registry tls
    make_model model
    export XDG_CONFIG_HOME=$PWD/config
    assert_exit 5 oras-modelseal push -u "$REGISTRY_USER" --password-stdin "$REGISTRY/team/m:v1" ./model \
        <<<"$REGISTRY_PASSWORD"
    mkdir -p "$XDG_CONFIG_HOME/containers/certs.d/$REGISTRY"
    cp "$REGISTRY_CA" "$XDG_CONFIG_HOME/containers/certs.d/$REGISTRY/ca.crt"
    assert_exit 0 oras-modelseal push -u "$REGISTRY_USER" --password-stdin "$REGISTRY/team/m:v1" ./model \
        <<<"$REGISTRY_PASSWORD"
}
