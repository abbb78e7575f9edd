# What "cmake --install" puts in place runs from there.
load ../e2e/lib

install_copy() {
    cd "$SOURCE_ROOT" || return 1
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

@test "what scripts/quickstart builds is all that is installed" {
    local targets commands file
    targets=$(sed -n 's/^ *targets=(\(.*\))$/\1/p' "$SOURCE_ROOT/scripts/quickstart")
    # shellcheck disable=SC2086  # words
    commands=$(ninja -C "$SOURCE_ROOT/build/release" -t commands $targets)$'\n'
    install_copy
    [[ -f $DESTDIR/usr/local/share/man/man1/modelseal-check.1 ]]
    while IFS= read -r file; do
        [[ $commands == *"/${file##*/}"[[:space:]]* ]] ||
            { echo "$file is installed, and the quickstart does not build it" >&2; return 1; }
    done < <(cd "$DESTDIR" && find . -type f)
}
