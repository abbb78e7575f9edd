# modelseal-check as people and pipelines run it.
# shellcheck disable=SC2154  # output and stderr are set by assert_exit
load lib

setup() {
    MODEL=$BATS_TEST_TMPDIR/model
    make_model "$MODEL"
}

# valid_against SCHEMA FILE: FILE is as schemas/SCHEMA.schema.json says.
valid_against() {
    "$(peers_python)" - "$SOURCE_ROOT/schemas/$1.schema.json" "$2" <<'PYTHON'
import json, sys
import jsonschema
schema, document = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
PYTHON
}

@test "--help shows examples, --version the version, a wrong flag exits 2" {
    assert_exit 0 modelseal-check --help
    assert_contains "$output" 'modelseal-check --record'
    assert_exit 0 modelseal-check --version
    assert_contains "$output" 'modelseal-check '
    assert_exit 2 modelseal-check --no-such-flag
    assert_contains "$stderr" 'Error: '
}

@test "a good model is accepted, a folder with a pickle is refused with its allowance" {
    assert_exit 0 modelseal-check "$MODEL"
    assert_contains "$output" 'OK: '
    printf '\x80\x02cposix\nsystem\nq\x00.' >"$MODEL/weights.txt"
    assert_exit 1 modelseal-check "$MODEL"
    assert_contains "$output" 'imports "posix.system"'
    assert_contains "$output" '--allow content/pickle:weights.txt'
    assert_exit 0 modelseal-check --allow content/pickle:weights.txt "$MODEL"
}

