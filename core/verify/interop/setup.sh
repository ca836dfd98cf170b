#!/bin/sh
# Makes the environment in which tests load the exports: pm4py in a folder of its own beside this file. Does nothing where it
# is there already.
set -eu
cd "$(dirname "$0")"
if cmp -s requirements.txt .venv/requirements.txt; then exit 0; fi
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
cp requirements.txt .venv/requirements.txt
