#!/bin/sh
# Checks one exported log with the four tools of setup.sh.
#
# Usage: run.sh LOG TRUST. Prints for each tool its name, `accepts` or `refuses`, and what it said. Exit code 0: all four
# accept; 1: all four refuse; 2: a tool is missing or failed; 3: they disagree.
set -u
here=$(cd "$(dirname "$0")" && pwd)
home=${SIYI_INTEROP_HOME:-$(cd "$here/../../.." && pwd)/target/interop}
python=$home/venv/bin/python
for tool in go node "$python"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: run setup.sh"; exit 2; }
done
if [ ! -x "$home/check" ] || [ "$here/check.go" -nt "$home/check" ]; then
    # Debian puts its Go libraries where GOPATH mode finds them.
    GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$home/gocache" go build -o "$home/check" "$here/check.go" || exit 2
fi
accepted=0
refused=0
judge() {
    name=$1
    shift
    said=$("$@" 2>&1)
    case $? in
        0) echo "$name accepts: $said"; accepted=$((accepted + 1)) ;;
        1) case $said in
            *refused:*) echo "$name refuses: $said"; refused=$((refused + 1)) ;;
            *) echo "$name failed: $said"; exit 2 ;;
        esac ;;
        *) echo "$name failed: $said"; exit 2 ;;
    esac
}
judge go "$home/check" "$1" "$2"
judge aics-tlog "$python" "$here/check_aics.py" "$1" "$2"
judge pymerkle "$python" "$here/check_pymerkle.py" "$1" "$2"
judge node node "$here/check.mjs" "$1" "$2"
[ $accepted -eq 4 ] && exit 0
[ $refused -eq 4 ] && exit 1
exit 3
