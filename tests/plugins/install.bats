# What "cmake --install" puts in place runs from there.
load ../e2e/lib

install_copy() {
    cd "$SOURCE_ROOT"
    export DESTDIR=$BATS_TEST_TMPDIR
    cmake --install build/release --prefix /usr/local
}

@test "an installed copy runs" {
    local executable
    install_copy
    for executable in modelseal-check oras-modelseal cosign-modelseal modelseal-verify; do
        assert_exit 0 "$DESTDIR/usr/local/bin/$executable" --version
    done
}

@test "manual pages and completions are installed where man and the shells look, and can be read" {
    local executable share=$BATS_TEST_TMPDIR/usr/local/share
    install_copy
    for executable in modelseal-check oras-modelseal cosign-modelseal modelseal-verify; do
        assert_contains "$(<"$share/man/man1/$executable.1")" ".TH \"${executable//-/\\-}\" 1"
        assert_exit 0 bash -n "$share/bash-completion/completions/$executable"
        if command -v zsh >/dev/null; then
            assert_exit 0 zsh -n "$share/zsh/site-functions/_$executable"
        fi
        if command -v fish >/dev/null; then
            assert_exit 0 fish -n "$share/fish/vendor_completions.d/$executable.fish"
        fi
    done
}
