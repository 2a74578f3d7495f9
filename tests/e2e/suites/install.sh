# shellcheck shell=bash disable=SC2154,SC2034
# From an empty API server: certificates of our own, kustomize, two pods.
deploy=$work/deploy
cp -r "$here/../../deploy" "$deploy"
cp "$deploy/kustomize/overlays/homelab/policy.yaml" "$deploy/kustomize/base" # the page's own rules, in the suites after this, too
certificates=$deploy/kustomize/overlays/own-certificates
overlay=$certificates
"$guard" certs init "$certificates" backup-guard.backup-guard.svc >"$work/certs.log"
applies() { # file: server-side, for trial, but for what cert-manager would know
	local said
	said=$(awk 'function flush() { if (!foreign) printf "---\n%s", text; text = ""; foreign = 0 }
		/^---$/ { flush(); next } /^apiVersion: cert-manager.io/ { foreign = 1 } { text = text $0 "\n" } END { flush() }' "$1" |
		kubectl -n backup-guard apply --server-side --force-conflicts --dry-run=server -f - 2>&1) || { echo "$said"; return 1; }
	lacks "$said" Warning
}
kubectl create namespace backup-guard >/dev/null
cp "$certificates/ca.crt" "$deploy/kustomize/components/mtls/client-ca.crt"
for folder in "$deploy"/kustomize/overlays/*/; do
	kubectl kustomize "$folder" >"$work/overlay.yaml"
	check "the overlay $(basename "$folder") is applied server-side without a warning" applies "$work/overlay.yaml"
done
check "and so is install.yaml" applies "$deploy/install.yaml"
check "and the Role for Secrets" applies "$deploy/kustomize/components/audit-secrets/role.yaml"
kubectl delete namespace backup-guard >/dev/null
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
check "what is installed is what was written" kubectl diff -k "$overlay"
