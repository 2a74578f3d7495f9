# shellcheck shell=bash disable=SC2154,SC2034
# Reviews that somebody else sends: what the answers tell, and who is believed. After cache and events, whose
# pods verify their clients as on kubeadm.
if [ "${overlay##*/}" != with-events ]; then
	echo "skipped: verified: it goes on where cache and events end"
	return 0
fi
webhook=backup-guard.backup-guard.svc
address=$(kubectl -n backup-guard get service backup-guard -o 'jsonpath={.spec.clusterIP}')
certificate kubelet /O=system:nodes/CN=system:node:one extendedKeyUsage=clientAuth

forged() { # operation, kind, object as JSON, option of curl...: the HTTP status; the answer is $work/answer.json
	jq -nc --arg operation "$1" --arg kind "$2" --argjson object "$3" '
		($object.apiVersion | split("/")) as [$group, $version]
		| {kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request: {
			uid: "1", kind: {group: $group, version: $version, kind: $kind}, operation: $operation,
			name: $object.metadata.name, namespace: $object.metadata.namespace, userInfo: {username: "alice"}, dryRun: false,
			object: (if $operation == "DELETE" then null else $object end),
			oldObject: (if $operation == "DELETE" then $object else null end)}}' >"$work/forged.json"
	: >"$work/answer.json"
	curl -s --max-time 10 --cacert "$work/deploy/kustomize/overlays/own-certificates/ca.crt" --resolve "$webhook:443:$address" \
		-H 'Content-Type: application/json' --data-binary "@$work/forged.json" -o "$work/answer.json" -w '%{http_code}' "${@:4}" "https://$webhook/validate"
}

store='{"apiVersion": "barmancloud.cnpg.io/v1", "kind": "ObjectStore", "metadata": {"name": "paperless-minio-store", "namespace": "paperless"}, "spec": {}}'
never='{"apiVersion": "postgresql.cnpg.io/v1", "kind": "ScheduledBackup", "metadata": {"name": "forged", "namespace": "kube-public"},
	"spec": {"schedule": "0 0 3 30 2 *", "cluster": {"name": "db"}}}'
forge() { # option of curl...: a deletion that would tell who uses a store, and what would become an Event; two statuses
	echo "$(forged DELETE ObjectStore "$store" "$@") $(forged CREATE ScheduledBackup "$never" "$@")"
}

with_key() { # name: options of curl
	echo "--cert $work/pki/$1.crt --key $work/pki/$1.key"
}

events_of_forged() {
	kubectl -n kube-public get events -o name | grep -c event
}

knows_store() {
	has "$(kubectl -n paperless delete objectstore paperless-minio-store --dry-run=server 2>&1)" objectstore-delete-in-use
}

kubectl create namespace paperless >/dev/null
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null
kubectl apply -f "$here/../demo/good/page.yaml" >/dev/null 2>&1
wait_until "the cache knows" knows_store
check "the API server is told what is live" knows_store
check "a review without a certificate is not answered" same "$(forge)" "000 000"
# shellcheck disable=SC2046 # two options each
{
	check "one with a kubelet's is refused" same "$(forge $(with_key kubelet))" "403 403"
	check "and told nothing" lacks "$(cat "$work/answer.json")" paperless
	check "one with the API server's own is told who uses the store" same "$(forged DELETE ObjectStore "$store" $(with_key apiserver-kubelet-client))" 200
	check "by name" has "$(cat "$work/answer.json")" paperless-db
}
kubectl apply -f "$here/../demo/bad/10-thirtieth-of-february.yaml" >/dev/null 2>&1
refusal_told() {
	has "$(kubectl -n paperless get events)" BackupGuardDenied
}
check "what the API server is refused becomes an Event" wait_until "the Event" refusal_told
check "what others forged did not" same "$(events_of_forged)" 0

# Neither verified nor trusted.
silent=$work/deploy/kustomize/overlays/silent
mkdir -p "$silent"
printf '%s\n' 'apiVersion: kustomize.config.k8s.io/v1beta1' 'kind: Kustomization' 'namespace: backup-guard' 'resources: [../own-certificates]' \
	'components: [../../components/cache, ../../components/events]' >"$silent/kustomization.yaml"
check "kubectl apply -k takes mTLS away" kubectl apply -k "$silent"
check "pods that verify nobody start, and say so" replace_pods silent-a silent-b
check "at /readyz" has "$(curl -s "http://$(cat "$work/pods/silent-a/address"):8080/readyz")" "nothing is told of other objects"
check "a forged review is answered" same "$(forge -w '%{http_code}%{errormsg}')" "200 200"
check "the wrong one with a denial" has "$(cat "$work/answer.json")" schedule-never-fires
forged DELETE ObjectStore "$store" >/dev/null
check "and told nothing of what is live" lacks "$(cat "$work/answer.json")" paperless-db
check "what is wrong by itself is refused to the API server as before" has \
	"$(kubectl apply -f "$here/../demo/bad/10-thirtieth-of-february.yaml" 2>&1)" "is invalid"

# As k3s has it: another CA for clients, another name. The API server first, then the pods.
mkdir -p "$work/k3s"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=k3s-client-ca -days 2 \
	-keyout "$work/k3s/client-ca.key" -out "$work/k3s/client-ca.crt" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /O=system:masters/CN=system:apiserver \
	-keyout "$work/k3s/client-kube-apiserver.key" 2>/dev/null |
	openssl x509 -req -CA "$work/k3s/client-ca.crt" -CAkey "$work/k3s/client-ca.key" -days 2 -extfile <(echo extendedKeyUsage=clientAuth) \
		-out "$work/k3s/client-kube-apiserver.crt" 2>/dev/null
check "the API server starts again, with the certificate that k3s gives it" apiserver_up "$work/k3s/client-kube-apiserver"
cp "$work/k3s/client-ca.crt" "$work/deploy/kustomize/components/mtls/client-ca.crt"
sed -i 's/--client-name=kube-apiserver-kubelet-client/--client-name=system:apiserver/' "$work/deploy/kustomize/overlays/with-cache/kustomization.yaml"
check "kubectl apply -k brings mTLS back" kubectl apply -k "$overlay"
check "pods start with it" replace_pods verified-a verified-b
webhooks_settled
wait_until "the cache knows" knows_store
check "the API server is told what is live, again" knows_store
check "a review without a certificate is not answered, again" same "$(forge)" "000 000"
# shellcheck disable=SC2046
check "nor one with a certificate of the other CA" same "$(forge $(with_key apiserver-kubelet-client))" "000 000"
check "none of all that was forged became an Event" same "$(events_of_forged)" 0
kubectl delete namespace paperless >/dev/null
