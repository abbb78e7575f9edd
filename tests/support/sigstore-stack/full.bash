# shellcheck shell=bash
# What --full adds to sigstore.sh: MariaDB, Trillian, and on them Rekor v1 and a certificate transparency log
# (CTFE). Sourced by sigstore.sh, never run.

TRILLIAN=127.0.0.1:8808
# shellcheck disable=SC2034  # for sigstore.sh
FULL_CT_LOG=http://127.0.0.1:8811/ctlog

# start_full: everything, in order.
start_full() {
    mkdir -p "$DIR"/{rekor-v1,ctfe}
    start_database
    start_trillian
    start_rekor_v1
    start_ct_log
    wait_for rekor-v1 "$REKOR_V1/api/v1/log"
    wait_for ct_server "$CT_LOG/ct/v1/get-sth"
}

# trillian_schema prints the SQL file that scripts/install-peers.sh keeps beside the program.
trillian_schema() {
    local program
    program=$(command -v trillian_log_server) ||
        die "trillian_log_server is not on PATH: run scripts/install-peers.sh full"
    echo "$(dirname "$program")/../schema.sql"
}

database() {
    mariadb --no-defaults --user=root --socket="$DATABASE_SOCKET" "$@"
}

# start_database: reached by a socket alone, in a short folder, as a socket's path has at most 107 characters.
start_database() {
    local _ user=() schema
    schema=$(trillian_schema)
    [[ $EUID -ne 0 ]] || user=(--user=root)
    mktemp -d /tmp/sigstore-db.XXXXXX >"$DIR/database-folder"
    DATABASE_SOCKET=$(<"$DIR/database-folder")/socket
    mariadb-install-db --no-defaults "${user[@]}" --datadir="$DIR/database" --auth-root-authentication-method=normal \
        --skip-test-db >"$DIR/log/mariadb-install-db.log" 2>&1
    background mariadb mariadbd --no-defaults "${user[@]}" --datadir="$DIR/database" --socket="$DATABASE_SOCKET" \
        --skip-networking --pid-file="$DIR/database.pid" --innodb-buffer-pool-size=32M --innodb-log-file-size=8M \
        --innodb-flush-log-at-trx-commit=0 --skip-log-bin --performance-schema=OFF
    for _ in {1..600}; do
        database --execute 'CREATE DATABASE IF NOT EXISTS trillian' 2>/dev/null && break
        sleep 0.05
    done
    database trillian <"$schema"
}

# remove_database_socket: after the database has ended.
remove_database_socket() {
    [[ ! -s $DIR/database-folder ]] || rm -rf "$(<"$DIR/database-folder")"
    rm -f "$DIR/database-folder"
}

start_trillian() {
    local options=(--storage_system mysql --mysql_uri "root@unix($DATABASE_SOCKET)/trillian" --quota_system noop
        --http_endpoint "" --alsologtostderr)
    background trillian_log_server trillian_log_server "${options[@]}" --rpc_endpoint "$TRILLIAN" --tree_gc=false
    background trillian_log_signer trillian_log_signer "${options[@]}" --rpc_endpoint 127.0.0.1:8809 --force_master \
        --sequencer_interval 50ms --num_sequencers 2
}

# rekor-server, without the search for entries: no Redis.
start_rekor_v1() {
    make_key "$DIR/rekor-v1/key" EC -pkeyopt ec_paramgen_curve:P-256
    background rekor-v1 rekor-server serve --rekor_server.address 127.0.0.1 --port "${REKOR_V1##*:}" \
        --rekor_server.signer "$DIR/rekor-v1/key.pem" --rekor_server.hostname 127.0.0.1 --log_type prod \
        --trillian_log_server.address 127.0.0.1 --trillian_log_server.port "${TRILLIAN##*:}" --enabled_api_endpoints \
        getLogInfo,getPublicKey,getLogProof,createLogEntry,getLogEntryByIndex,getLogEntryByUUID
}

start_ct_log() {
    local _ tree='' port
    for _ in {1..200}; do
        tree=$(inside createtree --admin_server "$TRILLIAN" --display_name ct 2>"$DIR/log/createtree.log") && break
        sleep 0.05
    done
    [[ -n $tree ]] || die "Trillian made no tree: $(<"$DIR/log/createtree.log")"
    # ct_server opens only keys that are encrypted in PEM's own, old way.
    openssl ec -in "$DIR/issuer/ct.pem" -aes128 -passout pass:local -out "$DIR/ctfe/key.pem" 2>/dev/null
    sed -e "s|@TREE@|$tree|" -e "s|@DIR@|$DIR|" "$HERE/ctfe.cfg" >"$DIR/ctfe/ctfe.cfg"
    port=${FULL_CT_LOG#http://127.0.0.1:}
    background ct_server ct_server --http_endpoint "127.0.0.1:${port%%/*}" --log_config "$DIR/ctfe/ctfe.cfg" \
        --log_rpc_server "$TRILLIAN" --alsologtostderr
}
