#!/usr/bin/env bats
# Pulls that are cut short: by the network, by the registry, by a signal, by a full disk. Whatever
# happened, what was there is there, the next pull completes, and it fetches only what is missing.

load lib

setup_file() {
    start_registry plain
    export BLOB_MIB=64
    mkdir "$BATS_FILE_TMPDIR/big"
    make_weights "$BATS_FILE_TMPDIR/big/weights.safetensors" "$BLOB_MIB"
    printf '{"model_type":"test"}\n' >"$BATS_FILE_TMPDIR/big/config.json"
    (cd "$BATS_FILE_TMPDIR" && oras-modelseal push -q "$REGISTRY/models/big:v1" big >/dev/null)
    BIG=$(sha256_of "$BATS_FILE_TMPDIR/big/weights.safetensors")
    export BIG
}

teardown_file() {
    stop_servers
}

setup() {
    OUT=$BATS_TEST_TMPDIR/out
    cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
    stop_servers
    if mountpoint -q "$BATS_TEST_TMPDIR/mounted"; then umount "$BATS_TEST_TMPDIR/mounted"; fi
}

# fetched prints how many bytes of the blob the proxy has sent so far.
fetched() {
    sed -nE "s#^sent ([0-9]+) GET .*/blobs/$BIG.*#\1#p" "$FAULTY_LOG" | awk '{ sum += $1 } END { print sum + 0 }'
}

# pull_from ADDRESS: in the background, with its process id in $PULL.
pull_from() {
    oras-modelseal pull -q --concurrency 1 "$1/models/big:v1" -o "$OUT" >pull.log 2>&1 3>&- &
    PULL=$!
}

# stalled_pull BYTES: a pull in the background that has got so many bytes of the blob and no more.
stalled_pull() {
    local _
    start_fault_proxy --total "$1"
    pull_from "$FAULTY"
    for _ in {1..400}; do
        grep -q stalled "$FAULTY_LOG" && break
        sleep 0.05
    done
    grep -q stalled "$FAULTY_LOG"
    sleep 2 # the journal is written once a second
}

assert_complete() {
    diff -r -x .modelseal "$BATS_FILE_TMPDIR/big" "$OUT"
    assert_equal "$(find "$OUT" -name '.modelseal-*')" ""
}

@test "a large blob that is changed on the way is refused, and nothing of it is kept" {
    mkdir "$OUT"
    echo old >"$OUT/config.json"
    start_fault_proxy "GET /blobs/$BIG cut 30000000 1" "GET /blobs/$BIG corrupt 1000000"
    assert_exit 1 oras-modelseal pull -q "$FAULTY/models/big:v1" -o "$OUT"
    assert_equal "$(find "$OUT" -type f)" "$OUT/config.json"
    assert_equal "$(<"$OUT/config.json")" old
}

@test "a pull killed at 90 % and run again fetches at most 12 %" {
    stalled_pull $((BLOB_MIB * 1048576 * 9 / 10))
    kill -KILL "$PULL"
    wait "$PULL" || true
    start_fault_proxy
    assert_exit 0 oras-modelseal pull -q "$FAULTY/models/big:v1" -o "$OUT"
    again=$(fetched)
    echo "# fetched again: $((again * 100 / (BLOB_MIB * 1048576))) %" >&3
    [[ $again -le $((BLOB_MIB * 1048576 * 12 / 100)) ]]
    assert_complete
}

