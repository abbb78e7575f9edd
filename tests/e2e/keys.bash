# shellcheck shell=bash
# Keys of every type, for the suites that sign with keys beside stock cosign. Load it after lib.
# shellcheck disable=SC2034  # variables are the suites'

# What stock cosign needs to sign with a key and nothing else on the network.
STOCK_SIGN=(--use-signing-config=false --tlog-upload=false -y)

# generate_key: cosign.key and cosign.pub.
generate_key() {
    cosign-modelseal generate-key-pair -q
}

# import_key TYPE: cosign.key and cosign.pub of that type.
import_key() {
    case $1 in
    ed25519) openssl genpkey -algorithm ED25519 -out plain.pem ;;
    rsa*) openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa}" -out plain.pem ;;
    *) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" -out plain.pem ;;
    esac 2>/dev/null
    cosign-modelseal import-key-pair -q -y --key plain.pem --output-key-prefix cosign
}

# digest_option TYPE: what stock cosign 3.1.3 must be told to verify with a key of that type.
digest_option() {
    case $1 in
    P-384) echo --signature-digest-algorithm=sha384 ;;
    P-521) echo --signature-digest-algorithm=sha512 ;;
    esac
}
