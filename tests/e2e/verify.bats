#!/usr/bin/env bats
# modelseal-verify beside the script that it succeeds, on files and on folders sealed by hand.

load lib

setup_file() {
    # The script as platform teams copied it: what is printed and returned is the contract.
    cat >"$BATS_FILE_TMPDIR/verify_model.py" <<'PY'
import hashlib
import os
import sys


def matches(path, expected):
    sha256 = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(8192), b""):
            sha256.update(chunk)
    actual = sha256.hexdigest()
    if actual != expected:
        print(f"INTEGRITY CHECK FAILED: expected {expected}, got {actual}")
        return False
    print(f"Model integrity verified: {actual}")
    return True


expected = os.environ.get("MODEL_DIGEST")
if not expected:
    print("MODEL_DIGEST environment variable not set. Refusing to load.")
    sys.exit(1)
sys.exit(0 if matches(os.environ.get("MODEL_PATH", "/models/model.safetensors"), expected) else 1)
PY
}

setup() {
    MODEL=$BATS_TEST_TMPDIR/model
    make_model "$MODEL"
}

# seal_by_hand DIR: writes .modelseal/manifest.json with nothing but jq and sha256sum.
seal_by_hand() {
    local dir=$1 file
    mkdir -p "$dir/.modelseal"
    (cd "$dir" && find . -type f -not -path './.modelseal/*' -printf '%P\n' | LC_ALL=C sort) |
        while read -r file; do
            jq -cn --arg path "$file" --arg digest "$(sha256_of "$dir/$file")" \
                --argjson size "$(stat -c %s "$dir/$file")" \
                '{mediaType: "application/octet-stream", digest: $digest, size: $size,
                  annotations: {"org.opencontainers.image.title": $path}}'
        done | jq -cjs '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
            artifactType: "application/vnd.ml.model",
            config: {mediaType: "application/vnd.oci.empty.v1+json", size: 2, data: "e30=",
              digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
            layers: .}' >"$dir/.modelseal/manifest.json"
    MODEL_DIGEST=$(sha256_of "$dir/.modelseal/manifest.json")
    export MODEL_DIGEST
}

assert_refused() {
    assert_exit 1 modelseal-verify "$@"
    assert_contains "$output" "INTEGRITY CHECK FAILED: "
}

@test "prints and returns what verify_model.py does" {
    export MODEL_PATH=$MODEL/model.safetensors
    local good digest
    good=$(sha256sum <"$MODEL_PATH" | cut -d' ' -f1)
    for digest in "$good" "${good/%?/x}" 0000 ''; do
        run --separate-stderr env MODEL_DIGEST="$digest" python3 "$BATS_FILE_TMPDIR/verify_model.py"
        local expected_output=$output expected_status=$status
        MODEL_DIGEST=$digest assert_exit "$expected_status" modelseal-verify
        assert_equal "$output" "$expected_output"
    done
}

@test "a file: one changed byte is refused" {
    local file=$MODEL/model.safetensors
    MODEL_DIGEST=$(sha256_of "$file")
    export MODEL_DIGEST
    assert_exit 0 modelseal-verify "$file"
    assert_equal "$output" "Model integrity verified: $MODEL_DIGEST"
    tamper "$file" 100
    assert_refused "$file"
    assert_contains "$output" "expected $MODEL_DIGEST, got $(sha256_of "$file")"
}

@test "a sealed folder is verified, and every change to it refused" {
    seal_by_hand "$MODEL"
    assert_exit 0 modelseal-verify "$MODEL"
    assert_equal "$output" "Model integrity verified: $MODEL_DIGEST"

    cp -a "$MODEL" "$BATS_TEST_TMPDIR/tampered"
    tamper "$BATS_TEST_TMPDIR/tampered/model.safetensors"
    assert_refused "$BATS_TEST_TMPDIR/tampered"

    cp -a "$MODEL" "$BATS_TEST_TMPDIR/extra"
    echo 'import os' >"$BATS_TEST_TMPDIR/extra/modeling.py"
    assert_refused "$BATS_TEST_TMPDIR/extra"
    assert_exit 0 modelseal-verify "$BATS_TEST_TMPDIR/extra" --allow-extra modeling.py

    cp -a "$MODEL" "$BATS_TEST_TMPDIR/missing"
    rm "$BATS_TEST_TMPDIR/missing/config.json"
    assert_refused "$BATS_TEST_TMPDIR/missing"

    cp -a "$MODEL" "$BATS_TEST_TMPDIR/linked"
    ln -sf "$MODEL/config.json" "$BATS_TEST_TMPDIR/linked/config.json"
    assert_refused "$BATS_TEST_TMPDIR/linked"

    cp -a "$MODEL" "$BATS_TEST_TMPDIR/fifo"
    mkfifo "$BATS_TEST_TMPDIR/fifo/pipe"
    assert_refused "$BATS_TEST_TMPDIR/fifo"

    cp -a "$MODEL" "$BATS_TEST_TMPDIR/unsealed"
    rm -r "$BATS_TEST_TMPDIR/unsealed/.modelseal"
    assert_refused "$BATS_TEST_TMPDIR/unsealed"
}

