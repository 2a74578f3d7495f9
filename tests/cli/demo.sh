#!/bin/bash
# What the demo says kubectl prints is what kubectl printed at a real API server (tests/e2e/run.sh).
#   tests/cli/demo.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
tests=$(realpath "$(dirname "$0")/..")

"$tests/demo/run.sh" "$guard" "$(dirname "$guard")/admit" >"$tmp/demo.txt" 2>"$tmp/stderr"
is "the demo runs, and is silent on stderr" "$? $(<"$tmp/stderr")" '0 '
printed() { # command: what stands below it
	sed -E 's/: next [^.;]* UTC/: next TIMES UTC/g' "$2" | awk -v line="\$ $1" '$0 == line { on = 1; next } /^$/ { on = 0 } on && !/^exit status/'
}
for file in "$tests"/demo/good/*.yaml "$tests"/demo/bad/*.yaml; do
	command="kubectl apply -f ${file#"$tests"/demo/}"
	recorded=$tests/e2e/golden/mistakes-apply.txt
	[[ $file != */good/* ]] || recorded=$tests/e2e/golden/page.txt
	is "$command" "$(printed "$command" "$tmp/demo.txt")" "$(printed "$command" "$recorded" | sed '/ unchanged$/,$d')"
done
cd "$tests/demo" || exit 4
cut=0
while IFS= read -r line; do
	cut=$((cut + 1))
	grep -qF -- "${line% ...} " <<<"$("$guard" check --profile homelab --format compact "${line%%:*}" 2>/dev/null)" || not_ok "no word is cut" "$line"
done < <(grep ' \.\.\.$' "$tmp/demo.txt")
is "lines are cut, at blanks" $((cut > 5)) 1
says "it ends with what to try next" "$(tail -n 5 "$tmp/demo.txt")" 'What to try next' 'check FOLDER' 'policy learn'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
