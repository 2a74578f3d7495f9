# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# deploy/kustomize, deploy/install.yaml, deploy/helm: what they give, and that they give the same.

kubectl=$(tool kubectl) helm=$(tool helm)

# A copy of deploy/kustomize with the files that its user brings.
prepare() {
	cp -r deploy/kustomize "$tmp/kustomize"
	"$guard" certs init "$tmp/kustomize/overlays/own-certificates" backup-guard.backup-guard.svc >/dev/null
	cp "$tmp/kustomize/overlays/own-certificates/ca.crt" "$tmp/kustomize/components/mtls/client-ca.crt"
}

# The audit with all that it can have; the Role that is applied by itself, in the namespace of an application.
prepare_audit() {
	mkdir "$tmp/kustomize/overlays/audit-more" "$tmp/kustomize/overlays/app"
	printf '%s\n' 'resources: [../audit]' \
		'components: [../../components/audit-reports, ../../components/audit-secrets, ../../components/audit-stores, ../../components/audit-page]' >"$tmp/kustomize/overlays/audit-more/kustomization.yaml"
	cp deploy/kustomize/components/audit-secrets/role.yaml "$tmp/kustomize/overlays/app"
	printf '%s\n' 'namespace: app' 'resources: [role.yaml]' >"$tmp/kustomize/overlays/app/kustomization.yaml"
}

# Resources in one order, with keys in one order and base64 in one line; without the kinds named.
canonical() { # file, kind...
	local folder
	folder=$(mktemp -d -p "$tmp")
	cp "$1" "$folder/all.yaml"
	shift
	printf 'sortOptions: { order: legacy }\nresources: [all.yaml]\n' >"$folder/kustomization.yaml"
	"$kubectl" kustomize "$folder" | awk -v without=" $* " '
		function flush() { if (index(without, " " kind " ") == 0) printf "%s", text; text = ""; kind = "" }
		/^---$/ { flush(); text = "---\n"; next }
		/^kind: / { kind = $2 }
		/^ *caBundle: \|$/ { sub(/\|$/, ""); folded = 1; held = $0; match($0, /^ */); depth = RLENGTH; next }
		folded { match($0, /^ */); if (RLENGTH > depth) { sub(/^ */, ""); held = held $0; next } text = text held "\n"; folded = 0 }
		{ text = text $0 "\n" }
		END { flush() }' | sed '1{/^---$/d}'
}

overlay() { # name
	"$kubectl" kustomize "$tmp/kustomize/overlays/$1"
}

