#!/usr/bin/env bats
# What somebody who knows stock cosign types: every command and flag of it is here, or refused with what to do.

load lib

setup() {
    require_peer cosign
    cd "$BATS_TEST_TMPDIR" || return 1
}

# stock_flags COMMAND: the flags of a command of cosign, a line each: "LONG SHORT- KIND", where SHORT may be nothing and
# KIND is "value" or "switch".
stock_flags() {
    cosign "$1" --help | sed -nE \
        -e "s/^ *(-([A-Za-z]), )?--([a-zA-Z0-9-]+)=(true|false):$/\3 \2- switch/p; t" \
        -e "s/^ *(-([A-Za-z]), )?--([a-zA-Z0-9-]+)=.*:$/\3 \2- value/p; t" \
        -e "s/^ *(-([A-Za-z]), )?--([a-zA-Z0-9-]+) [a-z]+   *.*/\3 \2- value/p; t" \
        -e "s/^ *(-([A-Za-z]), )?--([a-zA-Z0-9-]+)   *.*/\3 \2- switch/p"
}

# is_answered COMMAND WORD: the option is taken (help then is), or refused with a sentence of its own.
is_answered() {
    run --separate-stderr cosign-modelseal "$@" --help
    refute_contains "$stderr" "unknown option"
    refute_contains "$stderr" "is no option"
    [[ $status -eq 0 ]] && return 0
    assert_exit 2 cosign-modelseal "$@" --help
    assert_one_sentence "$stderr"
    # A choice of values is no sentence of its own.
    refute_contains "$stderr" "takes one of"
    assert_contains "$stderr" ": "
}

# value_for FLAG: one that it can have.
value_for() {
    case $1 in
        annotations) echo k=v ;;
        output) echo json ;;
        timeout) echo 1m ;;
        *) echo x ;;
    esac
}

@test "every flag of the commands that are here is here, or refused with what to use" {
    local command long short value count
    for command in sign verify attest verify-attestation sign-blob verify-blob generate-key-pair import-key-pair \
        public-key; do
        count=0
        while read -r long short value; do
            echo "$command --$long" >&2
            count=$((count + 1))
            if [[ $value == switch ]]; then
                is_answered "$command" "--$long"
                [[ $short == - ]] || is_answered "$command" "-${short%-}"
            else
                is_answered "$command" "--$long=$(value_for "$long")"
                [[ $short == - ]] || is_answered "$command" "-${short%-}" "$(value_for "$long")"
            fi
        done < <(stock_flags "$command")
        echo "$command: $count" >&2
        [[ $count -ge 6 ]]
    done
}

@test "every command of cosign is here, or refused with what to use" {
    local name count=0
    while read -r name; do
        count=$((count + 1))
        run --separate-stderr cosign-modelseal "$name" --help
        echo "$name" >&2
        if [[ $status -ne 0 && $name != completion && $name != help ]]; then
            assert_exit 2 cosign-modelseal "$name" anything --all=1
            assert_one_sentence "$stderr"
            assert_contains "$stderr" "Error: $name: "
        fi
    done < <(cosign help 2>/dev/null | sed -n '/^Available Commands:/,/^Flags:/s/^\([a-z-]*\) .*/\1/p'
        printf '%s\n' attach copy dockerfile manifest piv-tool pkcs11-tool triangulate upload) # deprecated, or not built in
    [[ $count -gt 25 ]]
}

@test "what replaces a command of cosign is said" {
    local name words
    while read -r name words; do
        assert_exit 2 cosign-modelseal "$name" x
        assert_contains "$stderr" "$words"
    done <<'WORDS'
copy oras-modelseal copy
save copy --to-oci-layout
load copy --from-oci-layout
login oras login
tree oras discover
initialize compiled in
trusted-root --trusted-root
pkcs11-tool PLUGIN://KEY
WORDS
}
