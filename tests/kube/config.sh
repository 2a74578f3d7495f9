# shellcheck shell=bash disable=SC2154
# Where the API server is and how it knows us. Sourced by run.sh.

seen() { # pattern: it is in the log of the last server
	if grep -q -- "$1" "$log"; then echo seen; else cat "$log"; fi
}
# reaches TITLE PATTERN OPTION...: an audit that works, with PATTERN in the server's log
reaches() {
	local title=$1 pattern=$2
	shift 2
	: >"$log"
	audit -n paperless "$@"
	is "$title" "$status$err $(seen "$pattern")" "0 seen"
}
# refuses TITLE PART OPTION...: exit 3, and why
refuses() {
	local title=$1 part=$2
	shift 2
	audit -n paperless "$@"
	says "$title" "$status $err" "3 " "$part"
}

refuses "a context that is not there" "no context 'prod'" --context prod
refuses "a file that is not there" 'no-such: No such file or directory' --kubeconfig no-such
printf 'clusters: [\n' >broken
refuses "a file that is no YAML has a place" 'broken:2:' --kubeconfig broken
printf 'just text\n' >broken
refuses "a text is no kubeconfig" 'broken: no kubeconfig' --kubeconfig broken
KUBECONFIG='' refuses "no kubeconfig at all" 'and this is no Pod'
mkdir -p "$HOME/.kube" && cp kubeconfig "$HOME/.kube/config"
KUBECONFIG='' reaches "the file below HOME is the last resort" 'Bearer t0ken'

# --- several files: the first that says a thing wins, the others add to it
mkdir -p parts
printf 'current-context: a\nusers: [{name: u, user: {token: first}}]\n' >parts/1
printf 'current-context: b\nusers: [{name: u, user: {token: second}}]\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n' >parts/2
printf 'clusters: [{name: c, cluster: {server: "http://%s/"}}]\n' "$address" >parts/3
KUBECONFIG=parts/none:parts/1::parts/2:parts/3 reaches "KUBECONFIG may be several files" 'Bearer first'
KUBECONFIG=parts/1:parts refuses "one that cannot be read is not passed over" 'parts: '

# --- who we are
config "server: 'http://$address'" 'tokenFile: parts/token, token: other' >by-file
mkdir -p deep/parts
cp by-file deep/config
echo 'from-a-file ' >deep/parts/token
reaches "tokenFile is relative to its kubeconfig" 'Bearer from-a-file$' --kubeconfig deep/config
printf 'a\nHost: b' >deep/parts/token
refuses "a token with a line break is not sent" 'Authorization: a control character' --kubeconfig deep/config
rm deep/parts/token
refuses "a tokenFile that is not there is told" 'deep/parts/token: No such file or directory' --kubeconfig deep/config
config "server: 'https://$address', insecure-skip-tls-verify: true" 'token: x' >spoken
refuses "what does not speak TLS is told apart" 'SSL routines' --kubeconfig spoken
says "and what to look at" "$(tr -s ' \n' ' ' <<<"$err")" '; is it HTTPS that is spoken there, and without a client certificate?'
config "server: 'http://$address'" 'username: admin, password: pass' >basic
reaches "user and password" 'Basic YWRtaW46cGFzcw==' --kubeconfig basic
config "server: 'http://$address'" 'token: x, as: auditor, as-uid: u1, as-groups: [one, two]' >acting
reaches "impersonation is not forgotten" \
	'Impersonate-User=auditor Impersonate-Uid=u1 Impersonate-Group=one Impersonate-Group=two' --kubeconfig acting
config "server: 'http://$address'" 'auth-provider: {name: oidc}' >old
refuses "auth-provider is gone" 'auth-provider is no longer part of Kubernetes' --kubeconfig old

# --- credential plugins
cat >plugin <<-'END'
	#!/bin/sh
	echo "$KUBERNETES_EXEC_INFO" >>"$INFO"
	until=$1
	shift
	printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin-%s"' "$*$MORE"
	[ "$until" = - ] || printf ',"expirationTimestamp":"%s"' "$until"
	echo '}}'
END
chmod +x plugin
INFO=$tmp/info
export INFO
exec_user() { # words of args, more
	printf 'exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [%s], env: [{name: MORE, value: "-more"}]%s}' "$1" "${2-}"
}
config "server: 'http://$address'" "$(exec_user '"-", here' ', provideClusterInfo: true')" >by-plugin
MORE=not-this reaches "a credential plugin, beside its kubeconfig" 'Bearer from-plugin-here-more' --kubeconfig by-plugin
is "which is asked once" "$(wc -l <"$INFO")" 1
is "and told where to" "$(jq -c '[.kind, .spec.interactive, .spec.cluster.server]' "$INFO")" \
	"[\"ExecCredential\",false,\"http://$address\"]"