same_as_helm() { # overlay[,overlay], option of helm...
	local name=$1 one without=(Namespace)
	shift
	"$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.30.0 \
		--api-versions admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy "$@" >"$tmp/helm.yaml" || return
	for one in ${name//,/ }; do
		overlay "$one" || return
		echo ---
	done >"$tmp/$name.yaml"
	# Helm makes no namespace for itself, and is not given the key of own certificates.
	[[ $* != *tls.source=secret* ]] || without+=(Secret)
	diff <(canonical "$tmp/$name.yaml" "${without[@]}") <(canonical "$tmp/helm.yaml")
}

values() { # option of helm...: the configuration of the webhooks
	"$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.30.0 -s templates/webhooks.yaml "$@"
}

refused() { # part of the message, option of helm...
	local part=$1 said
	shift
	if said=$(values "$@" 2>&1); then
		echo "accepted: $*"
	elif [[ $said != *"$part"* ]]; then
		echo "$said"
	fi
}

closed_rules() { # option of helm...: "resource operations" of what fails closed
	values "$@" | awk '/^  - name:/ { closed = 0 } /failurePolicy: Fail/ { closed = 1 }
		closed && /operations:/ { operations = $2 } closed && /resources:/ { print $2, operations }'
}

# The values of one key, each once, with how often.
tally() { # file, key
	sed -n "s/^ *-\{0,1\} *$2: //p" "$1" | sort | uniq -c | awk '{ $1 = $1 } 1'
}

is() { # got, wanted
	[ "$1" = "$2" ] || printf 'got    %s\nwanted %s\n' "$1" "$2"
}

rights() { # component: a line for each rule of its roles
	awk '/^ *(resources|resourceNames): \[/ { sub(/^[^:]*: /, ""); line = line $0 " " }
		/^ *verbs:/ { sub(/^ *verbs: /, ""); print line $0; line = "" }' "deploy/kustomize/components/$1/rbac.yaml"
}

# An overlay NAME: another one, with components.
compose() { # name, overlay, component...
	mkdir "$tmp/kustomize/overlays/$1"
	printf '%s\n' "resources: [../$2]" components: "${@:3}" | sed '3,$s#^#  - ../../components/#' >"$tmp/kustomize/overlays/$1/kustomization.yaml"
}

prepare
prepare_audit
mkdir "$tmp/kustomize/overlays/both"
sed 's/^  - .*components\/cache$/&\n  - ..\/..\/components\/events/' deploy/kustomize/overlays/cache/kustomization.yaml \
	>"$tmp/kustomize/overlays/both/kustomization.yaml"
mkdir "$tmp/kustomize/overlays/trusting"
sed 's/components\/mtls$/components\/trust-network/' "$tmp/kustomize/overlays/both/kustomization.yaml" \
	>"$tmp/kustomize/overlays/trusting/kustomization.yaml"
compose openshift audit openshift
compose unbound audit-more without-network-policies
compose host self-managed host-network
compose placed self-managed placement
compose by-itself self-managed vap
for profile in generic homelab strict; do
	check "what the API server judges by itself, of the profile $profile, is what the program prints" diff \
		"deploy/helm/backup-guard/files/vap-$profile.yaml" <("$guard" policy vap --profile "$profile")
done
check "the component vap is what is refused of it" diff deploy/kustomize/components/vap/policy.yaml \
	<(awk '/^---$/ { document++ } document < 3' deploy/helm/backup-guard/files/vap-generic.yaml)
for policy in base overlays/homelab; do
	check "the policy of $policy is valid" bash -c "'$guard' policy check deploy/kustomize/$policy/policy.yaml >/dev/null"
done

as_file() { # locked.yaml with the names of files of the control plane, by the command of the README
	(cd deploy/kustomize && eval "$(sed -n 's/^\$ \(sed .* locked.yaml\) >.*/\1/p' README.md)")
}
check "locked.yaml as a file of the control plane has the names of one, and is the same otherwise" is \
	"$(diff deploy/kustomize/locked.yaml <(as_file) | sed -n 's/^> *//p')" "name: backup-guard.static.k8s.io
name: backup-guard.static.k8s.io
policyName: backup-guard.static.k8s.io"

if [ -z "$kubectl" ]; then
	skip "kustomize" "no kubectl in PATH, and none that make e2e left in the cache"
	skip "helm" "kubectl makes its output comparable"
	return 0
fi

for name in own-certificates self-managed cert-manager mtls cache events audit audit-more audit-only homelab openshift unbound host placed by-itself; do
	overlay "$name" >"$tmp/$name.yaml" 2>"$tmp/why"
	check "the overlay $name is built without a warning" cat "$tmp/why"
done
base=$tmp/own-certificates.yaml
check "install.yaml is what deploy/install.sh prints" diff deploy/install.yaml <(deploy/install.sh "$kubectl")
check "one webhook of seven fails closed" is "$(tally "$base" failurePolicy)" "1 Fail
6 Ignore"
canonical "$tmp/audit-only.yaml" ValidatingAdmissionPolicy >"$tmp/audit-only-webhooks.yaml"
check "none does in audit-only" is "$(tally "$tmp/audit-only-webhooks.yaml" failurePolicy)" "7 Ignore"
check "and every path is the one of audit" is "$(grep -c 'path: /validate/audit$' "$tmp/audit-only.yaml")" 7
check "homelab is self-managed with the policy of one home" is "$(diff "$tmp/self-managed.yaml" "$tmp/homelab.yaml" |
	sed -n 's/^> *\(name\|profile\)/\1/p')" "name: homelab
profile: homelab"
check "every webhook waits 5 s, matches equivalents, has no side effects" is \
	"$(grep -c '^  timeoutSeconds: 5$' "$base") $(tally "$base" matchPolicy) $(tally "$base" sideEffects)" "7 7 Equivalent 7 None"
check "every webhook leaves out the three namespaces" is "$(grep -A5 'key: kubernetes.io/metadata.name' "$base" |
	grep -cE '^ +- (backup-guard|cnpg-system|kube-system)$')" 21
check "caBundle is the CA in the Secret" is "$(canonical "$base" | sed -n 's/^ *caBundle: //p' | sort -u | base64 -d)" \
	"$(cat "$tmp/kustomize/overlays/own-certificates/ca.crt")"
# A policy that chooses every pod of a namespace shuts the databases off in which somebody installs it.
check "NetworkPolicies choose our pods, and no other" is "$(sed -n '/^  podSelector:/,/^  policyTypes:/p' "$tmp/audit-more.yaml" | sort | uniq -c | awk '{ $1 = $1 } 1')" \
	"1 app.kubernetes.io/name: backup-guard
