#!/usr/bin/env bash
# Installs the clients of others by which the face is tested, each from its registry at a fixed version, into
# target/interop (or $SIYI_INTEROP). What is there already is left as it is. With the word `benches`, also what the face is
# measured beside.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=${SIYI_INTEROP:-$here/../../../target/interop}
mkdir -p "$place"

# kurrentdbclient and esdbclient want different releases of grpcio, so each has an environment of its own.
environment() {
    local name=$1
    shift
    [ -e "$place/$name/complete" ] && return
    python3 -m venv --clear "$place/$name"
    "$place/$name/bin/pip" install --quiet --disable-pip-version-check "$@"
    touch "$place/$name/complete"
}

environment kurrent 'kurrentdbclient==1.3.5' 'eventsourcing[crypto]==9.5.6' 'eventsourcing-kurrentdb==1.2.2'
environment esdb 'esdbclient==1.1.7'
environment esdbcat 'esdbcat==0.2.0'
if [ "${1:-}" = benches ]; then environment umadb 'umadb==0.7.8'; fi

if [ ! -e "$place/node/complete" ]; then
    mkdir -p "$place/node"
    printf '{"private": true}\n' >"$place/node/package.json"
    (cd "$place/node" && npm install --silent --no-audit --no-fund \
        '@kurrent/kurrentdb-client@1.3.1' '@eventstore/db-client@6.2.1')
    touch "$place/node/complete"
fi
