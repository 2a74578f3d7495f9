# shellcheck shell=bash disable=SC2154
# What is live, planned. Sourced by run.sh.
live() {
	out=$("$guard" plan --live --now 2026-11-22T12:00:00Z --profile generic "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

: >"$log"
live -A --days 10
golden plan "$out"
is "it begins with the Backups that are there" "$status $err $(grep -c 'by day:     from 5: 6 7 8' <<<"$out")" '0  1'
is "a plan asks for no Secret" "$(grep -c secrets "$log")" 0
live -n n8n
is "of a namespace" "$(grep '^Cluster ' <<<"$out")" 'Cluster n8n/n8n-db'
fault '{"path": "/backups", "status": 403, "body": {"kind": "Status", "message": "no permission"}}'
live -A
is "what cannot be listed is told, and nothing is guessed" "$status $out" '3 '
