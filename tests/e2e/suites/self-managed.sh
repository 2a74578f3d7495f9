# shellcheck shell=bash disable=SC2154
# Certificates without anybody else: the overlay self-managed, and the rights that it gives to its pods.
deploy=$work/deploy
[ -d "$deploy" ] || cp -r "$here/../../deploy" "$deploy"
cp "$deploy/kustomize/overlays/homelab/policy.yaml" "$deploy/kustomize/base"
overlay=$deploy/kustomize/overlays/self-managed
for pod in "${!pod_pid[@]}"; do # of the suites before
	kill -KILL "${pod_pid[$pod]}"
	wait "${pod_pid[$pod]}" 2>/dev/null
done
pod_pid=()
rm -f "$work"/endpoints/backup-guard.backup-guard/*
kubectl delete -k "$overlay" --ignore-not-found >/dev/null
rm -rf "$work/token"
check "kubectl apply -k installs it" kubectl apply -k "$overlay"
check "without a warning of the API server" lacks "$(cat "$work/why")" Warning
kubectl -n backup-guard patch deployment backup-guard --type=json -p '[
	{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--ca-lifetime=48s"},
	{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--cert-lifetime=24s"},
	{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--renew-check=1s"}]' >/dev/null
kubeconfig "$work/pod.kubeconfig" "{token: $(kubectl -n backup-guard create token backup-guard)}"
kubectl --kubeconfig "$work/pod.kubeconfig" config set-context e2e --namespace backup-guard >/dev/null
is_up() { # namespace, Service: its address is one of this machine's
	ip address show dev lo | grep -qF " $(kubectl -n "$1" get service "$2" -o 'jsonpath={.spec.clusterIP}')/"
}
is_up backup-guard backup-guard || service_up backup-guard backup-guard
mkdir -p "$work/endpoints/default.kubernetes" # a Pod reaches the API server by it
echo 127.0.0.1:6443 >"$work/endpoints/default.kubernetes/apiserver"
is_up default kubernetes || service_up default kubernetes
for pod in self-a self-b self-c; do
	check "pod $pod starts, with the rights of its service account" pod_start "$pod"
done

secret() { # key
	kubectl -n backup-guard get secret backup-guard-webhook -o "jsonpath={.data.$1}"
}

bundles() {
	kubectl get validatingwebhookconfiguration backup-guard -o 'jsonpath={.webhooks[*].clientConfig.caBundle}' | tr ' ' '\n' | sort -u
}

published() {
	same "$(bundles)" "$(secret 'ca\.crt')"
}

steps() { # how often the pods took it
	cat "$work"/pod-self-*.log | jq -r 'select(.event == "self-managed certificates").step' | grep -cx "$1"
}

dropped() {
	[ "$(steps drop)" -ge "$1" ]
}

changes() { # how many CAs come and go
	local before change
	before=$(steps drop)
	for ((change = 1; change <= $1; change++)); do # of 32 s each
		wait_until "change $change of the CA" dropped $((before + change)) || return
	done
}

wait_until "the CA published" published
check "the Secret is of type Opaque" same "$(kubectl -n backup-guard get secret backup-guard-webhook -o 'jsonpath={.type}')" Opaque
check "it was made once" same "$(steps make)" 1
check "the pods may not read another Secret" has \
	"$(kubectl --kubeconfig "$work/pod.kubeconfig" -n backup-guard get secret other 2>&1)" Forbidden
check "nor change another configuration" has "$(kubectl --kubeconfig "$work/pod.kubeconfig" patch \
	validatingwebhookconfiguration e2e-marker --type=merge -p '{"webhooks": []}' 2>&1)" Forbidden
webhooks_settled
kubectl create namespace live >/dev/null 2>&1
kubectl label --overwrite namespace live backup-guard.io/mode=enforce >/dev/null
wait_until "the manifests accepted" kubectl apply -f "$here/manifests/live.yaml"
wait_until "the label in force" refused "$here/manifests/live-wrong.yaml"
under_load "3 CAs come and go" changes 3
check "each look of each pod went well" lacks "$(cat "$work"/pod-self-*.log)" '"level":"error"'
begins_again() {
	kubectl -n backup-guard delete secret backup-guard-webhook && changes 2
}
under_load "the Secret is deleted: a new CA comes, and the next" begins_again
check "the caBundle is what the Secret says" wait_until published published
check "kubectl apply -k again" kubectl apply -k "$overlay"
check "leaves it" wait_until published published
