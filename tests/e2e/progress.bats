#!/usr/bin/env bats
# Progress as people and machines see it: on a real terminal of any size, in a log, as JSON.

load lib

setup_file() {
    start_registry plain
    mkdir "$BATS_FILE_TMPDIR/model"
    make_weights "$BATS_FILE_TMPDIR/model/first.safetensors" 24 1
    make_weights "$BATS_FILE_TMPDIR/model/second.safetensors" 24 2
    oras-modelseal push -q "$REGISTRY/models/m:v1" "$BATS_FILE_TMPDIR/model" >/dev/null
}

teardown_file() {
    stop_servers
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export TERM=xterm
    unset CI
    start_support fault-proxy.py --rate 8000000 "$REGISTRY"
    FAULTY=localhost:$SERVER_PORT
    REF=$FAULTY/models/m:v1
}

teardown() {
    stop_servers
}

# on_terminal [OPTION…] COMMAND…: see tests/support/on-terminal.py
on_terminal() {
    python3 "$SOURCE_ROOT/tests/support/on-terminal.py" "$@"
}

@test "a terminal shows a line for each file and the total, and keeps what has ended" {
    assert_exit 0 on_terminal --frames frames oras-modelseal pull "$REF" -o out
    assert_contains "$(<frames)" "pulling first.safetensors "
    grep -qE '^pulling second.safetensors +[0-9.]+ MiB of 24.0 MiB +[0-9]+%  [0-9.]+ MiB/s  0:0[0-9] left$' frames
    grep -qE '^total \(0 of 2 done\) +[0-9.]+ MiB of 48.0 MiB +[0-9]+%  [0-9.]+ MiB/s  0:0[0-9] left$' frames
    assert_contains "$output" "pulling first.safetensors: Pulled"
    refute_contains "$output" "total ("
    refute_contains "$output" " left"
}

@test "a terminal that is narrow or low is not drawn over" {
    assert_exit 0 on_terminal --columns 30 --rows 2 --frames frames oras-modelseal pull "$REF" -o out
    grep -qE '^total \(0 of 2 done\) +[0-9]+%$' frames
    cmp out/first.safetensors "$BATS_FILE_TMPDIR/model/first.safetensors"
}

@test "SIGINT leaves a clean terminal, and the error on it" {
    assert_exit 130 on_terminal --interrupt 'MiB/s' oras-modelseal pull "$REF" -o out
    refute_contains "$output" "MiB/s"
    assert_contains "$output" "ended by SIGINT"
}

@test "a file that fails leaves a clean terminal, and the error on it" {
    stop_servers
    start_support fault-proxy.py --rate 8000000 "$REGISTRY" 'GET /blobs/ corrupt 1000'
    assert_exit 1 on_terminal --frames frames oras-modelseal pull "localhost:$SERVER_PORT/models/m:v1" -o out
    assert_contains "$(<frames)" "MiB/s"
    refute_contains "$output" "MiB/s"
    assert_contains "$output" "Error: "
}

@test "a dumb terminal, CI and a pipe get a line for each file that took its time" {
    local variable
    for variable in TERM=dumb CI=true; do
        rm -rf out
        assert_exit 0 on_terminal --frames frames env "$variable" oras-modelseal pull "$REF" -o out
        refute_contains "$(<frames)" "MiB/s"
        assert_contains "$output" "pulling second.safetensors: Pulled"
    done
    rm -rf out
    oras-modelseal pull "$REF" -o out 2>piped >/dev/null
    assert_contains "$(<piped)" "pulling second.safetensors: Pulled"
    refute_contains "$(<piped)" $'\e'
}

@test "--quiet, and --progress quiet, show nothing; --progress tty is for terminals" {
    oras-modelseal pull -q --progress json "$REF" -o quiet 2>messages >/dev/null
    refute_contains "$(<messages)" "{"
    oras-modelseal pull --progress quiet "$REF" -o silent 2>messages >/dev/null
    refute_contains "$(<messages)" "Pulled"
    assert_exit 2 oras-modelseal pull --progress tty "$REF" -o out
    assert_contains "$stderr" "standard error is none"
    assert_exit 2 oras-modelseal pull --progress rawjson "$REF" -o out
}

@test "--progress json tells a machine of every file, and how far it is" {
    oras-modelseal pull --progress json "$REF" -o out 2>messages >/dev/null
    grep '^{' messages >events
    assert_equal "$(jq -r 'select(.event == "done") | .name' events | sort | paste -sd' ')" "first.safetensors second.safetensors"
    jq -es 'map(select(.event == "progress")) | length > 2 and all(.bytes <= .size and .total.size == (.total.files * .size))' events
    jq -es 'map(select(.event == "progress" and .total.rate > 4000000 and .total.eta != null)) | length > 0' events
    assert_equal "$(tail -n 1 events | jq -c '[.event, .done, .failed, .present]')" '["summary",2,0,0]'
}

@test "bytes of an earlier pull count in the total and not in the rate" {
    assert_exit 130 on_terminal --interrupt '[234][0-9]%' oras-modelseal pull --concurrency 1 "$REF" -o out
    oras-modelseal pull --progress json --concurrency 1 "$REF" -o out 2>messages >/dev/null
    grep '^{' messages >events
    jq -es 'last | .present > 1000000 and .bytes + .present >= 48 * 1048576' events
    jq -es 'map(select(.event == "progress").rate) | max < 40000000' events
}

@test "a registry has what was pushed before, and a retry is told, as events" {
    stop_servers
    start_fault_proxy 'GET /manifests/ status 503 1'
    oras-modelseal pull --progress json "$FAULTY/models/m:v1" -o out 2>messages >/dev/null
    assert_equal "$(grep '^{' messages | jq -r 'select(.event == "retry") | .reason')" "the server answered 503"
    oras-modelseal push --progress json "$REGISTRY/models/m:v1" "$BATS_FILE_TMPDIR/model" 2>messages >/dev/null
    jq -es 'last | .bytes == 0 and .present > 48 * 1048576 and .failed == 0' <(grep '^{' messages)
}
