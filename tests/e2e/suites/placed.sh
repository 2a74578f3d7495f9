# shellcheck shell=bash disable=SC2154,SC2034
# The chart in a namespace that others live in: as 0.1.0 left it, upgraded with the values of then, run as OpenShift
# would, without NetworkPolicies, and away.
if [ -z "$E2E_HELM" ]; then
	echo "skipped: the chart beside others: no helm, and no Go to build it with"
	return 0
fi
chart=$here/../../deploy/helm/backup-guard before=$here/../deploy/chart-0.1.0 foreign=$here/manifests/foreign.yaml
guard_in=databases
mine() { # word of kubectl...
	kubectl -n databases "$@"
}

upgrade() { # chart, option of helm...: without a warning of the API server
	local said
	said=$("$E2E_HELM" upgrade --install backup-guard "$@" -n databases 2>&1) && lacks "$said" warnings.go && return
	echo "$said"
	return 1
}

# Nothing creates Pods here: as a ReplicaSet and a Job would, of the live templates.
pods_anew() {
	mine delete pods serve audit --ignore-not-found --grace-period 0 --force >/dev/null 2>&1
	mine get deployment/backup-guard cronjob/backup-guard-audit -o json | jq '.items[].spec | (.jobTemplate.spec // .).template
		| {apiVersion: "v1", kind: "Pod", metadata: {name: .spec.containers[0].name, labels: .metadata.labels}, spec}' | mine create -f -
}

# Whom our objects choose: the API server evaluates their selectors.
chosen() { # kind
	mine get "$1" -o json | jq -r '.items[] | select(.metadata.labels["app.kubernetes.io/name"] // "" | startswith("backup-guard"))
		| [.metadata.name, (.spec.podSelector // .spec.selector | if .matchLabels or .matchExpressions or . == {} then . else {matchLabels: .} end
			| [(.matchLabels // {} | to_entries[] | "\(.key)=\(.value)"), (.matchExpressions // [] | .[] | .values = "(\(.values // [] | join(",")))"
				| {In: "\(.key) in \(.values)", NotIn: "\(.key) notin \(.values)", Exists: .key, DoesNotExist: "!\(.key)"}[.operator])] | join(","))] | @tsv' |
		while IFS=$'\t' read -r name selector; do
			echo "$name: $(mine get pods -l "$selector" -o name | sed 's,^pod/,,' | xargs)"
		done
}

theirs() { # all of it, with the version that changes at every write
	kubectl get -f "$foreign" -o json --show-managed-fields
}

untouched() {
	diff "$work/theirs.json" <(theirs)
}

user_and_groups() {
	mine get deployment/backup-guard cronjob/backup-guard-audit -o json |
		jq -c '[.items[].spec | .. | objects | to_entries[] | select(.key | IN("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups")) | .key] | unique'
}

refuses() {
	same "$(mode_of shop)" refused
}

listens_at() {
	mine get deployment backup-guard -o 'jsonpath={.spec.template.spec.containers[0].ports[?(@.name=="webhook")].containerPort}'
}

pods_away() { # at once; others hold that they drain
	local pod
	for pod in "${!pod_pid[@]}"; do
		rm "$work/endpoints/databases.backup-guard/$pod" "$work/pods/$pod/address"
		kill -KILL "${pod_pid[$pod]}"
		wait "${pod_pid[$pod]}" 2>/dev/null
		unset "pod_pid[$pod]"
	done
}

# What the CronJob runs, with the token of its account.
audit_of_cronjob() {
	local words
	mapfile -t words < <(mine get cronjob backup-guard-audit -o json | jq -r '.spec.jobTemplate.spec.template.spec.containers[0].args[]')
	(as_container "$work/pods/$1" "$(token_of backup-guard-audit)" "${words[@]}") 2>&1
}

all_objects >"$work/before.txt"
kubectl create namespace databases >/dev/null
wait_until "the account of its pods" mine get serviceaccount default
kubectl apply -f "$foreign" >/dev/null
kubectl label namespace databases pod-security.kubernetes.io/{enforce,warn}=restricted >/dev/null 2>&1
kubectl create namespace shop >/dev/null
kubectl label namespace shop backup-guard.io/mode=enforce >/dev/null
theirs >"$work/theirs.json"
apiserver_service

# --- as 0.1.0 left it
check "the chart of 0.1.0 is there, with the values of a site" upgrade "$before" -f "$before/site.yaml"
check "and pods of it" pods_anew
check "it shut off all pods of the namespace" same "$(chosen networkpolicies | head -n 3)" "backup-guard: serve
backup-guard-audit: audit
default-deny: app audit bare db-1 serve"
service_up databases backup-guard
check "a pod starts as it said" pod_start earlier
webhooks_settled
check "and refuses" wait_until "a refusal" refuses
ca=$(mine get secret backup-guard-webhook -o 'jsonpath={.data.ca\.crt}')
address=$(mine get service backup-guard -o 'jsonpath={.spec.clusterIP}')

