# shellcheck shell=bash
# What every tests/e2e/*.bats file loads: real registries on loopback, small models, assertions.
#
#   load lib
#   setup_file() { start_registry plain; }      # REGISTRY=localhost:PORT
#   teardown_file() { stop_servers; }
#   @test "…" { assert_exit 0 oras-modelseal push "$REGISTRY/models/m:v1" "$MODEL"; }
#
# A server started in setup_file is stopped in teardown_file, one started in a test or in setup is
# stopped in teardown: stop_servers ends what was started at the level where it is called.

E2E_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE_ROOT=$(cd "$E2E_DIR/../.." && pwd)
export SOURCE_ROOT
export MODELSEAL_BIN=${MODELSEAL_BIN:-$SOURCE_ROOT/build/release/bin}
export MODELSEAL_PEERS_CACHE=${MODELSEAL_PEERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modelseal}

# The executables under test come first, then the pinned peers of scripts/install-peers.sh.
if [[ ":$PATH:" != *":$MODELSEAL_BIN:"* ]]; then
    # shellcheck source=/dev/null
    if [[ -f $MODELSEAL_PEERS_CACHE/peers/env ]]; then source "$MODELSEAL_PEERS_CACHE/peers/env"; fi
    export PATH=$MODELSEAL_BIN:$PATH
fi

# Nothing of the person who runs the tests: no credentials, no settings, no prompts, no colours.
export DOCKER_CONFIG=${BATS_FILE_TMPDIR:-${BATS_RUN_TMPDIR:-/nonexistent}}/docker-config
export XDG_STATE_HOME=${BATS_FILE_TMPDIR:-${BATS_RUN_TMPDIR:-/nonexistent}}/state
export COSIGN_PASSWORD='' NO_COLOR=1 LC_ALL=C.UTF-8 GIT_CONFIG_NOSYSTEM=1
unset MODEL_PATH MODEL_DIGEST VERIFICATION_DIGEST SOURCE_DATE_EPOCH COSIGN_REPOSITORY \
    MODELSEAL_CACHE MODELSEAL_CACHE_SIZE MODELSEAL_PROGRESS MODELSEAL_KEY MODELSEAL_TRUST_POLICY GITHUB_SHA CI_COMMIT_SHA REGISTRY_AUTH_FILE \
    MODELSEAL_CA_FILE MODELSEAL_REGISTRY_CONFIG MODELSEAL_RETRIES MODELSEAL_TIMEOUT MODELSEAL_SIGNING_CONFIG \
    MODELSEAL_TRUSTED_ROOT MODELSEAL_FULCIO_URL MODELSEAL_REKOR_URL MODELSEAL_TIMESTAMP_SERVER_URL \
    MODELSEAL_USE_SIGNING_CONFIG MODELSEAL_TLOG_UPLOAD MODELSEAL_IDENTITY_TOKEN MODELSEAL_OIDC_PROVIDER \
    SIGSTORE_ID_TOKEN SIGSTORE_ROOT_FILE SIGSTORE_REKOR_PUBLIC_KEY SIGSTORE_CT_LOG_PUBLIC_KEY_FILE TUF_ROOT TUF_MIRROR \
    ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN BUILDKITE_AGENT_ACCESS_TOKEN

# ---- what must be there ---------------------------------------------------------------------

# require_peer NAME…: skips the test when a peer is not installed; with CI=true that is a failure.
require_peer() {
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null && continue
        if [[ ${CI:-} == true ]]; then
            echo "the peer '$name' is not installed: run scripts/install-peers.sh" >&2
            return 1
        fi
        skip "peer not installed: $name"
    done
}

# peers_python prints the interpreter that has safetensors and jsonschema.
peers_python() {
    echo "$MODELSEAL_PEERS_CACHE/peers/python/bin/python3"
}

# require_peers_python: like require_peer, for that interpreter.
require_peers_python() {
    require_peer "$(peers_python)"
}

# require_real_model sets REAL_MODEL to the folder of all-MiniLM-L6-v2 (91 MB of safetensors).
require_real_model() {
    export REAL_MODEL=$MODELSEAL_PEERS_CACHE/models/all-MiniLM-L6-v2
    [[ -f $REAL_MODEL/model.safetensors ]] && return 0
    if [[ ${CI:-} == true ]]; then
        echo "the real model is not installed: run scripts/install-peers.sh" >&2
        return 1
    fi
    skip "real model not installed"
}

