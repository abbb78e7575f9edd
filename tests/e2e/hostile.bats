#!/usr/bin/env bats
# Bad input and bad luck, with the real executables: each time one clear sentence and the right exit
# code, nothing half-written, no temporary file left, nothing of the user's changed.

load lib

setup_file() {
    start_registry plain
}

teardown_file() {
    stop_servers
}

setup() {
    MODEL=$BATS_TEST_TMPDIR/model
    OUT=$BATS_TEST_TMPDIR/out
    REPO=models/hostile-$BATS_TEST_NUMBER
    make_model "$MODEL"
    cd "$BATS_TEST_TMPDIR" || return 1
    export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR
}

teardown() {
    stop_servers
    # What a test that failed half-way has left mounted.
    if mountpoint -q "$BATS_TEST_TMPDIR/mounted"; then umount "$BATS_TEST_TMPDIR/mounted"; fi
}

# assert_refused CODE PART COMMAND…: ends with CODE, prints no result, and says why in one line that
# holds PART.
assert_refused() {
    local code=$1 part=$2
    shift 2
    assert_exit "$code" timeout 100 "$@"
    assert_equal "$output" ""
    assert_equal "$(wc -l <<<"$stderr")" 1
    assert_contains "$stderr" "Error: "
    assert_contains "$stderr" "$part"
}

# snapshot PATH…: everything below, with permissions, and the content and times of files. (The times of a
# folder tell of temporary files that came and went.)
snapshot() {
    find "$@" \( -type f -printf '%p %m %T@ ' -exec sha256sum {} \; \) -o -printf '%p %y %m %l\n' | LC_ALL=C sort
}

# pulled_before: an older model stands in $OUT, as a serving pod uses it.
pulled_before() {
    make_model older 7
    oras-modelseal push -q "$REGISTRY/$REPO:older" older >/dev/null
    oras-modelseal pull -q "$REGISTRY/$REPO:older" -o "$OUT" >/dev/null 2>&1
    BEFORE=$(snapshot "$OUT")
}

# pushed: the model stands in the registry as v1; WEIGHTS is the digest of its weights.
pushed() {
    oras-modelseal push -q "$REGISTRY/$REPO:v1" model >/dev/null
    WEIGHTS=$(sha256_of model/model.safetensors)
    DIGEST=$(oras-modelseal inspect --format json "$REGISTRY/$REPO:v1" | jq -r .digest)
}

# make_key PREFIX [PASSWORD]
make_key() {
    COSIGN_PASSWORD=${2:-} cosign-modelseal generate-key-pair --output-key-prefix "$1" 2>/dev/null
}

# nested DEPTH: JSON arrays, one in the other.
nested() {
    python3 -c 'import sys; n = int(sys.argv[1]); sys.stdout.write("[" * n + "]" * n)' "$1"
}

# make_sparse_safetensors FILE MIB: one tensor of zeroes, which takes no room on the disk.
make_sparse_safetensors() {
    python3 - "$1" "$2" <<'PY'
import json, struct, sys
path, count = sys.argv[1], int(sys.argv[2]) << 20
text = json.dumps({"w": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}}).encode()
text += b" " * (-len(text) % 8)
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    file.truncate(8 + len(text) + count)
PY
}

# mount_small OPTIONS…: a file system in ./mounted; only root can have one.
mount_small() {
    [[ $(id -u) == 0 ]] || skip "needs root for a file system of its own"
    mkdir -p mounted
    mount -t tmpfs -o "$1" tmpfs mounted
}

# ---- key files --------------------------------------------------------------------------------

@test "a wrong password signs nothing" {
    pushed
    make_key signer right
    before=$(snapshot "$REGISTRY_STORAGE/docker/registry/v2/repositories/$REPO" signer.key)
    COSIGN_PASSWORD=wrong assert_refused 5 password \
        cosign-modelseal sign --key signer.key "$REGISTRY/$REPO:v1"
    refute_contains "$stderr" wrong
    assert_equal "$(snapshot "$REGISTRY_STORAGE/docker/registry/v2/repositories/$REPO" signer.key)" "$before"
}

