#!/usr/bin/env bash
# Runs the clients of others against a face: `run.sh ADDRESS`, such as 127.0.0.1:2113. Prints how many things held with
# each, and ends with an error where one did not, or where a client is missing (see setup.sh).
set -euo pipefail
address=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=${SIYI_INTEROP:-$here/../../../target/interop}
for name in kurrent esdb esdbcat node; do
    [ -e "$place/$name/complete" ] || { echo "the client \`$name\` is missing: run core/esdb/interop/setup.sh" >&2; exit 1; }
done
export FACE_URL="esdb://$address?tls=false" FACE_NODE="$place/node/package.json"
export PYTHONDONTWRITEBYTECODE=1
"$place/kurrent/bin/python" "$here/python_client.py" kurrentdbclient "$FACE_URL"
"$place/esdb/bin/python" "$here/python_client.py" esdbclient "$FACE_URL"
node "$here/node_client.mjs" @kurrent/kurrentdb-client "kurrentdb://$address?tls=false"
node "$here/node_client.mjs" @eventstore/db-client "$FACE_URL"
# It prints one event on a line and ends behind the last.
lines=$(timeout 60 "$place/esdbcat/bin/esdbcat" --url "$FACE_URL" -q -o 0 '$all' 2>/dev/null | wc -l || true)
echo "esdbcat: $lines lines"
[ "$lines" -gt 10 ]
"$place/kurrent/bin/python" "$here/recorders.py" 2>&1 | tail -4
