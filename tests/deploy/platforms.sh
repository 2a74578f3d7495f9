# shellcheck shell=bash disable=SC2154,SC2016 # sourced by run.sh, after manifests.sh; backquotes of Markdown
# What the documents say for a platform, taken out of them and rendered: it is what they promise of it.

if [ -z "$kubectl" ] || [ -z "$helm" ]; then
	skip "platforms" "no kubectl, or no helm"
	return 0
fi

said() { # platform: its row of the table
	awk -F ' *[|] *' -v platform="$1" '$1 == "" && index($2, platform) { print $3 }' deploy/helm/README.md
}

rendered() { # platform, option of helm...: by the first values in its row
	local words
	read -ra words < <(said "$1" | grep -oE '`--set [^`]+`' | head -n 1 | tr -d '`')
	"$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.30.0 \
		--api-versions admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy --set audit.enabled=true "${words[@]}" "${@:2}"
}

lines() { # expression: lines of standard input that are that, each once
	sed -nE "s/^[- ]*($1)\$/\\1/p" | sort -u | paste -sd ' '
}

for platform in k3s kind kubeadm Talos MicroK8s minikube "GKE, private"; do
	check "$platform: no value is said to be needed" is "$(said "$platform" | grep -cE '^none(;|:)[^|]*$') $(said "$platform" | grep -c -e --set)" "1 0"
done
check "k3s, kind: an image that is on the node is run, by the name that its archive has" is "$(rendered k3s | lines '(image|imagePullPolicy): .*')" \
	"$(sed -n 's/^ *\(image: .*\)/\1/p' deploy/install.yaml) imagePullPolicy: IfNotPresent"
check "MicroK8s, minikube: pods reach an API server there" is "$(rendered MicroK8s | lines 'port: (8443|16443)')" "port: 16443 port: 8443"
check "of another port, too" is "$(rendered MicroK8s --set "$(said MicroK8s | grep -o 'apiServerPorts')={7443}" | lines 'port: [0-9]*443')" "port: 443 port: 7443"
check "OpenShift: nothing names a user or a group" is "$(rendered OpenShift | lines '(runAs|fsGroup|supplementalGroups).*')" "runAsNonRoot: true"
check "GKE: the pods listen at the port that its firewall opens" is "$(rendered GKE | lines '(containerPort: 10.*|--listen=.*)')" \
	"$(said GKE | sed -nE 's/.* port ([0-9]+).*/--listen=:\1 containerPort: \1/p')"
check "EKS: on the network of the node, at the port that its security group is to let through" is \
	"$(rendered EKS | lines '(hostNetwork|containerPort|dnsPolicy|--listen|--health).*')" \
	"$(said EKS | sed -nE 's/.*,ports\.health=([0-9]+).* must let it to ([0-9]+)$/--health=:\1 --listen=:\2 containerPort: \1 containerPort: \2/p') dnsPolicy: ClusterFirstWithHostNet hostNetwork: true"
taints=$(cat <<'END'
tolerations: [{key: platform-tolerations, operator: Exists}]
nodeSelector: {platform-nodeSelector: "1"}
priorityClassName: platform-priorityClassName
affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: platform-affinity.nodeAffinity, operator: Exists}]}}]}}
END
)
check "nodes with taints: what the row names is in both pods" is "$(rendered taints -f <(printf '%s\n' "$taints") | grep -oE 'platform-[A-Za-z.]+' | sort | uniq -c | awk '{ print $1, $2 }')" \
	"$(said taints | grep -oE '`[^`]+`' | tr -d '`' | sort | sed 's/^/2 platform-/')"
check "dual stack: the Service has both, the pods listen at every address" is "$(rendered "dual stack" | lines '(ipFamilyPolicy: .*|--listen=:.*)')" \
	"--listen=:10250 ipFamilyPolicy: PreferDualStack"
mapfile -t labels < <(said Prometheus | grep -oE '`[a-zA-Z]+\.labels`' | tr -d '`' | sed 's/.*/--set=&.release=platform/')
check "Prometheus operator: its objects are there, with the labels of the row" is "$(rendered Prometheus "${labels[@]}" | lines '(kind: (PodMonitor|PrometheusRule)|release: platform)')" "kind: PodMonitor kind: PrometheusRule release: platform"
check "while no pod answers: a policy beside that of the pods, and what binds it" is "$(rendered "no pod answers" | grep -cE '^  name: backup-guard-deny')" 2

# GitOps: the values in the file, the chart that it names, released where it says.
below() { # key, file: what is under it, as a document of its own
	awk -v key="$1:" 'on { match($0, /^ */); if (RLENGTH <= depth) exit; print substr($0, RLENGTH == 0 ? 1 : depth + 3) }
		$1 == key { on = 1; match($0, /^ */); depth = RLENGTH }' "$2"
}

word() { # key, file: the value of the last such line
	sed -nE "s/^[- ]*$1: ([^{]*)\$/\\1/p" "$2" | tail -n 1
}

released() { # file, key of its values, key of its chart, namespace
	below "$2" "$1" >"$tmp/values.yaml"
	"$helm" template "$(word releaseName "$1")" "./$(word "$3" "$1")" -n "$4" --kube-version 1.30.0 -f "$tmp/values.yaml"
}
linked() { # platform: the file that the row links to
	said "$1" | sed -nE 's/.*\(\.\.\/(gitops\/[^)]+)\).*/deploy\/\1/p'
}

