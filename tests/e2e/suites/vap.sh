# shellcheck shell=bash disable=SC2154
# `policy vap`: the API server judges by itself, and as the webhook does. No webhook is installed.
vap=$work/vap
mkdir -p "$vap"
"$guard" certs init "$vap" localhost >/dev/null
kubectl create namespace vap >/dev/null
kubectl label namespace vap backup-guard.io/mode=enforce >/dev/null

# create_backup MODE-OPTIONS...: a suspended schedule whose Backups are all refused
suspended() {
	kubectl create --dry-run=server -f - 2>&1 <<-END
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata: {name: suspended, namespace: vap}
		spec: {schedule: "0 0 3 * * *", suspend: true, method: plugin, cluster: {name: db}}
	END
}

in_force() {
	local said
	said=$(suspended)
	has "$said" '[schedule-suspended]' && has "$said" '[scheduled-backup-plugin-config-missing]'
}

not_in_force() {
	lacks "$(suspended)" '['
}

# vap_applied FILE: with every finding as a warning as well
vap_applied() {
	kubectl apply -f "$1" >"$vap/apply.log" 2>&1 && lacks "$(cat "$vap/apply.log")" Warning || return
	for severity in deny warn; do
		cat <<-END
			---
			apiVersion: admissionregistration.k8s.io/v1
			kind: ValidatingAdmissionPolicyBinding
			metadata: {name: e2e-$severity, labels: {app.kubernetes.io/name: backup-guard}}
			spec: {policyName: backup-guard-$severity, validationActions: [Warn]}
		END
	done | kubectl apply -f - >/dev/null && wait_until "the policies in force" in_force
}

vap_gone() {
	kubectl delete validatingadmissionpolicies,validatingadmissionpolicybindings -l app.kubernetes.io/name=backup-guard >/dev/null &&
		wait_until "the policies gone" not_in_force
}

# agrees PROFILE [RULE...]: all cases, here and by a webhook of that profile
agrees() {
	local status
	"$guard" policy vap --profile "$1" >"$vap/$1.yaml"
	vap_applied "$vap/$1.yaml" || return
	"$guard" serve --profile "$1" --cert "$vap/tls.crt" --key "$vap/tls.key" --listen 127.0.0.1:0 --health 127.0.0.1:0 \
		--address-file "$vap/$1.address" 2>"$vap/$1.log" </dev/null &
	pids+=($!)
	wait_until "the webhook of $1" test -s "$vap/$1.address" || return
	python3 "$here/vap.py" "$work/pki" "$(sed -n 's/^listen=//p' "$vap/$1.address")" "$vap/ca.crt" "$vap/$1.yaml" "$here/../cases" "${@:2}" >"$vap/$1.txt" 2>&1
	status=$?
	kill "${pids[-1]}"
	wait "${pids[-1]}"
	unset "pids[-1]"
	cat "$vap/$1.txt"
	return $status
}

types_checked() { # by the controllers, against the CRDs
	same "$(kubectl get validatingadmissionpolicies -l app.kubernetes.io/name=backup-guard -o json |
		jq -c '[.items[] | .metadata.generation == .status.observedGeneration]')" '[true,true]'
}
type_warnings() {
	kubectl get validatingadmissionpolicies -l app.kubernetes.io/name=backup-guard -o json | jq -r '.items[].status.typeChecking.expressionWarnings[]?.warning'
}

check "what the policies of generic say, the webhook says" agrees generic
wait_until "the types checked" types_checked
check "their types are right" same "$(type_warnings | head -n 20)" ""
echo "# generic: $(tail -n 1 "$vap/generic.txt")"
check "they go" vap_gone
check "and so it is with those of homelab" agrees homelab method-default-in-tree plugin-disabled
echo "# homelab: $(tail -n 1 "$vap/homelab.txt")"

apply_backup() { # field of its spec...: the five fields of `kept`, which was there before
	kubectl apply -f - 2>&1 <<-END
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata: {name: kept, namespace: vap, labels: {at: "$SECONDS"}}
		spec: {method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}, cluster: {name: kept}, $*}
	END
}
refuses() { # part of the message, command...
	local said
	! said=$("${@:2}") && has "$said" "$1" && has "$said" "ValidatingAdmissionPolicy 'backup-guard-deny' with binding 'backup-guard-deny-enforce' denied request"
}
quiet() { # an answer that repeats pages of CEL
	local said
	said=$("$@" 2>&1) || { grep -o 'compilation failed.*' <<<"$said"; return 1; }
}
mode_is() { # label, allowed, warned
	kubectl label namespace vap "backup-guard.io/mode=$1" --overwrite >/dev/null
	wait_until "mode $1" mode_said "$2" "$3"
}
mode_said() {
	local said status
	said=$(suspended)
	status=$?
	same "$status $(grep -c "^Warning: .*backup-guard-deny-" <<<"$said")" "$*"
}