2 app.kubernetes.io/name: backup-guard-audit
3 matchLabels:
3 podSelector:
3 policyTypes:"
check "the grace period is longer than the drain" test "$(sed -n 's/^ *terminationGracePeriodSeconds: //p' "$base")" \
	-ge $(($(sed -n 's/^ *- --drain=\([0-9]*\)s$/\1/p' "$base") + 10))
check "without cache, events and self-management no pod has a token, and nobody a permission" is \
	"$(tally "$base" automountServiceAccountToken) $(grep -cE '^kind: (Cluster)?Role' "$base")" "2 false 0"
check "with the cache there are two verbs on three kinds" is "$(rights cache)" \
	"[clusters, scheduledbackups] [list, watch]
[objectstores] [list, watch]"
check "Secrets are looked up by name, never listed" is "$(rights cache-secrets)" "[secrets] [get]"
check "self-management has its Secret and the webhook configuration" is "$(rights self-manage)" \
	"[secrets] [backup-guard-webhook] [get, update]
[secrets] [create]
[validatingwebhookconfigurations] [backup-guard] [get, list, watch, patch]"
check "Events are created and patched, and nothing else" is "$(rights events)" "[events] [create, patch]"
check "those that refuse have them as a side effect" is "$(awk '/^  name: / { name = $2 }
	/^  sideEffects: None.+/ { print name }' "$tmp/events.yaml")" "enforce.backup-guard.io
enforce-open.backup-guard.io
secrets-enforce.backup-guard.io"

# Every rule of every role has its verbs explained above it.
unexplained_verbs() {
	# shellcheck disable=SC2016 # awk's
	grep -rlZ verbs: deploy/kustomize | xargs -0 awk '/^---/ { said = 0 } /^rules:/ { on = 1; said = 0 } on && /^  # [a-z, ]+: / { said = 1 }
		/^roleRef:/ { on = 0 } on && /^ +verbs:/ && !said { print FILENAME ": " $0 }'
}
check "each verb of a role is explained" unexplained_verbs
check "the audit lists four kinds, and reads no Secret" is "$(rights audit)" "[clusters, scheduledbackups, backups] [list]
[objectstores] [list]"
check "--report, --stores and --report-page are the last of its words, and --no-secrets is gone" is \
	"$(canonical "$tmp/audit-more.yaml" | grep -oE '^ +- --(report.*|stores|no-secrets)$' | xargs)" "- --report - --stores - --report-page=/page/index.html"

if [ -z "$helm" ]; then
	skip "helm" "no helm in PATH, and none in the cache: tests/deploy/tools.sh helm"
	return 0
fi
own=(--set tls.source=secret --set-file "tls.ca=$tmp/kustomize/overlays/own-certificates/ca.crt")
check "helm lint is clean" bash -c "'$helm' lint --strict --quiet deploy/helm/backup-guard | grep -v '^$'; true"
check "Helm's defaults are the overlay self-managed" same_as_helm self-managed
# No API server is asked: "helm template" knows what it is told.
check "an API server without policies gets none" is "$("$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.28.0 |
	grep -c '^kind: ValidatingAdmissionPolicy')" 0
notes() { # option of helm...: what it prints at the end of an installation
	mkdir -p "$tmp/chart"
	cp -r deploy/helm/backup-guard/. deploy/helm/backup-guard/templates/NOTES.txt "$tmp/chart"
	echo 'notes: {{ tpl (.Files.Get "NOTES.txt") . | toJson }}' >"$tmp/chart/templates/notes.yaml"
	"$helm" template any "$tmp/chart" -n backup-guard --show-only templates/notes.yaml "$@" |
		grep -oE 'Emergency off|has no ValidatingAdmissionPolicy' | xargs
}
check "which the notes say" is "$(notes --kube-version 1.28.0)" "has no ValidatingAdmissionPolicy Emergency off"
check "but not where there are some" is "$(notes --kube-version 1.30.0 \
	--api-versions admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy)" "Emergency off"
check "nor where the pods may patch nothing" is "$(notes --kube-version 1.28.0 --set tls.source=certManager)" "Emergency off"
check "tls.source=certManager is the overlay cert-manager" same_as_helm cert-manager --set tls.source=certManager
check "tls.source=secret is the overlay own-certificates" same_as_helm own-certificates "${own[@]}"
check "mtls.clientCA is the overlay mtls" same_as_helm mtls "${own[@]}" \
	--set-file "mtls.clientCA=$tmp/kustomize/components/mtls/client-ca.crt"
