# shellcheck shell=bash disable=SC2154
# With the component cache the webhook knows what else is live: more is found, and still nothing is held up.
overlay=$work/deploy/kustomize/overlays/with-cache # of the suites after this, too
mkdir -p "$overlay" "$work/endpoints/default.kubernetes"
cat >"$overlay/kustomization.yaml" <<-END
	apiVersion: kustomize.config.k8s.io/v1beta1
	kind: Kustomization
	namespace: backup-guard
	resources: [../own-certificates]
	components: [../../components/cache]
END
kubectl delete namespace paperless >"$work/why" 2>&1
service_up default kubernetes # a Pod reaches the API server by it
echo 127.0.0.1:6443 >"$work/endpoints/default.kubernetes/apiserver"
check "kubectl apply -k installs the cache" kubectl apply -k "$overlay"
check "a pod starts, and reads with its own service account" pod_start cache-a
check "a second one" pod_start cache-b
for pod in "${running[@]}"; do
	pod_stop "$pod"
done
running=(cache-a cache-b)
webhooks_settled
check "neither was refused anything" lacks "$(cat "$work"/pod-cache-*.log)" '"level":"error"'

in_use() { # a dry-run is told, never refused
	has "$(kubectl -n paperless delete objectstore paperless-minio-store --dry-run=server 2>&1)" objectstore-delete-in-use
}

not_in_use() {
	! in_use
}

cd "$here/../demo" || exit 1
kubectl create namespace paperless >/dev/null
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null
{
	typed apply -f good/page.yaml
	wait_until "the cache knows" in_use >&2
	typed -n paperless delete objectstore paperless-minio-store
	typed -n paperless delete scheduledbackup paperless-db-backup
	typed -n paperless delete cluster paperless-db
	wait_until "the cache knows" not_in_use >&2
	typed -n paperless delete objectstore paperless-minio-store
	typed apply --server-side -f good/page.yaml
	wait_until "the cache knows" in_use >&2
	typed delete -f good/page.yaml
	wait_until "the cache knows" not_in_use >&2
	typed delete --ignore-not-found -f good/page.yaml
} | transcript cache "what a Cluster needs is not deleted under it"
kubectl apply -f good/page.yaml >/dev/null 2>&1
wait_until "the cache knows" in_use
check "a namespace goes, with what is in use in it" kubectl delete namespace paperless --timeout=60s