check "the policies of homelab go" vap_gone
check "a mistake from before" apply_backup 'schedule: "*/10 * * * * *", suspend: true'
apply_pair() { # the interval of a store, and how many more entries a Cluster has: each as wrong as before
	kubectl apply -f - 2>&1 <<-END
		apiVersion: barmancloud.cnpg.io/v1
		kind: ObjectStore
		metadata: {name: kept, namespace: vap}
		spec:
		  configuration: {destinationPath: s3://backups/kept, s3Credentials: {inheritFromIAMRole: true}}
		  instanceSidecarConfiguration: {retentionPolicyIntervalSeconds: $1}
		---
		apiVersion: postgresql.cnpg.io/v1
		kind: Cluster
		metadata: {name: kept, namespace: vap}
		spec:
		  instances: 1
		  storage: {size: 1Gi}
		  plugins: [$2 {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: kept}}]
	END
}
entry='{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: kept}},'
check "and two" apply_pair -1 "$entry"
check "the policies come back, without the bindings of this test" kubectl apply -f "$vap/generic.yaml"
wait_until "the policies in force" refuses '[scheduled-backup-plugin-config-missing]' suspended
written() { # name, schedule
	cat >"$vap/$1.yaml" <<-END
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata: {name: db-backup, namespace: vap}
		spec: {schedule: "$2", pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}, cluster: {name: db}}
	END
}
written never "0 0 3 31 2 *"
written five "0 3 * * *"
(cd "$vap" && for file in never five; do
	typed create --dry-run=server -f $file.yaml
done) | transcript vap "who types the command is told what is wrong, and what to write"
check "stays, while another field is written" apply_backup 'schedule: "*/10 * * * * *", suspend: true, immediate: true'
check "and runs again, though that is told as new" apply_backup 'schedule: "*/10 * * * * *"'
check "but another mistake in its place is refused" refuses '[schedule-too-frequent]' apply_backup 'schedule: "*/20 * * * * *"'
check "with all that is wrong" refuses '[schedule-too-frequent]; spec.pluginConfiguration.name: no plugin' apply_backup 'schedule: "*/20 * * * * *", pluginConfiguration: {name: barman}'
check "what was as wrong before passes with another number" apply_pair -2 "$entry $entry"
check "the right one is not" apply_backup 'schedule: "0 0 3 * * *"'
check "nor is what an annotation exempts" kubectl -n vap annotate scheduledbackup kept backup-guard.io/allow=schedule-too-frequent backup-guard.io/reason=load-test
check "for a reason" apply_backup 'schedule: "*/20 * * * * *"'
check "which counts when the exemption goes" refuses '[schedule-too-frequent]' sh -c 'kubectl -n vap annotate scheduledbackup kept backup-guard.io/allow- 2>&1'
check "what is being deleted is let go" kubectl -n vap delete scheduledbackup kept
check "the operator is never refused" kubectl create --as=system:serviceaccount:cnpg-system:cnpg-manager --as-group=system:masters -f - <<-END
	apiVersion: postgresql.cnpg.io/v1
	kind: ScheduledBackup
	metadata: {name: operators, namespace: vap}
	spec: {schedule: "0 0 3 * * *", method: plugin, cluster: {name: db}}
END
check "with the label warn it is told and passes" mode_is warn 0 1
check "with audit nobody is told" mode_is audit 0 0
check "with enforce it is refused" mode_is enforce 1 0
check "with off nobody is told" mode_is off 0 0
check "what is printed of a policy that says everything is taken" quiet kubectl apply --dry-run=server -f "$here/../golden/vap/site.yaml"
mode_is enforce 1 0
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'spec: {namespaceModes: [{match: "va[!o]", mode: warn}]}' >"$vap/modes.yaml"
"$guard" policy vap --policy "$vap/modes.yaml" | kubectl apply -f - >/dev/null
check "where the policy has a mode for a namespace, it is no more than that" wait_until "the mode of the policy" mode_said 0 1
kubectl delete namespace vap >/dev/null
check "without the policies everything passes" vap_gone
