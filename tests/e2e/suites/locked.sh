# shellcheck shell=bash disable=SC2154
# deploy/kustomize/locked.yaml: the webhook configuration stays as it is, whoever may write such objects, and says how it can go.
check "the lock is applied" kubectl apply -f "$here/../../deploy/kustomize/locked.yaml"

held() {
	! kubectl delete validatingwebhookconfiguration backup-guard --dry-run=server
}
change() { # JSON patch, option...
	typed patch validatingwebhookconfiguration backup-guard --type=json --dry-run=server -p "$@"
}
bundle='[{"op": "replace", "path": "/webhooks/0/clientConfig/caBundle", "value": "'$(base64 -w0 <"$work/pki/ca.crt")'"}]'
rules='[{"op": "replace", "path": "/webhooks/0/rules/0/operations", "value": ["UPDATE"]}]'
webhook=(--as=system:serviceaccount:backup-guard:backup-guard --as-group=system:masters)
wait_until "the lock in force" held
{
	typed delete validatingwebhookconfiguration backup-guard --dry-run=server
	typed delete --raw '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations?labelSelector=app.kubernetes.io/name=backup-guard'
	change '[{"op": "remove", "path": "/webhooks/0"}]'
	change '[{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]'
	change '[{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]'
	change "$rules" "${webhook[@]}"
	typed annotate validatingwebhookconfiguration backup-guard --dry-run=server cert-manager.io/inject-ca-from=default/another
	typed label validatingwebhookconfiguration backup-guard --dry-run=server team=home
	typed delete validatingwebhookconfiguration backup-guard --dry-run=server --as=me --as-group=system:masters --as-group=backup-guard:unlock
} | transcript locked "the configuration is neither deleted nor weakened, but by who unlocks it"
check "another CA is refused" has "$(change "$bundle")" 'backup-guard is locked'
check "but not to the replicas" has "$(change "$bundle" "${webhook[@]}")" 'backup-guard patched'
check "what is there can be applied again" kubectl apply -k "$overlay"
kubectl delete -f "$here/../../deploy/kustomize/locked.yaml" >/dev/null
check "without the lock it can go" wait_until "the lock gone" kubectl delete validatingwebhookconfiguration backup-guard --dry-run=server
