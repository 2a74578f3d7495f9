# shellcheck shell=bash disable=SC2154 # here, work, kube and guard are run.sh's
# The webhook in the cluster, sourced: kubelet, endpoints and kube-proxy, for there are none.
#   service_up NAMESPACE NAME  the Service's address becomes one of this machine; prints nothing
#   service_down NAMESPACE NAME  before another Service of that name is: its log tells who is behind it
#   apiserver_service          the Service by which a Pod reaches the API server, once
#   pod_start NAME             a Pod of the live Deployment: its args, its ports, its volumes, its token if it is to have one
#   as_container FOLDER TOKEN WORD...  in place of this shell the program, with volumes, and a token if that is not empty
#   pod_sync NAME              what a kubelet does when a Secret or ConfigMap has changed
#   pod_stop NAME              SIGTERM; it drains by itself
#   requests                   what the Pods' metrics say of the requests they had
#   mode_of NAMESPACE          what a bad schedule meets there: refused, warned or silent
#   webhooks_settled           every change so far of a webhook configuration is in force
#   all_objects                what there is, but for what comes and goes by itself
# guard_in is the namespace of it all; with pod_user the program runs as OpenShift's restricted-v2 has it: as that user, who
# has no name, of group 0, among the files of the image, of which it can write none.
declare -A pod_pid=() service_pid=()
pod_count=0 marker=0 guard_in=backup-guard pod_user=

pods_kill() {
	[ "${#pod_pid[@]}" = 0 ] || kill -KILL "${pod_pid[@]}" 2>/dev/null
}

service_up() {
	local address
	address=$(kubectl -n "$1" get service "$2" -o 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}') || return
	ip address add "${address%:*}/32" dev lo
	mkdir -p "$work/endpoints/$1.$2"
	start "service-$2" python3 "$here/service.py" "$address" "$work/endpoints/$1.$2"
	service_pid[$1.$2]=${pids[-1]}
}

apiserver_service() {
	[ ! -d "$work/endpoints/default.kubernetes" ] || return 0
	mkdir -p "$work/endpoints/default.kubernetes"
	echo 127.0.0.1:6443 >"$work/endpoints/default.kubernetes/apiserver"
	service_up default kubernetes
}

service_down() {
	kill "${service_pid[$1.$2]}"
	wait "${service_pid[$1.$2]}"
}

# As a kubelet writes a volume: a new folder, then one link is turned to it.
pod_sync() {
	local pod=$work/pods/$1 path kind name folder key value
	kubectl -n "$guard_in" get deployments,secrets,configmaps -o json >"$pod/objects.json" || return
	jq -r '.items[] | select(.kind == "Deployment" and .metadata.name == "backup-guard").spec.template.spec
		| .volumes as $volumes | .containers[0].volumeMounts[] | .mountPath as $path | .name as $name
		| $volumes[] | select(.name == $name)
		| [$path, (if .secret then "Secret", .secret.secretName else "ConfigMap", .configMap.name end)] | @tsv' \
		"$pod/objects.json" | while IFS=$'\t' read -r path kind name; do
		mkdir -p "$pod$path"
		folder=$(mktemp -d "$pod$path/..XXXXXX")
		chmod 755 "$folder"
		jq -r --arg kind "$kind" --arg name "$name" '.items[] | select(.kind == $kind and .metadata.name == $name)
			| .data | to_entries[] | [.key, if $kind == "Secret" then .value else (.value | @base64) end] | @tsv' \
			"$pod/objects.json" | while IFS=$'\t' read -r key value; do
			base64 -d <<<"$value" >"$folder/$key"
			ln -sfn "..data/$key" "$pod$path/$key"
		done
		ln -sfn "$(basename "$folder")" "$pod$path/..new"
		mv -T "$pod$path/..new" "$pod$path/..data"
	done
}

# What a Pod with a token finds below /run/secrets; one for all of an account.
token_of() { # service account: prints the folder
	local folder=$work/token/$guard_in.$1
	if [ ! -d "$folder" ]; then
		mkdir -p "$folder"
		kubectl -n "$guard_in" create token "$1" >"$folder/token" &&
			kubectl -n "$guard_in" get configmap kube-root-ca.crt -o 'jsonpath={.data.ca\.crt}' >"$folder/ca.crt" &&
			printf %s "$guard_in" >"$folder/namespace" || return
	fi
	echo "$folder"
}

