# shellcheck shell=bash disable=SC2154
# With the component cache the webhook knows what else is live: more is found, and still nothing is held up. The API
# server shows a certificate as on kubeadm.
overlay=$work/deploy/kustomize/overlays/with-cache # of the suites after this, too
mkdir -p "$overlay"
cat >"$overlay/kustomization.yaml" <<-END
	apiVersion: kustomize.config.k8s.io/v1beta1
	kind: Kustomization
	namespace: backup-guard
	resources: [../own-certificates]
	components: [../../components/cache, ../../components/mtls]
	patches:
	  - target: { kind: Deployment, name: backup-guard }
	    patch: |
	      - { op: add, path: /spec/template/spec/containers/0/args/-, value: "--client-name=kube-apiserver-kubelet-client" }
END
cp "$work/pki/ca.crt" "$work/deploy/kustomize/components/mtls/client-ca.crt" # as kubeadm has it: the cluster's own
kubectl delete namespace paperless >"$work/why" 2>&1
apiserver_service
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

# Of several objects in one command: what is said of the second depends on who was faster, kubectl or the watch.
unraced() {
	grep -vE '\[(schedule-cluster-missing|last-schedule-delete)\]$'
}

cd "$here/../demo" || exit 1
kubectl create namespace paperless >/dev/null
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null
{
	typed apply -f good/page.yaml | unraced
	wait_until "the cache knows" in_use >&2
	typed -n paperless delete objectstore paperless-minio-store
	typed -n paperless delete scheduledbackup paperless-db-backup
	typed -n paperless delete cluster paperless-db
	wait_until "the cache knows" not_in_use >&2
	typed -n paperless delete objectstore paperless-minio-store
	typed apply --server-side -f good/page.yaml | unraced
	wait_until "the cache knows" in_use >&2
	typed delete -f good/page.yaml | unraced
	wait_until "the cache knows" not_in_use >&2
	typed delete --ignore-not-found -f good/page.yaml
} | transcript cache "what a Cluster needs is not deleted under it"
kubectl apply -f good/page.yaml >/dev/null 2>&1
wait_until "the cache knows" in_use
check "a namespace goes, with what is in use in it" kubectl delete namespace paperless --timeout=60s

# Secrets that stores name, for these checks only: one pod, with the component beside the other.
cp -r "$overlay" "$overlay-secrets"
sed -i 's,^components:.*,components: [../../components/cache\, ../../components/cache-secrets\, ../../components/mtls],' "$overlay-secrets/kustomization.yaml"
check "kubectl apply -k adds the right to get Secrets" kubectl apply -k "$overlay-secrets"
check "a pod starts that looks them up" pod_start cache-secrets
for pod in "${running[@]}"; do
	pod_stop "$pod"
done

store_is() { # part of what the write of the store meets
	has "$(kubectl -n paperless patch objectstore paperless-minio-store --type merge --dry-run=server \
		-p '{"spec":{"retentionPolicy":"77d"}}' 2>&1)" "$1"
}

silent_about() {
	! store_is "$1"
}

write_secret() { # value
	kubectl -n paperless apply --server-side -f - <<-END
		apiVersion: v1
		kind: Secret
		metadata: {name: longhorn-minio-credentials, labels: {backup-guard.io/credentials: "true"}}
		stringData:
		  {AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: $1, AWS_REGION: eu, AWS_S3_FORCE_PATH_STYLE: "true"}
	END
}

known_secrets() {
	has "$(curl -s "http://$(cat "$work/pods/cache-secrets/address"):8080/metrics")" "backup_guard_cache_secrets{state=\"$1\"} 1"
}

kubectl create namespace paperless >/dev/null
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null
kubectl apply -f good/page.yaml >/dev/null 2>&1
missing="nothing known provides Secret longhorn-minio-credentials"
wait_until "the Secret is known not to be there" store_is "$missing"
check "that is a warning" store_is "objectstore.barmancloud.cnpg.io/paperless-minio-store patched"
check "whoever repairs it is not held up" write_secret wordy-secret-98
check "and nothing is said of the Secret any more" silent_about "$missing"
wait_until "its keys are known" known_secrets known
check "nor when its keys are known" silent_about "$missing"
kubectl delete clusterrolebinding backup-guard-secrets >/dev/null
check "without the right to get it a Secret is written, too" write_secret wordy-secret-99
wait_until "that is told" grep -q "may not read a Secret.*403" "$work/pod-cache-secrets.log"
check "what it holds is unknown then" known_secrets unknown
check "no value is in it" lacks "$(cat "$work/pod-cache-secrets.log")" wordy
kubectl delete namespace paperless >/dev/null 2>&1
kubectl delete clusterrole backup-guard-secrets >/dev/null
kubectl apply -k "$overlay" >"$work/why" 2>&1
running=(cache-c cache-d)
check "pods without it" pod_start cache-c
check "a second one, again" pod_start cache-d
pod_stop cache-secrets
