#!/usr/bin/env bats
# Everything that can go wrong on the way of a push, a pull and a copy, with real registries behind a proxy
# that breaks what it is told to break. After each fault the model of before is there, or the complete new
# one; what failed completes when it is run again without the fault; stock tools read the result; and
# nothing is left behind. (tests/e2e/kills.bats does the same with kill -9.)
#
# The tables below give a fault for the proxy and the exit codes that it may end with. Where a fault has
# "%", it is tried twice: happening once, and lasting.

load lib
load transfers

CASES_AT_ONCE=6

setup_file() { start_transfers; }

teardown_file() { stop_servers; }

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() { stop_servers; }

# start_faults SIDE FAULT…: a proxy with these faults in front of the source (from) or the destination (to). Sets
# FROM and TO, and has credentials for the proxy, if somebody should ask for some.
start_faults() {
    FROM=$SOURCE TO=$DESTINATION
    if [[ $1 == from ]]; then REGISTRY=$SOURCE; else REGISTRY=$DESTINATION; fi
    start_fault_proxy "${@:2}"
    if [[ $1 == from ]]; then FROM=$FAULTY; else TO=$FAULTY; fi
    mkdir docker
    jq -n --arg host "$FAULTY" '{auths: {($host): {auth: "dXNlcjpwYXNz"}}}' >docker/config.json
    export DOCKER_CONFIG=$PWD/docker
}

# end_faults: of the proxy that start_faults started.
end_faults() {
    kill -USR1 "$SERVER_PID"
}