# ---- servers --------------------------------------------------------------------------------

server_folder() {
    echo "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/servers"
}

# wait_for_port LOG PID prints the port that the server says in its log that it listens on.
wait_for_port() {
    local log=$1 pid=$2 port _
    for _ in {1..200}; do
        port=$(sed -nE 's/.*(listening on [0-9.]+:|serving on port )([0-9]+).*/\2/p' "$log" | head -n 1)
        if [[ -n $port ]]; then
            echo "$port"
            return 0
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    echo "a server did not start; its log:" >&2
    cat "$log" >&2
    return 1
}

# new_server_folder makes and prints a folder of its own for one server.
new_server_folder() {
    mkdir -p "$(server_folder)"
    mktemp -d "$(server_folder)/XXXXXX"
}

# start_server DIR COMMAND…: in the background, with its log in DIR (of new_server_folder), until stop_servers.
# Sets SERVER_PORT, SERVER_PID and SERVER_LOG. SERVER_PREFIX, where it is set, are words that become the command.
start_server() {
    local dir=$1
    shift
    "${SERVER_PREFIX[@]}" "$@" >"$dir/log" 2>&1 3>&- &
    echo $! >"$dir/pid"
    SERVER_LOG=$dir/log SERVER_PID=$!
    SERVER_PORT=$(wait_for_port "$SERVER_LOG" "$SERVER_PID")
}

# start_support PROGRAM ARGUMENT…: a server of tests/support.
start_support() {
    start_server "$(new_server_folder)" python3 "$SOURCE_ROOT/tests/support/$1" "${@:2}"
}

# make_certificates DIR: a CA (ca.pem) and a certificate for localhost (server.pem, server.key).
make_certificates() {
    local dir=$1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "/CN=Modelseal test CA" -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -subj "/CN=localhost" -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
    openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -days 2 \
        -CAcreateserial -out "$dir/server.pem" 2>/dev/null \
        -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
}

