# shellcheck shell=bash
# A Sigstore of our own for the suites that sign without keys: tests/support/sigstore-stack/sigstore.sh.
#
#   load lib
#   load sigstore
#   setup_file() { start_sigstore_and_registry; }
#   teardown_file() { stop_sigstore_and_registry; }
#   setup() { prepare_keyless; }
#   @test "…" { assert_exit 0 in_sigstore cosign sign "${SIGN[@]}" "$REGISTRY/m@$DIGEST"; }
#
# Its servers can be reached by what in_sigstore runs, and by nothing else.
# shellcheck disable=SC2034,SC2119,SC2120  # most variables and arguments are the suites'

SIGSTORE_STACK=$SOURCE_ROOT/tests/support/sigstore-stack/sigstore.sh

# sigstore_folder: that of this level, the file's or the test's.
sigstore_folder() {
    echo "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/sigstore"
}

# start_sigstore [OPTION…]: with the options of sigstore.sh start. Sets SIGSTORE_TRUSTED_ROOT, SIGSTORE_SIGNING_CONFIG
# and the other variables of its DIR/env.
start_sigstore() {
    require_peer cosign fulcio timestamp-server rekor-server-posix curl openssl python3 ip nsenter
    if [[ " $* " == *" --full "* ]]; then
        require_peer rekor-server trillian_log_server trillian_log_signer createtree ct_server \
            mariadb mariadbd mariadb-install-db
    fi
    require_namespaces
    "$SIGSTORE_STACK" start "$@" "$(sigstore_folder)" 3>&-
    # shellcheck source=/dev/null
    source "$(sigstore_folder)/env"
}

# require_namespaces: like require_peer, for the right to make them.
require_namespaces() {
    without_network true && return 0
    if [[ ${CI:-} == true ]]; then
        echo "no network namespace can be made: run as root, or allow user namespaces" >&2
        return 1
    fi
    skip "no network namespace can be made"
}

# without_network COMMAND…: where there is not even loopback.
without_network() {
    if [[ $EUID -eq 0 ]]; then
        unshare --net "$@"
    else
        unshare --user --map-root-user --net "$@"
    fi
}

in_sigstore() {
    "$SIGSTORE_STACK" exec "$SIGSTORE_DIR" "$@"
}

# start_in_sigstore START ARGUMENT…: a function of lib.bash that starts a server, which then is where in_sigstore is.
start_in_sigstore() {
    local SERVER_PREFIX=("$SIGSTORE_STACK" exec "$SIGSTORE_DIR")
    "$@"
}

# start_sigstore_and_registry [OPTION…], stop_sigstore_and_registry: both, the registry where in_sigstore is.
start_sigstore_and_registry() {
    require_peer oras docker-registry jq
    start_sigstore "$@"
    start_in_sigstore start_registry plain
}

stop_sigstore_and_registry() {
    stop_servers
    stop_sigstore
}

# ours COMMAND OPTION…: of cosign-modelseal, with that registry.
ours() {
    local subcommand=$1
    shift
    in_sigstore cosign-modelseal "$subcommand" --plain-http "$@"
}

# identity_token [IDENTITY [CLAIM=VALUE…]]: writes the file id-token for --identity-token. See issuer.py.
identity_token() {
    "$SIGSTORE_STACK" token "$SIGSTORE_DIR" "$@" >id-token
}

# stop_sigstore: the one that was started at this level.
stop_sigstore() {
    "$SIGSTORE_STACK" stop "$(sigstore_folder)"
}

# prepare_keyless [SIGNING_CONFIG]: the current folder is the test's, a fresh token of SIGSTORE_IDENTITY is in it, and SIGN and
# TRUST (ROOT and SIGNER) are what the commands of cosign, and ours, take to sign with it and to verify.
prepare_keyless() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export HOME=$BATS_TEST_TMPDIR
    identity_token
    SIGN=(--yes --identity-token id-token --signing-config "${1:-$SIGSTORE_SIGNING_CONFIG}"
        --trusted-root "$SIGSTORE_TRUSTED_ROOT")
    ROOT=(--trusted-root "$SIGSTORE_TRUSTED_ROOT")
    SIGNER=(--certificate-identity "$SIGSTORE_IDENTITY" --certificate-oidc-issuer "$SIGSTORE_ISSUER")
    TRUST=("${ROOT[@]}" "${SIGNER[@]}")
    printf 'what is signed\n' >blob
}

# as_github_actions COMMAND…: in_sigstore, with the token service of a runner. QUERY is added to the request.
as_github_actions() {
    in_sigstore env ACTIONS_ID_TOKEN_REQUEST_TOKEN=of-the-runner \
        ACTIONS_ID_TOKEN_REQUEST_URL="$SIGSTORE_ACTIONS_REQUEST_URL${QUERY:-}" "$@"
}

# push_model NAME [SEED]: sets REF (by tag) and PINNED (by digest) of a new repository's artifact.
push_model() {
    make_model model "${2:-0}"
    REF=$REGISTRY/$BATS_TEST_NUMBER/$1:v2.3
    (cd model && in_sigstore oras push --plain-http --artifact-type application/vnd.ml.model "$REF" \
        model.safetensors:application/octet-stream config.json:application/json README.md:text/markdown) >/dev/null
    PINNED=${REF%:*}@$(in_sigstore oras resolve --plain-http "$REF")
}

# ---- what a signature must not be accepted with ---------------------------------------------

# make_other_root: OTHER_ROOT is the trusted root of another Sigstore, which has the same names and other keys.
make_other_root() {
    local folder
    folder=$(sigstore_folder)-other
    "$SIGSTORE_STACK" run "$folder" true 3>&-
    export OTHER_ROOT=$folder/trusted_root.json
}

# root_with_other PART: prints a trusted root whose PART (as tlogs) is the other one's.
root_with_other() {
    jq --slurpfile other "$OTHER_ROOT" --arg part "$1" '.[$part] = $other[0][$part]' "$SIGSTORE_TRUSTED_ROOT"
}

# make_timestamp_authority: one of openssl, whose clock we set; timed_root.json trusts it, and the Sigstore.
make_timestamp_authority() {
    require_peer faketime
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=time root" \
        -keyout time-root.key -out time-root.pem 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=time" \
        -keyout time.key -out time.csr 2>/dev/null
    openssl x509 -req -in time.csr -CA time-root.pem -CAkey time-root.key -CAcreateserial -days 2 -out time.pem \
        -extfile <(printf 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n') 2>/dev/null
    cat >time.cnf <<'CNF'
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
CNF
    echo 01 >serial
    cat time.pem time-root.pem >time-chain.pem
    cosign trusted-root create --tsa "url=https://time.test,certificate-chain=time-chain.pem" --out time-root.json
    jq --slurpfile time time-root.json '.timestampAuthorities += $time[0].timestampAuthorities' \
        "$SIGSTORE_TRUSTED_ROOT" >timed_root.json
}

# timed_at OFFSET BUNDLE: prints the bundle with no timestamp but one of that authority, OFFSET (as +1h) from now.
timed_at() {
    jq -r '.messageSignature.signature // .dsseEnvelope.signatures[0].sig' "$2" | base64 -d >signature
    openssl ts -query -data signature -sha256 -no_nonce -out query.tsq 2>/dev/null
    faketime -f "$1" openssl ts -reply -queryfile query.tsq -config time.cnf -signer time.pem -inkey time.key \
        -out reply.tsr 2>/dev/null
    jq --arg time "$(base64 -w0 reply.tsr)" \
        '.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [{signedTimestamp: $time}]' "$2"
}
