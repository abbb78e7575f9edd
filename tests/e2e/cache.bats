#!/usr/bin/env bats
# Caches: a folder on this machine that several pulls share. What is in it is not fetched again, and not
# believed either.
# shellcheck disable=SC2154  # status, output and stderr are set by bats' run
load lib

setup_file() {
    export GIT_CEILING_DIRECTORIES=$BATS_FILE_TMPDIR
    cd "$BATS_FILE_TMPDIR" || return 1
    make_model model
    make_safetensors model/large.safetensors 20480 # 20 MiB: fetched in parts
    COSIGN_PASSWORD='' cosign-modelseal generate-key-pair --output-key-prefix signer >/dev/null
    start_registry plain
    export ORIGIN=$REGISTRY
    oras-modelseal push -q "$ORIGIN/team/m:v1" ./model >/dev/null
    cosign-modelseal sign -y --key signer.key "$ORIGIN/team/m:v1" >/dev/null
    DIGEST=$(oras-modelseal inspect --format json "$ORIGIN/team/m:v1" | jq -r .digest)
    LARGE=$(sha256_of model/large.safetensors)
    export DIGEST LARGE
}

teardown_file() { stop_servers; }

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export MODELSEAL_CACHE=$BATS_TEST_TMPDIR/cache
}

teardown() {
    stop_servers
    if mountpoint -q "$BATS_TEST_TMPDIR/mounted"; then umount "$BATS_TEST_TMPDIR/mounted"; fi
}

# asked PATTERN: how many requests the proxy has passed on.
asked() {
    grep -cE "^sent [0-9]+ GET .*$1" "$FAULTY_LOG" || true
}

# fetched: how many bytes of the large file came through the proxy.
fetched() {
    sed -nE "s#^sent ([0-9]+) GET .*/blobs/$LARGE.*#\1#p" "$FAULTY_LOG" | awk '{ sum += $1 } END { print sum + 0 }'
}

assert_pulled() {
    diff -r -x .modelseal "$BATS_FILE_TMPDIR/model" "$1"
    assert_equal "$(find "$1" -name '.modelseal-*')" ""
}

pull() {
    assert_exit 0 oras-modelseal pull -q "$@" -o pulled
    assert_pulled pulled
    rm -r pulled
}

blob() {
    echo "$MODELSEAL_CACHE/blobs/sha256/${1#sha256:}"
}

# assert_no_litter: in the cache is nothing but what a layout holds, and its locks.
assert_no_litter() {
    assert_equal "$(cd "$MODELSEAL_CACHE" && find . -type f -not -path './blobs/sha256/*' | sort | tr '\n' ' ')" \
        "./cache.lock ./index.json ./index.json.lock ./oci-layout "
    assert_exit 0 oras-modelseal layout fsck "$MODELSEAL_CACHE"
    refute_contains "$output" "unreferenced:"
}

@test "a pull of what is in the cache asks what the tag means and nothing else" {
    pull "$ORIGIN/team/m:v1"
    start_fault_proxy
    pull "$FAULTY/team/m:v1"
    assert_equal "$(asked /blobs/)" 0
    assert_equal "$(asked /manifests/)" 1
    assert_no_litter
}

@test "what is in the cache is enough without the registry, signatures included" {
    pull --key "$BATS_FILE_TMPDIR/signer.pub" "$ORIGIN/team/m:v1"
    pull --retries 0 --key "$BATS_FILE_TMPDIR/signer.pub" "localhost:1/team/m@$DIGEST"
    assert_contains "$stderr" "cannot be reached"
    assert_exit 0 cosign-modelseal verify --retries 0 --key "$BATS_FILE_TMPDIR/signer.pub" "localhost:1/team/m@$DIGEST"
    assert_exit 0 oras-modelseal pull -q --oci-layout "$MODELSEAL_CACHE@$DIGEST" -o from-layout
    assert_pulled from-layout
}

