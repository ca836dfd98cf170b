#!/bin/sh
# Accessibility of a running server's pages: tests/browser/run.sh http://127.0.0.1:8420
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
"$here/setup.sh"
node "$here/verify.mjs" "${1:-http://127.0.0.1:8420}"
exec node "$here/axe.mjs" "${1:-http://127.0.0.1:8420}"