@test "a truncated, an empty and a nested key file are malformed, wherever they end" {
    pushed
    make_key signer
    size=$(stat -c %s signer.key)
    for length in 0 1 40 $((size / 2)) $((size - 40)); do
        head -c "$length" signer.key >broken.key
        assert_refused 3 broken.key cosign-modelseal sign --key broken.key "$REGISTRY/$REPO:v1"
    done
    for length in 0 1 40 100; do
        head -c "$length" signer.pub >broken.pub
        assert_refused 3 broken.pub cosign-modelseal verify --key broken.pub "$REGISTRY/$REPO:v1"
    done
    {
        echo '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----'
        nested 10000 | base64
        echo '-----END ENCRYPTED SIGSTORE PRIVATE KEY-----'
    } >deep.key
    assert_refused 3 deep.key cosign-modelseal sign --key deep.key "$REGISTRY/$REPO:v1"
}

@test "verification with another key is no match, and pull with it writes nothing" {
    pushed
    make_key signer
    make_key other
    cosign-modelseal sign --key signer.key "$REGISTRY/$REPO:v1"
    assert_refused 12 "" cosign-modelseal verify --key other.pub "$REGISTRY/$REPO:v1"
    assert_refused 12 "" oras-modelseal pull -q --key other.pub "$REGISTRY/$REPO:v1" -o "$OUT"
    [[ ! -e $OUT ]]
}

# ---- a registry that lies or breaks -----------------------------------------------------------

@test "a blob that is cut, short or changed on the way leaves every old file as it was" {
    pushed
    pulled_before
    for fault in 'cut 0 75' 'cut 100 75' 'short 100 1' 'short 0 1' 'corrupt 0 1' 'corrupt 1500 1'; do
        read -r action bytes code <<<"$fault"
        start_fault_proxy "GET /blobs/$WEIGHTS $action $bytes"
        assert_refused "$code" "$WEIGHTS" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT"
        assert_equal "$(snapshot "$OUT")" "$BEFORE"
        assert_refused "$code" "$WEIGHTS" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o new/folder
        [[ ! -e new ]]
    done
}

