# The one command of a newcomer.
load lib

setup_file() { require_real_model; }

@test "scripts/quickstart shows the whole job on the real model, and again on a second run" {
    local run
    for run in first second; do
        echo "$run run" >&2
        assert_exit 0 env -u COSIGN_PASSWORD "$SOURCE_ROOT"/scripts/quickstart
        assert_contains "$output" "Verified while it was whole, refused after one bit changed."
        assert_contains "$output$stderr" "INTEGRITY CHECK FAILED"
        assert_equal "$(grep -cx "the server starts" <<<"$output" || true)" 0
    done
}

@test "scripts/quickstart takes a model of one's own" {
    make_sharded_model "$BATS_TEST_TMPDIR/my-model"
    assert_exit 0 "$SOURCE_ROOT"/scripts/quickstart "$BATS_TEST_TMPDIR/my-model"
    assert_contains "$output" "Verified while it was whole"
}

@test "scripts/quickstart --help says what it does and does nothing" {
    assert_exit 0 "$SOURCE_ROOT"/scripts/quickstart --help
    assert_contains "$output" "scripts/quickstart [MODEL_DIR]"
    refute_contains "$output" "set -euo"
}

@test "scripts/quickstart names a model folder that is not there" {
    assert_exit 1 "$SOURCE_ROOT"/scripts/quickstart "$BATS_TEST_TMPDIR/none"
    assert_contains "$stderr" "there is no folder '$BATS_TEST_TMPDIR/none'"
}
