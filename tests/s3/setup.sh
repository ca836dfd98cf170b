#!/usr/bin/env bash
# Installs the S3-compatible server by which attachments on an object store are tested, from PyPI at fixed versions, into
# target/interop/s3 (or $SIYI_INTEROP/s3). What is there already is left as it is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=${SIYI_INTEROP:-$here/../../target/interop}/s3
[ -e "$place/complete" ] && exit
mkdir -p "$place"
python3 -m venv --clear "$place"
"$place/bin/pip" install --quiet --disable-pip-version-check 'moto[s3]==5.2.5' 'flask==3.1.3' 'flask-cors==6.0.5'
touch "$place/complete"
