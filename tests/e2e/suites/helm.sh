# shellcheck shell=bash disable=SC2154,SC2034
# From an empty API server by the chart, changed, taken back and away. What a user reads meanwhile is what it is by kustomize.
if [ -z "$E2E_HELM" ]; then
	echo "skipped: the chart: no helm, and no Go to build it with"
	return 0
fi
mkdir -p "$work/bin" "$work/helm"
ln -s "$E2E_HELM" "$work/bin/helm"
ln -s "$here/../../deploy" "$work/helm/deploy"
PATH=$work/bin:$PATH
cd "$work/helm" || exit 1
chart=deploy/helm/backup-guard

policy_in() { # pod: the hash of what it judges by
	curl -s "http://$(cat "$work/pods/$1/address"):8080/metrics" | grep -o '^backup_guard_config_hash_info.*'
}

policy_is_not() { # hash
	[ "$(policy_in helm-a)" != "$1" ] && [ "$(policy_in helm-b)" != "$1" ]
}

# The ConfigMap has changed: a kubelet brings it, and a pod reads it by itself.
policy_arrives() {
	local before
	before=$(policy_in helm-a)
	pod_sync helm-a && pod_sync helm-b && wait_until "the policy in force" policy_is_not "$before"
}

helm_said() { # of typed_as
	sed -E 's/^(LAST DEPLOYED: ).*/\1TIME/'
}

same_as_template() { # option of helm...
	helm template backup-guard "$chart" -n backup-guard --kube-version 1.35.4 "$@" |
		kubectl diff --server-side --force-conflicts -f -
}

all_objects >"$work/before.txt"
kubectl create namespace backup-guard >/dev/null
"$guard" certs init tls backup-guard.backup-guard.svc >"$work/certs.log"
kubectl -n backup-guard create secret generic backup-guard-tls --type kubernetes.io/tls --from-file tls >/dev/null
printf 'apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: {name: mild}\nspec: {profile: homelab, mode: warn}\n' >mild.yaml
own=(--set tls.source=secret --set-file tls.ca=tls/ca.crt --set-file policy.text=deploy/kustomize/overlays/homelab/policy.yaml)

typed_as helm install backup-guard "$chart" -n backup-guard "${own[@]}" | helm_said | transcript helm-install "helm install"
check "what is live is what helm template prints" same_as_template "${own[@]}"
service_up backup-guard backup-guard
check "a pod starts as the Deployment says" pod_start helm-a
check "and a second one" pod_start helm-b
webhooks_settled

# shellcheck source=/dev/null
. "$here/suites/transcripts.sh" # the same as by kustomize
cd "$work/helm" || exit 1

check "helm upgrade takes another policy" helm upgrade backup-guard "$chart" -n backup-guard "${own[@]}" --set-file policy.text=mild.yaml
check "which pods read without a restart" policy_arrives
check "so that a mistake is told, not refused" same "$(mode_of paperless)" warned
more=(--set cache=true --set-file "mtls.clientCA=$work/pki/ca.crt" --set 'mtls.clientNames={kube-apiserver-kubelet-client}'
	--set audit.enabled=true --set audit.report=true --set webhook.failClosed.clusterCreate=true)
check "helm upgrade takes other values" helm upgrade backup-guard "$chart" -n backup-guard --reuse-values \
	"${more[@]}"
check "without a warning of the API server" lacks "$(cat "$work/why")" Warning
check "what is live is what helm template prints, again" same_as_template "${own[@]}" --set-file policy.text=mild.yaml \
	"${more[@]}"
may() { # account, word of kubectl auth can-i...
	kubectl auth can-i "${@:2}" -A --as "system:serviceaccount:backup-guard:$1" 2>/dev/null
}
check "the audit may list Clusters, the webhook watch them" same "$(may backup-guard-audit list clusters.postgresql.cnpg.io) $(
	may backup-guard watch clusters.postgresql.cnpg.io)" "yes yes"
check "and neither may read a Secret" same "$(may backup-guard-audit get secrets) $(may backup-guard get secrets)" "no no"
typed_as helm rollback backup-guard 1 -n backup-guard | helm_said | transcript helm-rollback "helm rollback"
check "what is live is what helm install made" same_as_template "${own[@]}"
check "no role stays of what was taken back" same "$(kubectl get clusterroles,clusterrolebindings,cronjobs -A -o name | grep -c backup-guard)" 0
check "pods read the policy of before" policy_arrives
webhooks_settled
check "a mistake is refused again" same "$(mode_of paperless)" refused


# As its pods would: Helm must not take away what they wrote.
check "helm upgrade to certificates of its own" helm upgrade backup-guard "$chart" -n backup-guard --set tls.source=selfManaged
bundles() {
	kubectl get validatingwebhookconfiguration backup-guard -o json | jq -r '[.webhooks[].clientConfig.caBundle // "none"] | unique | join(" ")'
}
check "takes the CA of before away" same "$(bundles)" none
kubectl get validatingwebhookconfiguration backup-guard -o json | jq --arg ca "$(base64 -w0 tls/ca.crt)" '.webhooks[].clientConfig.caBundle = $ca' |
	kubectl replace -f - >/dev/null
kubectl -n backup-guard patch secret backup-guard-webhook -p '{"stringData": {"ca.crt": "theirs"}}' >/dev/null
check "and the next upgrade leaves that of the pods" helm upgrade backup-guard "$chart" -n backup-guard --set tls.source=selfManaged --set replicas=3
check "as it is, and their Secret" same "$(bundles) $(kubectl -n backup-guard get secret backup-guard-webhook -o 'jsonpath={.data.ca\.crt}')" \
	"$(base64 -w0 tls/ca.crt) $(printf theirs | base64)"

check "what was switched off" kubectl delete validatingwebhookconfiguration backup-guard
check "is on again by helm upgrade" helm upgrade backup-guard "$chart" -n backup-guard --reuse-values
check "with all its webhooks" same "$(kubectl get validatingwebhookconfiguration backup-guard -o json | jq '.webhooks | length')" 7

kubectl delete namespace paperless >/dev/null
{
	typed delete validatingwebhookconfiguration backup-guard
	typed_as helm uninstall backup-guard -n backup-guard
} | transcript helm-uninstall "helm uninstall, the webhooks first"
for pod in helm-a helm-b; do
	pod_stop "$pod"
	wait "${pod_pid[$pod]}"
	unset "pod_pid[$pod]"
done
service_down backup-guard backup-guard
all_objects >"$work/after.txt"
check "and leaves what it was given: a namespace, and the Secret" same "$(comm -13 "$work/before.txt" "$work/after.txt" | cut -f 2- | tr '\t' ' ')" \
	"ConfigMap backup-guard kube-root-ca.crt
Namespace  backup-guard
Secret backup-guard backup-guard-tls
ServiceAccount backup-guard default"
kubectl delete namespace backup-guard >/dev/null
check "without the namespace nothing is left" diff "$work/before.txt" <(all_objects)
cd "$here" || exit 1
