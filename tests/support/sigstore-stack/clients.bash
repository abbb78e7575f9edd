# shellcheck shell=bash
# What clients of the stack need: the trusted root, signing configs and DIR/env. Sourced by sigstore.sh, never run.

LONG_AGO=2020-01-01T00:00:00Z

write_trusted_root() {
    local logs=(--rekor "url=$REKOR,public-key=$DIR/rekor/key.pub,start-time=$LONG_AGO,origin=127.0.0.1")
    [[ $WITH_CT == false ]] || logs+=(--ctfe "url=$CT_LOG,public-key=$DIR/issuer/ct.pub,start-time=$LONG_AGO")
    [[ $FULL == false ]] || logs+=(--rekor "url=$REKOR_V1,public-key=$DIR/rekor-v1/key.pub,start-time=$LONG_AGO")
    inside curl --noproxy '*' --silent --fail "$TSA/api/v1/timestamp/certchain" --output "$DIR/tsa.pem"
    cosign trusted-root create --out "$DIR/trusted_root.json" "${logs[@]}" \
        --fulcio "url=$FULCIO,certificate-chain=$DIR/fulcio/chain.pem" \
        --tsa "url=$TSA/api/v1/timestamp,certificate-chain=$DIR/tsa.pem"
}

# write_signing_config FILE LOG_URL LOG_VERSION [OPTION…]
write_signing_config() {
    local since="start-time=$LONG_AGO,operator=sigstore.test"
    cosign signing-config create --out "$1" "${@:4}" \
        --fulcio "url=$FULCIO,api-version=1,$since" --oidc-provider "url=$ISSUER,api-version=1,$since" \
        --rekor "url=$2,api-version=$3,$since" --rekor-config ANY
}

write_signing_configs() {
    write_signing_config "$DIR/signing_config.json" "$REKOR" 2 --tsa-config ANY \
        --tsa "url=$TSA/api/v1/timestamp,api-version=1,start-time=$LONG_AGO,operator=sigstore.test"
    [[ $FULL == false ]] || write_signing_config "$DIR/signing_config_v1.json" "$REKOR_V1" 1
}

# export_variable NAME VALUE: a line of DIR/env.
export_variable() {
    printf 'export SIGSTORE_%s=%q\n' "$1" "$2"
}

write_env() {
    export_variable DIR "$DIR"
    export_variable TRUSTED_ROOT "$DIR/trusted_root.json"
    export_variable SIGNING_CONFIG "$DIR/signing_config.json"
    export_variable ISSUER "$ISSUER"
    export_variable EMAIL_ISSUER "$ISSUER/email"
    export_variable IDENTITY "$IDENTITY"
    # What ACTIONS_ID_TOKEN_REQUEST_URL is on a runner, where ACTIONS_ID_TOKEN_REQUEST_TOKEN can be anything.
    export_variable ACTIONS_REQUEST_URL "$ISSUER/actions/token?identity=$IDENTITY"
    export_variable FULCIO_URL "$FULCIO"
    export_variable REKOR_URL "$REKOR"
    export_variable TSA_URL "$TSA/api/v1/timestamp"
    [[ $WITH_CT == false ]] || export_variable CT_URL "$CT_LOG"
    if [[ $FULL == true ]]; then
        export_variable REKOR_V1_URL "$REKOR_V1"
        export_variable SIGNING_CONFIG_V1 "$DIR/signing_config_v1.json"
    fi
}
