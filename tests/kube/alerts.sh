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

# --- of each kind of Cluster
jq '[.[] | select(.metadata.namespace == "paperless") |
	if .resource != "clusters" then . else
		., (.metadata.name = "hibernated" | .metadata.annotations = {"cnpg.io/hibernation": "on"}),
		(.metadata.name = "replica" | .spec.replica = {source: "origin"} | .spec.externalClusters = [{name: "origin"}]),
		(.metadata.name = "no-queries" | .spec.monitoring = {disableDefaultQueries: true}),
		(.metadata.name = "slow" | .spec.postgresql = {parameters: {archive_timeout: "1h"}}),
		(.metadata.name = "in-tree" | .spec.plugins = [] | .spec.backup = {barmanObjectStore: {}})
	end | .metadata.uid = .metadata.name]' objects.json >"$tmp/server-plain/objects.json"
alerts -n paperless
is "a live Cluster is watched as one of files is" "$(sed 's/Cluster paperless.//; s/; no ScheduledBackup makes backups of it//' <<<"$err")" \
	"hibernated: no alerts; it is hibernated
in-tree: 3 alerts: WAL that waits for 10 minutes
no-queries: no alerts; spec.monitoring.disableDefaultQueries, and nothing tells whether WAL is archived
paperless-db: 6 alerts: 2 days 1 hour without a backup (ScheduledBackup paperless-db-daily), WAL that waits for 10 minutes
replica: no alerts; it is a replica cluster: watch its source
slow: 3 alerts: WAL that waits for 2 hours"
cp objects.json "$tmp/server-plain/objects.json"
