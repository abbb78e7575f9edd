# Every command that a Markdown file shows is run, as it stands there.
load lib

setup() {
    start_registry plain
    cd "$BATS_TEST_TMPDIR"
    ln -s "$SOURCE_ROOT/examples" "$SOURCE_ROOT/scripts" .
    make_model fraud-detector
    export COSIGN_PASSWORD=example
}

teardown() { stop_servers; }

# run_page PAGE: its commands as one script, with the registry of this test.
run_page() {
    python3 "$E2E_DIR/doc-commands.py" "$SOURCE_ROOT" "$1" | sed "s/localhost:5000/$REGISTRY/g" >page.sh
    assert_exit 0 bash -euo pipefail page.sh
}

@test "the commands of README.md" {
    run_page README.md
    assert_contains "$output" "the server starts"
}

@test "the commands of every other page" {
    local page
    cd "$SOURCE_ROOT"
    mapfile -t pages < <(git ls-files '*.md' | grep -vxF README.md)
    cd "$BATS_TEST_TMPDIR"
    for page in "${pages[@]}"; do
        run_page "$page"
    done
}

@test "the YAML of docs/serving.md can be read, and its ConfigMap is what inspect writes" {
    require_peer yq
    local page=$SOURCE_ROOT/docs/serving.md blocks
    # shellcheck disable=SC2016  # the backquotes are Markdown's
    sed -n '/^```yaml/,/^```/{s/^```yaml/---/;/^```/d;p}' "$page" >blocks.yaml
    assert_exit 0 yq -c . blocks.yaml
    blocks=$output
    assert_equal "$(wc -l <<<"$blocks" | tr -d ' ')" 4
    oras-modelseal push --quiet --oci-layout layout:v1 fraud-detector >/dev/null
    oras-modelseal inspect --format configmap --oci-layout layout:v1 >configmap.json
    assert_equal "$(sed -n 1p <<<"$blocks" | jq -c '.data | keys')" "$(jq -c '.data | keys' configmap.json)"
    assert_equal "$(sed -n 1p <<<"$blocks" | jq -c keys)" "$(jq -c keys configmap.json)"
}

@test "docs/serving.md lists the variable of every option of modelseal-verify" {
    local option
    for option in $(modelseal-verify --help | sed -nE 's/^ .*--([a-z-]+) ?.*/\1/p'); do
        case $option in
            warn | quiet | help | version | completion) ;;
            *) assert_contains "$(<"$SOURCE_ROOT/docs/serving.md")" "\`MODELSEAL_$(tr a-z- A-Z_ <<<"$option")\`" ;;
        esac
    done
}