mtls=(--set-file "mtls.clientCA=$tmp/kustomize/components/mtls/client-ca.crt")
check "cache is the overlay cache" same_as_helm cache --set cache=true "${mtls[@]}"
compose cache-secrets self-managed cache cache-secrets mtls
check "cacheSecrets is the component cache-secrets" same_as_helm cache-secrets --set cache=true,cacheSecrets=true "${mtls[@]}"
check "audit.enabled is the overlay audit" same_as_helm audit --set audit.enabled=true
check "with Reports, Secrets, stores and a page, too" same_as_helm audit-more,app --set audit.enabled=true,audit.report=true,audit.page=backup-guard-page \
	--set 'audit.secrets.app={longhorn-minio-credentials}' --set audit.stores=true
check "stores are not asked without keys" refused "audit.stores needs audit.secrets" --set audit.enabled=true,audit.stores=true
check "events.enabled is the overlay events" same_as_helm events --set events.enabled=true "${mtls[@]}"
check "cache and events together are both" same_as_helm both --set cache=true --set events.enabled=true "${mtls[@]}"
check "trustNetwork is the component trust-network" same_as_helm trusting --set cache=true,events.enabled=true,trustNetwork=true
check "cache without verified clients is refused" refused "cache and events.enabled need mtls.clientCA" --set cache=true
check "and so are Events" refused "cache and events.enabled need mtls.clientCA" --set events.enabled=true
check "trustNetwork without either is refused" refused "trustNetwork needs cache or events.enabled" --set trustNetwork=true
check "webhook.auditOnly is the overlay audit-only" same_as_helm audit-only --set webhook.auditOnly=true
check "vap.enabled is the component vap" same_as_helm by-itself --set vap.enabled=true
check "of the profile that is chosen" is "$("$helm" template any deploy/helm/backup-guard -n guards --kube-version 1.30.0 --set vap.enabled=true,policy.profile=homelab \
	--api-versions admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy -s templates/vap.yaml | grep -cE '\[policy-endpoint\]|^        - guards$|"guards"')" 2
check "an own policy is not printed by the chart" refused "policy vap --policy policy.yaml" --set vap.enabled=true --set-file policy.text=deploy/policy/two-site.yaml
check "nor is anything refused where nothing is" refused "says that none is refused" --set vap.enabled=true,policy.mode=warn
check "what fails closed can be chosen" is "$(closed_rules --set webhook.failClosed.clusterCreate=true \
	--set webhook.failClosed.objectStoreWrite=false)" '[clusters] ["CREATE"]
[scheduledbackups] ["CREATE"]'
check "nothing fails closed if nothing is chosen" is "$(values --set webhook.failClosed.scheduledBackupCreate=false \
	--set webhook.failClosed.objectStoreWrite=false | grep -cE 'Fail$|name: enforce.backup')" 0
check "the namespace of the release is never sent" is "$(values -n guards |
	grep -c 'values: \["cnpg-system","guards","kube-system"\]')" 7
check "a value of no meaning is refused" refused "additional properties 'replica' not allowed" --set replica=3
check "and so is one deeper down" refused "additional properties 'reports' not allowed" --set audit.reports=true
check "at every level" is "$(jq '[.. | objects | select(.type == "object" and .properties and .additionalProperties != false)] | length' \
	deploy/helm/backup-guard/values.schema.json)" 0
check "each value of the schema has its default and comment in values.yaml" diff \
	<(jq -r '.properties | del(.global) | keys[]' deploy/helm/backup-guard/values.schema.json) \
	<(grep -oE '^[a-zA-Z]+' deploy/helm/backup-guard/values.yaml | sort)
check "a pod that asks may go to the ports of minikube and MicroK8s, too" is "$(sed -n '/^  egress:/,/^  ingress:/s/^    - port: //p' \
	deploy/install.yaml | paste -sd ' ')" "443 6443 8443 16443"
check "the port of the API server can be another" is "$("$helm" template any deploy/helm/backup-guard --kube-version 1.30.0 --set cache=true,trustNetwork=true \
	--set audit.enabled=true --set 'apiServerPorts={16443}' | grep -c '^        - port: 16443$')" 2
check "the HelmRelease lies in a Namespace that its file makes" is "$(tally deploy/gitops/helmrelease.yaml kind | paste -sd " ") $(grep -c "^  name: backup-guard$" \
	deploy/gitops/helmrelease.yaml)" "1 HelmRelease 1 Namespace 2"
check "the refusal says what is possible on a managed control plane" refused "OpenShift only trustNetwork=true" --set cache=true
check "openshift=true is the component openshift" same_as_helm openshift --set audit.enabled=true,openshift=true
check "networkPolicy.enabled=false is the component without-network-policies" same_as_helm unbound,app --set networkPolicy.enabled=false \
	--set audit.enabled=true,audit.report=true,audit.page=backup-guard-page,audit.stores=true --set 'audit.secrets.app={longhorn-minio-credentials}'
