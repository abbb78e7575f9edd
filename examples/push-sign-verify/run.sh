#!/usr/bin/env bash
# From training to serving: push, sign, verify, pull, compare, verify at load.
#
#   run.sh [REGISTRY]     a registry on this machine that takes plain HTTP; default localhost:5000
#
# The executables must be on PATH. Works in a temporary folder, which it removes.
set -euo pipefail

registry=${1:-localhost:5000}
model=$registry/models/fraud-detector:v2.3
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

# What a training run leaves behind: a repository with its code, and three files. The weights are a
# safetensors file of one tensor: the header's length, the header, 16 bytes.
git init --quiet .
git config user.name Trainer
git config user.email trainer@example.com
echo 'print("training")' >train.py
git add train.py
git commit --quiet --message 'Train the fraud detector'
printf '\100\0\0\0\0\0\0\0%-64s' '{"weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}' >model.safetensors
printf '0123456789abcdef' >>model.safetensors
echo '{"name":"fraud-detector","license":"apache-2.0"}' >model_card.json
echo '{"run_id":"run-20260422-001","framework":"pytorch-2.5.1"}' >training_metadata.json

echo "# 1. Training records the digest of the weights."
step sha256sum model.safetensors
recorded=$(sha256sum model.safetensors | cut -d' ' -f1)

echo
echo "# 2. Push the model as an OCI artifact: checked first, three files with their types."
step oras-modelseal push "$model" \
    --artifact-type application/vnd.ml.model \
    ./model.safetensors:application/octet-stream \
    ./model_card.json:application/json \
    ./training_metadata.json:application/json

echo
echo "# 3. Sign it, once, with a key pair. Keep cosign.key in a vault."
export COSIGN_PASSWORD=example
step cosign-modelseal generate-key-pair
step cosign-modelseal sign --key cosign.key \
    --annotations "training_run_id=run-20260422-001" \
    --annotations "training_commit=$(git rev-parse HEAD)" \
    --annotations "framework_version=pytorch-2.5.1" \
    "$model"

echo
echo "# 4. Before serving: verify the signature, then pull. The pull verifies by itself, too."
step cosign-modelseal verify --key cosign.pub "$model"
step oras-modelseal pull "$model" --output ./serving --key cosign.pub

echo
echo "# 5. The pulled weights are the ones that training recorded."
step sha256sum --check - <<<"$recorded  serving/model.safetensors"

echo
echo "# 6. At load, as an init container does it: no network, one digest."
export MODEL_PATH=$PWD/serving/model.safetensors MODEL_DIGEST=$recorded
step modelseal-verify
echo "# ... and better, the whole folder against the signature that travelled with it:"
unset MODEL_PATH MODEL_DIGEST
step modelseal-verify ./serving --key cosign.pub --model fraud-detector

echo
echo "# 7. One byte of the weights changes in storage: nothing starts."
printf 'X' | dd of=serving/model.safetensors bs=1 seek=80 conv=notrunc status=none
export MODEL_PATH=$PWD/serving/model.safetensors MODEL_DIGEST=$recorded
refused modelseal-verify
unset MODEL_PATH MODEL_DIGEST
refused modelseal-verify ./serving --key cosign.pub --model fraud-detector -- echo "the server starts"

echo
echo "Done: pushed, signed, verified, pulled, verified at load, and refused after one byte changed."
