#!/bin/bash
# Makes each target, whatever becomes of the others, and ends with one line about them all; what
# failed stands above it once more. Tests that passed are not told one by one.
#   tests/all.sh TARGET...
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
broken=
for target; do
	echo "== $target"
	make -s --no-print-directory "$target" </dev/null 2>&1 | tee -a "$log" | grep --line-buffered -v '^ok - '
	[ "${PIPESTATUS[0]}" = 0 ] || broken+=" $target"
done
sum=$(tests/sum.sh <"$log")
if [ -n "$broken" ]; then
	echo "== what failed"
	sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '^not ok|^\[(FAIL|CRASH)\]|\*\*\*|Sanitizer' | head -n 50
	sum+=", in$broken"
fi
# no closing line of a runner: it is not summed again
echo "make test: $sum; not run: make e2e (a real API server), make store (real Barman Cloud), make page (Chromium)"
[ -z "$broken" ]
