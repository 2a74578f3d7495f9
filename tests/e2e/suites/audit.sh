# shellcheck shell=bash disable=SC2154
# What is live, written and served by the real API server and operator: judged as files are.
operator_start >"$work/why" 2>&1 || cat "$work/why"
kubectl create namespace audited >/dev/null
for file in live live-wrong; do
	sed 's/namespace: live/namespace: audited/' "$here/manifests/$file.yaml"
	echo ---
done >"$work/audited.yaml"
check "what it is to find is there" kubectl apply -f "$work/audited.yaml"
eventually audited .status.phase cluster live-db >/dev/null

audit() { # option...: JSON
	"$guard" audit --profile homelab --format json --fail-on never "$@" 2>&1
}

"$guard" audit -n audited --profile homelab --no-secrets >/dev/null 2>&1
check "audit says that something is refused" same $? 1
check "it names what is wrong" same \
	"$(audit -n audited --no-secrets | jq -r '[.findings[] | select(.severity == "deny").rule] | unique | join(" ")')" "live-phase policy-method"
check "reads keys of Secrets, and misses one" has "$(audit -n audited | jq -r '[.findings[].rule] | unique | join(" ")')" credentials-secret-missing
check "and tells of the Cluster in its table" same "$(audit -n audited | jq -r '.clusters[] | .namespace + "/" + .name')" audited/live-db
check "all namespaces at once" has "$(audit -A | jq -r '.clusters[] | .namespace')" audited

# --- as the CronJob of deploy/ does it: with its own account, and no more than that may
mkdir -p "$work/audit"
cp -r "$here/../../deploy/kustomize/components" "$work/audit"
kubectl get namespace backup-guard >/dev/null 2>&1 || kubectl create namespace backup-guard >/dev/null
with() { # component...: applies them
	printf 'namespace: backup-guard\nresources: []\ncomponents:\n' >"$work/audit/kustomization.yaml"
	printf -- '- components/%s\n' "$@" >>"$work/audit/kustomization.yaml"
	kubectl kustomize "$work/audit" >"$work/audit.yaml"
	kubectl apply -f "$work/audit.yaml"
}
check "the component of the audit is applied" with audit
as_cronjob() { # option...: the audit with the token of its account
	local token
	token=$(kubectl -n backup-guard create token backup-guard-audit)
	sed -e "s|^users:.*|users: [{name: user, user: {token: $token}}]|" "$KUBECONFIG" >"$work/audit.kubeconfig"
	"$guard" audit --profile homelab --kubeconfig "$work/audit.kubeconfig" --format json --fail-on never "$@" 2>&1
}
check "it may list what it needs, and nothing is missing" same \
	"$(as_cronjob -A --no-secrets | jq -c '[.errors, .clusters[0].name]')" '[[],"live-db"]'
check "it may read no Secret, and says so" same "$(as_cronjob -A | jq -c '[.errors, .summary.secretsUnread > 0]')" '[[],true]'
check "the Role for a Secret is applied where that is" kubectl -n audited apply -f "$work/audit/components/audit-secrets/role.yaml"
unread() {
	as_cronjob -n audited | jq -c '[.summary.secretsUnread, any(.findings[]; .rule == "credentials-secret-missing")]'
}
reads_it() {
	same "$(unread)" '[0,true]'
}
check "then it looks, and misses that one" wait_until "the Role in force" reads_it
check "--report without such a kind says so" has "$(as_cronjob -A --report)" 'the cluster knows neither'

# --- Report objects
kubectl apply -f "$here/manifests/reports-crd.yaml" >/dev/null
kubectl wait --for condition=established --timeout 60s crd/reports.openreports.io >/dev/null
report() { # jsonpath
	kubectl -n audited get reports.openreports.io backup-guard -o "jsonpath=$1"
}
check "a denied Report is told" has "$(as_cronjob -A --report)" 'reports.openreports.io is forbidden'
check "the component for it is applied" with audit audit-reports
writes() {
	same "$(as_cronjob -A --report --no-secrets | jq -c .errors)" '[]'
}
check "and it writes" wait_until "the role in force" writes
version=$(report '{.metadata.resourceVersion}')
check "it names the object" same "$(report '{.results[?(@.rule=="policy-method")].resources[0].kind}')" "ScheduledBackup"
check "and who owns its fields" same "$(report '{.metadata.managedFields[*].manager}')" backup-guard
audit -A --report --no-secrets >/dev/null
check "nothing has changed: it is not written again" same "$(report '{.metadata.resourceVersion}')" "$version"
kubectl -n audited delete scheduledbackups,clusters,objectstores --all --wait=false >/dev/null
check "a namespace that is clean has none" same \
	"$(audit -n audited --report >/dev/null; kubectl -n audited get reports.openreports.io -o name)" ""

# --- the policy that a site follows: two stores for each app, and one that differs; what suites before left is another's
kubectl delete scheduledbackups,clusters,objectstores -A --all --wait=false >/dev/null 2>&1
for app in paperless immich shop n8n; do
	kubectl create namespace "$app" >/dev/null
done
check "three apps with two stores are there, and one that differs" kubectl apply -f "$here/../learn/two-site/in"
"$guard" policy learn --live -A --out "$work/learned.yaml" 2>"$work/learned"
check "of what is live a policy is learned" same "$? $(grep -E 'role|objectStoreName' "$work/learned.yaml" | sed 's/ *#.*//; s/^ *//' | paste -sd ' ')" \
	'0 role: archive objectStoreName: "{app}-minio-store" role: offsite objectStoreName: "{app}-b2-store"'
check "policy check takes it" "$guard" policy check "$work/learned.yaml"
differ=$(sed -n 's/^\(policy-[a-z-]*\): .*; not: /\1, /p' "$work/learned" | awk -F', ' '{ for (i = 2; i <= NF; i++) print $1, $i }' | sort)
check "who differs is told" has "$differ" 'policy-store-name n8n/n8n-cold'
check "and the audit finds those, and nobody else" same "$differ" "$("$guard" audit -A --no-secrets --policy "$work/learned.yaml" --format json --fail-on never |
	jq -r '.findings[] | select(.rule | startswith("policy-")) | "\(.rule) \(.object.namespace)/\(.object.name)"' | sort -u)"
kubectl delete -f "$here/../learn/two-site/in" --wait=false >/dev/null