@test "SIGTERM keeps what was fetched, the old model is still there, and the next pull goes on" {
    make_model older 7
    oras-modelseal push -q "$REGISTRY/models/older:v1" older >/dev/null
    oras-modelseal pull -q "$REGISTRY/models/older:v1" -o "$OUT" >/dev/null 2>&1
    older=$(oras-modelseal inspect --format json "$REGISTRY/models/older:v1" | jq -r .digest)
    stalled_pull 30000000
    kill -TERM "$PULL"
    code=0
    wait "$PULL" || code=$?
    assert_equal "$code" 143
    # What was fetched is a file that no manifest lists: the verifier is told of it, or it refuses.
    MODEL_DIGEST=$older assert_exit 1 modelseal-verify "$OUT"
    assert_contains "$output" "interrupted pull"
    allow=()
    for file in "$OUT"/.modelseal-*; do
        allow+=(--allow-extra "${file##*/}")
    done
    MODEL_DIGEST=$older assert_exit 0 modelseal-verify "${allow[@]}" "$OUT"
    start_fault_proxy
    assert_exit 0 oras-modelseal pull -q "$FAULTY/models/big:v1" -o "$OUT"
    [[ $(fetched) -le $((BLOB_MIB * 1048576 - 20000000)) ]]
    cmp "$OUT/weights.safetensors" "$BATS_FILE_TMPDIR/big/weights.safetensors"
    assert_equal "$(find "$OUT" -name '.modelseal-*')" ""
}

@test "another process is told that the folder is in use, and another model removes what was left" {
    stalled_pull 30000000
    assert_exit 75 oras-modelseal pull -q "$REGISTRY/models/big:v1" -o "$OUT"
    kill -KILL "$PULL"
    wait "$PULL" || true
    [[ -n $(find "$OUT" -name '.modelseal-*.part') ]]
    make_model other 3
    oras-modelseal push -q "$REGISTRY/models/other:v1" other >/dev/null
    assert_exit 0 oras-modelseal pull -q "$REGISTRY/models/other:v1" -o "$OUT"
    assert_equal "$(find "$OUT" -name '.modelseal-*')" ""
}

@test "a partial file or journal that is not what it says means starting over" {
    for change in 'truncate -s 1000' 'tamper' 'rm' 'cp /dev/null'; do
        stalled_pull 30000000
        kill -KILL "$PULL"
        wait "$PULL" || true
        # shellcheck disable=SC2086  # a command and its options
        case $change in
            tamper) tamper "$(find "$OUT" -name '*.part')" 100 ;;
            cp*) $change "$(find "$OUT" -name '*.journal')" ;;
            *) $change "$(find "$OUT" -name '*.part')" ;;
        esac
        assert_exit 0 oras-modelseal pull -q "$REGISTRY/models/big:v1" -o "$OUT"
        assert_complete
        rm -r "$OUT"
    done
}

@test "a disk that is too small for all files is refused before anything is fetched" {
    [[ $(id -u) == 0 ]] || skip "needs root for a file system of its own"
    mkdir mounted
    mount -t tmpfs -o size=40m tmpfs mounted
    echo old >mounted/config.json
    start_fault_proxy
    assert_exit 7 oras-modelseal pull -q "$FAULTY/models/big:v1" -o mounted
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "no space left"
    assert_equal "$(fetched)" 0
    assert_equal "$(find mounted -type f)" mounted/config.json
    assert_equal "$(<mounted/config.json)" old
}

@test "large files of equal content are each written whole, from a registry and a layout" {
    mkdir -p twins/sub old/sub
    make_weights twins/a.safetensors 20 1
    cp twins/a.safetensors twins/b.safetensors
    cp twins/a.safetensors twins/sub/c.safetensors
    make_weights old/a.safetensors 20 2
    make_weights old/b.safetensors 20 3
    cp old/b.safetensors old/sub/c.safetensors
    oras-modelseal push -q "$REGISTRY/models/twins:v1" twins >/dev/null
    oras-modelseal push -q "$REGISTRY/models/twins-old:v1" old >/dev/null
    oras-modelseal push -q --oci-layout layout:v1 twins >/dev/null
    for from in "$REGISTRY/models/twins:v1" "--oci-layout layout:v1"; do
        for options in "" "--concurrency 1"; do
            for before in nothing old; do
                rm -rf "$OUT"
                [[ $before == nothing ]] ||
                    oras-modelseal pull -q "$REGISTRY/models/twins-old:v1" -o "$OUT" >/dev/null
                # shellcheck disable=SC2086  # options and their values
                assert_exit 0 oras-modelseal pull -q $options $from -o "$OUT"
                diff -r -x .modelseal twins "$OUT"
                assert_equal "$(find "$OUT" -name '.modelseal-*')" ""
            done
        done
    done
}
