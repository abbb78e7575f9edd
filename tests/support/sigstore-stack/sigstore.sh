#!/usr/bin/env bash
# A whole Sigstore for tests, of the real programs: fulcio, Rekor v2 and a timestamp authority, with an issuer of
# identity tokens and a certificate transparency log of our own (issuer.py).
#
#   sigstore.sh start [--full] [--without-ct] DIR   start all in DIR, which it makes: new keys, empty logs
#   sigstore.sh exec DIR COMMAND…                   become COMMAND, with the variables of DIR/env, where the
#                                                   servers can be reached
#   sigstore.sh token DIR [IDENTITY [CLAIM=VALUE…]] print an identity token for ten minutes (see issuer.py)
#   sigstore.sh stop DIR                            end what start started
#   sigstore.sh run [--full] [--without-ct] DIR COMMAND…    start, COMMAND, stop; the exit code is COMMAND's
#
# DIR/env exports where everything is, as SIGSTORE_…; clients need SIGSTORE_TRUSTED_ROOT and SIGSTORE_SIGNING_CONFIG.
# --full adds Rekor v1 (SIGSTORE_SIGNING_CONFIG_V1) and a real certificate transparency log, on Trillian and
# MariaDB. With --without-ct certificates carry no signed certificate timestamp.
#
# Everything runs in a network namespace of its own in which there is only loopback: timestamp-server and fulcio
# open ports for metrics on all addresses, at least one of which cannot be changed, and so nobody outside
# reaches them, several copies do not collide, and nothing goes out. Root makes one, and everybody who may make
# a user namespace. Needs cosign and the servers on PATH: scripts/install-peers.sh, for --full with "full".
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/support/sigstore-stack/clients.bash
source "$HERE/clients.bash"
# shellcheck source=tests/support/sigstore-stack/full.bash
source "$HERE/full.bash"

# The ports are free, as the namespace is new; the first also stands in fulcio.yaml.
ISSUER=http://127.0.0.1:8800
FULCIO=http://127.0.0.1:8801
REKOR=http://127.0.0.1:8802
TSA=http://127.0.0.1:8803
REKOR_V1=http://127.0.0.1:8810
CT_LOG=$ISSUER/ctlog # with --full that of full.bash

IDENTITY=https://github.com/myorg/training-pipeline/.github/workflows/train.yml@refs/heads/main
FULL=false WITH_CT=true

die() {
    echo "sigstore.sh: $*" >&2
    exit 1
}

# ---- processes ------------------------------------------------------------------------------

# started PID: when that process began, in ticks, which tells it from a later one with the same number. Nothing for
# one that has ended, whether or not anybody took notice.
started() {
    awk '{ sub(/.*\) /, ""); if ($1 != "Z") print $20 }' "/proc/$1/stat" 2>/dev/null || true
}

# record PID NAME: to be ended by stop.
record() {
    echo "$1 $(started "$1") $2" >>"$DIR/processes"
}

# running [NAME]: the recorded processes that still are there, as PID NAME.
running() {
    local pid start name
    while read -r pid start name; do
        if [[ -n $start && $(started "$pid") == "$start" && $name == "${1:-$name}" ]]; then
            echo "$pid $name"
        fi
    done <"$DIR/processes"
}

make_namespace() {
    local _ unshare=(unshare --net)
    [[ $EUID -eq 0 ]] || unshare=(unshare --user --map-root-user --net)
    # shellcheck disable=SC2016  # $1 is for the inner shell
    setsid "${unshare[@]}" sh -c 'ip link set lo up && : >"$1" && exec sleep infinity' sh "$DIR/namespace.up" \
        >"$DIR/log/namespace.log" 2>&1 </dev/null &
    record $! namespace
    disown $!
    echo $! >"$DIR/namespace.pid"
    for _ in {1..250}; do
        [[ -e $DIR/namespace.up ]] && return 0
        sleep 0.02
    done
    cat "$DIR/log/namespace.log" >&2
    die "could not make a network namespace: this needs root, or the right to make user namespaces"
}

# enter_namespace sets INTO, the words before a command that is to run in the namespace.
enter_namespace() {
    [[ -s $DIR/namespace.pid ]] || die "nothing runs in $DIR: start it first"
    INTO=(nsenter --target "$(<"$DIR/namespace.pid")" --net)
    [[ $EUID -eq 0 ]] || INTO+=(--user --preserve-credentials)
    INTO+=(--)
}

inside() {
    "${INTO[@]}" "$@"
}

# background NAME COMMAND…: in the namespace. All by exec, so that $! is the server's own process.
background() {
    local name=$1
    shift
    command -v "$1" >/dev/null || die "$1 is not on PATH: run scripts/install-peers.sh"
    (cd "$DIR" && exec setsid "${INTO[@]}" env HOME="$DIR" "$@") >"$DIR/log/$name.log" 2>&1 </dev/null &
    record $! "$name"
    disown $!
}

# wait_for NAME URL: until the server answers there.
wait_for() {
    local name=$1 url=$2 deadline=$((SECONDS + 60))
    until inside curl --noproxy '*' --silent --fail --output /dev/null --max-time 2 "$url"; do
        if [[ $SECONDS -gt $deadline || -z $(running "$name") ]]; then
            tail -n 5 "$DIR/log/$name.log" >&2
            die "$name does not answer at $url"
        fi
        sleep 0.05
    done
}

# ---- keys and certificates ------------------------------------------------------------------

# make_key FILE ALGORITHM…: FILE.pem, and FILE.pub.
make_key() {
    openssl genpkey -quiet -algorithm "${@:2}" -out "$1.pem"
    openssl pkey -in "$1.pem" -pubout -out "$1.pub"
}

