# shellcheck shell=bash disable=SC2154
# doctor where it is meant to be run: what it expects the API server to say, the API server itself says.
doctoring=$work/doctoring
mkdir -p "$doctoring/aside"
authority=$work/deploy/kustomize/overlays/own-certificates # of suite install
live_endpoints=$work/endpoints/backup-guard.backup-guard
kubectl get validatingwebhookconfiguration backup-guard -o json >"$doctoring/live.json"
kubectl create namespace clinic >/dev/null
kubectl label namespace clinic backup-guard.io/mode=enforce >/dev/null

# No controller writes it here.
kubectl apply -f - >/dev/null <<-'YAML'
	apiVersion: discovery.k8s.io/v1
	kind: EndpointSlice
	metadata: {name: by-hand, namespace: backup-guard, labels: {kubernetes.io/service-name: backup-guard}}
	addressType: IPv4
	ports: [{name: webhook, port: 10250}]
	endpoints: [{addresses: [192.0.2.11], conditions: {ready: true}}, {addresses: [192.0.2.12], conditions: {ready: true}}]
YAML

doctor() {
	"$guard" doctor --namespace clinic --format json >"$doctoring/said.json"
}

found() { # check, level, text
	jq -e --arg check "$1" --arg level "$2" --arg text "$3" \
		'any(.checks[]; .check == $check and .level == $level and ("\(.where): \(.message)" | contains($text)))' \
		"$doctoring/said.json" >/dev/null && return
	jq -c '.checks[] | select(.level != "ok")' "$doctoring/said.json"
	return 1
}

says() { # check: its sentence, but for the time of day
	jq -r --arg check "$1" '.checks[] | select(.check == $check and .says != "").says' "$doctoring/said.json" |
		sed -E 's/current time [^ ]+/current time NOW/'
}

# What that check says the API server would say is what it said.
as_foretold() { # check
	has "$(says "$1")" 'failed calling webhook "enforce.backup-guard.io"' && same "$(says refusal)" "$(says "$1")"
}

configure() { # change of the configuration
	jq "del(.metadata.resourceVersion) | $1" "$doctoring/live.json" | kubectl replace -f - >/dev/null
}

planted() { # sentence, change, check, level, text
	check "doctor: $1" configure "$2"
	webhooks_settled
	doctor
	check "... is found" found "$3" "$4" "$5"
	check "... as one problem" same "$(jq -r '.checks[] | select(.level == "warn" or .level == "error").check' "$doctoring/said.json" | xargs)" "$3"
}

accepted() {
	check "... and a wrong write was accepted" found refusal info "clinic: a wrong ScheduledBackup was accepted"
}

foretold() { # check
	check "... in the words that the API server has for it" as_foretold "$1"
}

fingerprint() { # address:port
	openssl s_client -connect "$1" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint 2>/dev/null
}

leads_to() { # address:port; what the Service's address serves
	has "$(fingerprint "$1")" Fingerprint && same "$(fingerprint "$service_address:443")" "$(fingerprint "$1")"
}

served() { # sentence, folder, text: that certificate instead of the pods'
	local address=127.0.2.$((++strangers))
	start "stranger-$strangers" openssl s_server -accept "$address:8443" -cert "$2/tls.crt" -key "$2/tls.key" -quiet -www
	echo "$address:8443 $(cat "$work/pods/a/address"):8080" >"$live_endpoints/stranger"
	wait_until "the Service leads to $address" leads_to "$address:8443"
	# the API server keeps its connections to the pods; another caBundle of the same meaning makes new ones
	configure ".webhooks[].clientConfig.caBundle = \"$(cat "$authority/ca.crt" <(printf '%*s\n' "$strangers" '') | base64 -w0)\""
	webhooks_settled
	doctor
	check "doctor: $1 is found" found certificate error "$3"
	foretold certificate
}

certificate_of() { # folder, extensions, days: of the CA that is installed
	mkdir -p "$1"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1/tls.key" -subj /CN=backup-guard.backup-guard.svc 2>/dev/null |
		openssl x509 -req -CA "$authority/ca.crt" -CAkey "$authority/ca.key" -days "$3" -extfile <(printf '%b' "$2") -out "$1/tls.crt" 2>/dev/null
}
strangers=0
service_address=$(kubectl -n backup-guard get service backup-guard -o 'jsonpath={.spec.clusterIP}')

check "doctor: what is installed is in order" doctor
check "... and in force" same "$(jq -c '[.inForce, .summary.error, .summary.warn, .summary.unknown]' "$doctoring/said.json")" '[true,0,0,0]'
check "... says the API server" has "$(says refusal)" 'admission webhook "enforce.backup-guard.io" denied the request: ScheduledBackup clinic/backup-guard-doctor'
check "... and nothing was created" lacks "$(kubectl get scheduledbackups -A 2>&1)" backup-guard-doctor

