# oras-modelseal layout fsck: every kind of damage is found, in layouts of ours and of others.
load lib

setup() {
    require_peer oras skopeo jq
    cd "$BATS_TEST_TMPDIR"
    make_model model
    oras-modelseal push --quiet --oci-layout l:v1 model >/dev/null
}

# largest_blob prints the path of the layout's largest blob.
largest_blob() {
    find l/blobs/sha256 -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2
}

# problem FAULT PATH: fsck refuses the layout for just this.
problem() {
    assert_exit 1 oras-modelseal layout fsck --format json l
    assert_equal "$(jq -r '.problems[] | "\(.fault) \(.path)"' <<<"$output")" "$1 $2"
    assert_equal "$(jq .ok <<<"$output")" false
}

@test "layouts of ours, oras and skopeo are ok" {
    assert_exit 0 oras-modelseal layout fsck l
    assert_contains "$output" "1 manifests"
    oras push --oci-layout theirs:v1 model/model.safetensors 2>/dev/null
    assert_exit 0 oras-modelseal layout fsck theirs
    skopeo copy --quiet oci:l:v1 oci:copied:v1
    assert_exit 0 oras-modelseal layout fsck copied
}

@test "a changed byte is found, and a push of the same model mends it" {
    local blob
    blob=$(largest_blob)
    tamper "$blob"
    problem damaged "${blob#l/}"
    assert_exit 0 oras-modelseal push --quiet --oci-layout l:v1 model
    assert_exit 0 oras-modelseal layout fsck l
}

@test "a missing blob is found, with the manifest that names it" {
    local blob
    blob=$(largest_blob)
    rm -f "$blob"
    problem missing "${blob#l/}"
    assert_contains "$output" "$(oras resolve --oci-layout l:v1 | cut -d: -f2)"
}

@test "a size that a manifest states wrongly, a manifest that is none, and foreign files are found" {
    touch l/blobs/sha256/notes.txt
    problem foreign blobs/sha256/notes.txt
    rm l/blobs/sha256/notes.txt

    local digest
    digest=$(printf '{}' | sha256sum | cut -d' ' -f1)
    jq -c --arg d "sha256:$digest" '.manifests[0].digest = $d | .manifests[0].size = 2' l/index.json >index
    cp index l/index.json
    problem unusable "blobs/sha256/$digest"
}

@test "what nothing refers to is listed and no error" {
    printf x >blob
    local digest
    digest=$(sha256sum blob | cut -d' ' -f1)
    cp blob "l/blobs/sha256/$digest"
    assert_exit 0 oras-modelseal layout fsck l
    assert_contains "$output" "unreferenced: sha256:$digest"
}

@test "a folder that is no layout, and a wrong word, are refused" {
    assert_exit 4 oras-modelseal layout fsck model
    assert_one_sentence "$stderr"
    assert_exit 2 oras-modelseal layout clean l
    assert_one_sentence "$stderr"
}