# --- to this chart, beside the others
check "an upgrade with the defaults of then is refused, and changes nothing" has "$(upgrade "$chart" --reuse-values)" "missing properties"
check "with the values of then it goes" upgrade "$chart" -f "$before/site.yaml"
check "or with those that Helm remembers" upgrade "$chart" --reset-then-reuse-values
check "the policy is the one of then" diff <(mine get configmap backup-guard-policy -o 'jsonpath={.data.policy\.yaml}') \
	<(sed -n '/^policy: |/,$s/^  //p' "$before/site.yaml")
check "as is what is never sent" same "$(kubectl get validatingwebhookconfiguration backup-guard -o json |
	jq -c '[.webhooks[].namespaceSelector.matchExpressions[] | select(.key == "kubernetes.io/metadata.name").values | sort] | unique')" \
	'[["cnpg-system","databases","kube-system","quiet"]]'
check "the CA stays, and the address" same "$(mine get secret backup-guard-webhook -o 'jsonpath={.data.ca\.crt}') $(
	mine get service backup-guard -o 'jsonpath={.spec.clusterIP}')" "$ca $address"
check "so that the pod of then still refuses" same "$(mode_of shop)" refused
check "the namespace takes pods as they are" pods_anew
check "NetworkPolicies choose our pods, and no other" same "$(chosen networkpolicies)" "backup-guard: serve
backup-guard-audit: audit"
check "and so do Service and PodDisruptionBudget" same "$(chosen services) $(chosen poddisruptionbudgets)" "backup-guard: serve backup-guard: serve"
check "of the others nothing is changed" untouched
pods_away
check "a pod starts as this chart says" pod_start now
check "at 10250, where the control plane of a private GKE cluster may ask" same "$(listens_at)" 10250
check "and refuses through the Service" wait_until "a refusal" refuses

# --- as OpenShift runs it
check "openshift=true is taken, without a warning of pod security" upgrade "$chart" --reset-then-reuse-values --set openshift=true
check "nobody but restricted-v2 says which user and groups" same "$(user_and_groups)" "[]"
check "and pods are taken as they are" pods_anew
pods_away
mine patch secret backup-guard-webhook --type=merge -p '{"data": null}' >/dev/null
if ! setpriv --reuid 1000680000 --clear-groups true 2>/dev/null; then
	echo "skipped: another user: only root can become one"
	check "a pod starts" pod_start open
else
	pod_user=1000680000
	check "a pod starts as a user without a name" pod_start open
	check "of group 0" same "$(sed -n 's/^[UG]id:\t\([0-9]*\)\t.*/\1/p' "/proc/${pod_pid[open]}/status" | xargs)" "1000680000 0"
	check "in files of which it can write none" same "$(awk '$5 == "/" { print substr($6, 1, 3) }' "/proc/${pod_pid[open]}/mountinfo")" ro,
fi
check "it has made a CA that the API server trusts, and refuses" wait_until "a refusal" refuses
said=$(audit_of_cronjob open)
check "the audit judges what is live, as that user, too" has "$said" "databases/db "
check "and could read all that it lists" lacks "$said" "error: "
pod_user=
pods_away

# --- without NetworkPolicies
check "networkPolicy.enabled=false is taken" upgrade "$chart" --reset-then-reuse-values --set networkPolicy.enabled=false
check "and leaves that of the others alone" same "$(mine get networkpolicies -o name)" networkpolicy.networking.k8s.io/app
check "on again is on again" upgrade "$chart" --reset-then-reuse-values --set networkPolicy.enabled=true
check "with both" same "$(chosen networkpolicies | wc -l)" 2

# --- as Argo CD synchronises it: what helm template prints of the values in its Application, applied server-side
application=$here/../../deploy/gitops/application.yaml
synchronised() { # word of kubectl...
	"$E2E_HELM" template backup-guard "$chart" -n databases --kube-version 1.35.4 --api-versions admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy \
		-f <(sed -n '/^ *valuesObject:/,/^ *destination:/s/^ \{8\}//p' "$application") |
		kubectl "$@" --server-side --force-conflicts --field-manager argocd-controller -f -
}
written() { # what the pods wrote
	kubectl get validatingwebhookconfiguration backup-guard -o json | jq -c '[.webhooks[].clientConfig.caBundle] | unique'
	mine get secret backup-guard-webhook -o 'jsonpath={.data}'
}
written >"$work/written.txt"
check "the pods had written a CA and a certificate" grep -q 'ca.crt.*tls.crt' "$work/written.txt"
check "Argo CD synchronises" synchronised apply
check "with the image of its Application" same "$(mine get deployment backup-guard -o 'jsonpath={.spec.template.spec.containers[0].image}')" \
	registry.example.org/backup-guard:0.1.0
check "what the pods wrote stays" diff "$work/written.txt" <(written)
check "and so it is in sync" synchronised diff
check "in all this nothing of the others was changed" untouched

kubectl delete validatingwebhookconfiguration backup-guard >/dev/null
mine delete pods serve audit --grace-period 0 --force >/dev/null 2>&1
check "helm uninstall" "$E2E_HELM" uninstall backup-guard -n databases
check "takes ours away, and nothing else" untouched
service_down databases backup-guard
kubectl delete -f "$foreign" --grace-period 0 --force >/dev/null 2>&1
kubectl delete namespace databases shop >/dev/null
check "without both namespaces nothing is left" diff "$work/before.txt" <(all_objects)
guard_in=backup-guard
