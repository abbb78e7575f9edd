#!/usr/bin/env bats
# Mirrors: registries that hold content of another one. They save its work and stand in for it, but are
# not believed.
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
    start_registry plain
    export MIRROR=$REGISTRY
    oras-modelseal copy "$ORIGIN/team/m@$DIGEST" "$MIRROR/team/m" >/dev/null
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

teardown() { stop_servers; }

# in_front_of HOST FAULT…: a fault proxy there. Sets FAULTY and FAULTY_LOG.
in_front_of() {
    REGISTRY=$1 start_fault_proxy "${@:2}"
}

# watch_origin: SEEN is the origin, and SEEN_LOG says what was asked of it.
watch_origin() {
    in_front_of "$ORIGIN"
    export SEEN=$FAULTY SEEN_LOG=$FAULTY_LOG
}

# asked PATTERN LOG: how many requests the proxy with this log has passed on.
asked() {
    grep -cE "^sent [0-9]+ GET .*$1" "$2" || true
}

pull() {
    assert_exit 0 oras-modelseal pull -q "$@" -o pulled
    diff -r -x .modelseal "$BATS_FILE_TMPDIR/model" pulled
    assert_equal "$(find pulled -name '.modelseal-*')" ""
    rm -r pulled
}

# warnings: how many mirrors were given up.
warnings() {
    grep -c 'is not asked any more' <<<"$stderr" || true
}

@test "with a mirror, the origin is asked what the tag means and nothing else" {
    watch_origin
    pull --mirror "$MIRROR" "$SEEN/team/m:v1"
    assert_equal "$(asked /blobs/ "$SEEN_LOG")" 0
    assert_equal "$(asked /manifests/v1 "$SEEN_LOG")" 1
    assert_equal "$(asked /manifests/sha256 "$SEEN_LOG")" 0
    assert_equal "$(warnings)" 0
}

@test "the content of several registries lies in a mirror below a prefix, and 'ns' names the registry" {
    oras-modelseal copy "$MIRROR/team/m@$DIGEST" "$MIRROR/hub/team/m" >/dev/null
    in_front_of "$MIRROR"
    local mirror=$FAULTY log=$FAULTY_LOG
    watch_origin
    pull --mirror "http://$mirror/hub/" "$SEEN/team/m:v1"
    assert_equal "$(asked /blobs/ "$SEEN_LOG")" 0
    [[ $(asked "/v2/hub/team/m/blobs/.*[?]ns=localhost%3A" "$log") -gt 0 ]]
}

@test "a tag of the mirror means nothing" {
    make_model other 7
    oras-modelseal push -q "$MIRROR/team/m:v1" ./other >/dev/null
    pull --mirror "$MIRROR" "$ORIGIN/team/m:v1"
}

@test "a mirror that lies is given up with one warning, and the model is complete" {
    local fault
    for fault in 'GET /blobs/ corrupt 100' "GET /blobs/$LARGE corrupt 9000000" "GET /blobs/$LARGE short 1000" \
        "GET /blobs/ body $BATS_FILE_TMPDIR/model/config.json" \
        "GET /manifests/ body $BATS_FILE_TMPDIR/model/config.json"; do
        in_front_of "$MIRROR" "$fault"
        local liar=$FAULTY
        pull --mirror "$liar" "$ORIGIN/team/m:v1"
        assert_equal "$fault: $(warnings)" "$fault: 1"
        assert_contains "$stderr" "Warning: the mirror \"$liar/team/m\" is not asked any more: "
    done
}

@test "a mirror that breaks off is completed by the next place" {
    in_front_of "$MIRROR" "GET /blobs/$LARGE cut 9000000 1" "GET /blobs/$LARGE cut 1000"
    local broken=$FAULTY sent
    watch_origin
    pull --concurrency 1 --mirror "$broken" "$SEEN/team/m:v1"
    sent=$(sed -nE "s#^sent ([0-9]+) GET .*/blobs/$LARGE.*#\1#p" "$SEEN_LOG" | awk '{ sum += $1 } END { print sum }')
    echo "# of 20 MiB, $sent bytes came from the origin" >&3
    ((sent < 16000000))
}

