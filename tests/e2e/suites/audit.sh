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
	"$guard" audit --format json --fail-on never "$@" 2>&1
}

"$guard" audit -n audited --no-secrets >/dev/null 2>&1
check "audit says that something is refused" same $? 1
check "it names what is wrong" same \
	"$(audit -n audited --no-secrets | jq -r '[.findings[] | select(.severity == "deny").rule] | unique | join(" ")')" policy-method
check "reads keys of Secrets, and misses one" has "$(audit -n audited | jq -r '[.findings[].rule] | unique | join(" ")')" credentials-secret-missing
check "and tells of the Cluster in its table" same "$(audit -n audited | jq -r '.clusters[] | .namespace + "/" + .name')" audited/live-db
check "all namespaces at once" has "$(audit -A | jq -r '.clusters[] | .namespace')" audited
