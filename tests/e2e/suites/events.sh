# shellcheck shell=bash disable=SC2154
# With the component events who did not type the command learns of a denial, too.
with=$work/deploy/kustomize/overlays/with-events
mkdir -p "$with"
cat >"$with/kustomization.yaml" <<-END
	apiVersion: kustomize.config.k8s.io/v1beta1
	kind: Kustomization
	namespace: backup-guard
	resources: [../${overlay##*/}]
	components: [../../components/events]
END
overlay=$with # of the suites after this, too
apiserver_service
check "kubectl apply -k installs Events" kubectl apply -k "$overlay"

# True once the Service has none of these behind it.
left() { # address...
	local address
	for address; do
		! grep ready: "$work/service-backup-guard.log" | tail -n 1 | grep -qwF "$address:10250" || return
	done
}

replace_pods() { # name...: it is done when nobody is sent to those of before
	local pod before=()
	for pod; do
		pod_start "$pod" || return
	done
	for pod in "${running[@]}"; do
		before+=("$(cat "$work/pods/$pod/address")")
		pod_stop "$pod"
	done
	running=("$@")
	wait_until "the other pods alone behind the Service" left "${before[@]}"
}

counts() { # wanted: how often each Event was seen
	[ "$(kubectl -n paperless get events -o 'jsonpath={.items[*].count}' | tr ' ' '\n' | sort -n | paste -sd ' ')" = "$1" ]
}

check "pods start, and write with their own service account" replace_pods events-a events-b
webhooks_settled
# Without warnings: how many there are is the cache's to say.
cd "$here/../demo" || exit 1
kubectl create namespace paperless >/dev/null 2>&1
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null 2>&1
{
	typed apply --dry-run=server -f bad/10-thirtieth-of-february.yaml
	typed apply -f bad/10-thirtieth-of-february.yaml
	wait_until "an Event" counts 1 >&2
	typed -n paperless get events
	typed -n paperless events --for scheduledbackup/paperless-db-backup
	kubectl apply -f good/page.yaml >"$work/why" 2>&1
	typed -n paperless patch scheduledbackup paperless-db-backup --type=merge -p '{"spec": {"schedule": "0 0 0 30 2 *"}}'
	wait_until "another one" counts "1 1" >&2
	typed -n paperless describe scheduledbackup paperless-db-backup | sed '/^Name:/,/^Events:/{ /^Events:/!d; }'
} | grep -v '^Warning: ' | sed -E 's/^[0-9]+s +Warning/AGE         Warning/; s/(BackupGuardDenied +)[0-9]+s +/\1AGE   /' | transcript events "who looks later reads what was refused"
kubectl -n paperless delete scheduledbackup paperless-db-backup >"$work/why" 2>&1
for _ in 1 2 3; do
	kubectl apply -f bad/10-thirtieth-of-february.yaml >/dev/null 2>&1
done
check "other pods take over" replace_pods events-c events-d
check "and the same denial, four times in all, is counted in one Event" wait_until "the count" counts "1 4"
kubectl apply -f bad/10-thirtieth-of-february.yaml >/dev/null 2>&1
check "also by a pod that has not seen it before" wait_until "the count" counts "1 5"
check "nothing was refused to them" lacks "$(cat "$work"/pod-events-*.log)" 'cannot write an Event'
kubectl delete namespace paperless >/dev/null
