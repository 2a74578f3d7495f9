# shellcheck shell=bash disable=SC2154 # here, work, kube and guard are run.sh's
# A real API server in a network namespace of its own (see run.sh): sourced. Everything lives in $work, is
# started by `start`, and ends with the shell.
#   cluster_up         etcd, the API server, the controllers, the CRDs; KUBECONFIG is the administrator's
#   apiserver_up CERTIFICATE  the API server, which shows this one (.crt, .key) to webhooks as the README of
#                      deploy/kustomize has it; another one that runs ends before
#   start NAME CMD...  in the background, log in $work/NAME.log
#   wait_until WHAT CMD...  polls until CMD succeeds, a minute at most

: "${work:?a folder}" "${kube:?where build.sh put the binaries}"

pids=()
cluster_down() {
	[ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
}

start() {
	local name=$1
	shift
	"$@" >"$work/$name.log" 2>&1 </dev/null &
	pids+=($!)
}

wait_until() {
	local what=$1 end=$((EPOCHSECONDS + 60))
	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$EPOCHSECONDS" -ge "$end" ]; then
			echo "e2e: $what: not within a minute" >&2
			"$@" >&2
			return 1
		fi
		read -rt 0.1 <> <(:) || true
	done
}

# certificate NAME SUBJECT [EXTENSIONS]
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/pki/$1.key" -subj "$2" 2>/dev/null |
		openssl x509 -req -CA "$work/pki/ca.crt" -CAkey "$work/pki/ca.key" -days 2 -extfile <(printf '%s' "${3-}") \
			-out "$work/pki/$1.crt" 2>/dev/null
}

make_pki() {
	mkdir -p "$work/pki"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=e2e -days 2 \
		-keyout "$work/pki/ca.key" -out "$work/pki/ca.crt" 2>/dev/null
	certificate apiserver /CN=kube-apiserver 'subjectAltName=IP:127.0.0.1,IP:10.0.0.1,DNS:kubernetes.default.svc'
	certificate admin /O=system:masters/CN=admin
	certificate apiserver-kubelet-client /O=kubeadm:cluster-admins/CN=kube-apiserver-kubelet-client extendedKeyUsage=clientAuth
	openssl genrsa -out "$work/pki/sa.key" 2048 2>/dev/null
}

# kubeconfig FILE USER: what a user of a kubeconfig holds
kubeconfig() {
	cat >"$1" <<-END
		apiVersion: v1
		kind: Config
		clusters: [{name: e2e, cluster: {server: "https://127.0.0.1:6443", certificate-authority: $work/pki/ca.crt}}]
		users: [{name: user, user: $2}]
		contexts: [{name: e2e, context: {cluster: e2e, user: user}}]
		current-context: e2e
	END
}

# readme_block PART: the YAML in the README's section on mTLS that has PART in it
readme_block() {
	awk -v part="$1" '/^## mTLS$/ { on = 1 } on && /^```yaml$/ { inside = 1; text = ""; next }
		inside && /^```$/ { inside = 0; if (index(text, part)) { printf "%s", text; exit } }
		inside { text = text $0 "\n" }' "$here/../../deploy/kustomize/README.md"
}

apiserver_pid=
apiserver_up() {
	local admission=$work/admission
	if [ -n "$apiserver_pid" ]; then
		kill "$apiserver_pid"
		wait "$apiserver_pid"
	fi
	mkdir -p "$admission"
	readme_block "kind: AdmissionConfiguration" | sed "s,FOLDER,$admission," >"$admission/admission.yaml"
	readme_block "kind: Config" | sed "s,/etc/kubernetes/pki/apiserver-kubelet-client,$1," >"$admission/webhooks.kubeconfig"
	start apiserver "$kube/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --secure-port 6443 --bind-address 127.0.0.1 --advertise-address 192.0.2.1 \
		--tls-cert-file "$work/pki/apiserver.crt" --tls-private-key-file "$work/pki/apiserver.key" \
		--client-ca-file "$work/pki/ca.crt" --authorization-mode RBAC --endpoint-reconciler-type none \
		--service-cluster-ip-range 10.0.0.0/16 --service-account-issuer https://kubernetes.default.svc \
		--service-account-key-file "$work/pki/sa.key" --service-account-signing-key-file "$work/pki/sa.key" \
		--admission-control-config-file "$admission/admission.yaml"
	apiserver_pid=${pids[-1]}
	wait_until "the API server" "$kube/kubectl" get --raw /readyz
}

cluster_up() {
	make_pki
	export KUBECONFIG=$work/admin.kubeconfig
	kubeconfig "$KUBECONFIG" "{client-certificate: $work/pki/admin.crt, client-key: $work/pki/admin.key}"
	start etcd "$kube/etcd" --data-dir "$work/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
		--advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
	apiserver_up "$work/pki/apiserver-kubelet-client"
	start controllers "$kube/kube-controller-manager" --kubeconfig "$KUBECONFIG" --leader-elect=false \
		--use-service-account-credentials --service-account-private-key-file "$work/pki/sa.key" \
		--root-ca-file "$work/pki/ca.crt" \
		--controllers namespace-controller,garbage-collector-controller,serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller,clusterrole-aggregation-controller,persistentvolumeclaim-protection-controller,validatingadmissionpolicy-status-controller
	"$kube/kubectl" apply --server-side -f "$kube/crds" >"$work/crds.log"
	"$kube/kubectl" wait --for condition=established --timeout 60s crd --all >>"$work/crds.log"
}
