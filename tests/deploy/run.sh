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

# `FILE` "TEXT", "TEXT" of the table of threats
missing_evidence() {
	# shellcheck disable=SC2016 # backquotes of Markdown
	grep -oE '`[^`]+` "[^"]+"(, "[^"]+")*' .github/SECURITY.md | while read -r line; do
		local file=${line#\`}
		file=${file%%\`*}
		grep -oE '"[^"]+"' <<<"$line" | tr -d '"' | while read -r text; do
			grep -qF -e "$text" "$file" || echo "$file has no '$text'"
		done
	done
}
check "what SECURITY.md shows for its answers is there" missing_evidence

cut="a file of these tests was read to its end"
. tests/deploy/manifests.sh || not_ok "$cut"
. tests/deploy/platforms.sh || not_ok "$cut"
. tests/deploy/image.sh || not_ok "$cut"
. tests/deploy/release.sh || not_ok "$cut"
. tests/deploy/monitoring.sh || not_ok "$cut"
. tests/deploy/schedules.sh || not_ok "$cut"

echo "$passed passed, $failed failed"
[ "$skipped" = 0 ] || echo "($skipped skipped)"
[ "$failed" = 0 ]