argo=$(linked "Argo CD") flux=$(linked Flux)
for release in "$argo valuesObject path $(below destination "$argo" | sed -n 's/^namespace: //p')" "$flux values chart $(word namespace "$flux")"; do
	read -r file values chart namespace <<<"$release"
	released "$file" "$values" "$chart" "$namespace" >"$tmp/released.yaml" 2>"$tmp/why"
	check "$file: its values are taken, each of them" is "$(cat "$tmp/why")$(lines 'image: .*' <"$tmp/released.yaml")" \
		"image: $(below image "$tmp/values.yaml" | sed -n 's/^repository: //p'):$(sed -nE 's/^appVersion: "(.*)"/\1/p' deploy/helm/backup-guard/Chart.yaml)"
	check "and nothing is in another namespace than it says" is "$(lines 'namespace: .*' <"$tmp/released.yaml")" "namespace: $namespace"
	check "the replicas write caBundle and their Secret: no manifest names them" is "$(awk 'BEGIN { RS = "---\n" }
		/kind: (Secret|ValidatingWebhookConfiguration)\n/' "$tmp/released.yaml" | lines '(kind: .*|caBundle:.*|(data|stringData):.*)')" \
		"kind: Secret kind: ValidatingWebhookConfiguration"
done

# The commands of README.md, each as what it would apply.
commands() {
	sed -n '/^## Install in a cluster/,/^## /p' README.md | sed -nE 's/^\$ ((helm|kubectl apply|backup-guard policy).*[^ ]) *(# .*)?$/\1/p; s/^\$ ((helm|kubectl apply).*)$/\1/p' | sed 's/  *#.*//' | sort -u
}
applied() { # command: how many of our objects
	local words
	read -ra words <<<"$1"
	case $1 in
	"kubectl apply -f "*) cat "${words[3]}" ;;
	"kubectl apply -k "*) "$kubectl" kustomize "$tmp/${words[3]#deploy/}" ;;
	"helm install "*) "$helm" template "${words[@]:2}" --kube-version 1.30.0 ;;
	"backup-guard policy "*" | kubectl apply -f -") "$guard" "${words[@]:1:2}" ;;
	esac | grep -cE '^kind: Validating(WebhookConfiguration|AdmissionPolicyBinding)'
}
given=0
while read -r command; do
	given=$((given + 1))
	check "README.md: $command" test "$(applied "$command")" -ge 1
done < <(commands)
check "all four ways of README.md were tried" is "$given" 4

# mTLS, as kustomize/README.md has it for each control plane: its files are those of the table.
block() { # text in it: the fenced YAML
	awk -v part="$1" '/^```yaml$/ { inside = 1; text = ""; next }
		inside && /^```$/ { inside = 0; if (index(text, part)) { printf "%s", text; exit } }
		inside { text = text $0 "\n" }' deploy/kustomize/README.md
}
cell() { # row, platform: of the table of control planes
	awk -F ' *[|] *' -v row="$1" -v platform="$2" '$2 == "" && /Talos/ { for (i = 3; i < NF; i++) if ($i == platform) column = i }
		column && index($2, row) == 1 { gsub(/`/, "", $column); print $column; exit }' deploy/kustomize/README.md
}
with_files_of() { # platform: the two files that the API server is given
	block "kind: AdmissionConfiguration
plugins:
  - name: ValidatingAdmissionWebhook" | sed "s,FOLDER,$(cell FOLDER "$1"),"
	block "- name: backup-guard.backup-guard.svc" | sed "s,/etc/kubernetes/pki/apiserver-kubelet-client,$(cell "certificate and key" "$1"),"
}
check "kubeadm: the file of the API server is in the folder that is mounted" is "$(block extraVolumes: | lines '(value|hostPath|mountPath): .*')" \
	"hostPath: $(cell FOLDER kubeadm) mountPath: $(cell FOLDER kubeadm) value: $(cell FOLDER kubeadm)/admission.yaml"
check "k3s: the file of the API server is in its folder" is "$(block kube-apiserver-arg: | lines 'admission-control-config-file=.*')" \
	"admission-control-config-file=$(cell FOLDER k3s)/admission.yaml"
check "Talos: the file that it writes is the one of the others, with its certificate" diff <(block "op: create" | sed -nE '/content: \|/,/^cluster:/s/^ {8}//p') \
	<(with_files_of Talos | sed -n '/^apiVersion: v1$/,$p')
check "and in a folder that is mounted" is "$(block "op: create" | lines '(path: |hostPath: |mountPath: |kubeConfigFile: ).*')" \
	"hostPath: $(cell FOLDER Talos) kubeConfigFile: $(cell FOLDER Talos)/webhooks.kubeconfig mountPath: $(cell FOLDER Talos) path: $(cell FOLDER Talos)/webhooks.kubeconfig"
check "as the plugin of its API server is the one of the others" diff <(block "op: create" | sed -nE '/admissionControl:/,$s/^ {6}//p') \
	<(with_files_of Talos | sed -nE '/^plugins:/,/^apiVersion: v1/s/^  //p')