@test "a sharded model agrees with its index until a shard is missing" {
    make_sharded_model "$BATS_TEST_TMPDIR/sharded"
    assert_exit 0 modelseal-check --policy strict "$BATS_TEST_TMPDIR/sharded"
    rm "$BATS_TEST_TMPDIR"/sharded/*-00001-of-*.safetensors
    assert_exit 1 modelseal-check "$BATS_TEST_TMPDIR/sharded"
    assert_contains "$output" index/shard-missing
}

@test "reports and records are as their schemas say" {
    require_peers_python
    local report=$BATS_TEST_TMPDIR/report.json record=$BATS_TEST_TMPDIR/record.json
    assert_exit 0 modelseal-check --format json "$MODEL"
    echo "$output" >"$report"
    valid_against check-report "$report"
    assert_exit 0 modelseal-check --record "$record" --tree "$MODEL"
    valid_against model-record "$record"
    echo 'import os' >"$MODEL/run.py"
    ln -s /etc/passwd "$MODEL/link"
    cp "$SOURCE_ROOT"/tests/data/safetensors/offsets_*.safetensors "$MODEL"
    assert_exit 1 modelseal-check --format json "$MODEL"
    echo "$output" >"$report"
    valid_against check-report "$report"
    assert_contains "$output" '"reason": "UNSAFE_PATH"'
}

@test "a record holds the digests that sha256sum and fsverity print" {
    require_peer jq fsverity
    local record=$BATS_TEST_TMPDIR/record.json expected
    assert_exit 0 modelseal-check --record "$record" --tree "$MODEL"
    expected=$(sha256sum "$MODEL/model.safetensors" | cut -d ' ' -f 1)
    assert_equal "$(jq -r '.files[] | select(.path == "model.safetensors").sha256' "$record")" "sha256:$expected"
    expected=$(fsverity digest --compact "$MODEL/model.safetensors")
    assert_equal "$(jq -r '.files[] | select(.path == "model.safetensors").fsverity' "$record")" "sha256:$expected"
}

@test "the real model passes the strict policy" {
    require_real_model
    assert_exit 0 modelseal-check --policy strict "$REAL_MODEL"
    assert_contains "$output" '104 tensors, 22713728 parameters'
}

@test "a file that nobody may read exits 5, one that is none 3, a missing one 4" {
    chmod 0 "$MODEL/config.json"
    chmod 755 "$BATS_TEST_TMPDIR" "$MODEL"
    if [[ $(id -u) == 0 ]]; then
        assert_exit 5 setpriv --reuid 65534 --regid 65534 --clear-groups \
            "$(command -v modelseal-check)" "$MODEL/config.json"
    else
        assert_exit 5 modelseal-check "$MODEL"
    fi
    assert_one_sentence "$stderr"
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    assert_exit 3 timeout 10 modelseal-check "$BATS_TEST_TMPDIR/fifo"
    assert_one_sentence "$stderr"
    assert_exit 4 modelseal-check "$BATS_TEST_TMPDIR/missing"
    assert_one_sentence "$stderr"
}

@test "a header of 100 MB is read in little memory, one byte more is refused" {
    local file=$BATS_TEST_TMPDIR/cap.safetensors length
    local header='{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    for length in 100000000 100000001; do
        {
            # 0x05F5E100 or one more, least significant byte first.
            printf '%b' "\\x0$((length - 100000000))\\xe1\\xf5\\x05\\0\\0\\0\\0"
            printf '%s' "$header"
            head -c $((length - ${#header})) /dev/zero | tr '\0' ' '
            printf 'abcd'
        } >"$file"
        if [[ $length == 100000000 ]]; then
            # Address space, libraries included.
            assert_exit 0 prlimit --as=67108864 modelseal-check "$file"
        else
            assert_exit 1 modelseal-check "$file"
            assert_contains "$output" safetensors/header-too-large
        fi
    done
}

@test "an index of 32 MiB is read in little memory, one byte more is refused" {
    local index=$BATS_TEST_TMPDIR/model.safetensors.index.json
    python3 - "$index" <<'PY'
import sys
name, end, limit = '"t.%07d":"m-%05d-of-00100.safetensors",', '"last":"m-00001-of-00100.safetensors"}}', 32 << 20
text, number = ['{"weight_map":{'], 0
size = len(text[0]) + len(end)
while size + len(name % (0, 0)) <= limit:
    text.append(name % (number * 7919 % 1000003, number % 100 + 1))
    size, number = size + len(text[-1]), number + 1
open(sys.argv[1], "w").write("".join(text) + end + " " * (limit - size))
PY
    assert_equal "$(stat -c %s "$index")" 33554432
    assert_exit 1 env time -f %M -o "$BATS_TEST_TMPDIR/peak" modelseal-check "$index"
    assert_contains "$output" index/shard-missing
    refute_contains "$output" index/json
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/peak") -lt 65536 ]]
    printf ' ' >>"$index"
    assert_exit 1 modelseal-check "$index"
    assert_contains "$output" index/json
    assert_contains "$output" "32.0 MiB"
}

@test "the reference policy agrees with the official reader on thousands of changed files" {
    require_peers_python
    assert_exit 0 "$(peers_python)" "$SOURCE_ROOT/tests/e2e/safetensors-differential.py" \
        "$(command -v modelseal-check)" "$SOURCE_ROOT/tests/data/safetensors" 3000
}

@test "whatever makes Python's pickle machines import is refused as a pickle" {
    assert_exit 0 python3 "$SOURCE_ROOT/tests/e2e/pickle-differential.py" \
        "$(command -v modelseal-check)" 3000
}

# make_device FILE MINOR: a memory device (1:7 is what /dev/full is) under a name of the test's own.
make_device() {
    if ! mknod "$1" c 1 "$2" 2>/dev/null || ! : 2>/dev/null >"$1"; then
        skip "device files cannot be made here"
    fi
}

@test "a record is never written over a device, a FIFO or one of the checked files" {
    local before=$BATS_TEST_TMPDIR/before
    ln "$MODEL/config.json" "$BATS_TEST_TMPDIR/same"
    cp "$MODEL/config.json" "$before"
    for record in "$MODEL/config.json" "$BATS_TEST_TMPDIR/same"; do
        assert_exit 2 modelseal-check --record "$record" "$MODEL"
        assert_contains "$stderr" "one of the checked files"
        cmp "$MODEL/config.json" "$before"
    done
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    cat "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/received" &
    assert_exit 0 timeout 10 modelseal-check -q --record "$BATS_TEST_TMPDIR/fifo" "$MODEL"
    wait $!
    jq -e .root "$BATS_TEST_TMPDIR/received"
    [[ -p $BATS_TEST_TMPDIR/fifo ]]
    assert_exit 0 modelseal-check --record /dev/stdout "$MODEL"
    assert_contains "$output" '"schema": "modelseal.record'
    make_device "$BATS_TEST_TMPDIR/full" 7
    assert_exit 7 modelseal-check --record "$BATS_TEST_TMPDIR/full" "$MODEL"
    assert_contains "$stderr" "No space left"
    [[ -c $BATS_TEST_TMPDIR/full ]]
}