@test "another model with a good seal of its own is refused" {
    make_model "$BATS_TEST_TMPDIR/other" 7
    seal_by_hand "$BATS_TEST_TMPDIR/other"
    local other=$MODEL_DIGEST
    seal_by_hand "$MODEL"
    assert_refused "$BATS_TEST_TMPDIR/other"
    assert_equal "$output" "INTEGRITY CHECK FAILED: expected $MODEL_DIGEST, got $other"
}

@test "an empty lost+found is reported, a filled one refused" {
    seal_by_hand "$MODEL"
    mkdir "$MODEL/lost+found"
    assert_exit 0 modelseal-verify "$MODEL"
    assert_contains "$stderr" 'lost+found'
    touch "$MODEL/lost+found/x"
    assert_refused "$MODEL"
}

@test "becomes the command after success, with its exit code, and never after a failure" {
    seal_by_hand "$MODEL"
    # shellcheck disable=SC2016 # the started shell expands it
    assert_exit 7 modelseal-verify "$MODEL" -- sh -c 'echo "serving $1"; exit 7' sh "$MODEL"
    assert_contains "$output" "serving $MODEL"
    tamper "$MODEL/model.safetensors"
    assert_refused "$MODEL" -- touch "$BATS_TEST_TMPDIR/started"
    [[ ! -e $BATS_TEST_TMPDIR/started ]]
    assert_exit 0 modelseal-verify "$MODEL" --warn -- touch "$BATS_TEST_TMPDIR/started"
    [[ -e $BATS_TEST_TMPDIR/started ]]
    refute_contains "$output" "verified"
}

@test "reading that fails is no verdict" {
    seal_by_hand "$MODEL"
    assert_exit 4 modelseal-verify "$MODEL/nothing-here"
    assert_contains "$output" "Model not verified: "
}

@test "a path that cannot be opened is reported everywhere" {
    seal_by_hand "$MODEL"
    ln -s loop "$BATS_TEST_TMPDIR/loop"
    local log=$BATS_TEST_TMPDIR/termination-log long
    long=$BATS_TEST_TMPDIR/$(printf 'x%.0s' {1..300})
    for path in "$BATS_TEST_TMPDIR/loop" "$long"; do
        : >"$log"
        assert_exit 7 modelseal-verify --format json --termination-log "$log" "$path"
        assert_equal "$(jq .verified <<<"$output") $(jq .verified "$log")" "false false"
    done
    mkdir "$BATS_TEST_TMPDIR/closed"
    mv "$MODEL" "$BATS_TEST_TMPDIR/closed/model"
    chmod 755 "$BATS_TEST_TMPDIR"
    chmod 0 "$BATS_TEST_TMPDIR/closed"
    local as_nobody=()
    [[ $(id -u) != 0 ]] || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    assert_exit 5 "${as_nobody[@]}" "$(command -v modelseal-verify)" --format json \
        "$BATS_TEST_TMPDIR/closed/model"
    chmod 755 "$BATS_TEST_TMPDIR/closed"
    assert_equal "$(jq .verified <<<"$output")" false
}

@test "starts no command when the outcome cannot be written" {
    seal_by_hand "$MODEL"
    local started=$BATS_TEST_TMPDIR/started stdout
    for stdout in /dev/full closed; do
        if [[ $stdout == closed ]]; then
            modelseal-verify "$MODEL" -- touch "$started" >&- 2>"$BATS_TEST_TMPDIR/stderr" && return 1
        else
            modelseal-verify "$MODEL" -- touch "$started" >"$stdout" 2>"$BATS_TEST_TMPDIR/stderr" && return 1
        fi
        assert_one_sentence "$(<"$BATS_TEST_TMPDIR/stderr")"
        [[ ! -e $started ]]
    done
}