account=/run/secrets/kubernetes.io/serviceaccount
as_container() {
	local volumes=$1 token=$2 root=$work/root
	shift 2
	if [ -z "$pod_user" ]; then
		set -- "$guard" "${@//\/etc\/backup-guard/$volumes/etc/backup-guard}"
		[ -n "$token" ] || exec "$@"
		# shellcheck disable=SC2016 # the inner shell's
		set -- 'mount -t tmpfs none /run && mkdir -p "$account" && mount --bind "$token" "$account" && exec "$@"' - "$@"
	else
		[ -d "$root" ] || { "$here/../../deploy/rootfs.sh" "$guard" "$root" && mkdir -p "$root/etc/backup-guard" "$root/proc" "$root/var$account"; } || exit
		# shellcheck disable=SC2016
		set -- 'mount --bind "$root" "$root" && mount --bind "$volumes/etc/backup-guard" "$root/etc/backup-guard" &&
			{ [ -z "$token" ] || mount --bind "$token" "$root/var$account"; } && mount -t proc none "$root/proc" && mount -o remount,bind,ro "$root" &&
			exec setpriv --no-new-privs chroot --userspec="$user:0" --groups="$user" "$root" /backup-guard "$@"' - "$@"
	fi
	exec env -u KUBECONFIG KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443 HOME=/nonexistent \
		root="$root" volumes="$volumes" token="$token" account="$account" user="$pod_user" unshare -m sh -c "$@"
}

pod_start() {
	local name=$1 pod=$work/pods/$1 address=127.0.1.$((++pod_count)) args spec port token=
	mkdir -p "$pod"
	pod_sync "$name" || return
	spec=$(jq '.items[] | select(.kind == "Deployment" and .metadata.name == "backup-guard").spec.template.spec' "$pod/objects.json")
	mapfile -t args < <(jq -r '.containers[0].args[]' <<<"$spec")
	port=$(jq '.containers[0].ports[] | select(.name == "webhook").containerPort' <<<"$spec")
	if [ "$(jq .automountServiceAccountToken <<<"$spec")" = true ]; then
		token=$(token_of backup-guard) || return
	fi
	args=("${args[@]/#--listen=:/--listen=$address:}")
	[[ ${args[*]} == *--listen=* ]] || args+=("--listen=$address:8443")
	as_container "$pod" "$token" "${args[@]}" --health "$address:8080" 2>"$work/pod-$name.log" </dev/null &
	pod_pid[$name]=$!
	echo "$address:$port $address:8080" >"$work/endpoints/$guard_in.backup-guard/$name"
	echo "$address" >"$pod/address"
	wait_until "pod $name ready" curl -sf "http://$address:8080/readyz"
}

requests() {
	cat "$work"/pods/*/address | xargs -I{} curl -s http://{}:8080/metrics | grep '^backup_guard_admission_requests_total'
}

pod_stop() {
	kill -TERM "${pod_pid[$1]}"
	rm "$work/endpoints/$guard_in.backup-guard/$1" "$work/pods/$1/address"
}

mode_of() { # namespace
	local said
	said=$(sed "s/namespace: paperless/namespace: $1/" "$here/../demo/bad/11-method-forgotten.yaml" | kubectl create --dry-run=server -f - 2>&1)
	case $said in
	*'is invalid: spec'*method*) echo refused ;;
	*Warning*method*created*) echo warned ;;
	*'created (server dry run)') echo silent ;;
	*) echo "$said" ;;
	esac
}

# The API server learns of its webhook configurations in the order of their changes: when it has the last
# one, a webhook of our own that no one answers, it has all before.
webhooks_settled() {
	marker=$((marker + 1))
	kubectl apply -f - >/dev/null <<-END
		apiVersion: admissionregistration.k8s.io/v1
		kind: ValidatingWebhookConfiguration
		metadata: {name: e2e-marker}
		webhooks:
		  - name: marker.e2e.example.org
		    clientConfig: {url: "https://127.0.0.1:1/change-$marker"}
		    admissionReviewVersions: [v1]
		    sideEffects: None
		    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
		    matchConditions: [{name: marker, expression: "request.name == 'e2e-marker'"}]
	END
	wait_until "webhook configurations in force" marker_seen
}

marker_seen() {
	has "$(kubectl create configmap e2e-marker --dry-run=server 2>&1)" "/change-$marker?"
}

all_objects() { # but what comes and goes by itself, and the marker of webhooks_settled
	kubectl get "$(kubectl api-resources --verbs list -o name | paste -sd ,)" -A -o json 2>/dev/null |
		jq -r '.items[] | select(.kind != "Event" and .kind != "Lease" and .metadata.name != "e2e-marker")
			| [.apiVersion, .kind, .metadata.namespace // "", .metadata.name] | @tsv' | sort -u
}