: >"$INFO"
config "server: 'http://$address'" "$(exec_user '"2020-01-01T00:00:00Z"')" >expired
reaches "what it gives may expire" 'Bearer from-plugin' --kubeconfig expired
is "then it is asked before each request" "$(wc -l <"$INFO")" "$(grep -c GET "$log")"
lasts() { # seconds, title: an audit with a credential that lasts so long
	: >"$INFO"
	config "server: 'http://$address'" "$(exec_user "\"$(date -u -d "$1 seconds" +%FT%TZ)\"")" >short
	reaches "$2" 'Bearer from-plugin' --kubeconfig short
}
lasts 50 "a credential that ends within a minute"
is "is renewed before each request: it must not end on the way" "$(wc -l <"$INFO")" "$(grep -c GET "$log")"
lasts 7200 "one that lasts"
is "is kept" "$(wc -l <"$INFO")" 1
config "server: 'http://$address'" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: see the handbook}' >missing
refuses "a plugin that is not installed" 'credential plugin no-such-plugin: No such file or directory (see the handbook)' --kubeconfig missing
config "server: 'http://$address'" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: "false"}' >failing
refuses "a plugin that fails" 'credential plugin false: it failed (exit code 1)' --kubeconfig failing
config "server: 'http://$address'" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, args: [hello]}' >chatty
refuses "a plugin that prints something else" 'what it prints is no JSON' --kubeconfig chatty
config "server: 'http://$address'" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, args: ["{}"]}' >empty
refuses "a plugin without a credential" 'no token and no certificate' --kubeconfig empty
for half in clientCertificateData clientKeyData; do
	config "server: 'http://$address'" "exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, args: ['{\"status\": {\"token\": \"x\", \"$half\": \"x\"}}']}" >halved
	refuses "a plugin with $half alone" 'its ExecCredential holds only one of certificate and key' --kubeconfig halved
done
config "server: 'http://$address'" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: cat, args: [/dev/zero]}' >endless
refuses "a plugin without an end" 'it prints more than 1048576 bytes' --kubeconfig endless

# --- who may ask
asking() { # mode: a plugin that takes the token from standard input
	config "server: 'http://$address'" "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'read -r word; echo \"\$KUBERNETES_EXEC_INFO\" >>\"\$INFO\"; printf \"{\\\"status\\\":{\\\"token\\\":\\\"typed-%s\\\"}}\" \"\$word\"'], interactiveMode: $1}" >asking
}
at_terminal() { # mode: what the server saw of a person who types "word"
	asking "$1"
	: >"$log"
	printf 'word\n' | script -qec "'$guard' audit -n paperless --kubeconfig asking" /dev/null >/dev/null
	grep -o 'Bearer typed-.*' "$log" | head -n 1
}
is "at a terminal a plugin may ask" "$(at_terminal IfAvailable)" "Bearer typed-word"
is "which it is told" "$(tail -n 1 "$INFO" | jq .spec.interactive)" true
is "unless it never asks" "$(at_terminal Never)" "Bearer typed-"
is "which it is told, too" "$(tail -n 1 "$INFO" | jq .spec.interactive)" false
asking Always
refuses "one that has to ask cannot without a terminal" 'it wants to ask (interactiveMode: Always), and standard input is no' --kubeconfig asking </dev/null

# --- TLS
"$guard" certs init pki localhost 127.0.0.1 >/dev/null
"$guard" certs init other localhost >/dev/null
"$guard" certs init named api.example.com >/dev/null
openssl req -newkey rsa:2048 -nodes -keyout pki/client.key -subj /CN=auditor 2>/dev/null |
	openssl x509 -req -CA pki/ca.crt -CAkey pki/ca.key -days 2 -out pki/client.crt 2>/dev/null
serve tls --tls pki/tls.crt pki/tls.key --client-ca pki/ca.crt
config "server: 'https://$address', certificate-authority: pki/ca.crt" 'client-certificate: pki/client.crt, client-key: pki/client.key' >tls
reaches "a client certificate from files" 'CN=auditor' --kubeconfig tls
config "server: 'https://$address', certificate-authority-data: $(base64 -w0 pki/ca.crt)" \
	"client-certificate-data: $(base64 -w0 pki/client.crt), client-key-data: $(base64 -w0 pki/client.key)" >data
