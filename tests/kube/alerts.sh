# shellcheck shell=bash disable=SC2154
# Alerts of what is live. Sourced by run.sh; tests/deploy/schedules.sh has promtool prove them.

# alerts OPTION...: $out, $err, $status; the clock stands still
alerts() {
	out=$("$guard" alerts --live --now 2026-11-22T12:00:00Z --profile generic "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

fault
: >"$log"
alerts -A --format rules
golden alerts "$out"
golden alerts-told "$err"
is "of all namespaces two kinds are listed, and nothing else is asked" "$status $(grep -o '/apis[^? ]*\|/api/[^? ]*' "$log" | sort -u | tr '\n' ' ')" \
	"0 /apis/postgresql.cnpg.io/v1/clusters /apis/postgresql.cnpg.io/v1/scheduledbackups "
alerts
is "without -n it is the namespace of the context" "$(grep -o '^  namespace: .*' <<<"$out")" '  namespace: immich'
alerts -n nowhere
is "where there is none it is said" "$status $err" '0 no Cluster is there'
fault '{"path": "/scheduledbackups", "status": 403, "body": {"kind": "Status", "message": "no permission"}}'
alerts -A
is "schedules that cannot be listed are an error, and nothing is written" "$status $out$err" \
	'3 error: GET /apis/postgresql.cnpg.io/v1/scheduledbackups: 403: no permission'
fault
