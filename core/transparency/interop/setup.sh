#!/bin/sh
# Installs the tools that check our log and that nobody here wrote: Go's note and tlog (Debian), aics-tlog and pymerkle
# (PyPI), Node. They are tools of the test and no part of what is shipped; pymerkle is GPLv3.
set -eu
home=${SIYI_INTEROP_HOME:-$(cd "$(dirname "$0")/../../.." && pwd)/target/interop}
mkdir -p "$home"

missing=
command -v go >/dev/null || missing="$missing golang-go"
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || missing="$missing golang-golang-x-mod-dev"
command -v node >/dev/null || missing="$missing nodejs"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    apt-get install -y --no-install-recommends $missing
fi

[ -x "$home/venv/bin/python" ] || python3 -m venv "$home/venv"
# aics-tlog asks for Python 3.12 and runs on 3.11.
"$home/venv/bin/pip" install --quiet cryptography cachetools
"$home/venv/bin/pip" install --quiet --no-deps --ignore-requires-python 'aics-tlog==0.2.1' 'pymerkle==7.0.0'
"$home/venv/bin/python" -c 'import aics_tlog, pymerkle, cryptography'
