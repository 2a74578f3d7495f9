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
made() { # the list of ScheduledBackups
	fault "{\"path\": \"/scheduledbackups\", \"status\": 200, \"body\": {\"kind\": \"ScheduledBackupList\", \"apiVersion\": \"postgresql.cnpg.io/v1\", \"metadata\": {}, \"items\": [$1]}}"
	live -A
}
made ''
is "where no more is made the newest stays, and the past is no long run" "$status $(grep -c 'no more is made: the newest stays' <<<"$out") $(grep -c 'long run' <<<"$out")" '0 2 0'
made '{"metadata": {"name": "often", "namespace": "immich"}, "spec": {"schedule": "@every 24h", "cluster": {"name": "immich-db"}, "method": "plugin", "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"}}, "status": {"lastCheckTime": "2026-11-20T15:06:07Z"}}'
is "@every counts from when it ran last" "$(grep -c 'next:     2026-11-22T15:06:07Z' <<<"$out")" 1
fault '{"path": "/backups", "status": 403, "body": {"kind": "Status", "message": "no permission"}}'
live -A
is "what cannot be listed is told, and nothing is guessed" "$status $out" '3 '
