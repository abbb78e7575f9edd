#!/usr/bin/env bash
# Installs the real programs that the end-to-end tests run against: pinned versions, in a cache
# folder outside the tree (MODELSEAL_PEERS_CACHE, default ~/.cache/modelseal), and packages of Debian 12.
# Writes CACHE/peers/env, to be sourced: it puts the peers on PATH. Safe to run again.
#
#   install-peers.sh         what scripts/test needs
#   install-peers.sh full    also what only 'scripts/test full' needs: Rekor v1 and a certificate transparency
#                            log, on Trillian and MariaDB (ten minutes of building)
set -euo pipefail
# shellcheck source=scripts/lib/common.bash
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.bash"

PEERS=$CACHE/peers
full=false
path_entries=()
failed=()

# go_is_usable: a Go that fetches the toolchain which a module asks for, as Go does since 1.21.
go_is_usable() {
    local version
    command -v go >/dev/null || return 1
    version=$(go env GOVERSION) || return 1
    [[ $(printf 'go1.21\n%s\n' "$version" | sort -V | head -n 1) == go1.21 ]]
}

find_go() {
    local candidate
    go_is_usable && return 0
    candidate=$(apt-cache policy golang-go 2>/dev/null | sed -nE 's/ *Candidate: 2:([0-9.]+).*/\1/p')
    if [[ -n $candidate && $(printf '1.21\n%s\n' "$candidate" | sort -V | head -n 1) == 1.21 ]]; then
        install_debian_packages "building the peers" golang-go
        go_is_usable && return 0
    fi
    say "the peers are built from source by Go 1.21 or newer, and there is none." \
        "Debian 12 itself has 1.19; take golang-go from bookworm-backports or go.dev, put it on PATH" \
        "and run this script again"
    return 1
}

# install_go_program NAME WHAT FOLDER SOURCE PACKAGE: `go install PACKAGE`, run in the folder SOURCE, into
# FOLDER/bin; complete or not at all. WHAT names it for people.
install_go_program() {
    local name=$1 what=$2 folder=$3 source=$4 package=$5
    path_entries+=("$folder/bin")
    if [[ -x $folder/bin/$name ]]; then
        say "$what: installed"
        return 0
    fi
    say "building $what (go install $package)"
    rm -rf "$folder.new"
    if find_go && (cd "$source" && GOBIN=$folder.new/bin GOFLAGS=-buildvcs=false go install "$package"); then
        # Go names a program after its package: rekor-server-posix is built as "posix".
        [[ -x $folder.new/bin/$name ]] || mv "$folder.new"/bin/* "$folder.new/bin/$name"
        rm -rf "$folder"
        mv -T "$folder.new" "$folder"
    else
        failed+=("$name")
    fi
}

# go_peer NAME VERSION MODULE
go_peer() {
    install_go_program "$1" "$1 $2" "$PEERS/$1-$2" "$PEERS" "$3@v$2"
}

# full_go_peer NAME VERSION MODULE: only when asked for; one that is there already stays on PATH.
full_go_peer() {
    if [[ $full == true || -x $PEERS/$1-$2/bin/$1 ]]; then
        go_peer "$@"
    fi
}

# trillian_schema VERSION: the tables of its database, which come with its source, beside the program.
trillian_schema() {
    local schema=$PEERS/trillian_log_server-$1/schema.sql source
    [[ $full == true && ! -e $schema && -d ${schema%/*} ]] || return 0
    if source=$(cd "$PEERS" && go mod download -json "github.com/google/trillian@v$1" | jq -r .Dir) &&
        cp "$source/storage/mysql/schema/storage.sql" "$schema.new"; then
        chmod u+w "$schema.new"
        mv "$schema.new" "$schema"
    else
        failed+=("Trillian's schema")
    fi
}

# own_go_peer FOLDER: a program of the tests' own, made of a peer's library where the peer has no switch
# for it. Built again when its sources change.
own_go_peer() {
    local source=$ROOT/$1 name=${1##*/} version
    version=$(cat "$source"/go.* "$source"/*.go | sha256sum | cut -c1-12)
    install_go_program "$name" "$name" "$PEERS/$name-$version" "$source" .
}

# python_peers: the official safetensors reader and a JSON Schema validator, in a venv of their own.
python_peers() {
    local requirements=$ROOT/scripts/lib/python-peers.txt
    if cmp -s "$requirements" "$PEERS/python/requirements.txt"; then
        say "Python peers: installed"
        return 0
    fi
    say "installing Python peers: $(grep -v '^#' "$requirements" | paste -sd' ')"
    if python3 -m venv --clear "$PEERS/python" &&
        "$PEERS/python/bin/pip" --quiet --disable-pip-version-check install \
            --only-binary :all: --requirement "$requirements"; then
        cp "$requirements" "$PEERS/python/requirements.txt"
    else
        failed+=("python peers")
    fi
}

write_env_file() {
    # shellcheck disable=SC2016  # $PATH is for the shell that sources the file
    {
        echo "# Puts the peers of the end-to-end tests on PATH; written by scripts/install-peers.sh."
        printf 'PATH=%q:"$PATH"\n' "${path_entries[@]}"
    } >"$PEERS/env"
}

case ${1:-} in
    '') ;;
    full) full=true ;;
    *) die "there is no '$1': give nothing, or 'full'" ;;
esac
mkdir -p "$PEERS"
install_debian_packages "the end-to-end tests" \
    docker-registry skopeo fsverity jq bats apache2-utils openssl curl time python3-venv yq zsh fish \
    shellcheck clang-format-14 xfsprogs iproute2 faketime
go_peer oras 1.3.6 oras.land/oras/cmd/oras
go_peer cosign 3.1.3 github.com/sigstore/cosign/v3/cmd/cosign
go_peer crane 0.22.1 github.com/google/go-containerregistry/cmd/crane
own_go_peer tests/support/referrers-registry
# The newest of these that Go 1.26 builds.
go_peer fulcio 1.8.8 github.com/sigstore/fulcio
go_peer timestamp-server 2.1.3 github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server
go_peer rekor-server-posix 2.3.0 github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix
[[ $full == false ]] || install_debian_packages "'scripts/test full'" mariadb-server-core mariadb-client-core
full_go_peer rekor-server 1.5.4 github.com/sigstore/rekor/cmd/rekor-server
full_go_peer trillian_log_server 1.8.0 github.com/google/trillian/cmd/trillian_log_server
full_go_peer trillian_log_signer 1.8.0 github.com/google/trillian/cmd/trillian_log_signer
full_go_peer createtree 1.8.0 github.com/google/trillian/cmd/createtree
full_go_peer ct_server 1.4.0 github.com/google/certificate-transparency-go/trillian/ctfe/ct_server
trillian_schema 1.8.0
python_peers
"$ROOT/scripts/install-model" >/dev/null || failed+=("the real model")
write_env_file

if [[ ${#failed[@]} -gt 0 ]]; then
    die "could not install: $(printf '%s, ' "${failed[@]}" | sed 's/, $//'). The reason stands above; the tests that need it will be skipped (or fail, with CI=true)"
fi
say "the peers are ready: source $PEERS/env"
