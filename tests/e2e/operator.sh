# shellcheck shell=bash disable=SC2154 # here, work and kube are run.sh's
# The CloudNativePG operator, sourced, and what suites ask of live objects.
#   operator_start                      once; its webhooks answer
#   holds NAMESPACE JQ KIND NAME        the expression is true of the object
#   eventually NAMESPACE JQ KIND NAME   within a minute
#   gone NAMESPACE KIND NAME
#   has_backups, has_none NAMESPACE SCHEDULE
#   refused FILE                        the API server does not take it

# As its Deployment and its kubelet would: its image's folder, its service account, its own certificates, its role;
# but for the port of its metrics.
operator_start() {
	local certs=$work/operator-certs image=$work/operator-image architecture
	[ ! -d "$certs" ] || return 0
	kubectl apply --server-side -f "$kube/cnpg.yaml" >"$work/cnpg.log" || return
	service_up cnpg-system cnpg-webhook-service
	kubeconfig "$work/operator.kubeconfig" "{token: $(kubectl -n cnpg-system create token cnpg-manager)}"
	architecture=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
	mkdir -p "$certs" "$image/operator"
	ln -s "$kube/manager" "$image/operator/manager_$architecture"
	# shellcheck disable=SC2016 # the inner shell's
	KUBECONFIG=$work/operator.kubeconfig OPERATOR_NAMESPACE=cnpg-system MONITORING_QUERIES_CONFIGMAP=cnpg-default-monitoring \
		start operator unshare -m sh -c 'mount -t tmpfs none /run && mkdir -p /run/secrets/cnpg.io/webhook &&
			mount --bind "$1" /run/secrets/cnpg.io/webhook && cd "$2" && shift 2 && exec "$@"' - "$certs" "$image" \
		"$kube/manager" controller --metrics-bind-address 127.0.0.1:8081
	wait_until "the operator's certificate" kubectl -n cnpg-system get secret cnpg-webhook-cert || return
	for file in tls.crt tls.key; do # its kubelet
		kubectl -n cnpg-system get secret cnpg-webhook-cert -o json | jq -r ".data[\"$file\"]" | base64 -d >"$certs/$file"
	done
	echo 127.0.0.1:9443 >"$work/endpoints/cnpg-system.cnpg-webhook-service/operator"
	wait_until "the operator's webhooks" kubectl create --dry-run=server -f "$here/manifests/asked.yaml"
}

holds() {
	kubectl -n "$1" get "$3" "$4" -o json | jq -e "$2"
}

eventually() {
	wait_until "$3 $4: $2" holds "$@"
}

gone() {
	! kubectl -n "$1" get "$2" "$3"
}

backups() {
	kubectl -n "$1" get backups -l "cnpg.io/scheduled-backup=$2" -o name
}

has_backups() {
	[ -n "$(backups "$@")" ]
}

has_none() {
	[ -z "$(backups "$@")" ]
}

refused() {
	! kubectl create --dry-run=server -f "$1"
}
