#!/usr/bin/env bats
# oras-modelseal beside the real oras, skopeo and crane: what it pushes they read, what they push it
# pulls, and nothing of the user's is lost when something goes wrong.

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
    REPO=$REGISTRY/models/test-$BATS_TEST_NUMBER
    make_model "$MODEL"
    cd "$BATS_TEST_TMPDIR" || return 1
    export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR
}

# commit_model: makes a git repository of the test's folder with a commit of a known time.
commit_model() {
    git init -q .
    git remote add origin "https://user:secret@example.com/train.git"
    git add model
    GIT_AUTHOR_DATE=2026-04-21T02:00:00Z GIT_COMMITTER_DATE=2026-04-21T02:00:00Z \
        git -c user.name=Trainer -c user.email=trainer@example.com commit -qm model
}

manifest_of() {
    oras manifest fetch "$@"
}

# ---- what we write, others read ---------------------------------------------------------------

@test "a digest that a push is to get is refused before anything is written" {
    local digest
    digest=$(sha256_of model/model.safetensors)
    assert_exit 2 oras-modelseal push "$REPO@$digest" model
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "cannot be chosen"
    assert_exit 2 oras-modelseal push "$REPO:v1@$digest" model
    [[ ! -e $REGISTRY_STORAGE/docker/registry/v2/repositories/${REPO#*/} ]]
    assert_exit 2 oras-modelseal push --oci-layout "layout@$digest" model
    assert_one_sentence "$stderr"
    assert_exit 2 oras-modelseal copy --from-oci-layout nothing:v1 --to-oci-layout "layout@$digest"
    [[ ! -e layout ]]
}

@test "names in the model are those of oras: of several paths each as it is written, of one folder alone from there" {
    local names
    mkdir model/1_Pooling
    echo '{}' >model/1_Pooling/config.json
    names=$(cd model && find . -type f -printf '%P\n' | sort)
    assert_exit 0 oras-modelseal push "$REPO:folder" model
    (cd model && oras-modelseal push "$REPO:paths" ./*)
    (cd model && oras-modelseal push "$REPO:slash" ./*/ ./*.*)
    for tag in folder paths slash; do
        assert_exit 0 oras pull "$REPO:$tag" -o "$tag"
        assert_equal "$(find "$tag" -type f -printf '%P\n' | sort)" "$names"
    done
    assert_equal "$(oras resolve "$REPO:folder")" "$(oras resolve "$REPO:paths")"
    # The check's record names them likewise.
    (cd model && modelseal-check -q ./* --record ../paths.json --name m)
    modelseal-check -q model --record folder.json --name m
    assert_equal "$(jq -c .files paths.json)" "$(jq -c .files folder.json)"
}

@test "a folder without weights is pushed with a warning" {
    rm model/model.safetensors
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    assert_contains "$stderr" "warning content/no-weights: no weights were found"
    assert_exit 0 modelseal-check model
    assert_contains "$output" "content/no-weights"
    assert_exit 1 modelseal-check --policy strict model
    assert_exit 0 modelseal-check --policy strict model/config.json
}

@test "the root is shown with what it does not cover" {
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    assert_contains "$output" "(of the bytes; names are in the digest)"
    assert_exit 0 oras-modelseal inspect "$REPO:v1"
    assert_contains "$output" "(of the bytes; names are in the digest)"
}

@test "a pushed model comes back identical through oras pull" {
    require_peer oras
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    assert_exit 0 oras pull "$REPO:v1" -o "$OUT"
    diff -r "$MODEL" "$OUT"
}

@test "skopeo and crane see the very same manifest bytes and digest" {
    require_peer skopeo crane
    assert_exit 0 oras-modelseal push --format json "$REPO:v1" model
    digest=$(jq -r .digest <<<"$output")
    crane manifest "$REPO:v1" >crane.json
    assert_equal "$(sha256_of crane.json)" "$digest"
    skopeo copy -q --src-tls-verify=false "docker://$REPO:v1" "oci:$BATS_TEST_TMPDIR/copied:v1"
    cmp crane.json "copied/blobs/sha256/${digest#sha256:}"
}

@test "the manifest has oras's fields, order and escaping" {
    require_peer oras
    assert_exit 0 oras-modelseal push -a 'note=a<b>&c' -a org.opencontainers.image.created=2026-04-21T02:00:00Z \
        "$REPO:ours" model/config.json:application/json
    manifest_of "$REPO:ours" >ours.json
    # The same content and annotations through oras: identical bytes.
    jq '{"$manifest": .annotations} + ([.layers[] | {(.annotations["org.opencontainers.image.title"]): .annotations}] | add)' \
        ours.json >annotations.json
    oras push "$REPO:theirs" --artifact-type application/vnd.ml.model \
        --annotation-file annotations.json model/config.json:application/json
    manifest_of "$REPO:theirs" >theirs.json
    cmp ours.json theirs.json
}

@test "a layout that was pushed is read by oras and skopeo" {
    require_peer oras skopeo
    assert_exit 0 oras-modelseal push --oci-layout store:v1 model
    assert_exit 0 oras pull --oci-layout store:v1 -o "$OUT"
    diff -r "$MODEL" "$OUT"
    skopeo copy -q oci:store:v1 "oci:$BATS_TEST_TMPDIR/copied:v1"
    assert_equal "$(jq -r '.manifests[0].digest' copied/index.json)" "$(jq -r '.manifests[0].digest' store/index.json)"
}

@test "several tags name one artifact" {
    require_peer oras
    assert_exit 0 oras-modelseal push --format json "$REPO:v1,v1.0,latest" model
    assert_equal "$(jq -c '.referenceAsTags' <<<"$output")" "[\"$REPO:v1\",\"$REPO:v1.0\",\"$REPO:latest\"]"
    for tag in v1 v1.0 latest; do
        assert_equal "$(oras resolve "$REPO:$tag")" "$(jq -r .digest <<<"$output")"
    done
}

@test "twelve pushes to one layout at once keep twelve tags" {
    require_peer oras
    # Several times: writers of the same blob meet each other at different moments.
    for round in {1..8}; do
        pids=()
        for i in {1..12}; do
            oras-modelseal push -q --oci-layout "store-$round:v$i" model >"push-$i.log" 2>&1 3>&- &
            pids+=($!)
        done
        for pid in "${pids[@]}"; do wait "$pid"; done
        assert_equal "$(oras repo tags --oci-layout "store-$round" | wc -l)" 12
    done
}

@test "pull warns of files that are no part of the model it pulls" {
    assert_exit 0 oras-modelseal push --oci-layout layout:v1 model
    assert_exit 0 oras-modelseal pull --oci-layout layout:v1 -o fresh
    refute_contains "$stderr" "Warning"
    mkdir -p used/sub
    touch used/old.safetensors used/sub/run.py
    assert_exit 0 oras-modelseal pull --oci-layout layout:v1 -o used
    assert_contains "$stderr" 'Warning: "used" also holds "old.safetensors", "sub/run.py", not part of this model'
    assert_exit 1 env MODEL_DIGEST="$(oras-modelseal inspect --format json --oci-layout layout:v1 | jq -r .digest)" \
        modelseal-verify used
    assert_contains "$output" '"old.safetensors", "sub/run.py"; remove them, or name each with --allow-extra'
}

@test "ModelPack's profile has its types, and oras still pulls it" {
    require_peer oras
    assert_exit 0 oras-modelseal push --profile modelpack --name tiny "$REPO:v1" model
    manifest_of "$REPO:v1" >manifest.json
    assert_equal "$(jq -r .artifactType manifest.json)" application/vnd.cncf.model.manifest.v1+json
    assert_equal "$(jq -r .config.mediaType manifest.json)" application/vnd.cncf.model.config.v1+json
    assert_equal "$(jq -r '.layers[] | select(.annotations["org.cncf.model.filepath"] == "model.safetensors").mediaType' manifest.json)" \
        application/vnd.cncf.model.weight.v1.raw
    oras blob fetch -o config.json "$REPO@$(jq -r .config.digest manifest.json)"
    assert_equal "$(jq -c .modelfs.diffIds config.json)" "$(jq -c '[.layers[].digest]' manifest.json)"
    assert_equal "$(jq -r .descriptor.name config.json)" tiny
    assert_exit 0 oras pull "$REPO:v1" -o "$OUT"
    diff -r "$MODEL" "$OUT"
    assert_exit 0 oras-modelseal pull "$REPO:v1" -o "$OUT-ours"
    diff -r -x .modelseal "$MODEL" "$OUT-ours"
}

# titled NAME=TITLE…: an annotation file that gives files other names.
titled() {
    printf '%s\n' "$@" | jq -Rn '[inputs / "=" | {(.[0]): {"org.opencontainers.image.title": .[1]}}] | add' >titles.json
}

@test "a file is checked under the name that it is stored by" {
    cd "$MODEL"
    printf 'import os\n' >notes.txt
    assert_exit 0 oras-modelseal push "$REPO:v1" notes.txt model.safetensors
    titled notes.txt=modeling.py
    assert_exit 1 oras-modelseal push --annotation-file titles.json "$REPO:v2" notes.txt model.safetensors
    assert_contains "$stderr" modeling.py
    assert_exit 0 oras-modelseal push --annotation-file titles.json --allow content/python:modeling.py \
        "$REPO:v2" notes.txt model.safetensors
}

@test "two files of one title, and annotations and types for no file, are refused" {
    titled model/config.json=same model/README.md=same
    assert_exit 2 oras-modelseal push --annotation-file titles.json "$REPO:v1" model/config.json model/README.md
    assert_contains "$stderr" "two files"
    titled elsewhere.json=name
    assert_exit 2 oras-modelseal push --annotation-file titles.json "$REPO:v1" model/config.json
    assert_one_sentence "$stderr"
    assert_contains "$stderr" elsewhere.json
}

@test "nothing is pushed that whoever pulls it would unpack" {
    assert_exit 2 oras-modelseal push "$REPO:v1" model/README.md:application/vnd.cncf.model.doc.v1.tar
    assert_one_sentence "$stderr"
    jq -n '{"model/README.md": {"io.deis.oras.content.unpack": "true"}}' >unpack.json
    assert_exit 2 oras-modelseal push --annotation-file unpack.json "$REPO:v1" model/README.md
    assert_one_sentence "$stderr"
}

@test "push --sign makes a signature that cosign and our own pull verify" {
    require_peer cosign
    assert_exit 0 cosign-modelseal generate-key-pair
    assert_exit 0 oras-modelseal push --sign --key cosign.key --run-id run-1 --format json "$REPO:v1" model
    assert_equal "$(jq -r .signed <<<"$output")" true
    cosign verify --key cosign.pub --insecure-ignore-tlog -a modelseal.check=header -a training_run_id=run-1 \
        -a "model=test-$BATS_TEST_NUMBER" -a version=v1 "$REPO:v1" >/dev/null
    assert_exit 0 oras-modelseal pull --key cosign.pub "$REPO:v1" -o "$OUT"
    assert_exit 0 modelseal-verify --key cosign.pub --model "test-$BATS_TEST_NUMBER" "$OUT"
    # In a layout the model's name is its folder's, and every byte is read again.
    assert_exit 0 oras-modelseal push --sign --key cosign.key --oci-layout store:v1 model
    assert_exit 0 cosign-modelseal verify --key cosign.pub -a modelseal.check=full --oci-layout store:v1
    assert_exit 0 oras-modelseal pull --key cosign.pub --model model --oci-layout store:v1 -o "$OUT-2"
    # Nothing is sent when the key does not open, or when it is not said what to do with it.
    COSIGN_PASSWORD=wrong assert_exit 5 oras-modelseal push --sign --key cosign.key "$REPO:v2" model
    assert_exit 2 oras-modelseal push --key cosign.key "$REPO:v2" model
    assert_exit 2 oras-modelseal push --sign "$REPO:v2" model
    assert_exit 11 oras-modelseal inspect "$REPO:v2"
}

# ---- the same input gives the same digest -----------------------------------------------------

@test "the same commit gives the same digest, on another day and by another name" {
    commit_model
    assert_exit 0 oras-modelseal push --format json "$REPO:v1" model
    first=$(jq -r .digest <<<"$output")
    sleep 1
    touch model/*
    assert_exit 0 oras-modelseal push --format json --oci-layout store:v2 model
    assert_equal "$(jq -r .digest <<<"$output")" "$first"
    assert_equal "$(jq -r '.annotations["org.opencontainers.image.created"]' <<<"$output")" 2026-04-21T02:00:00Z
}

@test "commit, remote without its password, and a dirty tree are recorded" {
    commit_model
    assert_exit 0 oras-modelseal push --format json "$REPO:v1" model
    assert_equal "$(jq -r '.annotations["org.opencontainers.image.revision"]' <<<"$output")" "$(git rev-parse HEAD)"
    assert_equal "$(jq -r '.annotations["org.opencontainers.image.source"]' <<<"$output")" https://example.com/train.git
    assert_equal "$(jq -r '.annotations["dev.modelseal.git.dirty"]' <<<"$output")" false
    echo '# changed' >>model/README.md
    assert_exit 0 oras-modelseal push --format json "$REPO:v2" model
    assert_equal "$(jq -r '.annotations["dev.modelseal.git.dirty"]' <<<"$output")" true
    assert_contains "$stderr" "uncommitted changes"
    assert_exit 1 oras-modelseal push --require-clean "$REPO:v3" model
    assert_one_sentence "$stderr"
}

@test "--require-clean refuses where there is no commit, no checkout or no working tree to look at" {
    assert_exit 1 oras-modelseal push --require-clean --oci-layout store:v1 model
    assert_contains "$stderr" "there is no git commit here"
    GITHUB_SHA=$(printf 'a%.0s' {1..40}) assert_exit 1 oras-modelseal push --require-clean --oci-layout store:v1 model
    assert_contains "$stderr" "no working tree"
    git init -q .
    assert_exit 1 oras-modelseal push --require-clean --oci-layout store:v1 model
    assert_one_sentence "$stderr"
    [[ ! -e store ]]
    assert_exit 0 oras-modelseal push --oci-layout store:v1 model
    assert_contains "$stderr" "no commit is recorded"
    commit_model
    assert_exit 0 oras-modelseal push --require-clean --oci-layout store:v1 model
    refute_contains "$stderr" "Note: "
}

@test "a --repo that is no checkout is an error, for push and for sign" {
    mkdir plain
    assert_exit 4 oras-modelseal push --repo plain --oci-layout store:v1 model
    assert_contains "$stderr" '--repo: "plain" is no git checkout'
    assert_exit 0 oras-modelseal push --oci-layout store:v1 model
    cosign-modelseal generate-key-pair -q
    assert_exit 4 cosign-modelseal sign --repo plain --key cosign.key --oci-layout store:v1
    assert_one_sentence "$stderr"
}

@test "push says whose commit it records, and when the model lies elsewhere" {
    commit_model
    assert_exit 0 oras-modelseal push --oci-layout store:v1 model
    assert_contains "$output" "Commit: $(git rev-parse HEAD) (clean) of https://example.com/train.git"
    git remote remove origin
    echo '# changed' >>model/README.md
    assert_exit 0 oras-modelseal push --oci-layout store:v1 model
    assert_contains "$output" "Commit: $(git rev-parse HEAD) (with changes) of \"$BATS_TEST_TMPDIR\""
    mkdir train
    cp -r .git train/
    (
        cd train
        assert_exit 0 oras-modelseal push --oci-layout store:v1 ../model
        assert_contains "$stderr" "\"../model\" lies outside of the git checkout \"$BATS_TEST_TMPDIR/train\""
    )
    assert_exit 0 oras-modelseal push --repo train --oci-layout store:v1 model
    refute_contains "$stderr" "lies outside"
}

@test "the commit of a tree with changes is recorded, but signed only on demand" {
    commit_model
    cosign-modelseal generate-key-pair -q
    echo '# changed' >>model/README.md
    assert_exit 0 oras-modelseal push --sign --key cosign.key --format json --oci-layout store:v1 model
    commit=$(git rev-parse HEAD)
    assert_equal "$(jq -r '.annotations["org.opencontainers.image.revision"]' <<<"$output")" "$commit"
    assert_equal "$(jq '.signature.annotations | has("training_commit")' <<<"$output")" false
    assert_contains "$stderr" "the commit $commit is not signed: the tree had changes"
    assert_exit 0 cosign-modelseal sign --format json --key cosign.key --oci-layout store:v1
    assert_equal "$(jq '.annotations | has("training_commit")' <<<"$output")" false
    assert_contains "$stderr" "is not signed: the tree had changes"
    assert_exit 0 cosign-modelseal sign --format json --key cosign.key -a training_commit=abc --oci-layout store:v1
    assert_equal "$(jq -r '.annotations.training_commit' <<<"$output")" abc
    refute_contains "$stderr" "is not signed"
}

@test "in a registry the repository names the signed model, in a layout --name, and the rest is said" {
    cosign-modelseal generate-key-pair -q
    assert_exit 0 oras-modelseal push --sign --key cosign.key --name fancy "$REPO:v1" model
    assert_contains "$output" "annotation: \"model\" = \"test-$BATS_TEST_NUMBER\""
    assert_contains "$stderr" 'not as "fancy"'
    assert_exit 0 oras-modelseal pull --key cosign.pub "$REPO:v1" -o "$OUT"
    assert_exit 0 cosign-modelseal sign --key cosign.key "$REPO:v1"
    assert_contains "$stderr" 'not as "fancy"'
    assert_exit 0 oras-modelseal push --name fancy --oci-layout store:v1 model
    assert_exit 0 cosign-modelseal sign --key cosign.key --oci-layout store:v1
    assert_contains "$output" 'annotation: "model" = "fancy"'
    refute_contains "$stderr" "Note: "
    assert_exit 0 oras-modelseal push --oci-layout store:v2 model
    assert_exit 0 cosign-modelseal sign --key cosign.key --oci-layout store:v2
    assert_contains "$stderr" 'the model is signed as "store", the layout'
}

@test "a refusal is said once, and a signature says its key and what it states" {
    echo 'import os' >model/modeling.py
    assert_exit 1 oras-modelseal push --oci-layout store:v1 model
    assert_equal "$(grep -c modeling.py <<<"${stderr//--allow */}")" 1
    assert_one_sentence "$stderr"
    rm model/modeling.py
    cosign-modelseal generate-key-pair -q
    assert_exit 0 oras-modelseal push --sign --key cosign.key --oci-layout store:v1 model
    assert_contains "$output" "  key:        sha256:"
    assert_contains "$output" 'annotation: "modelseal.check" = "full"'
}

@test "without a commit and SOURCE_DATE_EPOCH there is no time of creation" {
    assert_exit 0 oras-modelseal push --format json "$REPO:v1" model
    assert_equal "$(jq -r '.annotations | has("org.opencontainers.image.created")' <<<"$output")" false
    SOURCE_DATE_EPOCH=0 assert_exit 0 oras-modelseal push --format json "$REPO:v1" model
    assert_equal "$(jq -r '.annotations["org.opencontainers.image.created"]' <<<"$output")" 1970-01-01T00:00:00Z
}

# ---- what others write, we read ---------------------------------------------------------------

@test "files pushed by oras are pulled" {
    require_peer oras
    oras push "$REPO:v1" model/model.safetensors:application/octet-stream model/config.json:application/json
    assert_exit 0 oras-modelseal pull "$REPO:v1" -o "$OUT"
    cmp "$OUT/model/model.safetensors" "$MODEL/model.safetensors"
    cmp "$OUT/model/config.json" "$MODEL/config.json"
    assert_contains "$stderr" "NOT VERIFIED"
}

@test "a folder pushed by oras is unpacked" {
    require_peer oras
    mkdir -p model/sub
    cp model/config.json model/sub/
    oras push "$REPO:v1" model
    assert_exit 0 oras-modelseal pull --format json "$REPO:v1" -o "$OUT"
    assert_equal "$(jq -r .sealed <<<"$output")" false
    diff -r "$MODEL" "$OUT/model"
}

@test "a folder pushed by oras is pulled again over itself, and only what differs is replaced" {
    require_peer oras
    mkdir -p model/sub
    cp model/config.json model/sub/
    oras push "$REPO:v1" model
    assert_exit 0 oras-modelseal pull -q "$REPO:v1" -o "$OUT"
    same=$(stat -c '%i %y' "$OUT/model/model.safetensors")
    assert_exit 0 oras-modelseal pull -q "$REPO:v1" -o "$OUT"
    assert_equal "$(stat -c '%i %y' "$OUT/model/model.safetensors")" "$same"
    echo mine >"$OUT/model/sub/config.json"
    assert_exit 2 oras-modelseal pull -q --keep-old-files "$REPO:v1" -o "$OUT"
    assert_one_sentence "$stderr"
    assert_contains "$stderr" 'model/sub/config.json'
    assert_equal "$(cat "$OUT/model/sub/config.json")" mine
    # What a killed pull has left inside the folder goes.
    touch "$OUT/model/sub/.modelseal-0123456789abcdef.tmp"
    assert_exit 0 oras-modelseal pull -q "$REPO:v1" -o "$OUT"
    diff -r "$MODEL" "$OUT/model"
}

@test "a layout pushed by oras is pulled" {
    require_peer oras
    oras push --oci-layout store:v1 model/model.safetensors:application/octet-stream
    assert_exit 0 oras-modelseal pull --oci-layout store:v1 -o "$OUT"
    cmp "$OUT/model/model.safetensors" "$MODEL/model.safetensors"
}

@test "a layer without a name is an error, where oras writes nothing and exits 0" {
    require_peer oras
    printf '{}' >config
    oras push "$REPO:v1" --disable-path-validation config:application/json
    manifest_of "$REPO:v1" | jq -c 'del(.layers[].annotations)' >nameless.json
    oras manifest push "$REPO:nameless" nameless.json
    assert_exit 3 oras-modelseal pull "$REPO:nameless" -o "$OUT"
    assert_one_sentence "$stderr"
    [[ ! -e $OUT ]]
}

# ---- nothing is lost --------------------------------------------------------------------------

@test "a file that is right already is not fetched again" {
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    assert_exit 0 oras-modelseal pull "$REPO:v1" -o "$OUT"
    before=$(stat -c '%i %Y' "$OUT/model.safetensors")
    assert_exit 0 oras-modelseal pull --format json "$REPO:v1" -o "$OUT"
    assert_equal "$(jq -r '[.files[].outcome] | unique | join(" ")' <<<"$output")" reused
    assert_equal "$(stat -c '%i %Y' "$OUT/model.safetensors")" "$before"
}

@test "a blob that was changed in the registry is refused, and the good old file stays" {
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    assert_exit 0 oras-modelseal pull "$REPO:v1" -o "$OUT"
    make_model "$MODEL" 2
    assert_exit 0 oras-modelseal push --format json "$REPO:v2" model
    digest=$(jq -r '.files[] | select(.path == "model.safetensors").digest' <<<"$output")
    blob=$REGISTRY_STORAGE/docker/registry/v2/blobs/sha256/${digest:7:2}/${digest#sha256:}/data
    tamper "$blob"
    sha256sum "$OUT"/model.safetensors "$OUT"/config.json >before
    assert_exit 1 oras-modelseal pull "$REPO:v2" -o "$OUT"
    assert_one_sentence "$stderr"
    sha256sum --quiet -c before
    assert_equal "$(find "$OUT" -name '*.tmp' | wc -l)" 0
    # Half a blob: the size says so before the digest does.
    truncate -s -100 "$blob"
    assert_exit 1 oras-modelseal pull "$REPO:v2" -o "$OUT"
    sha256sum --quiet -c before
}

@test "a full disk fails with one sentence, keeps the old file and leaves no litter" {
    [[ $(id -u) == 0 ]] || skip "needs root for a small file system"
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    mkdir small
    mount -t tmpfs -o size=1m tmpfs small
    assert_exit 0 oras-modelseal pull "$REPO:v1" -o small/model
    make_safetensors "$MODEL/model.safetensors" 2000
    assert_exit 0 oras-modelseal push "$REPO:v2" model
    sha256sum small/model/model.safetensors >before
    run --separate-stderr oras-modelseal pull "$REPO:v2" -o small/model
    sha256sum --quiet -c before
    litter=$(find small -name '*.tmp' | wc -l)
    umount small
    assert_equal "$status" 7
    assert_one_sentence "$stderr"
    assert_equal "$litter" 0
}

@test "an output folder that is a symbolic link is refused" {
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    mkdir elsewhere
    ln -s elsewhere "$OUT"
    assert_exit 3 oras-modelseal pull "$REPO:v1" -o "$OUT"
    assert_equal "$(find elsewhere -type f | wc -l)" 0
}

@test "names that lead out of the folder or into the seal are refused before anything is written" {
    require_peer oras
    oras push "$REPO:v1" model/config.json:application/json
    manifest_of "$REPO:v1" >manifest.json
    for name in ../evil /etc/evil a/../../evil .modelseal/manifest.json "line\nbreak" 'back\\slash' ''; do
        jq -c --arg name "$(printf '%b' "$name")" \
            '.layers[0].annotations["org.opencontainers.image.title"] = $name' manifest.json >evil.json
        oras manifest push "$REPO:evil" evil.json
        assert_exit 3 oras-modelseal pull "$REPO:evil" -o "$OUT"
        assert_one_sentence "$stderr"
        [[ ! -e $OUT ]]
    done
    jq -c '.layers += [.layers[0] | .annotations["org.opencontainers.image.title"] = "MODEL/Config.json"]' \
        manifest.json >evil.json
    oras manifest push "$REPO:evil" evil.json
    assert_exit 3 oras-modelseal pull "$REPO:evil" -o "$OUT"
}

@test "what runs code is refused with the allowance that would accept it" {
    printf '\x80\x04cposix\nsystem\n.' >model/pytorch_model.bin
    assert_exit 1 oras-modelseal push "$REPO:v1" model
    allowance=$(grep -o -- "--allow [^ ]*pytorch_model.bin" <<<"$stderr" | head -n 1)
    [[ -n $allowance ]]
    # shellcheck disable=SC2086  # two words
    assert_exit 0 oras-modelseal push $allowance "$REPO:v1" model
}

@test "a missing tag, a missing repository and a dead registry have their own exit codes" {
    assert_exit 0 oras-modelseal push "$REPO:v1" model
    assert_exit 11 oras-modelseal pull "$REPO:nosuch" -o "$OUT"
    assert_exit 11 oras-modelseal inspect "$REGISTRY/no/such:v1"
    assert_exit 75 oras-modelseal inspect localhost:1/no/such:v1
    assert_exit 2 oras-modelseal pull "$REPO" -o "$OUT"
}

# ---- inspect ----------------------------------------------------------------------------------

@test "inspect prints digest, root and files, and a ConfigMap for the verifier" {
    assert_exit 0 oras-modelseal push --format json "$REPO:v1" model
    digest=$(jq -r .digest <<<"$output")
    root=$(jq -r .root <<<"$output")
    assert_exit 0 oras-modelseal inspect "$REPO:v1"
    assert_contains "$output" "$digest"
    assert_contains "$output" "$root"
    assert_exit 0 oras-modelseal inspect --format json "$REPO:v1"
    assert_equal "$(jq -r .root <<<"$output")" "$root"
    assert_exit 0 oras-modelseal inspect --format configmap -n ml-serving "$REPO:v1"
    assert_equal "$(jq -r '.data["model-digest"], .immutable, .metadata.namespace' <<<"$output" | paste -sd' ')" \
        "$digest true ml-serving"
    for name in 'a b' Upper -x 'x\n' a..b ''; do
        assert_exit 2 oras-modelseal inspect --format configmap --configmap-name="$name" "$REPO:v1"
        assert_exit 2 oras-modelseal inspect --format configmap -n "$name" "$REPO:v1"
        assert_one_sentence "$stderr"
    done
    assert_exit 2 oras-modelseal inspect --format configmap -n a.b "$REPO:v1"
    assert_exit 0 oras-modelseal inspect --format configmap --file model.safetensors "$REPO:v1"
    assert_equal "$(jq -r '.data["model-digest"]' <<<"$output")" "$(sha256_of model/model.safetensors)"
}

# ---- TLS and passwords ------------------------------------------------------------------------

@test "a registry with TLS and a password: credentials from flags, standard input and docker's config" {
    start_registry tls
    repo=$REGISTRY/models/private
    assert_exit 5 oras-modelseal push --ca-file "$REGISTRY_CA" "$repo:v1" model
    assert_exit 0 oras-modelseal push --ca-file "$REGISTRY_CA" -u "$REGISTRY_USER" --password-stdin \
        "$repo:v1" model <<<"$REGISTRY_PASSWORD"
    mkdir -p "$DOCKER_CONFIG"
    printf '{"auths":{"%s":{"auth":"%s"}}}' "$REGISTRY" \
        "$(printf '%s' "$REGISTRY_USER:$REGISTRY_PASSWORD" | base64 -w0)" >"$DOCKER_CONFIG/config.json"
    assert_exit 0 oras-modelseal pull --ca-file "$REGISTRY_CA" "$repo:v1" -o "$OUT"
    diff -r -x .modelseal "$MODEL" "$OUT"
    rm -r "$DOCKER_CONFIG"
    stop_servers
}