# make_authorities: fulcio's root, and the intermediate that issues, in DIR/fulcio.
make_authorities() {
    local dir=$DIR/fulcio config=$HERE/certificates.cnf
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$dir/root.key"
    openssl req -new -x509 -key "$dir/root.key" -sha384 -days 3650 -subj "/O=sigstore.test/CN=fulcio root" \
        -config "$config" -extensions root -out "$dir/root.pem"
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes256 -pass pass:local \
        -out "$dir/intermediate.key"
    openssl req -new -key "$dir/intermediate.key" -passin pass:local -subj "/O=sigstore.test/CN=fulcio" \
        -config "$config" -out "$dir/intermediate.csr"
    openssl x509 -req -in "$dir/intermediate.csr" -CA "$dir/root.pem" -CAkey "$dir/root.key" -CAcreateserial \
        -sha384 -days 3650 -extfile "$config" -extensions intermediate -out "$dir/intermediate.pem" 2>/dev/null
    cat "$dir/intermediate.pem" "$dir/root.pem" >"$dir/chain.pem"
}

# ---- servers --------------------------------------------------------------------------------

start_issuer() {
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$DIR/issuer/issuer.pem"
    make_key "$DIR/issuer/ct" EC -pkeyopt ec_paramgen_curve:P-256
    background issuer python3 -B "$HERE/issuer.py" serve "$DIR/issuer" "${ISSUER##*:}"
}

start_rekor() {
    make_key "$DIR/rekor/key" ed25519
    # The host name is the origin of checkpoints. Clients expect that of the log's URL, without the port.
    background rekor rekor-server-posix serve --hostname 127.0.0.1 --storage-dir "$DIR/rekor/log" \
        --signer-filepath "$DIR/rekor/key.pem" --batch-max-age 10ms --checkpoint-interval 100ms \
        --http-address 127.0.0.1 --http-port "${REKOR##*:}" --http-metrics-port 8805 \
        --grpc-address 127.0.0.1 --grpc-port 8804
}

start_timestamp_authority() {
    background timestamp-server timestamp-server serve --host 127.0.0.1 --port "${TSA##*:}" \
        --timestamp-signer memory --disable-ntp-monitoring
}

start_fulcio() {
    local ct=(--ct-log-url "") # fulcio's own way to go without
    if [[ $WITH_CT == true ]]; then
        ct=(--ct-log-url "$CT_LOG" --ct-log-public-key-path "$DIR/issuer/ct.pub")
    fi
    wait_for issuer "$ISSUER/.well-known/openid-configuration" # which fulcio reads when it starts
    # An abstract socket: one in a folder would stay behind, and the next start would refuse it.
    background fulcio fulcio serve --host 127.0.0.1 --port "${FULCIO##*:}" --grpc-host 127.0.0.1 --grpc-port 8806 \
        --metrics-port 8807 --legacy-unix-domain-socket "@fulcio-$$" --config-path "$HERE/fulcio.yaml" "${ct[@]}" \
        --ca fileca --fileca-cert "$DIR/fulcio/chain.pem" --fileca-key "$DIR/fulcio/intermediate.key" \
        --fileca-key-passwd local --fileca-watch=false
}

# ---- commands -------------------------------------------------------------------------------

start() {
    [[ ! -e $DIR/processes ]] || die "$DIR is in use: stop it first"
    trap stop EXIT
    rm -rf "$DIR"/{log,issuer,fulcio,rekor,rekor-v1,ctfe,database}
    mkdir -p "$DIR"/{log,issuer,fulcio,rekor}
    : >"$DIR/processes"
    make_namespace
    enter_namespace
    make_authorities
    start_issuer
    start_timestamp_authority
    start_rekor
    [[ $FULL == false ]] || start_full
    start_fulcio
    wait_for timestamp-server "$TSA/ping"
    wait_for rekor "$REKOR/healthz"
    wait_for fulcio "$FULCIO/healthz"
    write_trusted_root
    write_signing_configs
    write_env >"$DIR/env"
}

print_token() {
    local identity=${1:-$IDENTITY}
    python3 -B "$HERE/issuer.py" token "$DIR/issuer" "$ISSUER" "$identity" "${@:2}"
}

signal_all() {
    local pid name
    while read -r pid name; do
        kill "-$1" "$pid" 2>/dev/null || true
    done < <(running)
}

stop() {
    local _
    [[ -e $DIR/processes ]] || return 0
    signal_all TERM
    for _ in {1..40}; do
        [[ -n $(running) ]] || break
        sleep 0.05
    done
    signal_all KILL
    remove_database_socket
    rm -f "$DIR"/{processes,namespace.pid,namespace.up}
}

become() {
    # shellcheck source=/dev/null
    source "$DIR/env"
    enter_namespace
    exec "${INTO[@]}" "$@"
}

command=${1:-}
[[ $# -eq 0 ]] || shift
while [[ ${1:-} == --* ]]; do
    case $command$1 in
        start--full | run--full) FULL=true CT_LOG=$FULL_CT_LOG ;;
        start--without-ct | run--without-ct) WITH_CT=false ;;
        *) die "$command has no option $1" ;;
    esac
    shift
done
[[ $# -gt 0 ]] || die "usage: sigstore.sh start|exec|token|stop|run DIR …"
DIR=$(realpath --canonicalize-missing "$1")
shift
case $command in
    start)
        start
        trap - EXIT
        ;;
    run)
        start
        (become "$@")
        ;;
    exec) become "$@" ;;
    token) print_token "$@" ;;
    stop) stop ;;
    *) die "there is no command $command" ;;
esac
