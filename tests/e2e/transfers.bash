# shellcheck shell=bash
# A push, a pull and a copy as one operation each, for the suites that break them: which model was there
# before, which is to come, and whether it is there.
#
#   load lib
#   load transfers
#   setup_file() { start_transfers; }      # SOURCE and DESTINATION, two docker-registries
#
# Each operation runs in a folder of its own, the current one, and REPO names its repository.

WEIGHTS_MIB=18 # large enough for a pull to keep a journal

# start_transfers: the models and the registries.
start_transfers() {
    require_peer oras jq
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

# prepare OPERATION: the old model stands where the new one is to go.
prepare() {
    case $1 in
        pull) oras-modelseal pull -q "$SOURCE/models/old:v1" -o out ;;
        *-layout) oras-modelseal push -q --oci-layout layout:v1 "$BATS_FILE_TMPDIR/old" ;;
        *) oras-modelseal push -q "$DESTINATION/$REPO:v1" "$BATS_FILE_TMPDIR/old" ;;
    esac
}

# transfer OPERATION FROM TO OPTION…: from and to these registries, copy-layout and push-layout to a layout.
transfer() {
    local operation=$1 from=$2/models/new:v1 to=$3/$REPO:v1 run
    # What runs in the background becomes the program, so that a signal is one to the program. (And a shell's
    # background job ignores SIGINT unless told otherwise.)
    read -ra run <<<"${STARTED_BY:-}"
    run+=(oras-modelseal)
    shift 3
    case $operation in
        push) "${run[@]}" push -q --chunk-size "${CHUNK_MIB:-4}" "$@" "$to" "$BATS_FILE_TMPDIR/new" ;;
        pull) "${run[@]}" pull -q "$@" "$from" -o out ;;
        copy) "${run[@]}" copy -q "$@" "$from" "$to" ;;
        push-layout) "${run[@]}" push -q "$@" --oci-layout layout:v1 "$BATS_FILE_TMPDIR/new" ;;
        copy-layout) "${run[@]}" copy -q "$@" "$from" --to-oci-layout layout:v1 ;;
    esac
}

# shellcheck disable=SC2034  # for the suites
# start_transfer OPERATION FROM TO OPTION…: in the background; sets TRANSFER to the program's process.
start_transfer() {
    STARTED_BY='exec env --default-signal=INT' transfer "$@" >transfer.log 2>&1 3>&- &
    TRANSFER=$!
}

# resolved OPERATION: the digest of what its tag names.
resolved() {
    case $1 in
        *-layout) oras resolve --oci-layout layout:v1 ;;
        *) oras resolve "$DESTINATION/$REPO:v1" ;;
    esac
}

# assert_old OPERATION: nothing has changed for whoever uses the model.
assert_old() {
    if [[ $1 == pull ]]; then
        (cd out && sha256sum --quiet -c "$BATS_FILE_TMPDIR/old.sums")
        # What was fetched waits beside it for the next pull, and has to be named.
        local file allow=()
        for file in out/.modelseal-*.part out/.modelseal-*.journal; do
            if [[ -e $file ]]; then allow+=(--allow-extra "${file##*/}"); fi
        done
        MODEL_DIGEST=$OLD_DIGEST modelseal-verify -q "${allow[@]}" out
    else
        assert_equal "$(resolved "$1")" "$OLD_DIGEST"
    fi
}

# assert_unharmed OPERATION: each file is that of before or the complete new one, or the tag names one of both.
assert_unharmed() {
    local file
    if [[ $1 == pull ]]; then
        for file in out/*; do
            cat "$BATS_FILE_TMPDIR"/{old,new}.sums | grep -q "^$(sha256sum <"$file" | cut -c1-64) "
        done
    else
        [[ " $OLD_DIGEST $NEW_DIGEST " == *" $(resolved "$1") "* ]]
    fi
}

# assert_new OPERATION: the new model is there as stock tools see it, and no temporary file and no record.
assert_new() {
    if [[ $1 != pull ]]; then
        assert_equal "$(resolved "$1")" "$NEW_DIGEST"
        rm -rf out
    fi
    case $1 in
        pull) MODEL_DIGEST=$NEW_DIGEST modelseal-verify -q out ;;
        *-layout)
            oras pull -o out --oci-layout layout:v1
            oras-modelseal layout fsck -q layout
            assert_equal "$(find layout -name '.modelseal-*')" ""
            ;;
        *) oras pull -o out "$DESTINATION/$REPO:v1" ;;
    esac
    (cd out && sha256sum --quiet -c "$BATS_FILE_TMPDIR/new.sums")
    assert_equal "$(find out -name '.modelseal-*')" ""
    assert_equal "$(records)" ""
}

# records: what pushes remember of uploads under way. sessions: what the registry holds of them.
records() {
    find "$XDG_STATE_HOME" -type f 2>/dev/null || true
}

sessions() {
    find "$DESTINATION_STORAGE/docker/registry/v2/repositories/$REPO/_uploads" -name startedat 2>/dev/null || true
}