reaches "and in the kubeconfig" 'CN=auditor' --kubeconfig data
cat other/ca.crt pki/ca.crt >both.crt
config "server: 'https://$address', certificate-authority-data: $(base64 -w0 both.crt)" 'token: x' >several
reaches "several CAs, of which one is meant" 'Bearer x' --kubeconfig several
config "server: 'https://$address', certificate-authority: other/ca.crt" 'token: x' >wrong
refuses "another CA" 'certificate' --kubeconfig wrong
says "is told from what else may be wrong" "$(tr -s ' \n' ' ' <<<"$err")" 'who answers there is not the one whom certificate-authority'
config "server: 'https://$address'" 'token: x' >system
refuses "no CA: the system's, which do not know it" 'certificate' --kubeconfig system
config "server: 'https://$address', insecure-skip-tls-verify: true" 'token: x' >insecure
reaches "insecure-skip-tls-verify" 'Bearer x' --kubeconfig insecure
config "server: 'https://$address', insecure-skip-tls-verify: true, certificate-authority: pki/ca.crt" 'token: x' >both
refuses "insecure beside a CA" 'insecure-skip-tls-verify beside a certificate-authority' --kubeconfig both
config "server: '$address', certificate-authority: pki/ca.crt" 'token: x' >bare
reaches "an address without a scheme, with a CA, is HTTPS" 'Bearer x' --kubeconfig bare
config "server: 'https://$address', certificate-authority: pki/ca.crt" 'client-certificate: pki/client.crt' >half
refuses "a certificate without its key" 'a client certificate without its key' --kubeconfig half
config "server: 'https://$address', certificate-authority-data: '***'" 'token: x' >data
refuses "data that is not base64" 'certificate-authority-data is not base64' --kubeconfig data
cat >plugin-cert <<-END
	#!/bin/sh
	jq -n --rawfile c pki/client.crt --rawfile k pki/client.key \
		'{status: {clientCertificateData: \$c, clientKeyData: \$k}}'
END
chmod +x plugin-cert
config "server: 'https://$address', certificate-authority: pki/ca.crt" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin-cert}' >by-plugin
reaches "a credential plugin may give a certificate" 'CN=auditor' --kubeconfig by-plugin
told() { # the cluster that the plugin was told of
	tail -n1 "$INFO" | jq -cS '.spec.cluster'
}
config "server: 'https://$address', certificate-authority: pki/ca.crt" "$(exec_user '"-", x' ', provideClusterInfo: true')" >by-plugin
reaches "a credential plugin for a server with a CA" 'Bearer from-plugin-x-more' --kubeconfig by-plugin
is "is told the CA" "$(told)" "{\"certificate-authority-data\":\"$(base64 -w0 pki/ca.crt)\",\"server\":\"https://$address\"}"
for more in '#' '###'; do # with the first, one of each remainder by three
	{ cat pki/ca.crt; echo "$more"; } >"pki/longer.crt"
	config "server: 'https://$address', certificate-authority: pki/longer.crt" "$(exec_user '"-", x' ', provideClusterInfo: true')" >by-plugin
	reaches "a CA that is longer by $more" 'Bearer from-plugin' --kubeconfig by-plugin
	is "is told as it is" "$(told | jq -r '.["certificate-authority-data"]')" "$(base64 -w0 pki/longer.crt)"
done
config "server: 'https://$address', insecure-skip-tls-verify: true, tls-server-name: other" "$(exec_user '"-", x' ', provideClusterInfo: true')" >by-plugin
reaches "one without" 'Bearer from-plugin' --kubeconfig by-plugin
is "is told so, and the name" "$(told)" "{\"insecure-skip-tls-verify\":true,\"server\":\"https://$address\",\"tls-server-name\":\"other\"}"

serve named --tls named/tls.crt named/tls.key --hosts
config "server: 'https://$address', certificate-authority: named/ca.crt" 'token: x' >named-not
refuses "a certificate of another name" 'certificate' --kubeconfig named-not
config "server: 'https://$address/prefix', certificate-authority: named/ca.crt, tls-server-name: api.example.com" 'token: x' >named-so
audit -n paperless --kubeconfig named-so
is "tls-server-name is what the certificate must say; address and path stay" \
	"$(grep -o "GET /prefix/apis.*clusters\|Host=.*" "$log" | head -2 | tr '\n' ' ')" \
	"GET /prefix/apis/postgresql.cnpg.io/v1/namespaces/paperless/clusters Host=$address "

# --- through a proxy; and in a Pod
serve proxy
config "server: 'http://api.invalid:6443', proxy-url: 'http://$address'" 'token: x' >proxied
config "server: 'http://api.invalid:6443', proxy-url: 'http://$address'" "$(exec_user '"-", x' ', provideClusterInfo: true')" >by-plugin
audit -n paperless --kubeconfig by-plugin
is "of which a credential plugin is told" "$(told)" "{\"proxy-url\":\"http://$address\",\"server\":\"http://api.invalid:6443\"}"
: >"$log"
NO_PROXY='*' audit -n paperless --kubeconfig proxied
says "proxy-url, whatever the environment says" "$(<"$log")" 'GET http://api.invalid:6443/apis/postgresql.cnpg.io/v1/namespaces/paperless/clusters?limit=250'
KUBECONFIG='' HOME=/nonexistent KUBERNETES_SERVICE_HOST=fd00::1 KUBERNETES_SERVICE_PORT=443 \
	refuses "in a Pod the files of its service account are read" '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt: No such file'
