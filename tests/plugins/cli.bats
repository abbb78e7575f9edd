# What every executable and every subcommand answers to --help, --version and words it does not know.
load ../e2e/lib

EXECUTABLES=(modelseal-check modelseal-verify oras-modelseal cosign-modelseal)

# subcommands EXECUTABLE prints the names under "Commands:" of its help; nothing when it has none.
subcommands() {
    "$1" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

# each_command FUNCTION: calls it for every executable without subcommands and for every subcommand.
each_command() {
    local executable name names
    for executable in "${EXECUTABLES[@]}"; do
        names=$(subcommands "$executable")
        if [[ -z $names ]]; then "$1" "$executable"; fi
        for name in $names; do
            "$1" "$executable" "$name"
        done
    done
}

@test "the executables with subcommands list them" {
    assert_contains "$(subcommands oras-modelseal | paste -sd' ')" "push pull copy inspect layout doctor"
    assert_contains "$(subcommands cosign-modelseal)" "sign"
    assert_equal "$(subcommands modelseal-check)" ""
    assert_equal "$(subcommands modelseal-verify)" ""
}

@test "--help goes to standard output, with usage and options" {
    for executable in "${EXECUTABLES[@]}"; do
        assert_exit 0 "$executable" --help
        assert_contains "$output" "Usage: $executable"
        assert_equal "$stderr" ""
    done
}

has_help() {
    assert_exit 0 "$@" --help
    assert_contains "$output" "Usage: $*"
    assert_contains "$output" "Examples:"
    assert_contains "$output" "--quiet"
    assert_equal "$stderr" ""
}

@test "every command has a help page with usage, options and examples" {
    each_command has_help
}

is_narrow() {
    assert_exit 0 "$@" --help
    assert_equal "$(grep -E '^.{81,}' <<<"$output" || true)" ""
}

@test "no line of help is wider than 80 columns" {
    each_command is_narrow
}

@test "--version prints name and version" {
    local version
    version=$(sed -nE 's/^project\(modelseal VERSION ([0-9.]+).*/\1/p' "$SOURCE_ROOT/CMakeLists.txt")
    for executable in "${EXECUTABLES[@]}"; do
        assert_exit 0 "$executable" --version
        assert_equal "$output" "$executable $version"
        assert_equal "$stderr" ""
    done
}

refuses_bad_flag() {
    assert_exit 2 "$@" --no-such-flag
    assert_equal "$output" ""
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "no-such-flag"
    assert_contains "$stderr" "--help"
}

@test "an unknown flag is a usage error that names it" {
    each_command refuses_bad_flag
}

refuses_missing_value() {
    local option
    assert_exit 0 "$@" --help
    option=$(sed -nE 's/^ .*(--[a-z-]+) [A-Z].*/\1/p' <<<"$output" | head -n 1)
    [[ -n $option ]] || return 0
    assert_exit 2 "$@" "$option"
    assert_one_sentence "$stderr"
}

@test "an option without its value is a usage error" {
    each_command refuses_missing_value
}

@test "an unknown subcommand, or none, is a usage error" {
    for executable in oras-modelseal cosign-modelseal; do
        assert_exit 2 "$executable" no-such-command
        assert_contains "$stderr" "no-such-command"
        assert_exit 2 "$executable"
        assert_one_sentence "$stderr"
    done
}

@test "a result that cannot be written is an error" {
    for executable in "${EXECUTABLES[@]}"; do
        assert_exit 7 bash -c "$executable --help >/dev/full"
        assert_one_sentence "$stderr"
    done
}

@test "the verifier is statically linked and asks no network library" {
    assert_exit 0 readelf --program-headers "$MODELSEAL_BIN/modelseal-verify"
    refute_contains "$output" INTERP
    run grep -c -aE 'libcurl|getaddrinfo' "$MODELSEAL_BIN/modelseal-verify"
    assert_equal "$output" 0
}

@test "libcurl and libgit2 are loaded only by what asks a network or a repository" {
    cd "$BATS_TEST_TMPDIR"
    local name names
    mkdir broken model
    names=$(grep -aoE 'lib(curl|git2)\.so[.0-9]+' "$MODELSEAL_BIN/oras-modelseal")
    assert_equal "$(wc -l <<<"$names")" 2
    while read -r name; do
        printf 'no library' >"broken/$name"
    done <<<"$names"
    printf '{}' >model/config.json
    assert_exit 0 cosign-modelseal generate-key-pair
    assert_exit 0 cosign-modelseal sign-blob --yes --key cosign.key --bundle bundle.json model/config.json
    export LD_LIBRARY_PATH=$PWD/broken
    assert_exit 0 cosign-modelseal verify-blob --key cosign.pub --bundle bundle.json model/config.json
    assert_exit 7 cosign-modelseal verify --key cosign.pub localhost:1/m:v1
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "cannot be loaded"
    assert_exit 7 oras-modelseal push --oci-layout layout:v1 model
    assert_one_sentence "$stderr"
    assert_contains "$stderr" "libgit2"
}
