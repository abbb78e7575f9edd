#!/usr/bin/env bats
# Everything that can go wrong on the way of a push, a pull and a copy, with real registries behind a proxy
# that breaks what it is told to break. After each fault the model of before is there, or the complete new
# one; what failed completes when it is run again without the fault; stock tools read the result; and
# nothing is left behind. (tests/e2e/kills.bats does the same with kill -9.)
#
# The tables below give a fault for the proxy and the exit codes that it may end with. Where a fault has
# "%", it is tried twice: happening once, and lasting.

load lib

CASES_AT_ONCE=6
WEIGHTS_MIB=18 # large enough for a pull to keep a journal

setup_file() {
    require_peer oras skopeo jq
    cd "$BATS_FILE_TMPDIR" || return 1
    export GIT_CEILING_DIRECTORIES=$BATS_FILE_TMPDIR
    make_model old 1
    make_model new 2
    make_weights new/model.safetensors $WEIGHTS_MIB
    (cd new && sha256sum ./* >../new.sums)
    (cd old && sha256sum ./* >../old.sums)
    WEIGHTS=$(sha256_of new/model.safetensors)
    start_registry plain
    DESTINATION=$REGISTRY DESTINATION_STORAGE=$REGISTRY_STORAGE
    start_registry plain
    SOURCE=$REGISTRY
    oras-modelseal push -q "$SOURCE/models/old:v1" old >/dev/null
    oras-modelseal push -q "$SOURCE/models/new:v1" new >/dev/null
    OLD_DIGEST=$(oras resolve "$SOURCE/models/old:v1")
    NEW_DIGEST=$(oras resolve "$SOURCE/models/new:v1")
    export WEIGHTS SOURCE DESTINATION DESTINATION_STORAGE OLD_DIGEST NEW_DIGEST
}

teardown_file() { stop_servers; }

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() { stop_servers; }

# ---- one operation, whatever it is ------------------------------------------------------------

# prepare OPERATION: the old model stands where the new one is to go.
prepare() {
    if [[ $1 == pull ]]; then
        oras-modelseal pull -q "$SOURCE/models/old:v1" -o out
    else
        oras-modelseal push -q "$DESTINATION/$REPO:v1" "$BATS_FILE_TMPDIR/old"
    fi
}

# transfer OPERATION FROM TO OPTION…: from and to these registries.
transfer() {
    local from=$2/models/new:v1 to=$3/$REPO:v1
    case $1 in
        push) oras-modelseal push -q --chunk-size 4 "${@:4}" "$to" "$BATS_FILE_TMPDIR/new" ;;
        pull) oras-modelseal pull -q "${@:4}" "$from" -o out ;;
        copy) oras-modelseal copy -q "${@:4}" "$from" "$to" ;;
    esac
}

# assert_old OPERATION: nothing has changed for whoever uses the model.
assert_old() {
    if [[ $1 == pull ]]; then
        (cd out && sha256sum --quiet -c "$BATS_FILE_TMPDIR/old.sums")
        MODEL_DIGEST=$OLD_DIGEST modelseal-verify -q out
    else
        assert_equal "$(oras resolve "$DESTINATION/$REPO:v1")" "$OLD_DIGEST"
    fi
}

# assert_new OPERATION: the new model is there, and nothing else.
assert_new() {
    if [[ $1 != pull ]]; then
        assert_equal "$(oras resolve "$DESTINATION/$REPO:v1")" "$NEW_DIGEST"
        rm -rf out
        oras pull -o out "$DESTINATION/$REPO:v1"
        assert_equal "$(records)" ""
    fi
    (cd out && sha256sum --quiet -c "$BATS_FILE_TMPDIR/new.sums")
    assert_equal "$(find out -name '.modelseal-*')" ""
    if [[ $1 == pull ]]; then MODEL_DIGEST=$NEW_DIGEST modelseal-verify -q out; fi
}

# records: what pushes remember of uploads under way. sessions: what the registry holds of them.
records() {
    find "$XDG_STATE_HOME" -type f 2>/dev/null || true
}

sessions() {
    find "$DESTINATION_STORAGE/docker/registry/v2/repositories/$REPO/_uploads" -name startedat 2>/dev/null || true
}

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