@test "two pulls that share a cache fetch everything once" {
    start_fault_proxy --rate 20000000
    local first second
    oras-modelseal pull -q "$FAULTY/team/m:v1" -o one >one.log 2>&1 3>&- &
    first=$!
    oras-modelseal pull -q "$FAULTY/team/m:v1" -o two >two.log 2>&1 3>&- &
    second=$!
    wait "$first"
    wait "$second"
    assert_pulled one
    assert_pulled two
    echo "# of $(stat -c %s "$BATS_FILE_TMPDIR/model/large.safetensors") bytes, $(fetched) were sent" >&3
    assert_equal "$(fetched)" "$(stat -c %s "$BATS_FILE_TMPDIR/model/large.safetensors")"
    assert_no_litter
}

@test "a pull killed while it fills the cache is taken up by the next one, whichever that is" {
    local pull _
    start_fault_proxy --total 15000000
    oras-modelseal pull -q --concurrency 1 "$FAULTY/team/m:v1" -o killed >pull.log 2>&1 3>&- &
    pull=$!
    for _ in {1..400}; do
        grep -q stalled "$FAULTY_LOG" && break
        sleep 0.05
    done
    sleep 2 # the journal is written once a second
    kill -KILL "$pull"
    wait "$pull" || true
    start_fault_proxy
    pull "$FAULTY/team/m:v1"
    echo "# fetched again: $(fetched) bytes" >&3
    (($(fetched) < 10000000))
    assert_no_litter
}

@test "pulls killed at random moments leave a cache that the next one can use" {
    local kill pull
    RANDOM=${MODELSEAL_SEED:-1}
    start_fault_proxy --rate 40000000
    for ((kill = 1; kill <= ${MODELSEAL_KILLS:-10}; kill++)); do
        oras-modelseal pull -q "$FAULTY/team/m:v1" -o pulled >pull.log 2>&1 3>&- &
        pull=$!
        sleep "0.$(printf %03d $((RANDOM % 600)))"
        kill -KILL "$pull" 2>/dev/null || true
        wait "$pull" || true
        rm -rf pulled
    done
    pull "$ORIGIN/team/m:v1"
    refute_contains "$stderr" "held other bytes"
    assert_no_litter
}

@test "a damaged blob is removed from the cache and fetched again, with a warning" {
    pull "$ORIGIN/team/m:v1"
    local digest
    for digest in "$LARGE" "$(sha256_of "$BATS_FILE_TMPDIR/model/config.json")" "$DIGEST"; do
        chmod u+w "$(blob "$digest")"
        tamper "$(blob "$digest")"
        pull "$ORIGIN/team/m:v1"
        assert_equal "$(grep -c 'held other bytes' <<<"$stderr")" 1
        assert_contains "$stderr" "$digest"
        assert_no_litter
    done
    truncate -s 100 "$(blob "$LARGE")"
    pull "$ORIGIN/team/m:v1"
    assert_no_litter
}

@test "a damaged blob that several files of a model share is fetched again for all of them" {
    local file pull
    mkdir same
    make_safetensors same/first.safetensors 20480 7
    for file in second third; do cp same/first.safetensors "same/$file.safetensors"; done
    assert_exit 0 oras-modelseal push -q "$ORIGIN/team/same:v1" ./same
    assert_exit 0 oras-modelseal pull -q "$ORIGIN/team/same:v1" -o filled
    chmod u+w "$(blob "$(sha256_of same/first.safetensors)")"
    tamper "$(blob "$(sha256_of same/first.safetensors)")"
    assert_exit 0 oras-modelseal pull -q "$ORIGIN/team/same:v1" -o healed
    diff -r -x .modelseal same healed
    assert_contains "$stderr" "held other bytes"
    assert_no_litter

    tamper "$(blob "$(sha256_of same/first.safetensors)")"
    oras-modelseal pull -q "$ORIGIN/team/same:v1" -o beside >beside.log 2>&1 3>&- &
    pull=$!
    assert_exit 0 oras-modelseal pull -q "$ORIGIN/team/same:v1" -o again
    wait "$pull"
    diff -r -x .modelseal same again
    diff -r -x .modelseal same beside
    assert_no_litter
}

