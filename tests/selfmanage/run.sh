#!/bin/bash
# Replicas that make and renew their certificates, at a small API server that sees whom it may trust.
#   tests/selfmanage/run.sh build/release/backup-guard
set -u
here=$(dirname "$0")
export PYTHONDONTWRITEBYTECODE=1
trouble=$(mktemp)
trap 'rm -f "$trouble"' EXIT
"$here/run.py" "$1" trouble >"$trouble" 2>&1 & # each mostly waits
"$here/run.py" "$1" rotation
status=$?
"$here/run.py" "$1" limits || status=1
wait $! || status=1
cat "$trouble"
exit $status
