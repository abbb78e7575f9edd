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
