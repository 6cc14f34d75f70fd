#!/bin/sh
# Builds the Lambda artifact with its byte code. Usage: scripts/package_aws.sh [folder architecture]   (default: .aws-sam arm64)
# Without byte code every cold start compiles everything again (/var/task is read-only): measured 1.8 to 3 times slower.
# unchecked-hash, because zip files carry no usable modification times.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-.aws-sam}
architecture=${2:-arm64}
venv=${SAM_VENV:-.venv-sam}
out=$folder/build
[ "$folder" = .aws-sam ] || out=$folder/out
PATH="$(cd "$venv/bin" && pwd):$PATH"
export PATH SAM_CLI_TELEMETRY=0
sam build --build-dir "$out" --cached --cache-dir "$folder/cache" --parameter-overrides "Architecture=$architecture" >&2
for root in "$out/Detector" "$out/BucketReader" "$out/SharedLayer/python"; do
    (cd "$root" && python -m compileall -q -j 2 --invalidation-mode unchecked-hash -s . .)
done
