# shellcheck shell=bash disable=SC2154
# The policy that what is live follows. Sourced by run.sh, behind audit.sh.

# learn OPTION...: $out, $err, $status; the clock stands still
learn() {
	out=$("$guard" policy learn --live --now 2026-11-22T12:00:00Z "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

: >"$log"
learn -A
golden learn "$out"
is "who differs is told by namespace and name" "$status $(tail -n +2 <<<"$err")" '0 policy-require-plugin: 3 of 5 Clusters; not: legacy/legacy-db, n8n/n8n-db
policy-method: 3 of 4 ScheduledBackups; not: legacy/legacy-db-daily'
is "of Secrets nothing is asked, nor of Backups" "$(grep -cE '/(secrets|backups)' "$log")" 0
printf '%s\n' "$out" >learned.yaml
audit -A --policy learned.yaml --format json
is "the audit with it finds those, and nobody else" \
	"$(jq -r '.findings[] | select(.rule | startswith("policy-")) | .rule + " " + .object.namespace' <<<"$out" | sort)" \
	$'policy-method legacy\npolicy-require-plugin legacy\npolicy-require-plugin n8n'
learn -n paperless
is "one of each is no convention" "$status $(tail -1 <<<"$err")" \
	'3 backup-guard policy: nothing is learned: there is nothing that two objects have in common'
learn -n nowhere
is "nor is nothing" "$status $(tail -1 <<<"$err")" \
	'3 backup-guard policy: no Cluster, ObjectStore or ScheduledBackup is there to learn from'
fault '{"path": "/objectstores", "status": 404, "body": {"kind": "Status", "message": "not found"}}'
learn -A
is "without the kind of the plugin there are no stores" "$status $(grep -c objectStoreName <<<"$out")" '0 0'
fault '{"path": "/clusters", "status": 403, "body": {"kind": "Status", "message": "no permission"}}'
learn -A
is "what cannot be listed is an error" "$status $err" '3 error: GET /apis/postgresql.cnpg.io/v1/clusters: 403: no permission'
