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
compiled() { # folder, where Lambda unpacks it
    (cd "$1" && python -m compileall -q -j 2 --invalidation-mode unchecked-hash -s . -p "$2" .)
}
compiled "$out/Detector" /var/task
compiled "$out/BucketReader" /var/task
compiled "$out/SharedLayer/python" /opt/python
# Our own modules once more, in one file a package: aws_lambda/byte_code.py says why.
python scripts/bundle_byte_code.py "$out/Detector/aws_lambda" "$out/BucketReader/aws_lambda" "$out/SharedLayer/python/gatewatch"
