# shellcheck shell=bash disable=SC2154
# The plugin is installed after the webhook, which is the ordinary order: until then its kind is unknown, soon after it
# is known, and nobody does anything for that. Two pods with the cache are there.
crd=$(grep -l 'name: objectstores.barmancloud.cnpg.io' "$kube"/crds/*)

knows_stores() { # 1 or 0: both pods
	local pod
	for pod in "${running[@]}"; do
		has "$(curl -s "http://$(cat "$work/pods/$pod/address"):8080/metrics")" "cache_kind_known{kind=\"ObjectStore\"} $1" || return
	done
}

in_paperless() { # dry-run of the Cluster with another store
	kubectl -n paperless patch cluster paperless-db --type merge --dry-run=server \
		-p '{"spec":{"plugins":[{"name":"barman-cloud.cloudnative-pg.io","isWALArchiver":true,"parameters":{"barmanObjectName":"'"$1"'"}}]}}' 2>&1
}

check "the plugin is not installed" kubectl delete -f "$crd"
wait_until "its kind is unknown" knows_stores 0
check "which /readyz says" has "$(curl -s "http://$(cat "$work/pods/${running[0]}/address"):8080/readyz")" \
	"ok; the cluster is known but for ObjectStores: the API server does not serve them"
kubectl create namespace paperless >/dev/null
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null
said=$(kubectl apply -f "$here/../demo/good/page.yaml" 2>&1)
check "a Cluster is created" has "$said" "cluster.postgresql.cnpg.io/paperless-db created"
check "and its schedule" has "$said" "scheduledbackup.postgresql.cnpg.io/paperless-db-backup created"
check "no store is said to be missing" lacks "$said" objectstore-missing
check "not for any name" lacks "$(in_paperless nowhere-store)" objectstore-missing
last_schedule() {
	has "$(kubectl -n paperless delete scheduledbackup paperless-db-backup --dry-run=server 2>&1)" last-schedule-delete
}
wait_until "the other kinds are known" last_schedule
check "what needs them speaks" last_schedule
check "the plugin is installed" kubectl apply --server-side -f "$crd"
wait_until "its kind is known" knows_stores 1
check "a store that is not there is missing now" has "$(in_paperless nowhere-store)" objectstore-missing
wait_until "the API server serves stores" kubectl -n paperless get objectstores
said=$(kubectl apply -f "$here/../demo/good/page.yaml" 2>&1)
check "the store is created" has "$said" "objectstore.barmancloud.cnpg.io/paperless-minio-store created"
store_in_use() {
	has "$(kubectl -n paperless delete objectstore paperless-minio-store --dry-run=server 2>&1)" objectstore-delete-in-use
}
wait_until "the cache knows" store_in_use
check "and its deletion under the Cluster is refused" lacks "$(kubectl -n paperless delete objectstore paperless-minio-store 2>&1)" deleted
kubectl delete namespace paperless >"$work/why" 2>&1