kubectl create namespace waiting-room >/dev/null
"$guard" doctor --namespace waiting-room --format json >"$doctoring/said.json"
check "doctor: where nobody is refused, the API server hands on a warning" has "$(says refusal)" "[scheduled-backup-plugin-config-missing]"
check "... which is in order" found refusal ok "waiting-room: a wrong ScheduledBackup was warned about"
kubectl delete namespace waiting-room --wait=false >/dev/null
kubectl create clusterrolebinding doctor-editors --clusterrole=edit --group=editors >/dev/null
doctor
check "doctor: who may change it is told" found access info "Group editors: may change the ConfigMap of the policy"
check "... and who may change everything" found access info "Group system:masters: may change everything (cluster-admin)"
check "... and nobody else may touch the configuration" lacks "$(jq -r '.checks[] | select(.check == "access").message' "$doctoring/said.json")" "ValidatingWebhookConfiguration"
kubectl delete clusterrolebinding doctor-editors >/dev/null

planted "no rule for Clusters" '.webhooks[1].rules |= map(select(.resources != ["clusters"]))' rules error "CREATE, UPDATE of clusters"
planted "no rule for a DELETE" '.webhooks[1].rules |= map(select(.operations != ["DELETE"]))' rules error "DELETE of objectstores"
planted "a Cluster's UPDATE that fails closed" '.webhooks[1].failurePolicy = "Fail"' failure-policy error "fails closed on UPDATE of clusters"
planted "calls of 30 seconds" '.webhooks[].timeoutSeconds = 30' timeout error "timeoutSeconds is 30"
planted "only one version" '.webhooks[0].matchPolicy = "Exact"' match-policy warn "matchPolicy is Exact"
planted "a strange condition" '.webhooks[0].matchConditions += [{name: "x", expression: "request.namespace != '"'clinic'"'"}]' conditions error "'x' is not as shipped"
accepted
check "doctor: side effects cannot even be planted" has "$(jq 'del(.metadata.resourceVersion) | .webhooks[0].sideEffects = "Some"' "$doctoring/live.json" | kubectl replace --dry-run=server -f - 2>&1)" 'Unsupported value: "Some"'

planted "nothing selected" '.webhooks[].namespaceSelector = {matchLabels: {none: "such"}}' selectors error "and every namespace that there is"
accepted
planted "an object selector" '.webhooks[].objectSelector = {matchLabels: {checked: "yes"}}' selectors error "only clusters, scheduledbackups, backups, objectstores with its labels are sent"
accepted
configure .
kubectl -n in-off create -f - >/dev/null <<-'YAML'
	apiVersion: postgresql.cnpg.io/v1
	kind: Cluster
	metadata: {name: unseen}
	spec: {instances: 1, storage: {size: 1Gi}}
YAML
doctor
check "doctor: a Cluster in a namespace that is opted out is found" found namespaces warn "in-off: has Clusters, and is opted out"
kubectl -n in-off delete cluster unseen >/dev/null

planted "a path of nobody" '.webhooks[0].clientConfig.service.path = "/mutate"' path error "path is /mutate"
check "... and the call fails" found refusal info "the call of enforce.backup-guard.io fails"
planted "another port" '.webhooks[].clientConfig.service.port = 444' service error "has no port 444"
foretold service
planted "another Service" '.webhooks[].clientConfig.service.name = "nobody"' service error "Service backup-guard/nobody does not exist"
foretold service

"$guard" certs init "$doctoring/another" backup-guard.backup-guard.svc >/dev/null
planted "the caBundle of another CA" ".webhooks[].clientConfig.caBundle = \"$(base64 -w0 "$doctoring/another/ca.crt")\"" certificate error "signed by unknown authority"
foretold certificate
planted "no caBundle" 'del(.webhooks[].clientConfig.caBundle)' ca-bundle error "caBundle is empty"
foretold ca-bundle
check "doctor: two CAs in the caBundle" configure ".webhooks[].clientConfig.caBundle = \"$(cat "$doctoring/another/ca.crt" "$authority/ca.crt" | base64 -w0)\""
webhooks_settled
check "... are in order" doctor

certificate_of "$doctoring/other-name" 'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:other.backup-guard.svc\n' 2
certificate_of "$doctoring/common-name" 'extendedKeyUsage=serverAuth\n' 2
certificate_of "$doctoring/expired" 'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:backup-guard.backup-guard.svc\n' -1
mv "$live_endpoints/"* "$doctoring/aside/"
served "a certificate for another name" "$doctoring/other-name" "is valid for other.backup-guard.svc, not backup-guard.backup-guard.svc"
served "a certificate with only a common name" "$doctoring/common-name" "relies on legacy Common Name field"
served "a certificate that has expired" "$doctoring/expired" "has expired or is not yet valid"
rm "$live_endpoints/stranger"
mv "$doctoring/aside/"* "$live_endpoints/"
wait_until "the pods are behind the Service again" leads_to "$(cat "$work/pods/a/address"):10250"

check "doctor: no configuration" kubectl delete validatingwebhookconfiguration backup-guard
doctor
check "... is found" found configuration error "there is no ValidatingWebhookConfiguration backup-guard"
jq 'del(.metadata.resourceVersion, .metadata.uid)' "$doctoring/live.json" | kubectl create -f - >/dev/null
webhooks_settled
check "doctor: all is in order again" doctor
kubectl -n backup-guard delete endpointslice by-hand >/dev/null
kubectl delete namespace clinic --wait=false >/dev/null