@test "every status has its exit code, whatever it answers, and pull changes nothing" {
    pushed
    pulled_before
    for pair in 401:5 403:5 404:4 429:75 500:75 503:75 302:7 418:7; do
        status_code=${pair%:*} code=${pair#*:}
        start_fault_proxy "GET /blobs/$WEIGHTS status $status_code"
        assert_refused "$code" "" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT"
        start_fault_proxy "GET /manifests/ status $status_code"
        # A tag that is not there has a code of its own.
        assert_refused "${code/#4/11}" "" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT"
        assert_refused "$code" "" oras-modelseal pull -q "$FAULTY/$REPO@$DIGEST" -o "$OUT"
        assert_refused "${code/#4/11}" "" oras-modelseal inspect -q "$FAULTY/$REPO:v1"
        assert_equal "$(snapshot "$OUT")" "$BEFORE"
    done
}

@test "a push that fails at any step leaves no tag, and the model as it was" {
    before=$(snapshot "$MODEL")
    for step in 'HEAD /blobs/' 'POST /uploads/' 'PUT /uploads/' 'PUT /manifests/'; do
        for pair in 401:5 403:5 404:4 500:75 503:75; do
            [[ $step:$pair == HEAD*:404:4 ]] && continue # that is the normal answer
            start_fault_proxy "$step status ${pair%:*}"
            assert_refused "${pair#*:}" "" oras-modelseal push -q "$FAULTY/$REPO:faulty" model
            assert_exit 11 oras-modelseal inspect "$REGISTRY/$REPO:faulty"
        done
    done
    make_model "$MODEL" 9 # other bytes: the registry has those of before
    before=$(snapshot "$MODEL")
    start_fault_proxy 'PUT /uploads/ drop 1000'
    assert_refused 75 "" oras-modelseal push -q "$FAULTY/$REPO:faulty" model
    assert_exit 11 oras-modelseal inspect "$REGISTRY/$REPO:faulty"
    assert_equal "$(snapshot "$MODEL")" "$before"
}

@test "a manifest over 4 MiB is refused however it arrives" {
    pushed
    make_key signer
    cosign-modelseal sign --key signer.key "$REGISTRY/$REPO:v1"
    python3 -c 'print("{" + " " * (4 << 20) + "}")' >giant.json
    for fault in "body $PWD/giant.json" 'endless 40000000'; do
        start_fault_proxy "GET /manifests/ $fault"
        for reference in "$FAULTY/$REPO:v1" "$FAULTY/$REPO@$DIGEST"; do
            assert_refused 3 "4194304" oras-modelseal pull -q "$reference" -o "$OUT"
            assert_refused 3 "4194304" oras-modelseal inspect "$reference"
            assert_refused 3 "4194304" cosign-modelseal verify --key signer.pub "$reference"
        done
    done
    [[ ! -e $OUT ]]
    # In a layout: a blob that the index calls a manifest.
    oras-modelseal push -q --oci-layout store:v1 model >/dev/null
    digest=$(sha256_of giant.json)
    cp giant.json "store/blobs/sha256/${digest#sha256:}"
    jq -c --arg digest "$digest" '.manifests[0] += {digest: $digest, size: 4194307}' store/index.json >index.json
    cp index.json store/index.json
    assert_refused 3 "" oras-modelseal pull -q --oci-layout store:v1 -o "$OUT"
    [[ ! -e $OUT ]]
}

@test "a registry that fails while signatures are looked for never means unsigned" {
    pushed
    make_key signer
    cosign-modelseal sign --key signer.key "$REGISTRY/$REPO:v1"
    assert_exit 0 cosign-modelseal verify --key signer.pub "$REGISTRY/$REPO:v1"
    fallback=/manifests/sha256-${DIGEST#sha256:}
    for pair in 401:5 403:5 429:75 500:75 503:75; do
        for path in /referrers/ "$fallback"; do
            start_fault_proxy "GET $path status ${pair%:*}"
            assert_refused "${pair#*:}" "" cosign-modelseal verify -q --key signer.pub "$FAULTY/$REPO:v1"
            assert_refused "${pair#*:}" "" oras-modelseal pull -q --key signer.pub "$FAULTY/$REPO:v1" -o "$OUT"
            [[ ! -e $OUT ]]
        done
    done
    start_fault_proxy "GET $fallback cut 10"
    assert_refused 75 "" cosign-modelseal verify -q --key signer.pub "$FAULTY/$REPO:v1"
    # The bundle itself: not there is a problem of this candidate, no answer is not.
    bundle=$(curl -fsS -H 'Accept: application/vnd.oci.image.index.v1+json' \
        "http://$REGISTRY/v2/$REPO$fallback" | jq -r '.manifests[0].digest')
    start_fault_proxy "GET /manifests/$bundle status 500"
    assert_refused 75 "" cosign-modelseal verify -q --key signer.pub "$FAULTY/$REPO:v1"
    start_fault_proxy "GET /manifests/$bundle status 404"
    assert_refused 12 "" cosign-modelseal verify --key signer.pub "$FAULTY/$REPO:v1"
}

# ---- disks ------------------------------------------------------------------------------------

@test "a full disk stops a push to a layout, a record and a key, and leaves no litter" {
    make_safetensors "$MODEL/model.safetensors" 2000
    make_model older 3
    mount_small size=1m
    assert_exit 0 oras-modelseal push -q --oci-layout mounted/store:v1 older
    before=$(snapshot mounted/store/index.json)
    assert_refused 7 "No space left" oras-modelseal push -q --oci-layout mounted/store:v2 model
    assert_equal "$(snapshot mounted/store/index.json)" "$before"
    assert_equal "$(find mounted -name '*.tmp')" ""
    assert_exit 0 oras-modelseal pull -q --oci-layout mounted/store:v1 -o "$OUT"
    echo old >mounted/record.json
    dd if=/dev/zero of=mounted/filling bs=64k 2>/dev/null || true
    before=$(snapshot mounted)
    assert_exit 7 modelseal-check --record mounted/record.json model
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "No space left"
    COSIGN_PASSWORD='' assert_refused 7 "No space left" \
        cosign-modelseal generate-key-pair --output-key-prefix mounted/new
    assert_equal "$(snapshot mounted)" "$before"
}

@test "a read-only file system is one sentence for every command that writes" {
    pushed
    mount_small size=2m
    cp -a model mounted/model
    mount -o remount,ro mounted
    before=$(snapshot mounted)
    for folder in mounted mounted/model mounted/new; do
        assert_refused 7 "Read-only" oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$folder"
    done
    assert_refused 7 "Read-only" oras-modelseal push -q --oci-layout mounted/store:v1 model
    assert_exit 7 modelseal-check --record mounted/record.json model
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "Read-only"
    COSIGN_PASSWORD='' assert_refused 7 "Read-only" \
        cosign-modelseal generate-key-pair --output-key-prefix mounted/new
    assert_equal "$(snapshot mounted)" "$before"
}

# ---- names ------------------------------------------------------------------------------------

@test "names that no model can have are refused before a push" {
    for name in $'line\nbreak' $'not\xffUTF-8' $'bell\a' 'back\slash'; do
        make_model "named/$name" 2
        before=$(snapshot "$REGISTRY_STORAGE")
        assert_exit 1 oras-modelseal push -q "$REGISTRY/$REPO:v1" named
        assert_one_sentence "$stderr"
        refute_contains "$stderr" "$name" # shown escaped
        assert_equal "$(snapshot "$REGISTRY_STORAGE")" "$before"
        rm -r named
    done
    cp "$MODEL/config.json" "$MODEL/Config.JSON"
    before=$(snapshot "$REGISTRY_STORAGE")
    assert_exit 1 oras-modelseal push -q "$REGISTRY/$REPO:v1" model
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "only in case"
    assert_equal "$(snapshot "$REGISTRY_STORAGE")" "$before"
}

@test "names with NUL, other bytes than UTF-8, and equal names are refused before anything is written" {
    pushed
    curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
        "http://$REGISTRY/v2/$REPO/manifests/v1" >manifest.json
    # shellcheck disable=SC1003  # backslashes of JSON
    for name in 'a\u0000b' 'a\nb' $'a\xffb' 'a\ud800b' 'config.json' 'CONFIG.json' '/etc/passwd' \
        'a/../../b' '.modelseal/manifest.json' '.MODELSEAL/x' 'sub/.modelseal/x' \
        "sub/.modelseal-${WEIGHTS:7:16}.part" ".modelseal-${WEIGHTS:7:16}.journal" \
        'a\u202eb' 'a\u200bb' 'config.json/x' 'a//b' ./a 'a/' '.'; do
        python3 - "$name" <<'PY'
import os, sys
name = os.fsencode(sys.argv[1])
manifest = open("manifest.json", "rb").read()
open("evil.json", "wb").write(manifest.replace(b'"README.md"', b'"' + name + b'"'))
PY
        start_fault_proxy "GET /manifests/ body $PWD/evil.json"
        assert_refused 3 "" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT"
        assert_refused 3 "" oras-modelseal inspect "$FAULTY/$REPO:v1"
        [[ ! -e $OUT ]]
    done
}

@test "a layer called as another one's working file is refused, and a push leaves such files out" {
    make_safetensors "$MODEL/model.safetensors" 20480 # 20 MiB: it has a working file
    pushed
    working=.modelseal-${WEIGHTS:7:16}.part
    curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
        "http://$REGISTRY/v2/$REPO/manifests/v1" | sed "s/README.md/$working/g" >evil.json
    start_fault_proxy "GET /manifests/ body $PWD/evil.json"
    assert_refused 3 "files in the making" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT"
    [[ ! -e $OUT ]]
    # What a killed pull left is no part of the model that stands there.
    echo part >"$MODEL/$working"
    echo journal >"$MODEL/${working%.part}.journal"
    assert_exit 0 modelseal-check "$MODEL"
    assert_exit 0 oras-modelseal push "$REGISTRY/$REPO:v2" model
    assert_contains "$stderr" "left by a pull that was cut short"
    assert_equal "$(oras-modelseal inspect --format json "$REGISTRY/$REPO:v2" | jq -r .digest)" "$DIGEST"
    assert_exit 1 oras-modelseal push -q "$REGISTRY/$REPO:v3" "$MODEL/$working"
    mkdir "$MODEL/.modelseal-mine"
    echo '{}' >"$MODEL/.modelseal-mine/config.json"
    assert_exit 1 oras-modelseal push -q "$REGISTRY/$REPO:v3" model
}

@test "folders that are too deep to be looked through do not fail a pull" {
    pushed
    mkdir -p "$OUT/$(printf 'd/%.0s' {1..70})"
    assert_exit 0 oras-modelseal pull "$REGISTRY/$REPO:v1" -o "$OUT"
    assert_contains "$stderr" "is not known"
    cmp "$MODEL/model.safetensors" "$OUT/model.safetensors"
}

@test "symbolic links inside the output folder, and a file in its place, are refused" {
    oras-modelseal push -q "$REGISTRY/$REPO:v1" model >/dev/null
    mkdir -p "$OUT" elsewhere
    echo kept >elsewhere/config.json
    ln -s ../elsewhere/config.json "$OUT/config.json"
    before=$(snapshot "$OUT" elsewhere)
    assert_refused 3 "symbolic link" oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    assert_equal "$(snapshot "$OUT" elsewhere)" "$before"
    rm "$OUT/config.json"
    mkdir "$OUT/config.json"
    assert_refused 3 "config.json" oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    rmdir "$OUT/config.json"
    ln -s ../elsewhere "$OUT/.modelseal"
    before=$(snapshot "$OUT" elsewhere)
    assert_refused 3 "not a folder" oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    assert_equal "$(snapshot "$OUT" elsewhere)" "$before"
    assert_refused 3 "not a folder" oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o model/config.json
}

@test "a file of the user's in the seal's place is found before any file is changed" {
    pushed
    pulled_before
    echo mine >"$OUT/.modelseal/notes.txt"
    before=$(snapshot "$OUT")
    assert_refused 3 notes.txt oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    assert_equal "$(snapshot "$OUT")" "$before"
    rm -r "$OUT/.modelseal"
    echo mine >"$OUT/.modelseal"
    before=$(snapshot "$OUT")
    assert_refused 3 .modelseal oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    assert_equal "$(snapshot "$OUT")" "$before"
}

@test "an artifact without files is no model, signed or not" {
    require_peer oras cosign
    make_key signer
    oras push --plain-http --artifact-type application/vnd.ml.model "$REGISTRY/$REPO:empty"
    COSIGN_PASSWORD='' cosign sign --key signer.key --tlog-upload=false --use-signing-config=false -y "$REGISTRY/$REPO:empty"
    assert_refused 3 "has no files" oras-modelseal pull -q --key signer.pub "$REGISTRY/$REPO:empty" -o "$OUT"
    assert_refused 3 "has no files" oras-modelseal pull -q "$REGISTRY/$REPO:empty" -o "$OUT"
    [[ ! -e $OUT ]]
    assert_exit 0 oras-modelseal inspect "$REGISTRY/$REPO:empty"
    assert_contains "$output" "Files:         none"
}

# ---- much and deep ----------------------------------------------------------------------------

@test "a model of 10,000 files goes to a registry and back within 64 MiB and 1024 open files" {
    start_crane_registry # in memory: what is measured is not the server's disk
    mkdir many
    python3 -c 'for i in range(10000): open(f"many/vocab-{i:05}.json", "w").write(f"[{i}]\n")'
    assert_exit 0 prlimit --nofile=1024: env time -f %M -o peak oras-modelseal push -q "$REGISTRY/$REPO:many" many
    [[ $(tail -n 1 peak) -lt 65536 ]]
    assert_exit 0 prlimit --nofile=1024: env time -f %M -o peak oras-modelseal pull -q "$REGISTRY/$REPO:many" -o "$OUT"
    [[ $(tail -n 1 peak) -lt 65536 ]]
    diff -rq -x .modelseal many "$OUT"
    MODEL_DIGEST=$(oras-modelseal inspect --format json "$REGISTRY/$REPO:many" | jq -r .digest)
    export MODEL_DIGEST
    assert_exit 0 prlimit --nofile=1024: env time -f %M -o peak modelseal-verify -q "$OUT"
    [[ $(tail -n 1 peak) -lt 65536 ]]
}

@test "more files than the hard limit of open files allows are refused in one sentence" {
    mkdir many
    python3 -c 'for i in range(300): open(f"many/vocab-{i:05}.json", "w").write(f"[{i}]\n")'
    assert_refused 7 "Too many open files" prlimit --nofile=200:200 \
        oras-modelseal push -q "$REGISTRY/$REPO:many" many
    assert_exit 0 oras-modelseal push -q "$REGISTRY/$REPO:many" many
    # Pulling keeps none of them open.
    assert_exit 0 prlimit --nofile=100:100 oras-modelseal pull -q "$REGISTRY/$REPO:many" -o "$OUT"
}

# make_hostile_seal KIND: a folder "sealed" with a model of one byte and a seal that wants to cost much.
make_hostile_seal() {
    rm -rf sealed
    python3 - "$1" <<'PY'
import os, sys
kind, seal, limit = sys.argv[1], "sealed/.modelseal/", 4 << 20
os.makedirs(seal)
open("sealed/a", "w").write("x")
empty = '{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:' + "4" * 64 + '","size":2}'
manifest = '{"schemaVersion":2,"config":' + empty + ',"layers":[]'

def many(item):
    return ",".join([item] * ((limit - 1000) // (len(item) + 1)))

values = {"objects": '"x":[%s]' % many("{}"), "numbers": '"x":[%s]' % many("0"),
          "deep": '"x":' + "[" * 10000 + "]" * 10000, "text": '"x":"%s"' % ("x" * (limit - 1000)),
          "keys": '"x":{%s}' % ",".join('"%06d":0' % i for i in range(limit // 12)),
          "annotations": '"annotations":{%s}' % ",".join('"%06d":""' % i for i in range(limit // 13))}
open(seal + "manifest.json", "w").write(manifest + "," + values.get(kind, '"x":0') + "}")
if kind == "sparse":
    os.truncate(seal + "manifest.json", 1 << 40)
if kind == "index":
    open(seal + "index.json", "w").write('{"schemaVersion":2,"manifests":[%s]}' % many("{}"))
if kind == "bundles":
    for i in range(4):
        open(seal + "%d.sigstore.json" % i, "w").write("[" + ",".join(["{}"] * 340000) + "]")
if kind == "files":
    for i in range(20000):
        open(seal + "%d.sigstore.json" % i, "w").close()
PY
}

@test "a seal that is huge, deep or full is refused within 64 MiB" {
    local kind
    make_key signer
    for kind in objects numbers deep text keys annotations sparse index bundles files; do
        make_hostile_seal "$kind"
        assert_exit 1 env time -f %M -o peak timeout 60 modelseal-verify --key signer.pub --any-model sealed
        echo "# $kind: $(tail -n 1 peak) KiB: $output" >&3
        assert_contains "$output" "INTEGRITY CHECK FAILED: "
        [[ $(tail -n 1 peak) -lt 65536 ]]
    done
}

@test "JSON 10,000 levels deep is refused wherever JSON is read" {
    pushed
    make_key signer
    cosign-modelseal sign --key signer.key "$REGISTRY/$REPO:v1"
    nested 10000 >deep.json
    start_fault_proxy "GET /manifests/ body $PWD/deep.json"
    assert_refused 3 "" oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT"
    [[ ! -e $OUT ]]
    fallback=/manifests/sha256-${DIGEST#sha256:}
    start_fault_proxy "GET $fallback body $PWD/deep.json"
    assert_refused 3 "" cosign-modelseal verify --key signer.pub "$FAULTY/$REPO:v1"
    # A bundle that cannot be read is no evidence, and a sealed manifest none either.
    assert_refused 12 "nested deeper" cosign-modelseal verify --key signer.pub --bundle deep.json "$REGISTRY/$REPO:v1"
    oras-modelseal pull -q --key signer.pub "$REGISTRY/$REPO:v1" -o sealed >/dev/null
    assert_exit 0 modelseal-verify -q --key signer.pub --any-model sealed
    for file in sealed/.modelseal/*; do
        cp "$file" good.json
        cp deep.json "$file"
        assert_exit 1 modelseal-verify --key signer.pub --any-model sealed
        assert_contains "$output" "INTEGRITY CHECK FAILED: "
        cp good.json "$file"
    done
    assert_refused 3 deep.json oras-modelseal push -q --annotation-file deep.json "$REGISTRY/$REPO:v2" model
    start_fault_proxy 'GET / status 401'
    assert_refused 3 deep.json oras-modelseal pull -q --registry-config deep.json "$FAULTY/$REPO:v1" -o "$OUT"
    oras-modelseal push -q --oci-layout store:v1 model >/dev/null
    cp deep.json store/index.json
    assert_refused 3 index.json oras-modelseal inspect --oci-layout store:v1
    # A header and a configuration: findings, not crashes.
    python3 -c 'import struct, sys
text = open("deep.json", "rb").read()
text = b"{\"a\":" + text + b"}" + b" " * (-(len(text) + 6) % 8)
open("model/model.safetensors", "wb").write(struct.pack("<Q", len(text)) + text)'
    assert_exit 1 modelseal-check model/model.safetensors
    cp deep.json model/config.json
    assert_exit 1 modelseal-check model
    assert_exit 1 oras-modelseal push -q "$REGISTRY/$REPO:v2" model
    assert_one_sentence "$stderr"
    assert_exit 11 oras-modelseal inspect "$REGISTRY/$REPO:v2"
}

# ---- interrupted ------------------------------------------------------------------------------

# start_stalled_pull: a pull over the older model, stopped by the registry in the middle of the weights.
start_stalled_pull() {
    start_fault_proxy "GET /blobs/$WEIGHTS stall 1000"
    # A shell's background job ignores SIGINT unless told otherwise.
    env --default-signal=INT oras-modelseal pull -q "$FAULTY/$REPO:v1" -o "$OUT" >pull.log 2>&1 3>&- &
    PULL=$!
    local _
    for _ in {1..200}; do
        if grep -q stalled "$FAULTY_LOG" && [[ -n $(find "$OUT" -name '*.tmp') ]]; then return 0; fi
        sleep 0.05
    done
    return 1
}

@test "SIGINT and SIGTERM in the middle of a pull leave the old files and no others" {
    pushed
    pulled_before
    for pair in INT:130 TERM:143; do
        start_stalled_pull
        kill "-${pair%:*}" "$PULL"
        code=0
        wait "$PULL" || code=$?
        assert_equal "$code" "${pair#*:}"
        assert_equal "$(wc -l <pull.log)" 1
        assert_contains "$(<pull.log)" "ended by SIG${pair%:*}"
        assert_equal "$(snapshot "$OUT")" "$BEFORE"
    done
}

@test "a killed pull leaves the old files, and the next one completes and cleans up" {
    pushed
    pulled_before
    start_stalled_pull
    # Nobody else writes there meanwhile.
    assert_refused 75 "another process" oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    kill -KILL "$PULL"
    wait "$PULL" || true
    assert_equal "$(snapshot "$OUT"/*.* "$OUT/.modelseal")" "$(grep -v "^$OUT d" <<<"$BEFORE")"
    [[ -n $(find "$OUT" -name '*.tmp') ]]
    assert_exit 0 oras-modelseal pull -q "$REGISTRY/$REPO:v1" -o "$OUT"
    assert_equal "$(find "$OUT" -name '*.tmp')" ""
    diff -r -x .modelseal "$MODEL" "$OUT"
}

@test "SIGTERM ends the verifier as process 1 of a container, where the default is to ignore it" {
    unshare --pid --fork true 2>/dev/null || skip "needs root for a process namespace"
    truncate -s 1T endless
    MODEL_DIGEST=$(sha256_of model/config.json)
    export MODEL_DIGEST
    unshare --pid --fork modelseal-verify -q "$PWD/endless" 3>&- &
    namespace=$!
    for _ in {1..200}; do
        verifier=$(pgrep -P "$namespace" -x modelseal-verif || true)
        [[ -n $verifier ]] && break
        sleep 0.05
    done
    kill -TERM "$verifier"
    code=0
    wait "$namespace" || code=$?
    assert_equal "$code" 143
}

@test "SIGTERM in the middle of a push to a registry and to a layout leaves no tag and no litter" {
    make_sparse_safetensors model/model.safetensors 400
    start_fault_proxy 'PUT /manifests/ stall 0'
    oras-modelseal push -q "$FAULTY/$REPO:v1" model/config.json >push.log 2>&1 3>&- &
    push=$!
    for _ in {1..200}; do
        grep -q stalled "$FAULTY_LOG" && break
        sleep 0.05
    done
    kill -TERM $push
    code=0
    wait $push || code=$?
    assert_equal "$code" 143

    oras-modelseal push -q --oci-layout store:v1 model >push.log 2>&1 3>&- &
    push=$!
    for _ in {1..400}; do
        [[ -n $(find store/ingest -name '*.tmp' 2>/dev/null) ]] && break
        sleep 0.01
    done
    kill -TERM $push
    code=0
    wait $push || code=$?
    assert_equal "$code" 143
    assert_equal "$(find store -name '*.tmp' 2>/dev/null)" ""
    # What a killed writer left in a layout, the next one removes.
    mkdir -p store/ingest
    echo left >store/ingest/.modelseal-0123456789abcdef.tmp
    assert_exit 0 oras-modelseal push -q --oci-layout store:v1 model/config.json
    assert_equal "$(find store -name '*.tmp')" ""
}