@test "OPENSSL_CONF cannot make it load a module" {
    seal_by_hand "$MODEL"
    cat >"$BATS_TEST_TMPDIR/hostile.cnf" <<CNF
openssl_conf = init
[init]
providers = providers
[providers]
hostile = hostile
[hostile]
module = $BATS_TEST_TMPDIR/hostile.so
activate = 1
CNF
    echo 'void __attribute__((constructor)) run(void) { __builtin_trap(); }' |
        cc -shared -fPIC -x c -o "$BATS_TEST_TMPDIR/hostile.so" -
    export OPENSSL_CONF=$BATS_TEST_TMPDIR/hostile.cnf
    export OPENSSL_MODULES=$BATS_TEST_TMPDIR
    run openssl dgst -sha256 "$MODEL/config.json"
    [[ $status -ne 0 ]] # the trap is armed
    assert_exit 0 modelseal-verify "$MODEL"
    if command -v strace >/dev/null; then
        run strace -f -e trace=openat,open modelseal-verify -q "$MODEL"
        refute_contains "$output" "hostile"
    fi
}

@test "needs no network, and holds no code that could reach one" {
    seal_by_hand "$MODEL"
    if unshare -rn true 2>/dev/null; then
        assert_exit 0 unshare -rn modelseal-verify "$MODEL"
    fi
    local symbols
    symbols=$(nm "$(command -v modelseal-verify)" 2>/dev/null || true)
    if [[ -n $symbols ]]; then # a release build is stripped
        run grep -E ' (curl_|git_|getaddrinfo|gethostbyname|connect)' <<<"$symbols"
        assert_equal "$output" ""
    fi
    # The message of a dynamic executable names its interpreter; a static one has none.
    assert_contains "$(file -b "$(command -v modelseal-verify)")" "static"
}

@test "hashes 4 GiB within 64 MiB of memory" {
    truncate -s 4G "$BATS_TEST_TMPDIR/zeroes"
    # SHA-256 of 4 GiB of zeroes
    export MODEL_DIGEST=8479e43911dc45e89f934fe48d01297e16f51d17aa561d4d1c216b1ae0fcddca
    assert_exit 0 env time -f %M -o "$BATS_TEST_TMPDIR/peak" modelseal-verify "$BATS_TEST_TMPDIR/zeroes"
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/peak") -lt 65536 ]]
}

@test "a container that allows it no second thread is enough" {
    local alone=(prlimit --nproc=1:1)
    make_safetensors "$MODEL/model.safetensors" 4096 # 4 MiB and alone: worth reading ahead
    MODEL_DIGEST=$(sha256_of "$MODEL/model.safetensors")
    export MODEL_DIGEST
    cd "$MODEL" # a user who may not pass through the folders above it
    [[ $(id -u) != 0 ]] || alone=(setpriv --reuid 65533 --regid 65533 --clear-groups "${alone[@]}")
    assert_exit 1 "${alone[@]}" python3 -c 'import threading; threading.Thread(target=print).start()'
    assert_exit 0 "${alone[@]}" "$(command -v modelseal-verify)" model.safetensors
    assert_equal "$output" "Model integrity verified: $MODEL_DIGEST"
}

@test "what it writes fits its schema" {
    require_peers_python
    seal_by_hand "$MODEL"
    local bad=$BATS_TEST_TMPDIR/bad report
    cp -a "$MODEL" "$bad"
    tamper "$bad/config.json"
    touch "$BATS_TEST_TMPDIR/termination"
    for report in "$MODEL" "$bad" "$MODEL/missing" "$MODEL/config.json"; do
        run --separate-stderr modelseal-verify --format json \
            --termination-log "$BATS_TEST_TMPDIR/termination" "$report"
        for file in <(echo "$output") "$BATS_TEST_TMPDIR/termination"; do
            "$(peers_python)" -c '
import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))
' "$file" "$SOURCE_ROOT/schemas/verify-report.schema.json"
        done
    done
}

@test "a command that cannot be started after success ends as in a shell: 127, 126" {
    export MODEL_PATH=$MODEL/model.safetensors
    MODEL_DIGEST=$(sha256_of "$MODEL_PATH")
    export MODEL_DIGEST
    assert_exit 127 modelseal-verify -- no-such-command
    assert_contains "$output" "Model integrity verified"
    assert_contains "$stderr" "the model is verified, but the command cannot be started"
    assert_exit 126 modelseal-verify -- "$MODEL/config.json"
    assert_exit 42 modelseal-verify -- sh -c 'exit 42'
}

@test "a model that is not there and has nothing to verify it against is told both" {
    assert_exit 1 env -u MODEL_DIGEST modelseal-verify nosuch
    assert_equal "$output" "MODEL_DIGEST environment variable not set. Refusing to load."
    assert_equal "$stderr" 'Note: there is no file or folder "nosuch" either'
}

@test "a folder with nothing to verify it against is told what it needs" {
    assert_exit 1 modelseal-verify "$MODEL"
    assert_contains "$output" "is a folder and there is nothing to verify it against: give --key"
}