@test "a mirror that drips is given up, and the next place is asked" {
    local fault
    for fault in 'GET /manifests/ drip 10' 'GET /blobs/ drip 10' "GET /blobs/$LARGE drip 3000000"; do
        in_front_of "$MIRROR" "$fault"
        SECONDS=0
        pull --mirror "$FAULTY" "$ORIGIN/team/m:v1"
        echo "# $fault: $SECONDS s" >&3
        ((SECONDS < 120))
    done
}

@test "the next mirror is asked before the origin" {
    in_front_of "$MIRROR" 'GET /blobs/ corrupt 100'
    local liar=$FAULTY
    watch_origin
    pull --mirror "$liar" --mirror "$MIRROR" "$SEEN/team/m:v1"
    assert_equal "$(asked /blobs/ "$SEEN_LOG")" 0
}

@test "mirrors that are down, refuse, fail or have nothing cost no retries" {
    local answer
    for answer in 401 403 404 429 500 503; do
        in_front_of "$MIRROR" "GET . status $answer"
        pull --mirror "$FAULTY" --mirror localhost:1 "$ORIGIN/team/m:v1"
        refute_contains "$stderr" Retrying
        assert_contains "$stderr" '"localhost:1/team/m" is not asked any more'
        assert_equal "$answer: $(warnings)" "$answer: $((answer == 404 ? 1 : 2))"
    done
}

@test "a mirror gets no credentials of the origin" {
    start_malicious_registry redirect
    pull -u trainer -p secret --mirror "$MALICIOUS" "$ORIGIN/team/m:v1"
    assert_equal "$(warnings)" 1
    [[ $(grep -c '"secret": false' "$MALICIOUS_LOG") -gt 0 ]]
    refute_contains "$(<"$MALICIOUS_LOG")" '"secret": true'
}

@test "without the origin, a digest is enough for the mirrors, signatures included; a tag is not" {
    cp "$BATS_FILE_TMPDIR/signer.pub" .
    pull --mirror "$MIRROR" "localhost:1/team/m@$DIGEST"
    pull --key signer.pub --retries 0 --mirror "$MIRROR" "localhost:1/team/m@$DIGEST"
    assert_contains "$stderr" '"localhost:1/team/m" cannot be reached'
    assert_exit 0 cosign-modelseal verify --key signer.pub --retries 0 --mirror "$MIRROR" "localhost:1/team/m@$DIGEST"
    assert_exit 75 oras-modelseal pull --retries 0 --mirror "$MIRROR" localhost:1/team/m:v1 -o pulled
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "name the artifact by its digest"
}

@test "what a killed pull had from a mirror is completed from elsewhere" {
    in_front_of "$MIRROR" --total 15000000
    oras-modelseal pull -q --concurrency 1 --mirror "$FAULTY" "$ORIGIN/team/m:v1" -o pulled >pull.log 2>&1 3>&- &
    local pull=$! _
    for _ in {1..400}; do
        grep -q stalled "$FAULTY_LOG" && break
        sleep 0.05
    done
    sleep 2 # the journal is written once a second
    kill -KILL "$pull"
    wait "$pull" || true
    watch_origin
    pull "$SEEN/team/m:v1"
    local again
    again=$(sed -nE "s#^sent ([0-9]+) GET .*/blobs/$LARGE.*#\1#p" "$SEEN_LOG")
    echo "# of 20 MiB, $again bytes were fetched again" >&3
    ((again < 10000000))
}

@test "a copy has its content from mirrors, and begins again where one lies" {
    in_front_of "$MIRROR" "GET /blobs/$LARGE corrupt 9000000"
    local liar=$FAULTY
    watch_origin
    assert_exit 0 oras-modelseal copy -q --from-mirror "$liar" --from-mirror "$MIRROR" \
        "$SEEN/team/m:v1" --to-oci-layout ./carried:v1
    assert_equal "$(warnings)" 1
    assert_equal "$(asked /blobs/ "$SEEN_LOG")" 0
    assert_exit 0 oras-modelseal layout fsck ./carried
}

@test "a mirror is for registries, and must be one" {
    assert_exit 2 oras-modelseal pull --mirror "$MIRROR" --oci-layout ./store:v1
    assert_contains "$stderr" "--mirror"
    for mirror in "" "user:pass@host" "host/UPPER" "host:tag:tag" "ftp://host"; do
        assert_exit 2 oras-modelseal pull --mirror "$mirror" "$ORIGIN/team/m:v1"
        refute_contains "$stderr" "user:pass"
    done
}
