#!/usr/bin/env bats
# Pushing to a registry through everything that can happen on the way: afterwards the model is there,
# complete, or the push says why not; what was sent need not be sent again; nothing is left behind.

load lib

setup_file() {
    start_registry plain
}

teardown_file() {
    stop_servers
}

setup() {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR
    REPO=models/upload-$BATS_TEST_NUMBER
    cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
    stop_servers
}

push() {
    oras-modelseal push -q "$@" model.safetensors
}

# start_push ARGUMENTS…: the same in the background; sets PUSHING to its process.
start_push() {
    oras-modelseal push -q "$@" model.safetensors >push.log 2>&1 3>&- &
    PUSHING=$!
}

# end_push SIGNAL: returns its exit code.
end_push() {
    kill -s "$1" "$PUSHING" 2>/dev/null || true
    wait "$PUSHING" 2>/dev/null
}

# sessions: the uploads that the registry holds open. (It leaves an empty folder of each that ended.)
sessions() {
    find "$REGISTRY_STORAGE"/docker/registry/v2/repositories/"$REPO"*/_uploads -name startedat 2>/dev/null || true
}

# records: what is kept here of uploads under way.
records() {
    find "$XDG_STATE_HOME" -type f 2>/dev/null || true
}

# received: bytes of the model that the fault proxy took so far.
received() {
    awk '$1 == "received" && $3 == "PATCH" { sum += $2 } END { print sum + 0 }' "$FAULTY_LOG"
}

has_received() {
    (($(received) >= $1))
}

has_records() {
    [[ -n $(records) ]]
}

# assert_pushed REF: the registry has the weights under REF, and nothing is left of the upload.
assert_pushed() {
    assert_exit 0 oras-modelseal inspect --format json "$1"
    assert_contains "$output" "$(sha256_of model.safetensors)"
    assert_equal "$(records)" ""
}

@test "a large file is read once, asked for first when its tag lists one of its size" {
    make_weights model.safetensors 65
    start_fault_proxy
    assert_exit 0 push "$FAULTY/$REPO:v1"
    assert_pushed "$REGISTRY/$REPO:v1"
    local once
    once=$(received)
    assert_equal "$once" "$(stat -c %s model.safetensors)"
    assert_exit 0 push "$FAULTY/$REPO:v1"
    assert_equal "$(received)" "$once"
    assert_equal "$(sessions)" ""
}

@test "oras, crane and skopeo read what was sent in chunks" {
    require_peer oras crane skopeo
    make_weights model.safetensors 5
    assert_exit 0 push --chunk-size 2 "$REGISTRY/$REPO:v1"
    assert_pushed "$REGISTRY/$REPO:v1"
    assert_exit 0 oras pull "$REGISTRY/$REPO:v1" -o pulled
    cmp model.safetensors pulled/model.safetensors
    assert_exit 0 crane blob "$REGISTRY/$REPO@$(sha256_of model.safetensors)"
    assert_exit 0 skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/$REPO:v1" oci:copied:v1
    cmp model.safetensors copied/blobs/sha256/"$(sha256_of model.safetensors | cut -d: -f2)"
}

@test "chunks and whole blobs reach a registry of another make" {
    make_weights model.safetensors 65
    start_crane_registry
    assert_exit 0 push "$REGISTRY/$REPO:streamed"
    assert_pushed "$REGISTRY/$REPO:streamed"
    make_weights model.safetensors 5 1
    assert_exit 0 push --chunk-size 1 "$REGISTRY/$REPO:chunked"
    assert_pushed "$REGISTRY/$REPO:chunked"
}

@test "a blob over a proxy's limit goes in chunks, or is refused with its size and leaves nothing" {
    make_weights model.safetensors 4
    start_fault_proxy 'PUT /uploads/ early 413 1'
    assert_exit 0 push "$FAULTY/$REPO:chunked"
    assert_pushed "$REGISTRY/$REPO:chunked"
    make_weights model.safetensors 4 1
    start_fault_proxy 'PATCH /uploads/ early 413' 'PUT /uploads/ early 413'
    assert_exit 7 push "$FAULTY/$REPO:v1"
    # shellcheck disable=SC2154  # stderr is set by bats' run
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "$(stat -c %s model.safetensors) bytes"
    assert_contains "$stderr" "client_max_body_size"
    assert_equal "$(sessions)$(records)" ""
}

@test "a push that is asked to end continues where it ended, also without a proxy" {
    make_weights model.safetensors 64
    local signal left
    for signal in TERM INT; do
        start_push --chunk-size 4 "$REGISTRY/$REPO:$signal"
        wait_until has_records
        sleep 0.1
        end_push "$signal" && continue # it was quicker
        left=$(sessions)
        assert_equal "$(wc -l <<<"$left")" 1
        assert_equal "$(jq .offset "$XDG_STATE_HOME"/modelseal/uploads/*.json)" "$(stat -c %s "${left%startedat}data")"
        assert_exit 0 push --chunk-size 4 "$REGISTRY/$REPO:$signal"
        assert_pushed "$REGISTRY/$REPO:$signal"
        assert_equal "$(sessions)" ""
        make_weights model.safetensors 64 1
    done
}

@test "a push killed at 90 % sends one chunk again and what was in flight" {
    local before size
    make_weights model.safetensors 40
    size=$(stat -c %s model.safetensors)
    start_fault_proxy 'PATCH /uploads/ hang 1000000 1 9' # in the middle of the tenth of eleven chunks
    start_push --chunk-size 4 "$FAULTY/$REPO:v1"
    wait_until grep -q stalled "$FAULTY_LOG"
    end_push KILL || true
    before=$(received)
    assert_equal "$before" $((9 * 4 << 20))
    assert_exit 0 push --chunk-size 4 "$FAULTY/$REPO:v1"
    assert_pushed "$REGISTRY/$REPO:v1"
    echo "# sent after kill -9 in the tenth of eleven chunks: $(($(received) - before)) of $size bytes" >&3
    assert_equal "$(received)" "$size"
    assert_equal "$(sessions)" ""
}

@test "a registry that lost a blob is sent it again" {
    make_weights model.safetensors 2
    assert_exit 0 push "$REGISTRY/$REPO:v1"
    local hex
    hex=$(sha256_of model.safetensors | cut -d: -f2)
    rm -r "$REGISTRY_STORAGE/docker/registry/v2/blobs/sha256/${hex:0:2}/$hex"
    rm -r "$REGISTRY_STORAGE/docker/registry/v2/repositories/$REPO/_layers/sha256/$hex"
    # A proxy with a cache still says that it is there.
    start_fault_proxy "HEAD $hex body /dev/null"
    assert_exit 0 push "$FAULTY/$REPO:v2"
    assert_exit 0 oras-modelseal pull -q "$REGISTRY/$REPO:v2" -o pulled
    cmp model.safetensors pulled/model.safetensors
}

@test "a full disk at home does not stop a push" {
    make_weights model.safetensors 4
    mkdir "$XDG_STATE_HOME"
    touch "$XDG_STATE_HOME/modelseal" # where a folder should be
    assert_exit 0 push --chunk-size 1 "$REGISTRY/$REPO:v1"
    rm "$XDG_STATE_HOME/modelseal"
    assert_pushed "$REGISTRY/$REPO:v1"
}
