#!/usr/bin/env bats
# kill -9 at random points of a push, a pull and a copy, to registries and to layouts: the model of before or
# the complete new one is there, the next run completes, and nothing is left behind.
#
# MODELSEAL_KILLS (8) says how often each operation is killed, MODELSEAL_SEED (1) when.

load lib
load transfers

setup_file() { start_transfers; }

teardown_file() { stop_servers; }

# survive_kill OPERATION NUMBER MILLISECONDS: one that is killed so long after it began.
survive_kill() {
    mkdir "$BATS_TEST_TMPDIR/$2"
    cd "$BATS_TEST_TMPDIR/$2"
    REPO=models/kill-$1-$2
    export XDG_STATE_HOME=$PWD/state
    prepare "$1" >/dev/null 2>&1
    start_transfer "$1" "$SOURCE" "$DESTINATION"
    sleep "$(printf '%d.%03d' $(($3 / 1000)) $(($3 % 1000)))"
    if kill -KILL "$TRANSFER" 2>/dev/null; then kills=$((kills + 1)); fi
    wait "$TRANSFER" || true
    assert_unharmed "$1"
    transfer "$1" "$SOURCE" "$DESTINATION" >/dev/null
    assert_new "$1" >/dev/null
    left=$((left + $(sessions | wc -l)))
    cd "$BATS_TEST_TMPDIR"
    rm -r "$2"
}

# survive_kills OPERATION: as many as asked for, spread over the time that it takes.
survive_kills() {
    local seed=${MODELSEAL_SEED:-1} number taken
    kills=0 left=0
    mkdir "$BATS_TEST_TMPDIR/timed"
    cd "$BATS_TEST_TMPDIR/timed"
    export REPO=models/kill-$1-0
    prepare "$1" >/dev/null 2>&1
    taken=$(date +%s%N)
    transfer "$1" "$SOURCE" "$DESTINATION" >/dev/null
    taken=$((($(date +%s%N) - taken) / 1000000))
    RANDOM=$seed
    for ((number = 1; number <= ${MODELSEAL_KILLS:-8}; number++)); do
        survive_kill "$1" "$number" $((RANDOM % taken))
    done
    echo "# survived $kills kills of a $1 (seed $seed, $taken ms); uploads left in the registry: $left" >&3
}

@test "kill -9 at any point of a push" { survive_kills push; }

@test "kill -9 at any point of a pull" { survive_kills pull; }

@test "kill -9 at any point of a copy" { survive_kills copy; }

@test "kill -9 at any point of a push to a layout" { survive_kills push-layout; }

@test "kill -9 at any point of a copy to a layout" { survive_kills copy-layout; }
