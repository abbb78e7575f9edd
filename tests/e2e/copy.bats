# oras-modelseal copy: registries and layouts of both kinds, with signatures, read by the stock tools.
load lib

setup() {
    require_peer oras cosign crane skopeo jq
    cd "$BATS_TEST_TMPDIR"
    export COSIGN_PASSWORD=pw
    make_model model
    cosign-modelseal generate-key-pair >/dev/null 2>&1
}

teardown() { stop_servers; }

# push_signed REF OPTION…: the model, with a signature in the new and the older format.
push_signed() {
    local ref=$1
    shift
    oras-modelseal push --quiet "$@" "$ref" model >/dev/null
    cosign-modelseal sign --quiet --legacy --model model --key cosign.key "$@" "$ref" >/dev/null
}

stock_verify() {
    cosign verify --key cosign.pub --insecure-ignore-tlog --allow-http-registry "$@"
}

@test "a signed model goes to a layout, is carried over, and is verified in the other registry" {
    start_referrers_registry
    local first=$REGISTRY digest
    push_signed "$first/models/m:v1" --plain-http
    digest=$(crane digest "$first/models/m:v1")

    assert_exit 0 oras-modelseal copy --from-plain-http "$first/models/m:v1" --to-oci-layout carried:v1
    assert_contains "$output" "Digest: $digest"
    assert_contains "$output" "Referrers: 2"
    assert_exit 0 cosign-modelseal verify --key cosign.pub --oci-layout carried:v1
    assert_exit 0 skopeo inspect --raw oci:carried:v1
    stop_servers

    start_registry plain
    assert_exit 0 oras-modelseal copy --from-oci-layout carried:v1 --to-plain-http "$REGISTRY/inside/m:v1,latest"
    assert_equal "$(crane digest "$REGISTRY/inside/m:latest")" "$digest"
    assert_exit 0 cosign-modelseal verify --plain-http --model model --key cosign.pub "$REGISTRY/inside/m:v1"
    assert_exit 0 stock_verify "$REGISTRY/inside/m@$digest"
    assert_exit 0 stock_verify --new-bundle-format=false "$REGISTRY/inside/m@$digest"
    assert_exit 0 oras pull --plain-http -o pulled "$REGISTRY/inside/m:v1"
    diff -r model pulled
}

@test "what is there already is not sent again, and within a registry nothing is" {
    start_registry plain
    push_signed "$REGISTRY/a:v1" --plain-http
    local copy=(oras-modelseal copy --format json --from-plain-http --to-plain-http)
    assert_exit 0 "${copy[@]}" "$REGISTRY/a:v1" "$REGISTRY/b:v1"
    assert_equal "$(jq .bytesSent <<<"$output")" 0
    assert_equal "$(jq '.referrers | length' <<<"$output")" 2
    assert_exit 0 oras-modelseal copy --format json --from-plain-http "$REGISTRY/b:v1" --to-oci-layout l:v1
    refute_contains "$(jq .bytesSent <<<"$output")" "^0$"
    assert_exit 0 oras-modelseal copy --format json --from-plain-http "$REGISTRY/b:v1" --to-oci-layout l:v1
    assert_equal "$(jq .bytesSent <<<"$output")" 0
}

@test "an index is copied with all that it lists, as oras copies it" {
    start_registry plain
    oras-modelseal push --quiet --plain-http "$REGISTRY/m:a" model >/dev/null
    make_sharded_model sharded
    oras-modelseal push --quiet --plain-http "$REGISTRY/m:b" sharded >/dev/null
    oras manifest index create --plain-http "$REGISTRY/m:all" a b
    assert_exit 0 oras-modelseal copy --from-plain-http "$REGISTRY/m:all" --to-oci-layout ours:all
    assert_exit 0 oras cp --from-plain-http "$REGISTRY/m:all" --to-oci-layout theirs:all
    assert_equal "$(cd ours/blobs/sha256 && ls)" "$(cd theirs/blobs/sha256 && ls)"
    assert_exit 0 oras-modelseal copy --from-oci-layout theirs:all --to-plain-http "$REGISTRY/back:all"
    assert_equal "$(crane digest "$REGISTRY/back:all")" "$(crane digest "$REGISTRY/m:all")"
}

@test "--no-referrers leaves signatures behind" {
    push_signed l:v1 --oci-layout
    assert_exit 0 oras-modelseal copy --no-referrers --from-oci-layout l:v1 --to-oci-layout plain:v1
    assert_exit 10 cosign-modelseal verify --key cosign.pub --oci-layout plain:v1
}

@test "a blob that was changed in the source is refused, and no tag names the copy" {
    push_signed l:v1 --oci-layout
    local layer
    layer=$(oras manifest fetch --oci-layout l:v1 | jq -r '.layers | max_by(.size) | .digest')
    tamper "l/blobs/sha256/${layer#sha256:}"
    start_registry plain
    assert_exit 1 oras-modelseal copy --from-oci-layout l:v1 --to-plain-http "$REGISTRY/m:v1"
    assert_one_sentence "$stderr"
    assert_exit 1 crane digest "$REGISTRY/m:v1"
}

@test "a destination that names a digest, or two passwords on standard input, are refused" {
    push_signed l:v1 --oci-layout
    local digest
    digest=$(oras resolve --oci-layout l:v1)
    assert_exit 2 oras-modelseal copy --from-oci-layout l:v1 --to-oci-layout "l2@$digest"
    assert_one_sentence "$stderr"
    assert_exit 2 oras-modelseal copy --from-username a --from-password-stdin --to-username b \
        --to-password-stdin r.example/a:v1 s.example/a:v1
    assert_one_sentence "$stderr"
    assert_exit 2 oras-modelseal copy ./l:v1 --to-oci-layout l2:v1
    assert_contains "$stderr" "--from-oci-layout"
}