# start_registry [plain|tls [LINE]]: Debian's docker-registry (no referrers API) on a free port; LINE is added
# to its configuration.
# Sets REGISTRY (localhost:PORT), REGISTRY_STORAGE (its folder of blobs) and REGISTRY_PID; with tls
# also REGISTRY_CA, and REGISTRY_USER and REGISTRY_PASSWORD, which it then asks for. That one is named
# 127.0.0.1:PORT, because oras and others speak plain HTTP to anything named localhost.
start_registry() {
    local kind=${1:-plain} dir
    require_peer docker-registry
    dir=$(new_server_folder)
    export REGISTRY_STORAGE=$dir/storage
    mkdir "$REGISTRY_STORAGE"
    {
        printf 'version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\n'
        printf 'storage:\n  filesystem: {rootdirectory: "%s"}\n' "$REGISTRY_STORAGE"
        printf '  delete: {enabled: true}\n'
        printf 'http:\n  addr: "127.0.0.1:0"\n  secret: "of this test only"\n'
    } >"$dir/config.yml"
    if [[ $kind == tls ]]; then
        require_peer htpasswd openssl
        make_certificates "$dir"
        export REGISTRY_CA=$dir/ca.pem REGISTRY_USER=trainer REGISTRY_PASSWORD='pass word:1'
        htpasswd -Bbn -C 4 "$REGISTRY_USER" "$REGISTRY_PASSWORD" >"$dir/htpasswd"
        printf '  tls: {certificate: "%s", key: "%s"}\n' "$dir/server.pem" "$dir/server.key" >>"$dir/config.yml"
        printf 'auth:\n  htpasswd: {realm: "test", path: "%s"}\n' "$dir/htpasswd" >>"$dir/config.yml"
    fi
    printf '%s\n' "${2:-}" >>"$dir/config.yml"
    serve_registry "$dir"
    if [[ $kind == tls ]]; then REGISTRY=127.0.0.1:${REGISTRY#*:}; fi
}

# serve_registry DIR: docker-registry with DIR/config.yml.
serve_registry() {
    # An empty environment: docker-registry takes every REGISTRY_… variable for one of its settings.
    start_server "$1" env -i "PATH=$PATH" docker-registry serve "$1/config.yml"
    export REGISTRY=localhost:$SERVER_PORT REGISTRY_PID=$SERVER_PID
}

# kill_registry, restart_registry: the one of start_registry plain, which comes back at the same port.
kill_registry() {
    local _
    kill -9 "$REGISTRY_PID"
    wait "$REGISTRY_PID" 2>/dev/null || true # where it is this shell's own
    for _ in {1..200}; do
        kill -0 "$REGISTRY_PID" 2>/dev/null || return 0
        sleep 0.02
    done
    return 1
}

restart_registry() {
    local dir
    dir=$(dirname "$REGISTRY_STORAGE")
    sed -i "s/127\.0\.0\.1:0/127.0.0.1:${REGISTRY#*:}/" "$dir/config.yml"
    serve_registry "$dir"
}

# start_token_registry [ARGUMENT…]: docker-registry that wants bearer tokens, and tests/support/token-service.py
# with the arguments, which gives them. Sets REGISTRY, REGISTRY_STORAGE, REGISTRY_PID, TOKEN_LOG, and
# REGISTRY_USER and REGISTRY_PASSWORD, who may push.
start_token_registry() {
    local dir
    require_peer docker-registry openssl jq
    dir=$(new_server_folder)
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Modelseal test tokens" \
        -keyout "$dir/token.key" -out "$dir/token.pem" 2>/dev/null
    start_support token-service.py "$dir/token.key" "$dir/token.pem" "$@"
    export TOKEN_LOG=$SERVER_LOG REGISTRY_USER=trainer REGISTRY_PASSWORD='pass word:1'
    start_registry plain "auth: {token: {realm: \"http://localhost:$SERVER_PORT/token\", service: test-registry, \
issuer: test-issuer, rootcertbundle: \"$dir/token.pem\"}}"
}

# start_redirecting_store ARGUMENT…: tests/support/redirecting-store.py in front of $REGISTRY. Sets REDIRECTING
# (localhost:PORT) and REDIRECTING_LOG.
start_redirecting_store() {
    start_support redirecting-store.py "$REGISTRY" "$@"
    export REDIRECTING=localhost:$SERVER_PORT REDIRECTING_LOG=$SERVER_LOG
}

# start_malicious_registry MODE [TARGET]: tests/support/malicious-registry.py. Sets MALICIOUS (localhost:PORT) and
# MALICIOUS_LOG.
start_malicious_registry() {
    start_support malicious-registry.py "$@"
    export MALICIOUS=localhost:$SERVER_PORT MALICIOUS_LOG=$SERVER_LOG
}

# start_fault_proxy FAULT…: tests/support/fault-proxy.py in front of $REGISTRY, which breaks what its faults
# describe. Sets FAULTY (localhost:PORT) and FAULTY_LOG.
start_fault_proxy() {
    start_support fault-proxy.py "$REGISTRY" "$@"
    export FAULTY=localhost:$SERVER_PORT FAULTY_LOG=$SERVER_LOG
}

# start_crane_registry: crane's in-memory registry (without the referrers API). Sets REGISTRY.
start_crane_registry() {
    require_peer crane
    start_server "$(new_server_folder)" crane registry serve --address 127.0.0.1:0
    export REGISTRY=localhost:$SERVER_PORT
}

# start_referrers_registry: the registry of crane's library, with the referrers API. Sets REGISTRY.
start_referrers_registry() {
    require_peer referrers-registry
    start_server "$(new_server_folder)" referrers-registry
    export REGISTRY=localhost:$SERVER_PORT
}

# stop_servers ends, by process id, the servers started at this level (the file's, or the test's).
stop_servers() {
    local file
    for file in "$(server_folder)"/*/pid; do
        if [[ -f $file ]]; then
            kill "$(<"$file")" 2>/dev/null || true
            rm -f "$file"
        fi
    done
}

# ---- models ---------------------------------------------------------------------------------

# make_safetensors FILE [TENSORS] [SEED]: a valid file of TENSORS (2) F32 tensors of 1 KiB each.
make_safetensors() {
    python3 - "$1" "${2:-2}" "${3:-0}" <<'PY'
import json, random, struct, sys
path, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
header = {"__metadata__": {"format": "pt"}}
for i in range(count):
    header[f"layer.{i}.weight"] = {
        "dtype": "F32", "shape": [16, 16], "data_offsets": [i * 1024, (i + 1) * 1024]}
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + random.Random(seed).randbytes(count * 1024))
PY
}

# make_model DIR [SEED]: model.safetensors, config.json and README.md, as a small repository has them.
make_model() {
    mkdir -p "$1"
    make_safetensors "$1/model.safetensors" 2 "${2:-0}"
    printf '{"architectures":["TestModel"],"model_type":"test"}\n' >"$1/config.json"
    printf -- '---\nlicense: apache-2.0\n---\n# A test model\n' >"$1/README.md"
}

# make_sharded_model DIR: two shards and their index.
make_sharded_model() {
    mkdir -p "$1"
    make_safetensors "$1/model-00001-of-00002.safetensors" 1 1
    python3 - "$1" <<'PY'
import json, pathlib, struct, sys
folder = pathlib.Path(sys.argv[1])
header = json.dumps({"layer.1.weight": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
header += b" " * (-len(header) % 8)
(folder / "model-00002-of-00002.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(16))
(folder / "model.safetensors.index.json").write_text(json.dumps({
    "metadata": {"total_size": 1024 + 16},
    "weight_map": {"layer.0.weight": "model-00001-of-00002.safetensors",
                   "layer.1.weight": "model-00002-of-00002.safetensors"}}, indent=2) + "\n")
PY
    printf '{"architectures":["TestModel"],"model_type":"test"}\n' >"$1/config.json"
}

# make_weights FILE MIB [SEED]: a valid file with one tensor of MIB random mebibytes.
make_weights() {
    python3 - "$1" "$2" "${3:-0}" <<'PY'
import json, random, struct, sys
path, count, generator = sys.argv[1], int(sys.argv[2]) << 20, random.Random(int(sys.argv[3]))
text = json.dumps({"w": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}}).encode()
text += b" " * (-len(text) % 8)
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    for _ in range(count >> 20):
        file.write(generator.randbytes(1 << 20))
PY
}

# tamper FILE [OFFSET]: flips one bit of the byte at OFFSET (default: the last byte).
tamper() {
    python3 - "$1" "${2:--1}" <<'PY'
import sys
with open(sys.argv[1], "r+b") as file:
    offset = int(sys.argv[2])
    file.seek(offset, 2 if offset < 0 else 0)
    byte = file.read(1)
    file.seek(-1, 1)
    file.write(bytes([byte[0] ^ 1]))
PY
}

# sha256_of FILE prints "sha256:<hex>".
sha256_of() {
    echo "sha256:$(sha256sum <"$1" | cut -d' ' -f1)"
}

# ---- assertions -----------------------------------------------------------------------------

bats_require_minimum_version 1.5.0

# assert_exit CODE COMMAND…: runs it; its standard output is then in $output, its messages in $stderr.
assert_exit() {
    local expected=$1
    shift
    run --separate-stderr "$@"
    # shellcheck disable=SC2154  # status, output and stderr are set by bats' run
    if [[ $status -ne $expected ]]; then
        printf 'exit code %s, expected %s: %s\n--- stdout\n%s\n--- stderr\n%s\n' \
            "$status" "$expected" "$*" "$output" "$stderr" >&2
        return 1
    fi
}

# two_words WORD…: of what an assertion got. Of words that are not quoted it would look at the first alone.
two_words() {
    [[ $# -eq 2 ]] || {
        printf '%s takes two words, not %s: %s\n' "${FUNCNAME[1]}" "$#" "$*" >&2
        return 1
    }
}

# assert_contains TEXT PART: PART stands in TEXT, literally. Use with "$output" and "$stderr".
assert_contains() {
    two_words "$@" || return
    if [[ $1 != *"$2"* ]]; then
        printf 'missing: %s\n--- in\n%s\n' "$2" "$1" >&2
        return 1
    fi
}

# refute_contains TEXT PART
refute_contains() {
    two_words "$@" || return
    if [[ $1 == *"$2"* ]]; then
        printf 'should not be there: %s\n--- in\n%s\n' "$2" "$1" >&2
        return 1
    fi
}

# assert_equal ACTUAL EXPECTED
assert_equal() {
    two_words "$@" || return
    if [[ $1 != "$2" ]]; then
        printf 'actual:   %s\nexpected: %s\n' "$1" "$2" >&2
        return 1
    fi
}

# wait_until COMMAND…: until it succeeds, ten seconds at most.
wait_until() {
    local _
    for _ in {1..500}; do
        "$@" && return 0
        sleep 0.02
    done
    echo "did not happen: $*" >&2
    return 1
}

# assert_one_sentence TEXT: an error is one line that begins "Error: " (a usage error may add a second).
assert_one_sentence() {
    local lines
    lines=$(grep -c '^Error: ' <<<"$1" || true)
    assert_equal "$lines" 1
}