check "nodeSelector, tolerations and priorityClassName are the component placement" same_as_helm placed --set priorityClassName=system-cluster-critical \
	--set-json 'nodeSelector={"node-role.kubernetes.io/control-plane":""}' \
	--set-json 'tolerations=[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]'
last_words() { # file: where its pods listen, and how they are replaced
	sed -n -E 's/^ *- (--(listen|health)=.*)/\1/p; s/^[- ]*((hostNetwork|dnsPolicy|containerPort|maxSurge|maxUnavailable): .*)/\1/p' "$1" |
		tac | awk '{ word = $0; sub(/=.*/, "", word) } word !~ /^--/ || !seen[word]++' | sort | paste -sd ' '
}
"$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.30.0 --set hostNetwork=true,ports.webhook=9443,ports.health=9080 >"$tmp/helm.yaml"
check "hostNetwork is the component host-network" is "$(last_words "$tmp/helm.yaml")" "$(last_words "$tmp/host.yaml")"
check "at the port of the kubelet it is refused" refused "10250 is the kubelet's" --set hostNetwork=true
values_that_are_gone() { # standard input: what the chart gives by tests/deploy/values.yaml
	local given word
	given=$(cat)
	for word in $(grep -oE '(value-[a-z-]+|sha256:[0-9a-f]+|--[a-z]+=[0-9]+|PreferDualStack|9443|9080|system-cluster-critical|dnsPolicy: Default|hostNetwork: true)' tests/deploy/values.yaml | sort -u | tr ' ' +); do
		grep -qF -e "${word//+/ }" <<<"$given" || echo "$word"
	done
	! grep -E 'runAsUser|fsGroup|^kind: NetworkPolicy' <<<"$given"
}
everything=(--namespace backup-guard --kube-version 1.30.0 -f tests/deploy/values.yaml)
check "each value is somewhere in what it gives" is "$("$helm" template any deploy/helm/backup-guard "${everything[@]}" | values_that_are_gone)" ""
check "monitoring of the chart is deploy/monitoring" is "$("$helm" template any deploy/helm/backup-guard "${everything[@]}" -s templates/monitoring.yaml | grep -c ' alert: ')" \
	"$(cat deploy/monitoring/{alerts,audit-alerts}.yaml | grep -c ' alert: ')"
check "a policy of its own comes from a file" is "$("$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.30.0 -s templates/policy.yaml \
	--set-file policy.text=deploy/policy/two-site.yaml | sed -n '/policy.yaml: |/,$s/^    //p' | "$guard" policy check - | sed -n 's/^-: //p')" \
	"$("$guard" policy check deploy/policy/two-site.yaml | sed -n 's/^deploy.policy.two-site.yaml: //p')"
old=tests/deploy/chart-0.1.0
own_policy() { # option of helm...: what the pods judge by
	"$helm" template any deploy/helm/backup-guard --kube-version 1.30.0 -s templates/policy.yaml "$@" | sed -n '/policy.yaml: |/,$s/^    //p'
}
check "as a text it is taken as 0.1.0 took it" diff <(own_policy -f "$old/site.yaml") <(sed -n '/^policy: |/,$s/^  //p' "$old/site.yaml")
check "all values of 0.1.0 are values still, but those that came since are missed when it alone gives them" is \
	"$("$helm" template any deploy/helm/backup-guard --kube-version 1.30.0 -f "$old/values.yaml" | grep -c '^kind: ') $(
		refused "missing properties" -f "$old/values.yaml" --set networkPolicy=null,ports=null)" "$("$helm" template any deploy/helm/backup-guard --kube-version 1.30.0 | grep -c '^kind: ') "
check "podSecurityContext=null leaves it out" is "$("$helm" template any deploy/helm/backup-guard --kube-version 1.30.0 --set podSecurityContext=null,audit.enabled=true |
	grep -cE 'runAs|fsGroup|seccompProfile|securityContext:')" 2
check "a schedule of six fields, as a ScheduledBackup has it, is refused" refused "/audit/schedule" --set 'audit.schedule=0 30 6 * * *'
check "a policy that is none is refused" refused "policy.text: this is no BackupPolicy" --set policy.text=policy.yaml
check "tls.source=secret without a CA is refused" refused "tls" --set tls.source=secret
check "cacheSecrets without cache is refused" refused "cache" --set cacheSecrets=true
check "client names without a client CA are refused" refused "mtls" --set 'mtls.clientNames={api}'
