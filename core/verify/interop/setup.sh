#!/bin/sh
# Makes the environment in which `tests/tests/verify_exports.rs` loads the exports: pm4py in a folder of its own beside this file.
set -eu
here=$(dirname "$0")
python3 -m venv "$here/.venv"
"$here/.venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
"$here/.venv/bin/python" -c 'import pm4py; print("pm4py", pm4py.__version__)'
