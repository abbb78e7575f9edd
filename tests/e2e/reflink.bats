#!/usr/bin/env bats
# A layout on a file system that can share storage between files: a push copies no data.
load lib

setup() {
    MOUNTED=$BATS_TEST_TMPDIR/mounted
    export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR
}

teardown() {
    stop_servers
    cd / || return 1
    if mountpoint -q "$MOUNTED"; then umount "$MOUNTED"; fi
}

# mount_xfs: an empty XFS with shared storage at MOUNTED.
mount_xfs() {
    PATH=$PATH:/usr/sbin:/sbin
    require_peer mkfs.xfs
    truncate -s 400M "$BATS_TEST_TMPDIR/image"
    mkfs.xfs -q -m reflink=1 "$BATS_TEST_TMPDIR/image"
    mkdir "$MOUNTED"
    if ! mount -o loop "$BATS_TEST_TMPDIR/image" "$MOUNTED" 2>"$BATS_TEST_TMPDIR/mount.log"; then
        skip "no file system can be mounted here: $(<"$BATS_TEST_TMPDIR/mount.log")"
    fi
}

# used: KiB that the file system's files take.
used() {
    sync -f "$MOUNTED"
    df --output=used -k "$MOUNTED" | tail -n 1
}

@test "a push to a layout on the same file system, and a pull from it, copy no data" {
    mount_xfs
    cd "$MOUNTED" || return 1
    make_safetensors model.safetensors 65536 # 64 MiB
    local before grown
    before=$(used)
    assert_exit 0 oras-modelseal push -q --oci-layout store:v1 model.safetensors
    grown=$(($(used) - before))
    echo "# a layout with a model of 64 MiB takes $grown KiB more" >&3
    ((grown < 2048))
    before=$(used)
    assert_exit 0 oras-modelseal pull -q --oci-layout store:v1 -o shared
    grown=$(($(used) - before))
    echo "# the model pulled from it takes $grown KiB more" >&3
    ((grown < 2048))
    cmp model.safetensors shared/model.safetensors
    # It is a copy all the same: what is done to the source later is not done to the layout.
    tamper model.safetensors
    assert_exit 0 oras-modelseal pull -q --oci-layout store:v1 -o pulled
    assert_exit 1 cmp -s model.safetensors pulled/model.safetensors
}

@test "a pull out of a cache on the same file system copies no data" {
    start_registry plain # before the file system is where everything happens
    mount_xfs
    cd "$MOUNTED" || return 1
    make_safetensors model.safetensors 65536 # 64 MiB
    local before grown
    assert_exit 0 oras-modelseal push -q "$REGISTRY/models/m:v1" model.safetensors
    assert_exit 0 oras-modelseal pull -q --cache cache "$REGISTRY/models/m:v1" -o first
    before=$(used)
    assert_exit 0 oras-modelseal pull -q --cache cache "$REGISTRY/models/m:v1" -o second
    grown=$(($(used) - before))
    echo "# out of the cache a model of 64 MiB takes $grown KiB more" >&3
    ((grown < 2048))
    cmp model.safetensors second/model.safetensors
}
