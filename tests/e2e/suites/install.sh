# shellcheck shell=bash disable=SC2154,SC2034
# From an empty API server: certificates of our own, kustomize, two pods.
deploy=$work/deploy
cp -r "$here/../../deploy" "$deploy"
cp "$deploy/kustomize/overlays/homelab/policy.yaml" "$deploy/kustomize/base" # the page's own rules, in the suites after this, too
certificates=$deploy/kustomize/overlays/own-certificates
overlay=$certificates
"$guard" certs init "$certificates" backup-guard.backup-guard.svc >"$work/certs.log"
known() { # file: but for what cert-manager and the Prometheus operator would know
	awk 'function flush() { if (!foreign) printf "---\n%s", text; text = ""; foreign = 0 }
		/^---$/ { flush(); next } /^apiVersion: (cert-manager.io|monitoring.coreos.com)/ { foreign = 1 } { text = text $0 "\n" } END { flush() }' "$1"
}
applies() { # file: server-side, for trial
	local said
	said=$(known "$1" | kubectl -n backup-guard apply --server-side --force-conflicts --dry-run=server -f - 2>&1) || { echo "$said"; return 1; }
	lacks "$said" Warning
}
# Whoever applies it once more changes nothing, and after that server-side meets no conflict. kubectl says "configured" of
# every PodDisruptionBudget: it always sends its selector; and of what kustomize puts certificates into: it breaks base64
# into lines, which the API server gives back as one (README.md of deploy/kustomize).
steady() { # file
	local said but=none force=false
	! grep -q 'caBundle: |$' "$1" || but='^secret/\|^validatingwebhookconfiguration' force=true
	known "$1" | kubectl -n backup-guard apply -f - >/dev/null || return
	same "$(known "$1" | kubectl -n backup-guard apply -f - 2>&1 | grep -v -e ' unchanged$' -e ^poddisruptionbudget -e "$but")" "" || return
	if ! said=$(known "$1" | kubectl -n backup-guard apply --server-side --force-conflicts=$force -f - 2>&1) || ! lacks "$said" Warning; then
		echo "$said"
		return 1
	fi
}
kubectl create namespace backup-guard >/dev/null
cp "$certificates/ca.crt" "$deploy/kustomize/components/mtls/client-ca.crt"
for folder in "$deploy"/kustomize/overlays/*/; do
	kubectl kustomize "$folder" >"$work/overlay.yaml"
	check "the overlay $(basename "$folder") is applied server-side without a warning" applies "$work/overlay.yaml"
done
check "and so is install.yaml" applies "$deploy/install.yaml"
check "and the Role for Secrets" applies "$deploy/kustomize/components/audit-secrets/role.yaml"
for folder in "$deploy"/kustomize/overlays/*/; do
	kubectl kustomize "$folder" >"$work/overlay.yaml"
	check "the overlay $(basename "$folder") is applied again, client-side and server-side, without a change" steady "$work/overlay.yaml"
done
check "and so is install.yaml" steady "$deploy/install.yaml"
if [ -n "$E2E_HELM" ]; then
	"$E2E_HELM" template backup-guard "$deploy/helm/backup-guard" -n backup-guard --kube-version 1.35.4 --set audit.enabled=true \
		--api-versions admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy >"$work/chart.yaml"
	check "and what the chart prints" steady "$work/chart.yaml"
	"$E2E_HELM" template backup-guard "$deploy/helm/backup-guard" -n backup-guard --kube-version 1.35.4 -f "$here/../deploy/values.yaml" >"$work/chart.yaml"
	known "$work/chart.yaml" >"$work/known.yaml"
	check "and with every value that places and names" kubectl -n backup-guard apply --server-side --force-conflicts --dry-run=server -f "$work/known.yaml"
fi
# As an API server before Kubernetes 1.30, which has none of the two kinds.
sed 's/^kind: ValidatingAdmissionPolicy/kind: UnknownAdmissionPolicy/' "$deploy/install.yaml" >"$work/older.yaml"
kubectl apply -f "$work/older.yaml" >"$work/older.txt" 2>&1
check "an API server without policies gets all the rest, and kubectl says so at the end" same \
	"$? $(grep -c 'backup-guard.* \(unchanged\|configured\)$' "$work/older.txt") $(grep -c 'no matches for kind "UnknownAdmissionPolicy' "$work/older.txt")" \
	"1 $(($(grep -c '^kind: ' "$deploy/install.yaml") - 2)) 2"
kubectl delete --ignore-not-found -f "$deploy/install.yaml" >/dev/null
kubectl delete clusterroles,clusterrolebindings -l app.kubernetes.io/name=backup-guard >/dev/null
kubectl delete clusterroles,clusterrolebindings -l app.kubernetes.io/name=backup-guard-audit >/dev/null
check "kubectl apply -k installs" kubectl apply -k "$overlay"
check "without a warning of the API server (pod security among them)" lacks "$(cat "$work/why")" Warning
service_up backup-guard backup-guard
check "a pod starts as the Deployment says" pod_start a
check "and a second one" pod_start b
running=(a b)
webhooks_settled

cd "$here/../demo" || exit 1
for mode in enforce audit off; do
	kubectl create namespace "in-$mode" >/dev/null
	kubectl label namespace "in-$mode" "backup-guard.io/mode=$mode" >/dev/null
done
kubectl create namespace in-none >/dev/null
check "in a namespace without a label a mistake is told, not refused" same "$(mode_of in-none)" warned
check "with the label enforce it is refused" same "$(mode_of in-enforce)" refused
check "with audit nobody is told" same "$(mode_of in-audit)" silent
check "but the metrics are" has "$(requests)" 'decision="would-deny"'
check "with off nobody is asked" same "$(mode_of in-off)" silent
kubectl create namespace old >/dev/null
sed "s/namespace: paperless/namespace: old/; s/'0 0 3/'0 3/" bad/11-method-forgotten.yaml | kubectl create -f - >/dev/null 2>&1
kubectl label namespace old backup-guard.io/mode=enforce >/dev/null
is_enforced() {
	same "$(mode_of "$1")" refused
}
wait_until "the label in force" is_enforced old
old_schedule() { # its spec becomes
	kubectl -n old patch scheduledbackup paperless-db-backup --type=merge -p "{\"spec\": $1}"
}
check "an old bad schedule can be suspended" old_schedule '{"suspend": true}'
check "and resumed" old_schedule '{"suspend": false}'
check "and, suspended again," old_schedule '{"suspend": true}'
check "not resumed as another bad one" has "$(old_schedule '{"suspend": false, "schedule": "0 4 * * *"}' 2>&1)" schedule-five-fields
kubectl delete namespace old --wait=false >/dev/null
check "what is installed is what was written" kubectl diff -k "$overlay"