# survive OPERATION SIDE CODE FAULT…: one case, in a folder of its own, which names its repository.
survive() {
    local operation=$1 side=$2 expected=$3 code=0 begun
    shift 3
    mkdir -p "$CASE"
    cd "$CASE"
    BATS_TEST_TMPDIR=$PWD # for the servers
    trap stop_servers EXIT
    REPO=models/${CASE##*/}
    export XDG_STATE_HOME=$PWD/state
    prepare "$operation" >/dev/null 2>&1
    start_faults "$side" "$@"
    begun=$(date +%s%N)
    transfer "$operation" "$FROM" "$TO" --retries 3 >transfer.log 2>&1 || code=$?
    cat transfer.log
    assert_equal "$code" "$expected"
    if [[ $code -ne 0 ]]; then
        assert_equal "$(grep -c '^Error: ' transfer.log)" 1
        assert_old "$operation"
        end_faults
        transfer "$operation" "$FROM" "$TO" >/dev/null
    elif [[ $* =~ \ (busy|later)\  ]]; then
        # As long as it was asked to, not as it would by itself.
        (($(date +%s%N) - begun >= 2000000000))
    fi
    assert_new "$operation"
    # docker-registry 2.8 tells nobody where an upload stands of which it has got bytes and given no answer, or
    # a refusal; it can neither go on nor be cancelled then, and is left to the registry's own cleaning.
    if [[ ! $* =~ \ (tear|unheard|garble|shorten)\  && ($side == to || $code -eq 0) ]]; then
        assert_equal "$(sessions)" ""
    fi
    touch survived
}

# ---- many of them -----------------------------------------------------------------------------

# start_case OPERATION SIDE CODE FAULTS: survive() in the background. FAULTS are separated by ";".
start_case() {
    local faults
    IFS=';' read -ra faults <<<"$4"
    while (($(jobs -pr | wc -l) >= CASES_AT_ONCE)); do wait -n || true; done
    cases=$((cases + 1))
    CASE=$BATS_TEST_TMPDIR/$1-$2-$cases
    echo "$1, exit code $3: $4" >"$CASE.log"
    (
        set -eo pipefail
        survive "$1" "$2" "$3" "${faults[@]}"
    ) >>"$CASE.log" 2>&1 3>&- &
}

# start_table SIDE OPERATION OPERATION: reads lines "FAULTS | CODES | CODES", the codes of each operation, when
# the fault happens once and when it lasts. "-": the fault does not concern the operation.
start_table() {
    local side=$1 faults codes number once lasting
    local operations=("$2" "$3")
    while IFS='|' read -r faults 'codes[0]' 'codes[1]'; do
        faults=$(sed -E 's/ *; */;/g; s/^ +| +$//g' <<<"$faults")
        for number in 0 1; do
            read -r once lasting <<<"${codes[number]}"
            if [[ $once != - ]]; then start_case "${operations[number]}" "$side" "$once" "${faults//%/1}"; fi
            if [[ -n $lasting ]]; then start_case "${operations[number]}" "$side" "$lasting" "${faults// %/}"; fi
        done
    done
}

# assert_all_survived WHAT: waits for all cases and says how many there were.
assert_all_survived() {
    local log failed=0
    wait || true
    for log in "$BATS_TEST_TMPDIR"/*.log; do
        if [[ ! -e ${log%.log}/survived ]]; then
            failed=$((failed + 1))
            cat "$log" >&2
        fi
    done
    assert_equal "$failed of $cases failed" "0 of $cases failed"
    echo "# survived $cases $1" >&3
}

@test "faults on the way into a registry cost a push or a copy nothing but time" {
    cases=0
    # A push sends parts and closes the upload; a copy, which knows the digest, sends the blob with the end.
    start_table to push copy <<'FAULTS'
PATCH /uploads/ drop 300000 %                                   | 0 75 | -
PATCH /uploads/ tear 300000 %                                   | 0 75 | -
PATCH /uploads/ unheard 0 %                                     | 0 75 | -
PATCH /uploads/ delay 0.3 %                                     | 0 0  | -
PATCH /uploads/ garble 300000 %                                 | 1 1  | -
PATCH /uploads/ shorten 300000 %                                | 0 0  | -
PATCH /uploads/ range 0-99 %                                    | 0 0  | -
PATCH /uploads/ status 401 %                                    | 0 5  | -
PATCH /uploads/ status 404 %                                    | 0 4  | -
PATCH /uploads/ early 413 %                                     | 0 7  | -
PATCH /uploads/ status 416 %                                    | 0 0  | -
PATCH /uploads/ busy 2 %                                        | 0 75 | -
PATCH /uploads/ later 3 %                                       | 0 75 | -
PATCH /uploads/ status 500 %                                    | 0 75 | -
PATCH /uploads/ status 503 %                                    | 0 75 | -
PATCH /uploads/ tear 300000 1 ; GET /uploads/ status 404 %      | 0 0  | -
PATCH /uploads/ tear 300000 1 ; GET /uploads/ status 503 %      | 0 75 | -
PUT /uploads/ drop 0 %                                          | 0 75 | 0 75
PUT /uploads/ tear 300000 %                                     | -    | 0 75
PUT /uploads/ unheard 0 %                                       | 0 0  | 0 0
PUT /uploads/ delay 0.3 %                                       | 0 0  | 0 0
PUT /uploads/ garble 300000 %                                   | -    | 1 1
PUT /uploads/ shorten 300000 %                                  | -    | 1 1
PUT /uploads/ status 401 %                                      | 0 5  | 0 5
PUT /uploads/ status 404 %                                      | 0 4  | 0 4
PUT /uploads/ early 413 %                                       | -    | 0 7
PUT /uploads/ status 416 %                                      | 7 7  | 7 7
PUT /uploads/ busy 2 %                                          | 0 75 | 0 75
PUT /uploads/ later 3 %                                         | 0 75 | 0 75
PUT /uploads/ status 500 %                                      | 0 75 | 0 75
PUT /uploads/ status 503 %                                      | 0 75 | 0 75
POST /uploads/ drop 0 %                                         | 0 75 | 0 75
POST /uploads/ busy 2 %                                         | 0 75 | 0 75
POST /uploads/ status 401 %                                     | 0 5  | 0 5
POST /uploads/ status 500 %                                     | 0 75 | 0 75
POST /uploads/ status 503 %                                     | 0 75 | 0 75
HEAD /blobs/ drop 0 %                                           | 0 75 | 0 75
HEAD /blobs/ status 503 %                                       | 0 75 | 0 75
PUT /manifests/ drop 0 %                                        | 0 75 | 0 75
PUT /manifests/ unheard 0 %                                     | 0 75 | 0 75
PUT /manifests/ garble 30 %                                     | 7 7  | 7 7
PUT /manifests/ later 3 %                                       | 0 75 | 0 75
PUT /manifests/ status 401 %                                    | 0 5  | 0 5
PUT /manifests/ status 413 %                                    | 7 7  | 7 7
PUT /manifests/ status 503 %                                    | 0 75 | 0 75
FAULTS
    assert_all_survived "faults of uploads, by push and by copy"
}

@test "faults on the way out of a registry cost a pull or a copy nothing but time" {
    cases=0
    start_table from pull copy < <(sed "s/BLOB/$WEIGHTS/g" <<'FAULTS'
GET BLOB cut 3000000 %                                          | 0 0  | 0 0
GET BLOB cut 100 %                                              | 0 75 | 0 75
GET BLOB drop 0 %                                               | 0 75 | 0 75
GET BLOB unheard 0 %                                            | 0 75 | 0 75
GET BLOB delay 0.3 %                                            | 0 0  | 0 0
GET BLOB short 3000000 %                                        | 0 0  | 0 0
GET BLOB short 100 %                                            | 0 1  | 0 1
GET BLOB corrupt 3000000 %                                      | 1 1  | 1 1
GET BLOB cut 3000000 1 ; GET BLOB corrupt 1000000 %             | 1 1  | 1 1
GET BLOB cut 3000000 1 ; GET BLOB whole 0 %                     | 0 0  | 0 0
GET BLOB cut 3000000 1 ; GET BLOB shift 7 %                     | 0 0  | 0 0
GET BLOB cut 3000000 1 ; GET BLOB status 416 %                  | 0 7  | 0 7
GET BLOB status 401 %                                           | 0 5  | 0 5
GET BLOB cut 3000000 1 ; GET BLOB status 401 %                  | 0 5  | 0 5
GET BLOB status 413 %                                           | 7 7  | 7 7
GET BLOB busy 2 %                                               | 0 75 | 0 75
GET BLOB later 3 %                                              | 0 75 | 0 75
GET BLOB cut 3000000 1 ; GET BLOB later 3 %                     | 0 75 | 0 75
GET BLOB status 500 %                                           | 0 75 | 0 75
GET BLOB status 503 %                                           | 0 75 | 0 75
GET BLOB cut 3000000 1 ; GET BLOB status 503 %                  | 0 75 | 0 75
GET /manifests/ drop 0 %                                        | 0 75 | 0 75
GET /manifests/ cut 10 %                                        | 0 75 | 0 75
GET /manifests/ short 10 %                                      | 1 1  | 1 1
GET /manifests/ corrupt 20 %                                    | 1 1  | 1 1
GET /manifests/ status 401 %                                    | 0 5  | 0 5
GET /manifests/ later 3 %                                       | 0 75 | 0 75
GET /manifests/ status 503 %                                    | 0 75 | 0 75
FAULTS
)
    assert_all_survived "faults of downloads, by pull and by copy"
}

# ---- what takes a server of its own -----------------------------------------------------------

# start_own_registry: for a test that does more to it than the proxy can.
start_own_registry() {
    start_registry plain
    SOURCE=$REGISTRY DESTINATION=$REGISTRY
    oras-modelseal push -q "$REGISTRY/models/old:v1" "$BATS_FILE_TMPDIR/old"
    oras-modelseal push -q "$REGISTRY/models/new:v1" "$BATS_FILE_TMPDIR/new"
}

# begin OPERATION [NAME]: in a folder and a repository of its own.
begin() {
    local name=${2:-$1}
    mkdir "$BATS_TEST_TMPDIR/$name"
    cd "$BATS_TEST_TMPDIR/$name"
    REPO=models/${name,,}-$BATS_TEST_NUMBER
    export XDG_STATE_HOME=$PWD/state
    prepare "$1"
}

@test "a registry that is restarted in the middle of a push, a pull and a copy gives or gets the rest" {
    local operation to
    for operation in push pull copy-layout copy; do
        start_own_registry
        to=$DESTINATION
        if [[ $operation == copy ]]; then to=localhost:${to#*:}; fi
        begin "$operation"
        start_fault_proxy --rate 10000000 --unbuffered
        if [[ $operation == push ]]; then to=$FAULTY; fi
        start_transfer "$operation" "$FAULTY" "$to"
        sleep 1
        kill_registry
        sleep 0.5
        restart_registry
        wait "$TRANSFER"
        assert_new "$operation"
    done
}

@test "a connection on which nothing moves any more is given up, and the rest comes over another one" {
    local operation pids=() begun=$SECONDS
    for operation in push pull copy; do
        begin "$operation" >/dev/null
        REGISTRY=$DESTINATION
        [[ $operation == push ]] || REGISTRY=$SOURCE
        start_fault_proxy "GET $WEIGHTS stall 3000000 1" 'PATCH /uploads/ hang 300000 1'
        case $operation in
            # Parts larger than what fits between two sockets.
            push) CHUNK_MIB=16 start_transfer push "$SOURCE" "$FAULTY" ;;
            *) start_transfer "$operation" "$FAULTY" "$DESTINATION" ;;
        esac
        pids+=("$TRANSFER")
    done
    for operation in "${pids[@]}"; do wait "$operation"; done
    ((SECONDS - begun >= 60))
    for operation in push pull copy; do
        cd "$BATS_TEST_TMPDIR/$operation"
        REPO=models/$operation-$BATS_TEST_NUMBER
        export XDG_STATE_HOME=$PWD/state
        assert_new "$operation"
    done
}

@test "a token that ends, and an address in a store that expires, in the middle of a transfer are renewed" {
    local operation before
    start_token_registry --valid 2 --expires-in 300
    DESTINATION=$REGISTRY
    for operation in push copy pull; do
        REPO=models/$operation
        rm -rf out
        REGISTRY=$DESTINATION
        # Slow, so that the token is over before the last part is sent, or before what was asked for is.
        start_fault_proxy --unbuffered --rate 6000000 "GET $WEIGHTS delay 3 1"
        mkdir -p "$DOCKER_CONFIG"
        jq -n --arg auth "$(printf '%s:%s' "$REGISTRY_USER" "$REGISTRY_PASSWORD" | base64 -w0)" --arg a "$FAULTY" \
            --arg b "$DESTINATION" '{auths: {($a): {auth: $auth}, ($b): {auth: $auth}}}' >"$DOCKER_CONFIG/config.json"
        before=$(grep -c . "$TOKEN_LOG" || true)
        if [[ $operation == pull ]]; then
            oras-modelseal pull -q "$FAULTY/models/push:v1" -o out
        else
            transfer "$operation" "$SOURCE" "$FAULTY"
            oras pull -o out "$DESTINATION/$REPO:v1"
        fi
        (cd out && sha256sum --quiet -c "$BATS_FILE_TMPDIR/new.sums")
        (($(grep -c . "$TOKEN_LOG") >= before + 2))
    done

    for operation in pull copy-layout; do
        rm -rf out
        REGISTRY=$SOURCE
        start_fault_proxy --rate 9000000 "GET $WEIGHTS cut 15000000 1"
        REGISTRY=$FAULTY
        start_redirecting_store --valid 1 --refuse-first 1
        transfer "$operation" "$REDIRECTING" none
        if [[ $operation != pull ]]; then oras pull -o out --oci-layout layout:v1; fi
        (cd out && sha256sum --quiet -c "$BATS_FILE_TMPDIR/new.sums")
    done
}

@test "a copy that is asked to end leaves the tag as it was and no upload, and the next one completes" {
    local pair code
    for pair in TERM:143 INT:130; do
        begin copy "${pair%:*}" >/dev/null
        REGISTRY=$SOURCE
        start_fault_proxy --rate 10000000
        start_transfer copy "$FAULTY" "$DESTINATION"
        sleep 1
        kill -s "${pair%:*}" "$TRANSFER"
        code=0
        wait "$TRANSFER" || code=$?
        assert_equal "$code" "${pair#*:}"
        assert_contains "$(<transfer.log)" "ended by SIG${pair%:*}"
        assert_old copy
        transfer copy "$SOURCE" "$DESTINATION"
        assert_new copy
    done
}

@test "of two pulls into one folder at the same time each completes or says that the other is at it" {
    local round code other
    for round in {1..8}; do
        begin pull >/dev/null 2>&1
        start_transfer pull "$SOURCE" none
        code=0 other=0
        transfer pull "$SOURCE" none >other.log 2>&1 || code=$?
        wait "$TRANSFER" || other=$?
        echo "round $round: $code and $other"
        [[ $code == 0 || $code == 75 ]]
        [[ $other == 0 || $other == 75 ]]
        [[ $code == 0 || $other == 0 ]]
        assert_new pull
        cd ..
        rm -r pull
    done
}

@test "a full disk under a layout leaves the old model, and once there is room the new one goes in" {
    [[ $(id -u) == 0 ]] || skip "needs root for a file system of its own"
    local operation code
    for operation in push-layout copy-layout; do
        mkdir small
        mount -t tmpfs -o size=12m tmpfs small
        code=0
        (
            set -e
            cd small
            export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
            prepare "$operation"
            transfer "$operation" "$SOURCE" none >../full.log 2>&1 || code=$?
            assert_equal "$code" 7
            assert_contains "$(<../full.log)" "No space left"
            assert_old "$operation"
            oras-modelseal layout fsck -q layout
            assert_equal "$(find layout -name '.modelseal-*')" ""
            mount -o remount,size=60m "$PWD"
            transfer "$operation" "$SOURCE" none
            assert_new "$operation"
        ) >small.log 2>&1 || code=$?
        umount small
        rmdir small
        if [[ $code -ne 0 ]]; then
            cat small.log
            return 1
        fi
    done
}
