# shellcheck shell=bash disable=SC2154
# Everything that changes under a webhook in use, while others write: no call fails. And when it is gone.

restart_rolling() { # times
	local round pod fresh
	for ((round = 1; round <= $1; round++)); do
		kubectl -n backup-guard rollout restart deployment backup-guard >/dev/null || return
		for pod in "${!running[@]}"; do
			fresh=restart-$round-$pod
			pod_start "$fresh" || return
			pod_stop "${running[pod]}" || return
			ended+=("${running[pod]}")
			running[pod]=$fresh
		done
	done
}

all_ended_well() {
	local pod
	for pod in "${ended[@]}"; do
		wait "${pod_pid[$pod]}" || { echo "$pod ended with $?"; tail -n 3 "$work/pod-$pod.log"; return 1; }
		unset "pod_pid[$pod]"
	done
}

metric() { # name: its values in the Pods, each once
	local pod
	for pod in "${running[@]}"; do
		curl -s "http://$(cat "$work/pods/$pod/address"):8080/metrics" | grep "^backup_guard_$1"
	done | sort -u
}

everywhere() { # a metric has one value, not the one before
	[ "$(metric "$1" | wc -l)" = 1 ] && [ "$(metric "$1")" != "$2" ]
}

pods_sync() {
	local pod
	for pod in "${running[@]}"; do
		pod_sync "$pod" || return
	done
}

change_policy() { # times
	local round before policy
	policy=$(cat "$work/deploy/kustomize/base/policy.yaml")
	for ((round = 1; round <= $1; round++)); do
		before=$(metric config_hash_info)
		jq -n --arg policy "$policy
  schedule: {maxInterval: $((7 + round))d}" '{data: {"policy.yaml": $policy}}' >"$work/policy.json"
		kubectl -n backup-guard patch configmap backup-guard-policy --type=merge --patch-file "$work/policy.json" || return
		pods_sync || return
		wait_until "policy $round in force" everywhere config_hash_info "$before" || return
	done
}

# Another CA each time: told beside the old one first, used then, alone at last.
change_certificate() { # times
	local round before fresh
	for ((round = 1; round <= $1; round++)); do
		fresh=$work/certs-$round
		before=$(metric certificate_not_after_seconds)
		"$guard" certs init "$fresh" backup-guard.backup-guard.svc >>"$work/certs.log" || return
		cat "$fresh/ca.crt" >>"$certificates/ca.crt"
		kubectl apply -k "$overlay" && webhooks_settled || return
		cp "$fresh/tls.crt" "$fresh/tls.key" "$certificates/"
		kubectl apply -k "$overlay" && pods_sync || return
		wait_until "certificate $round in use" everywhere certificate_not_after_seconds "$before" || return
		cp "$fresh/ca.crt" "$certificates/ca.crt"
		kubectl apply -k "$overlay" && webhooks_settled || return
	done
}

nobody_listens() {
	[ "$(tail -n 1 "$work/service-backup-guard.log")" = "ready: " ]
}

operator_start >"$work/why" 2>&1 || cat "$work/why"
kubectl create namespace live >/dev/null
kubectl label namespace live backup-guard.io/mode=enforce >/dev/null
kubectl apply -f "$here/manifests/live.yaml" >"$work/live.log" 2>&1
wait_until "the label in force" refused "$here/manifests/live-wrong.yaml"

ended=()
under_load "20 rolling restarts" restart_rolling 20
check "every process that was ended answered to the last, and ended with 0" all_ended_well
under_load "20 changes of the policy" change_policy 20
under_load "3 changes of the certificate, each with another CA" change_certificate 3

for pod in "${running[@]}"; do
	kill -KILL "${pod_pid[$pod]}"
done
wait_until "nobody listens" nobody_listens
cd "$here/manifests" || exit 1
{
	typed create -f live-wrong.yaml
	typed -n live patch cluster live-db --type=merge -p '{"spec": {"instances": 2}}'
} | transcript down "with the webhook gone nothing wrong comes in, and what is there can be changed"
check "its schedule can be resumed" kubectl -n live patch scheduledbackup first --type=merge -p '{"spec": {"suspend": false}}'
check "the operator makes its Backup" wait_until backups has_backups live first
check "and writes status" eventually live '.status.lastScheduleTime' scheduledbackup first
check "a namespace goes" kubectl delete namespace live --timeout=60s
kubectl create namespace again >/dev/null
kubectl label namespace again backup-guard.io/mode=enforce >/dev/null
sed 's/namespace: live/namespace: again/' live-wrong.yaml >"$work/again.yaml"
wait_until "the label in force" refused "$work/again.yaml"
check "emergency off is one command" kubectl delete validatingwebhookconfiguration backup-guard
webhooks_settled
check "and anything passes" kubectl create --dry-run=server -f "$work/again.yaml"
kubectl apply -k "$overlay" >/dev/null
running=(again-a again-b)
for pod in "${running[@]}"; do
	pod_start "$pod"
done
webhooks_settled
check "on again, it is refused again" has "$(kubectl create --dry-run=server -f "$work/again.yaml" 2>&1)" policy-method
