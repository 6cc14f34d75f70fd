#!/bin/sh
# Makes .venv ready from the hash-pinned lock. Needs only sh and python3: uv is fetched into .venv-uv when the machine has none.
# Usage: scripts/setup.sh [venv lock]   (default: .venv requirements/dev.txt; only .venv gets this project, editable)
set -eu
cd "$(dirname "$0")/.."
venv=${1:-.venv}
lock=${2:-requirements/dev.txt}
want=$(cat .python-version)

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

find_uv() {
    if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
    if [ ! -x .venv-uv/bin/uv ]; then
        command -v python3 >/dev/null 2>&1 || fail "no python3 and no uv found; install one of them"
        python3 -m venv .venv-uv >&2 || fail "python3 has no venv module (Debian and Ubuntu: apt-get install python3-venv)"
        .venv-uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt >&2
    fi
    printf '%s/.venv-uv/bin/uv\n' "$PWD"
}

runs() { "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != tuple(map(int, sys.argv[1].split("."))))' "$want" >/dev/null 2>&1; }

find_python() {
    found=$("$uv" python find --no-project --system "$want" 2>/dev/null) && runs "$found" && { printf '%s\n' "$found"; return; }
    for root in "${PYENV_ROOT:-}" "$(pyenv root 2>/dev/null || true)" "${HOME:-}/.pyenv"; do
        [ -n "$root" ] || continue
        for found in "$root"/versions/"$want"*/bin/python"$want"; do
            if [ -x "$found" ] && runs "$found"; then printf '%s\n' "$found"; return; fi
        done
    done
    printf '%s\n' "$want" # uv downloads it
}

uv=$(find_uv)
if [ ! -x "$venv/bin/python" ] || ! runs "$venv/bin/python"; then
    python=$(find_python)
    "$uv" venv --quiet --clear --seed --no-project --python "$python" "$venv" ||
        fail "no Python $want here and uv could not download one; install CPython $want (pyenv install $want, or your system's package)"
fi
# What uv says goes to the screen as it comes; where a proxy opens TLS its certificate is the cause, and uv's own list cannot know it.
if ! "$uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes -r "$lock" 2>"$venv/.said"; then
    cat "$venv/.said" >&2
    if grep -qiE 'certificate|UnknownIssuer|tls|ssl' "$venv/.said"; then
        fail "the package index was reached, but its certificate is not trusted: a proxy opens TLS here. Name your organisation's CA file: SSL_CERT_FILE=/path/to/ca.pem make setup (or UV_SYSTEM_CERTS=1 for the system's store)"
    fi
    fail "the packages of $lock could not be installed; see above"
fi
if [ "$venv" = .venv ]; then
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
fi
touch "$venv/.ready"
