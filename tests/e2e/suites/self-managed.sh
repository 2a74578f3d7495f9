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
options() { # option...: of the pods that start from now on
	kubectl -n backup-guard patch deployment backup-guard --type=json -p "$(printf '%s\n' "$@" |
		jq -Rn '[inputs | {op: "add", path: "/spec/template/spec/containers/0/args/-", value: .}]')" >/dev/null
}
kubeconfig "$work/pod.kubeconfig" "{token: $(kubectl -n backup-guard create token backup-guard)}"
kubectl --kubeconfig "$work/pod.kubeconfig" config set-context e2e --namespace backup-guard >/dev/null
is_up() { # namespace, Service: its address is one of this machine's
	ip address show dev lo | grep -qF " $(kubectl -n "$1" get service "$2" -o 'jsonpath={.spec.clusterIP}')/"
}
is_up backup-guard backup-guard || service_up backup-guard backup-guard
apiserver_service

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
	cat "$work/pod-$set"-*.log | jq -r 'select(.event == "self-managed certificates").step' | grep -cx "$1"
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

configuration() { # JSON patch: of the configuration of the webhooks, by whom KUBECONFIG says
	kubectl patch validatingwebhookconfiguration backup-guard --type=json -p "$1"
}
of_each() { # the caBundle of each webhook as a JSON patch
	kubectl get validatingwebhookconfiguration backup-guard -o json | jq -c --arg ca "$1" \
		'[.webhooks | keys[] | {op: "add", path: "/webhooks/\(.)/clientConfig/caBundle", value: $ca}]'
}
as_pod() {
	KUBECONFIG=$work/pod.kubeconfig "$@" 2>&1
}
held_back() { # JSON patch
	has "$(as_pod configuration "$1")" 'change the caBundle of webhooks, and nothing else'
}

# Looks an hour apart: what is repaired at once is so because the configuration is watched.
set=watch
options --renew-check=1h
for pod in watch-a watch-b; do
	check "pod $pod starts, with the rights of its service account" pod_start "$pod"
done
check "the CA is published" wait_until "the CA published" published
wait_until "the policy in force" held_back '[{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]'
for patch in '"replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"' '"remove", "path": "/webhooks/6"' \
	'"replace", "path": "/webhooks", "value": []' '"add", "path": "/metadata/finalizers", "value": ["example.org/stay"]' \
	'"add", "path": "/metadata/ownerReferences", "value": [{"apiVersion": "v1", "kind": "Namespace", "name": "none", "uid": "none"}]' \
	'"replace", "path": "/webhooks/0/clientConfig/service/namespace", "value": "default"' \
	'"add", "path": "/webhooks/0/namespaceSelector/matchLabels", "value": {"none": "none"}'; do
	check "whoever has its token may not $patch" held_back "[{\"op\": $patch}]"
done
check "but may write a caBundle" as_pod configuration "$(of_each "$(secret 'ca\.crt')")"

webhooks_settled
kubectl create namespace live >/dev/null 2>&1
kubectl label --overwrite namespace live backup-guard.io/mode=enforce >/dev/null
wait_until "the manifests accepted" kubectl apply -f "$here/manifests/live.yaml"
wait_until "the label in force" refused "$here/manifests/live-wrong.yaml"
"$guard" certs init "$work/stranger" backup-guard.backup-guard.svc >/dev/null
stranger=$(base64 -w0 <"$work/stranger/ca.crt")
in_force() { # until it is, wrong ones pass
	wait_until "the caBundle right" published && webhooks_settled && rm "$work/off"
}
off_and_on() {
	touch "$work/off"
	kubectl delete validatingwebhookconfiguration backup-guard && webhooks_settled && kubectl apply -k "$overlay" && in_force
}
stranger_beside() {
	configuration "$(of_each "$({ secret 'ca\.crt' | base64 -d; cat "$work/stranger/ca.crt"; } | base64 -w0)")" &&
		wait_until "the caBundle right" published && lacks "$(secret 'ca\.crt' | base64 -d)" "$(sed -n 2p "$work/stranger/ca.crt")"
}
stranger_alone() {
	touch "$work/off"
	configuration "$(of_each "$stranger")" && in_force && lacks "$(secret 'ca\.crt' | base64 -d)" "$(sed -n 2p "$work/stranger/ca.crt")"
}
both_gone() {
	local before
	before=$(steps make)
	touch "$work/off"
	kubectl -n backup-guard delete secret backup-guard-webhook && configuration "$(of_each "$stranger")" && in_force &&
		same "$(steps make)" $((before + 1))
}
under_load "emergency off, and on again" off_and_on
under_load "a stranger's CA in the caBundle is put out" stranger_beside
under_load "in place of ours it is put out, too" stranger_alone
under_load "Secret and caBundle go within a second: one repair" both_gone
answered() {
	[ "$(reviews)" -gt "$1" ]
}
reviews() {
	requests | awk '{ sum += $2 } END { print sum + 0 }'
}
lasts() { # 200 reviews
	wait_until "reviews" answered $(($(reviews) + 200))
}
under_load "after all this every call is answered as before" lasts
for pod in watch-a watch-b; do
	pod_stop "$pod"
	wait "${pod_pid[$pod]}"
	unset "pod_pid[$pod]"
done
kubectl -n backup-guard delete secret backup-guard-webhook >/dev/null

set=self
check "kubectl apply -k brings back what was patched and deleted" kubectl apply -k "$overlay"
options --ca-lifetime=48s --cert-lifetime=24s --renew-check=1s
for pod in self-a self-b self-c; do
	check "pod $pod starts" pod_start "$pod"
done
wait_until "the CA published" published
check "the Secret is of type Opaque" same "$(kubectl -n backup-guard get secret backup-guard-webhook -o 'jsonpath={.type}')" Opaque
check "it was made once" same "$(steps make)" 1
check "the pods may not read another Secret" has \
	"$(kubectl --kubeconfig "$work/pod.kubeconfig" -n backup-guard get secret other 2>&1)" Forbidden
check "nor change another configuration" has "$(kubectl --kubeconfig "$work/pod.kubeconfig" patch \
	validatingwebhookconfiguration e2e-marker --type=merge -p '{"webhooks": []}' 2>&1)" Forbidden
webhooks_settled
under_load "3 CAs come and go" changes 3
check "each look of each pod went well" lacks "$(cat "$work"/pod-self-*.log)" '"level":"error"'
begins_again() {
	kubectl -n backup-guard delete secret backup-guard-webhook && changes 2
}
under_load "the Secret is deleted: a new CA comes, and the next" begins_again
check "the caBundle is what the Secret says" wait_until published published
check "kubectl apply -k again" kubectl apply -k "$overlay"
check "leaves it" wait_until published published
