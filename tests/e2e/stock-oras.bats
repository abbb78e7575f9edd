# What somebody who knows stock oras types: every command and flag of it is here, or refused with what to do.
load lib

setup() {
    require_peer oras
    cd "$BATS_TEST_TMPDIR" || return 1
}

# stock_flags COMMAND…: the flags of a command of oras, a line each: "LONG SHORT VALUE", "-" where there is none.
stock_flags() {
    oras "$@" --help | sed -nE 's/^ +(-([A-Za-z]), )?--([a-z-]+) ?([a-zA-Z]+)?  .*/\3 \2 \4/p' |
        awk '{ print $1, (NF > 1 && length($2) == 1) ? $2 : "-", (NF > 2 || (NF == 2 && length($2) > 1)) ? "value" : "-" }'
}

# knows_flags OURS STOCK…: no flag of `oras STOCK` is unknown to `oras-modelseal OURS`.
knows_flags() {
    local ours=$1 long short value word count=0
    shift
    while read -r long short value; do
        count=$((count + 1))
        word=--$long
        if [[ $value == value ]]; then word+=${word:+=x}; fi
        run --separate-stderr oras-modelseal "$ours" "$word" --help
        refute_contains "$stderr" "unknown option"
        if [[ $status -ne 0 ]]; then
            assert_exit 2 oras-modelseal "$ours" "$word" --help
            assert_one_sentence "$stderr"
        fi
        if [[ $short != - ]]; then
            word=-$short
            if [[ $value == value ]]; then word+=x; fi
            run --separate-stderr oras-modelseal "$ours" "$word" --help
            refute_contains "$stderr" "unknown option"
        fi
    done < <(stock_flags "$@")
    [[ $count -gt 10 ]]
}

@test "every flag of oras push, pull, cp and manifest fetch is here or refused with what to use" {
    knows_flags push push
    knows_flags pull pull
    knows_flags copy cp
    knows_flags inspect manifest fetch
    assert_exit 2 oras-modelseal push --export-manifest m.json r.example/m:v1 model
    assert_contains "$stderr" "oras manifest fetch --output"
    assert_exit 2 oras-modelseal pull -T r.example/m:v1
    assert_contains "$stderr" "use 'oras pull'"
    assert_exit 2 oras-modelseal copy --recursive --no-referrers r.example/m:v1 r.example/n:v1
    assert_contains "$stderr" "contradict"
}

@test "every command of oras is here or refused with what to use" {
    local name count=0
    while read -r name; do
        count=$((count + 1))
        run --separate-stderr oras-modelseal "$name" --help
        refute_contains "$stderr" "there is no command"
    done < <(oras --help | sed -n '/^Available Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
    [[ $count -gt 10 ]]
    assert_exit 2 oras-modelseal login registry.example.com
    assert_contains "$stderr" "use 'oras login'"
    assert_one_sentence "$stderr"
}

@test "an option of copy that does not say which side it is about names both" {
    assert_exit 2 oras-modelseal copy --oci-layout a:v1 b:v1
    assert_contains "$stderr" "--from-oci-layout or --to-oci-layout"
    assert_exit 2 oras-modelseal copy --cache=c a.example/m:v1 b.example/m:v1
    assert_contains "$stderr" "--from-cache"
    refute_contains "$stderr" "--to-cache"
}

@test "mistyped commands and options are told the nearest, and --quiet may come first" {
    assert_exit 2 oras-modelseal psuh
    assert_contains "$stderr" "did you mean push?"
    assert_exit 2 modelseal-verify --kye cosign.pub
    assert_contains "$stderr" "did you mean --key?"
    assert_exit 2 oras-modelseal pull -o=out r.example/m:v1
    assert_contains "$stderr" "write -o DIR or --output=DIR"
    make_model model
    assert_exit 0 oras-modelseal --quiet push --oci-layout layout:v1 model
    assert_contains "$output" "Pushed layout@sha256:"
    refute_contains "$output" "model.safetensors"
    assert_equal "$stderr" ""
}

@test "push names what is first by mistake, and writes nothing" {
    make_model model
    assert_exit 2 oras-modelseal push ./model r.example/m:v1
    assert_contains "$stderr" "the reference comes first: push r.example/m:v1 ./model"
    assert_one_sentence "$stderr"
    assert_exit 2 oras-modelseal push --oci-layout ./model ./store:v1
    assert_contains "$stderr" "the reference comes first"
    [[ ! -e store ]]
}

@test "a usage error comes alone, without notes about git" {
    make_model model
    assert_exit 2 oras-modelseal push --plain-http --insecure r.example/m:v1 model
    refute_contains "$stderr" "Note:"
    assert_exit 2 oras-modelseal push --sign r.example/m:v1 model
    refute_contains "$stderr" "Note:"
    assert_exit 2 oras-modelseal push --oci-layout store:v1 model:application/json
    refute_contains "$stderr" "Note:"
}

@test "a reader that goes away ends a command without a word" {
    make_model model
    local code i
    for i in {1..200}; do echo "{}" >"model/$i.json"; done
    oras-modelseal push --quiet --oci-layout store:v1 model >/dev/null 2>&1
    # The reader is gone before anything is written.
    code=$({ oras-modelseal inspect --oci-layout store:v1 2>err; echo $? >code; } | true; sleep 1; cat code)
    assert_equal "$code" 141
    assert_equal "$(<err)" ""
    code=$({ modelseal-check nothing 2>err; echo $? >code; } | true; sleep 1; cat code)
    assert_equal "$code" 4
}
