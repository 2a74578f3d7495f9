# shellcheck shell=bash disable=SC2154
# A restore of what is live. Sourced by run.sh.

# restore OPTION...: $out, $err, $status; the clock stands still
restore() {
	out=$("$guard" restore --now 2026-11-22T12:00:00Z --profile generic "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

: >"$log"
restore paperless-db -n paperless --credentials none
golden restore "$out"
is "it is told of what is live" "$status $(head -1 <<<"$err")" \
	'0 Cluster paperless/paperless-db (the live Cluster) archives to ObjectStore paperless-db-store as server paperless-db'
is "no Secret is asked for" "$(grep -c secrets "$log")" 0
restore immich-db
is "without -n it is the namespace of the context" "$(head -1 <<<"$out")" '# Restores Cluster immich/immich-db from its archive.'
restore paperless-db
is "and no other" "$status $err" '3 backup-guard restore: no Cluster is called immich/paperless-db; there is immich/immich-db; another namespace is named by -n NAMESPACE, another context by --context; of one that is gone give the manifest: -f FILE --credentials secret'
fault '{"path": "/clusters", "status": 200, "body": {"kind": "ClusterList", "metadata": {}, "items": [
	{"metadata": {"name": "a", "namespace": "x"}, "spec": {"storage": {"size": "1Gi"}, "plugins": [{"name": "barman-cloud.cloudnative-pg.io", "parameters": {"barmanObjectName": "s"}}]}},
	{"metadata": {"name": "b", "namespace": "x"}, "spec": {"storage": {"size": "1Gi"}}}]}}'
restore a -n x --as b
is "a name that is taken is told" "$status $err" \
	'3 backup-guard restore: there is a Cluster x/b already, in Kubernetes: give another name by --as'
fault '{"path": "/objectstores", "status": 404, "body": {"kind": "Status", "message": "not found"}}'
restore paperless-db -n paperless --credentials none
is "without the kind of the plugin there are no stores" "$status $(head -1 <<<"$out")" '0 # Restores Cluster paperless/paperless-db from its archive.'
fault '{"path": "/clusters", "status": 403, "body": {"kind": "Status", "message": "no permission"}}'
restore paperless-db -n paperless --credentials none
is "what cannot be listed is an error" "$status $err" \
	'3 backup-guard restore: GET /apis/postgresql.cnpg.io/v1/namespaces/paperless/clusters: 403: no permission'
