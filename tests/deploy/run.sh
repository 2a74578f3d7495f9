#!/bin/bash
# What deploy/ holds: manifests, chart, image, dashboard and alerts. A tool that is not there is told, line by
# line, as "skipped".
#   tests/deploy/run.sh BACKUP-GUARD
set -uo pipefail
guard=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/deploy/lib.sh

. tests/deploy/manifests.sh
. tests/deploy/image.sh
. tests/deploy/monitoring.sh

echo "$passed passed, $failed failed"
[ "$skipped" = 0 ] || echo "($skipped skipped)"
[ "$failed" = 0 ]