@test "a cache stays below its size, and what was used last stays" {
    local i used
    for i in 1 2 3 4; do
        mkdir "model$i"
        make_safetensors "model$i/model.safetensors" 4096 "$i" # 4 MiB
        oras-modelseal push -q "$ORIGIN/team/small:v$i" "./model$i" >/dev/null
        assert_exit 0 oras-modelseal pull -q --cache-size 10M "$ORIGIN/team/small:v$i" -o "out$i"
        used=$(($(du -sk "$MODELSEAL_CACHE/blobs" "$MODELSEAL_CACHE/ingest" | awk '{ sum += $1 } END { print sum }')))
        ((used <= 10240 + 16)) # the folders themselves
    done
    [[ -f $(blob "$(sha256_of model4/model.safetensors)") ]]
    [[ -f $(blob "$(sha256_of model3/model.safetensors)") ]]
    [[ ! -f $(blob "$(sha256_of model1/model.safetensors)") ]]
    pull --cache-size 10M "$ORIGIN/team/m:v1"
    assert_contains "$stderr" "has no room for 21.7 MiB"
}

@test "a cache whose disk is full is done without" {
    mkdir mounted
    mount -t tmpfs -o size=4m none mounted 2>/dev/null || skip "no file system can be mounted here"
    pull --cache mounted/cache "$ORIGIN/team/m:v1"
    assert_contains "$stderr" "is not used: "
    assert_equal "$(find mounted -name '*.part')" ""
}

@test "a cache that somebody has locked and does nothing with is done without" {
    pull "$ORIGIN/team/m:v1"
    rm -r "$MODELSEAL_CACHE"/blobs/sha256/*
    python3 - "$MODELSEAL_CACHE/cache.lock" <<'PY' 3>&- &
import fcntl, struct, sys, time
lock = open(sys.argv[1], "r+b")
# An open file description lock on all of it. Spec: fcntl(2), struct flock.
fcntl.fcntl(lock, 37, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))
print("locked", flush=True)
time.sleep(300)
PY
    local holder=$!
    sleep 1
    pull --timeout 3s "$ORIGIN/team/m:v1"
    kill "$holder"
    assert_equal "$(grep -c 'is not used: ' <<<"$stderr")" 1
    assert_contains "$stderr" "has held a lock"
}

@test "a mirror that lies does not get into the cache" {
    start_fault_proxy "GET /blobs/$LARGE corrupt 9000000"
    pull --mirror "$FAULTY" "$ORIGIN/team/m:v1"
    assert_contains "$stderr" "is not asked any more"
    assert_no_litter
    pull --retries 0 "localhost:1/team/m@$DIGEST"
}

@test "a copy takes from the cache as well" {
    pull "$ORIGIN/team/m:v1"
    start_fault_proxy
    assert_exit 0 oras-modelseal copy -q "$FAULTY/team/m:v1" --no-referrers --to-oci-layout ./carried:v1
    assert_equal "$(asked "/blobs/$LARGE")" 0
    assert_exit 0 oras-modelseal layout fsck ./carried
}

@test "what is no cache is refused, and nothing in it is touched" {
    assert_exit 0 oras-modelseal copy -q "$ORIGIN/team/m:v1" --to-oci-layout ./mine:v1
    assert_exit 2 oras-modelseal pull --cache ./mine "$ORIGIN/team/m:v1" -o pulled
    assert_contains "$stderr" "artifacts of its own"
    assert_exit 0 oras-modelseal layout fsck ./mine
    mkdir other
    echo mine >other/notes
    assert_exit 2 oras-modelseal pull --cache ./other "$ORIGIN/team/m:v1" -o pulled
    assert_exit 2 oras-modelseal pull --cache-size many "$ORIGIN/team/m:v1" -o pulled
    assert_exit 2 oras-modelseal pull --cache ./cache --oci-layout ./mine:v1 -o pulled
    unset MODELSEAL_CACHE
    assert_exit 2 oras-modelseal pull --cache-size 1G "$ORIGIN/team/m:v1" -o pulled
}
