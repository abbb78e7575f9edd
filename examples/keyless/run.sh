#!/usr/bin/env bash
# From training to serving without a key: the identity of the pipeline signs.
#
#   run.sh [REGISTRY]     a registry on this machine that takes plain HTTP; default localhost:5000
#
# Signs as the workflow that runs it: in a job of GitHub Actions with `permissions: {id-token: write}`. The public
# Sigstore keeps what it signs, for everybody to read. Where SIGSTORE_TRUSTED_ROOT and SIGSTORE_SIGNING_CONFIG are set
# they are those of another one, and SIGSTORE_IDENTITY and SIGSTORE_ISSUER say who signs there.
#
# The executables must be on PATH. Works in a temporary folder, which it removes.
set -euo pipefail

registry=${1:-localhost:5000}
model=$registry/models/fraud-detector:v2.3
identity=${SIGSTORE_IDENTITY:-https://github.com/${GITHUB_WORKFLOW_REF:?run this in a job of GitHub Actions}}
issuer=${SIGSTORE_ISSUER:-https://token.actions.githubusercontent.com}
trusted_root=() signing_config=()
[[ -z ${SIGSTORE_TRUSTED_ROOT:-} ]] || trusted_root=(--trusted-root "$SIGSTORE_TRUSTED_ROOT")
[[ -z ${SIGSTORE_SIGNING_CONFIG:-} ]] || signing_config=(--signing-config "$SIGSTORE_SIGNING_CONFIG")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# step COMMAND…: prints a command as one would type it, then runs it.
step() {
    local word line='$'
    for word in "$@"; do
        if [[ $word == *[!A-Za-z0-9_./:=@+-]* ]]; then word=${word@Q}; fi
        line+=" $word"
    done
    printf '\n%s\n' "$line"
    "$@"
}

# refused COMMAND…: a step that must fail.
refused() {
    if step "$@"; then
        echo "this should have been refused" >&2
        exit 1
    fi
}

# What a training run leaves behind: a repository with its code, and the weights, a safetensors file of one
# tensor: the header's length, the header, 16 bytes.
git init --quiet .
git config user.name Trainer
git config user.email trainer@example.com
echo 'print("training")' >train.py
git add train.py
git commit --quiet --message 'Train the fraud detector'
printf '\100\0\0\0\0\0\0\0%-64s' '{"weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}' >model.safetensors
printf '0123456789abcdef' >>model.safetensors
echo '{"name":"fraud-detector","license":"apache-2.0"}' >model_card.json

echo "# 1. Push the model as an OCI artifact."
step oras-modelseal push "$model" \
    --artifact-type application/vnd.ml.model \
    ./model.safetensors:application/octet-stream \
    ./model_card.json:application/json

echo
echo "# 2. Sign it as this workflow: a certificate of ten minutes, and an entry in the log."
step cosign-modelseal sign --yes \
    --annotations "training_run_id=run-20260422-001" \
    "${signing_config[@]}" "${trusted_root[@]}" \
    "$model"

echo
echo "# 3. Before serving: verify by the identity that signed, then pull. The pull verifies by itself, too."
signer=(--certificate-identity "$identity" --certificate-oidc-issuer "$issuer")
step cosign-modelseal verify "${signer[@]}" "${trusted_root[@]}" "$model"
step oras-modelseal pull "$model" --output ./serving "${signer[@]}" "${trusted_root[@]}"

echo
echo "# 4. At load, as an init container does it: no network, the evidence travelled with the model."
step modelseal-verify ./serving --model fraud-detector "${signer[@]}" "${trusted_root[@]}"

echo
echo "# 5. Who trusts another workflow refuses this model, at the registry and at load."
other=(--certificate-identity "${identity/%@*/-of-somebody-else@refs/heads/main}" --certificate-oidc-issuer "$issuer")
refused cosign-modelseal verify "${other[@]}" "${trusted_root[@]}" "$model"
refused modelseal-verify ./serving --model fraud-detector "${other[@]}" "${trusted_root[@]}"

echo
echo "# 6. One byte of the weights changes in storage: nothing starts."
printf 'X' | dd of=serving/model.safetensors bs=1 seek=80 conv=notrunc status=none
refused modelseal-verify ./serving --model fraud-detector "${signer[@]}" "${trusted_root[@]}" -- \
    echo "the server starts"

echo
echo "Done: pushed, signed without a key, verified, pulled, verified at load, and refused for another signer and" \
    "after one byte changed."
