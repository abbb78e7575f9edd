# What "cmake --install" puts in place runs from there.
load ../e2e/lib

@test "an installed copy runs" {
    local executable
    cd "$SOURCE_ROOT"
    export DESTDIR=$BATS_TEST_TMPDIR
    cmake --install build/release --prefix /usr/local
    for executable in modelseal-check oras-modelseal cosign-modelseal modelseal-verify; do
        assert_exit 0 "$DESTDIR/usr/local/bin/$executable" --version
    done
}
