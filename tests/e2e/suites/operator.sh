# shellcheck shell=bash disable=SC2154
# The CloudNativePG operator with its own webhooks beside ours, in a namespace where everything is enforced and
# most things are wrong: none of its writes, and nothing that ends an object, is ever refused.
old=$here/manifests/old.yaml # what was there before us

# As its Deployment and its kubelet would: its image's folder, its service account, its own certificates, its role;
# but for the port of its metrics.
operator_start() {
	local certs=$work/operator-certs image=$work/operator-image architecture
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

# eventually JQ KIND NAME: the expression holds of the live object, within a minute
eventually() {
	wait_until "$2 $3: $1" holds "$@"
}

holds() {
	kubectl -n old get "$2" "$3" -o json | jq -e "$1"
}

gone() { # kind, name
	! kubectl -n old get "$1" "$2"
}

backups_of() { # schedule
	kubectl -n old get backups -l "cnpg.io/scheduled-backup=$1" -o name
}

has_backups() {
	[ -n "$(backups_of "$1")" ]
}

has_none() {
	[ -z "$(backups_of "$1")" ]
}

refused() { # manifest
	! kubectl create --dry-run=server -f "$1"
}

kubectl create namespace old >/dev/null
kubectl apply -f "$old" >"$work/old.log" 2>&1
kubectl label namespace old backup-guard.io/mode=enforce >/dev/null
wait_until "the label in force" refused "$here/manifests/refused.yaml"

check "the operator starts" operator_start
check "it fills in what its webhook would have defaulted" eventually '.spec.imageName' cluster plain
check "it writes the status of a Cluster" eventually '.status.phase' cluster plain
check "of one that it cannot serve, too" eventually '.status.phase | test("plugin")' cluster misspelt
check "it makes what belongs to a Cluster" eventually '.metadata.ownerReferences[0].name == "plain"' service plain-rw
check "it makes Backups for a schedule that is too frequent" wait_until backups has_backups often
check "it writes when it did" eventually '.status.lastScheduleTime' scheduledbackup often
check "it makes Backups that a user could not" wait_until backups has_backups misspelt
check "where a user's Backup is refused" refused "$here/manifests/refused.yaml"
check "of which we were asked" has "$(requests)" 'kind="Backup",operation="CREATE",decision="skip",dry_run="false"'
check "a user scales what is wrong already" kubectl -n old scale cluster plain --replicas=2
check "and hibernates it" kubectl -n old annotate cluster plain cnpg.io/hibernation=on
check "the operator sees it" eventually '.status.conditions[] | select(.type == "cnpg.io/hibernation")' cluster plain
check "nothing of the operator was refused" lacks "$(cat "$work/operator.log")" backup-guard.io

check "a schedule takes its Backups with it" kubectl -n old delete scheduledbackup often
check "all of them" wait_until garbage has_none often
kubectl -n old patch objectstore wrong --type=merge -p '{"metadata": {"finalizers": ["example.org/hold"]}}' >/dev/null
kubectl -n old delete objectstore wrong --wait=false >/dev/null
check "what is being deleted stays while it has a finalizer" holds .metadata.deletionTimestamp objectstore wrong
check "which can be taken away" kubectl -n old patch objectstore wrong --type=merge -p '{"metadata": {"finalizers": null}}'
check "and it goes" wait_until gone gone objectstore wrong
check "a Cluster goes after all that it owns" kubectl -n old delete cluster plain --cascade=foreground --timeout=60s
check "and a namespace with all that is wrong in it" kubectl delete namespace old --timeout=60s
