#!/bin/bash
# The real server over real sockets, called as kube-apiserver, kubelet and less friendly clients call.
#   tests/serve/run.sh build/release/backup-guard
# One line a check; the exit status is that of all of them.
# shellcheck disable=SC1091,SC2154 # lib.sh has them
set -u
. "$(dirname "$0")/lib.sh"
client=$here/client.py

is_status() { # HTTP status got, wanted, reason: a v1 Status that says the same
	same "$1" "$2" && same "$(field '.kind + " " + .apiVersion + " " + .status')" "Status v1 Failure" &&
		same "$(field '.code')" "$2" && same "$(field .reason)" "$3" && same "$(head_field content-type)" application/json &&
		[ -n "$(field .message)" ]
}

# User and system time of the threads that serve the webhook, in ticks: of libmicrohttpd's the first two; the third has the health port.
ticks() {
	# shellcheck disable=SC2016  # awk's
	grep -lx MHD-single "/proc/$pid/task/"*/comm | sort -V | sed 's/comm$/stat/' |
		xargs awk 'NR < 3 { sum += $14 + $15 } END { print sum; exit NR != 3 }'
}

fingerprint() {
	openssl s_client -connect "$listen" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256
}

fingerprint_is() {
	same "$(fingerprint)" "$1"
}

# ---- answers, as an API server wants them --------------------------------------------------------
start main --drain 1s --threads 2
main_pid=$pid main_listen=$listen main_health=$health
python3 "$client" slow "$listen" >"$tmp/slow" 2>&1 &
slow_pid=$!
pids+=("$slow_pid")

check "a review is answered with 200" same "$(post "$here/cluster.json")" 200
check "the answer has kind, version and uid of the request" same \
	"$(field '[.kind, .apiVersion, .response.uid, .response.allowed] | join(" ")')" \
	"AdmissionReview admission.k8s.io/v1 0b7c2f4e-6a51-4d7b-9a11-5f0c3e8d2a01 true"
check "the answer is application/json" same "$(head_field content-type)" application/json
check "the connection is kept for the next review" same "$(head_field connection)" ""
check "a validating answer holds no patch" same "$(field '.response | has("patch") or has("patchType")')" false
post "$here/schedule.json" >/dev/null
check "a denial is 200 with allowed false and code 422" same \
	"$(field '[.response.allowed, .response.status.code, .response.status.reason] | join(" ")')" "false 422 Invalid"
sed 's/admission.k8s.io\/v1"/admission.k8s.io\/v1beta1"/' "$here/cluster.json" >"$tmp/v1beta1.json"
post "$tmp/v1beta1.json" >/dev/null
check "v1beta1 is answered in kind" same "$(field .apiVersion)" admission.k8s.io/v1beta1
check "application/json with parameters is taken" same \
	"$(call /validate -H 'Content-Type: Application/JSON; charset=utf-8' --data-binary "@$here/cluster.json")" 200
check "no Content-Type is taken for JSON" same "$(call /validate -H 'Content-Type:' --data-binary "@$here/cluster.json")" 200
check "a chunked body is read" same "$(post "$here/cluster.json" -H 'Transfer-Encoding: chunked')" 200
check "another Content-Type is a 415 Status" is_status \
	"$(call /validate -H 'Content-Type: application/yaml' --data-binary "@$here/cluster.json")" 415 UnsupportedMediaType
check "another path is a 404 Status" is_status "$(call /mutate --data-binary "@$here/cluster.json")" 404 NotFound
check "GET is a 405 Status" is_status "$(call /validate)" 405 MethodNotAllowed
check "and says what is allowed" same "$(head_field allow)" POST
check "an answer without a body arrives, and the connection is kept" same \
	"$(call /validate -I -w '%{http_code} %{num_connects} ' -o /dev/null "https://$listen/validate")" "405 1 405 0 "
check "PUT is a 405 Status" is_status "$(call /validate -X PUT --data-binary "@$here/cluster.json")" 405 MethodNotAllowed
for bad in '' '{' '[]' '{"kind":"Pod"}' '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"} x'; do
	printf '%s' "$bad" >"$tmp/bad.json"
	check "the body '$bad' is a 400 Status" is_status "$(post "$tmp/bad.json")" 400 BadRequest
done

# ---- the mode by the path ----------------------------------------------------------------------------
verdict_at() { # path: what the user sees of a bad schedule, and what the audit log says
	call "$1?timeout=5s" -H 'Content-Type: application/json' --data-binary "@$here/schedule.json" >/dev/null
	field '[.response.allowed, (.response.warnings // [] | length > 0), .response.auditAnnotations.decision] | join(" ")'
}
check "at /validate a bad schedule is denied" same "$(verdict_at /validate)" "false false deny"
check "at /validate/warn it is a warning" same "$(verdict_at /validate/warn)" "true true warn"
check "at /validate/audit only the audit log learns" same "$(verdict_at /validate/audit)" "true false would-deny"
check "and a metric" metric_is \
	'admission_requests_total{kind="ScheduledBackup",operation="CREATE",decision="would-deny",dry_run="true",code="200"}' 1
for path in /validate/ /validate/enforce /validate/warn/ /validate/warner; do
	check "there is no $path" is_status "$(call "$path" --data-binary "@$here/cluster.json")" 404 NotFound
done
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'spec: { profile: generic, mode: audit }' >"$tmp/audit.yaml"
start audit --policy "$tmp/audit.yaml" --drain 0s
check "a policy of mode audit stays one at /validate/warn" same "$(verdict_at /validate/warn)" "true false would-deny"
check "it ends with 0" ends_well "$pid"
pid=$main_pid listen=$main_listen health=$main_health

# ---- sizes -----------------------------------------------------------------------------------------
pad() { # a review with spaces behind it, of exactly that many bytes
	cat "$here/cluster.json"
	head -c $(($1 - $(wc -c <"$here/cluster.json"))) /dev/zero | tr '\0' ' '
}
limit=$((8 << 20))
pad $limit >"$tmp/max.json"
pad $((limit + 1)) >"$tmp/over.json"
check "a body of 8 MiB is answered" same "$(post "$tmp/max.json")" 200
check "one byte more is a 413 Status" is_status "$(post "$tmp/over.json" -H 'Expect:')" 413 RequestEntityTooLarge
check "also chunked, when no length was announced" is_status \
	"$(post "$tmp/over.json" -H 'Expect:' -H 'Transfer-Encoding: chunked')" 413 RequestEntityTooLarge
check "who asks first is told before the body is sent" is_status \
	"$(post "$tmp/over.json" -H 'Expect: 100-continue')" 413 RequestEntityTooLarge
check "and has sent nothing of it" same "$(post "$tmp/over.json" -H 'Expect: 100-continue' -w '%{size_upload}')" 0
check "100-continue is answered for a body that fits" same "$(post "$tmp/max.json" -H 'Expect: 100-continue')" 200
six_large() {
	for _ in 1 2 3 4 5 6; do
		same "$(post "$tmp/max.json")" 200 || return 1
	done
}
check "one large body after the other is answered: nothing is kept" six_large
check "headers of 64 kB are refused, and nobody else suffers" test \
	"$(post "$here/cluster.json" -H "X-Long: $(head -c 65536 /dev/zero | tr '\0' x)")" != 200
check "the next review is answered" same "$(post "$here/cluster.json")" 200
check "a path with an escaped NUL is another path" is_status \
	"$(call '/validate%00/audit' -H 'Content-Type: application/json' --data-binary "@$here/cluster.json")" 404 NotFound
check "two lengths that differ are a 400 Status" is_status \
	"$(post "$here/cluster.json" -H 'Content-Length: 5' -H 'Content-Length: 6')" 400 BadRequest
check "so is a length beside chunks" is_status \
	"$(post "$here/cluster.json" -H 'Content-Length: 5' -H 'Transfer-Encoding: chunked')" 400 BadRequest

jq -c '.request.uid = "wide" | .request.object.spec.externalClusters =
	[range(20) | {name: "e\(.)", plugin: {name: ("<" + "x" * 3000 + ">")}}]' "$here/cluster.json" >"$tmp/wide.json"
check "answers larger than a TLS record, and small ones, arrive whole and in order" same \
	"$(python3 "$client" ahead "$listen" 30 "$tmp/wide.json" "$here/cluster.json" 2>&1)" ""

# ---- TLS -------------------------------------------------------------------------------------------
s_client() {
	openssl s_client -connect "$listen" -CAfile "$tmp/tls/ca.crt" "$@" </dev/null 2>&1
}
check "TLS 1.3 with AES-128 is what a client gets" has "$(s_client)" "TLS_AES_128_GCM_SHA256"
check "TLS 1.2 is spoken" has "$(s_client -tls1_2)" "ECDHE-ECDSA-AES128-GCM-SHA256"
check "and two reviews are answered over one connection" same "$(post "$here/cluster.json" --tls-max 1.2 \
	-w '%{http_code} %{num_connects} ' -o /dev/null "https://$listen/validate")" "200 1 200 0 "
check "TLS 1.1 is not" has "$(s_client -tls1_1 -cipher 'ALL:@SECLEVEL=0')" "no peer certificate available"
check "the chain verifies against the CA" has "$(s_client -verify_hostname localhost)" "Verify return code: 0 (ok)"
check "a ClientHello in pieces is understood" has "$(s_client -split_send_frag 100 -max_send_frag 512)" "Verify return code: 0"

# ---- many clients, and bad ones ----------------------------------------------------------------------
idle_work() { # what the process does while we watch the webhook's thread
	for _ in $(seq 100); do
		curl -s -o /dev/null "http://$health/healthz" || return 1
	done
}
connected() {
	at_least "$(metric connections)" "$1"
}
gone() {
	same "$(metric connections)" 0
}
stalled_cost() { # how: ticks used while COUNT clients of that kind are there
	local holder
	mkfifo "$tmp/hold.$1"
	python3 "$client" stall "$listen" 25 "$1" <"$tmp/hold.$1" >"$tmp/held.$1" 2>&1 &
	holder=$!
	pids+=("$holder")
	exec 9>"$tmp/hold.$1"
	await grep -q ready "$tmp/held.$1" || return 1
	await connected 25 || return 1
	costs_nothing
	local cost=$?
	same "$(post "$here/cluster.json")" 200 || cost=1
	exec 9>&-
	wait "$holder"
	return $cost
}
costs_nothing() { # a thread that spins works in each of these whiles; a tick may fall into one of them
	local before
	for _ in 1 2 3; do
		before=$(ticks) || return 1
		idle_work || return 1
		same "$(ticks)" "$before" && return 0
	done
	return 1
}
wait "$slow_pid"
check "a client that sends a byte a second was cut off before its body was through" test "$(cat "$tmp/slow")" -lt 1000
check "and counted" await metric_is 'http_errors_total{reason="too_slow"}' 1
await gone # before the next crowd comes
check "connections are divided among the threads" same "$(python3 "$client" spread "$listen" "$here/cluster.json" 6 "$pid")" "3 3"
await gone
check "25 clients that stall in the handshake cost no CPU time" stalled_cost handshake
check "25 silent clients cost no CPU time" stalled_cost silent
check "25 idle clients cost no CPU time" stalled_cost idle
await gone
check "300 connections at once are all answered" same \
	"$(python3 "$client" many "$listen" "$here/cluster.json" 300 2>&1)" "200: 300"
await gone
# crowd ADDRESS COUNT HOW FROM CHECK...: while they are there
crowd() {
	local holder status
	rm -f "$tmp/crowd"
	mkfifo "$tmp/crowd"
	python3 "$client" stall "$1" "$2" "$3" "$4" <"$tmp/crowd" >"$tmp/crowded" 2>&1 &
	holder=$!
	pids+=("$holder")
	exec 9>"$tmp/crowd"
	shift 4
	await grep -q ready "$tmp/crowded" && "$@"
	status=$?
	exec 9>&-
	wait "$holder"
	return $status
}
answered() { # and at once
	local answer
	answer=$(post "$here/cluster.json" --max-time 2)
	same "$answer" 200
}
within() { # metric, most
	test "$(metric "$1")" -le "$2"
}
answered_within() {
	answered && await within connections "$1"
}
probed() {
	same "$(curl -s --max-time 2 -o "$tmp/body" -w '%{http_code}' "http://$health/healthz")" 200
}
check "1,000 silent clients of three addresses keep nobody out" crowd "$listen" 1000 silent 3 answered
await gone
check "nor do 1,000 that stall in the handshake" crowd "$listen" 1000 handshake 1 answered
await gone
check "of 700 idle connections those go that were used least" crowd "$listen" 700 idle 3 answered_within 512
await gone
check "and are counted" at_least "$(metric 'connections_cut_total{reason="crowded"}')" 1
check "one address has at most 384" crowd "$listen" 450 idle 1 answered_within 384
await gone
check "beside six bodies of 8 MiB that stall a review is answered" crowd "$listen" 6 body 1 answered
await gone
large_answered() {
	same "$(post "$tmp/large.json")" 200
}
jq -c '.request.object.metadata.annotations.large = "x" * 200000' "$here/cluster.json" >"$tmp/large.json"
check "and soon a large one, too: who stalls goes" crowd "$listen" 6 body 1 await large_answered
await gone
check "40 dribbling clients of the health port do not starve a probe" crowd "$health" 40 dribble 1 probed
check "afterwards reviews are answered as before" same "$(post "$here/cluster.json")" 200
check "a client that closed its side is still answered" same \
	"$(python3 "$client" half "$listen" "$here/cluster.json" 2>&1)" 200

# ---- large reviews -------------------------------------------------------------------------------------
jq -c '.request.object.spec.x = [range(400000) | 1]' "$here/cluster.json" >"$tmp/numbers.json"
start one --threads 1 --drain 5m
many_wait() { # more than the one that is just being answered, after a small review was
	local waiting
	waiting=$(python3 "$client" beside "$listen" 6 "$tmp/numbers.json" "$here/cluster.json") || return 1
	at_least "$waiting" 2
}
check "a small review is answered while large ones wait, with one thread of each, and then they are" await many_wait
terminated_while_they_wait() { # another server is asked when all of them had been answered by then
	local waiting
	for _ in $(seq 20); do
		kill -TERM "$pid"
		await grep -q draining "$tmp/one.log" || return 1
		waiting=$(python3 "$client" beside "$listen" 6 "$tmp/numbers.json" "$here/cluster.json" "$pid") || return 1
		wait "$pid" || return 1
		[ "$waiting" = 0 ] || return 0
		start one --threads 1 --drain 5m
	done
	echo "none waited"
	return 1
}
check "a second SIGTERM ends it with 0 while large reviews wait" terminated_while_they_wait
pid=$main_pid listen=$main_listen health=$main_health

# ---- health ------------------------------------------------------------------------------------------
get() {
	curl -s --max-time 60 -o "$tmp/body" -w '%{http_code}' "http://$health$1"
}
check "/healthz is 200" same "$(get /healthz)" 200
check "/readyz is 200" same "$(get /readyz)" 200
check "another path of the health port is 404" same "$(get /validate)" 404
check "a denial is counted" metric_is \
	'admission_requests_total{kind="ScheduledBackup",operation="CREATE",decision="deny",dry_run="true",code="200"}' 2
check "refused requests are counted by reason" metric_is 'http_errors_total{reason="wrong_method"}' 4
check "no name of an object is in the metrics" test -z "$(curl -s "http://$health/metrics" | grep -E 'orders|shop|alice')"
check "every metric has a type" same "$(curl -s "http://$health/metrics" |
	awk '/^# TYPE/ { known[$3] = 1 } /^backup/ { sub(/[{ ].*/, ""); name = $0; sub(/_(bucket|sum|count)$/, "", name); if (!known[name] && !known[$0]) print }')" ""

if [ -d "${SHARED:-/nowhere}/reviews" ]; then
	check "every recorded review is answered with its uid" same \
		"$(python3 "$client" replay "$listen" "$SHARED/reviews" 2>&1)" ""
fi

# ---- client certificates -----------------------------------------------------------------------------
authority() { # name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$tmp/$1.key" -out "$tmp/$1.crt" 2>/dev/null
}
certificate() { # CA, common name
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
		-keyout "$tmp/$1-$2.key" -out "$tmp/request" 2>/dev/null
	openssl x509 -req -in "$tmp/request" -CA "$tmp/$1.crt" -CAkey "$tmp/$1.key" -CAcreateserial -days 2 \
		-extfile <(printf 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:%s.example' "$2") \
		-out "$tmp/$1-$2.crt" 2>/dev/null
}
authority ours
authority theirs
certificate ours api
certificate ours other
certificate theirs api
start mtls --client-ca "$tmp/ours.crt" --client-name "someone, api.example" --drain 0s
as() {
	post "$here/cluster.json" --cert "$tmp/$1.crt" --key "$tmp/$1.key"
}
check "a client with a listed name is answered" same "$(as ours-api)" 200
check "a client with another name gets a 403 Status" is_status "$(as ours-other)" 403 Forbidden
check "a client of another CA fails in the handshake" same "$(as theirs-api)" 000
check "a client without certificate fails in the handshake" same "$(post "$here/cluster.json")" 000
check "failed handshakes are counted" metric_is 'tls_handshakes_total{result="failed"}' 2
check "a second later the good one is still answered" same "$(as ours-api)" 200
check "it ends with 0" ends_well "$pid"

# ---- reloads under load --------------------------------------------------------------------------------
# Mounted as a Secret and a ConfigMap are: a link to a folder, swapped at once.
mkdir "$tmp/mount"
swap() { # folder
	ln -s "$1" "$tmp/mount/new" && mv -T "$tmp/mount/new" "$tmp/mount/data"
}
make_folder() { # name, policy name
	"$guard" certs init "$tmp/mount/$1" localhost 127.0.0.1 >/dev/null || return 1
	printf 'apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: { name: %s }\nspec: { profile: generic }\n' \
		"$2" >"$tmp/mount/$1/policy.yaml"
}
begin_load() {
	rm -f "$tmp/stop"
	python3 "$client" load "$listen" "$here/cluster.json" "$tmp/stop" 8 >"$tmp/load" 2>&1 &
	load_pid=$!
	python3 "$client" load "$listen" "$tmp/large.json" "$tmp/stop" 2 >"$tmp/large_load" 2>&1 &
	large_load_pid=$!
	pids+=("$load_pid" "$large_load_pid")
}
none_failed() {
	wait "$load_pid" "$large_load_pid"
	has "$(cat "$tmp/load")" "failed=0" && has "$(cat "$tmp/large_load")" "failed=0"
}
make_folder gen0 first
swap gen0
start reload --cert "$tmp/mount/data/tls.crt" --key "$tmp/mount/data/tls.key" \
	--policy "$tmp/mount/data/policy.yaml" --drain 3s
reload_pid=$pid
old_fingerprint=$(fingerprint)
begin_load
twenty_reloads() {
	for n in $(seq 20); do
		make_folder "gen$n" "policy$n" && swap "gen$n" && kill -HUP "$reload_pid" &&
			await policy_is "policy$n" || return 1
	done
	at_least "$(metric 'certificate_reload_total{result="ok"}')" 20 &&
		at_least "$(metric 'config_reload_total{result="ok"}')" 20
}
policy_is() {
	has "$(curl -s "http://$health/metrics")" "config_hash_info{policy=\"$1\""
}
check "20 certificates and 20 policies are taken while reviews are answered" twenty_reloads
touch "$tmp/stop"
check "no call failed, large ones neither" none_failed
check "and there was load" test "$(sed -n 's/^ok=\([0-9]*\).*/\1/p' "$tmp/load")" -ge 100
check "of large reviews, too" test "$(sed -n 's/^ok=\([0-9]*\).*/\1/p' "$tmp/large_load")" -ge 20
check "connections were told to go, not cut" has "$(metric 'http_errors_total{reason="too_slow"}')" 0
new_fingerprint=$(fingerprint)
check "new connections get the new certificate" test "$old_fingerprint" != "$new_fingerprint"

make_folder next next
swap next
check "a swapped mount is noticed without a signal" await policy_is next
expected=$(openssl x509 -in "$tmp/mount/next/tls.crt" -noout -fingerprint -sha256)
check "with its certificate" await fingerprint_is "$expected"
failures=$(metric 'certificate_reload_total{result="failed"}')
cp -r "$tmp/mount/next" "$tmp/mount/broken"
cp "$tmp/tls/tls.key" "$tmp/mount/broken/tls.key"
printf 'spec: { rulez: {} }\n' >>"$tmp/mount/broken/policy.yaml"
swap broken
failures_grew() {
	at_least "$(metric 'certificate_reload_total{result="failed"}')" $((failures + 1)) &&
		at_least "$(metric 'config_reload_total{result="failed"}')" 1
}
check "a key of another certificate and a bad policy are refused and counted" await failures_grew
check "the log says why" grep -q 'the key does not belong to the certificate' "$tmp/reload.log"
check "and where the policy is wrong" grep -q '"what":"policy".*policy.yaml:' "$tmp/reload.log"
check "the old certificate stays" same "$(fingerprint)" "$expected"
check "the old policy stays" policy_is next
check "/readyz stays 200" same "$(get /readyz)" 200
cp "$tmp/mount/next/tls.crt" "$tmp/tls/reload.crt"
post_reloaded() {
	curl -s --cacert "$tmp/mount/data/ca.crt" -H 'Content-Type: application/json' -o "$tmp/body" -w '%{http_code}' \
		--data-binary "@$here/cluster.json" "https://$listen/validate"
}
check "reviews are answered as before" same "$(post_reloaded)" 200

# ---- what fails for want of descriptors ---------------------------------------------------------------------
make_folder last last
prlimit --pid "$reload_pid" --nofile=3:
failures=$(grep -c 'reload failed' "$tmp/reload.log")
swap last
fails_more() {
	at_least "$(grep -c 'reload failed' "$tmp/reload.log")" $((failures + 2))
}
check "without descriptors nothing is reloaded" await fails_more
prlimit --pid "$reload_pid" --nofile=1024:
expected=$(openssl x509 -in "$tmp/mount/last/tls.crt" -noout -fingerprint -sha256)
check "when there are some the certificate is taken, though no file has changed since" await fingerprint_is "$expected"
check "and the policy" await policy_is last
check "it was said once that they were not" same "$(grep -c 'reload failed' "$tmp/reload.log")" $((failures + 2))

# ---- what is no file ----------------------------------------------------------------------------------------
in_place() { # of the policy: a command that makes it
	failures=$(metric 'config_reload_total{result="failed"}')
	make_folder "$1" "$1" && rm "$tmp/mount/$1/policy.yaml" && "${@:2}" "$tmp/mount/$1/policy.yaml" && swap "$1" &&
		await at_least_now 'config_reload_total{result="failed"}' $((failures + 1)) &&
		await fingerprint_is "$(openssl x509 -in "$tmp/mount/$1/tls.crt" -noout -fingerprint -sha256)" && policy_is last
}
at_least_now() {
	at_least "$(metric "$1")" "$2"
}
check "a FIFO in place of the policy is refused, and the certificate beside it is taken" in_place fifo mkfifo
check "so is a folder" in_place folder mkdir
check "so is a device" in_place device ln -s /dev/zero
check "the log says it" grep -q 'policy.yaml: it is no regular file' "$tmp/reload.log"
make_folder regular regular
swap regular
check "a file after it is taken" await policy_is regular

# ---- the end, under load ---------------------------------------------------------------------------------
begin_load
load_runs() {
	at_least "$(metric in_flight)" 0 && at_least "$(metric connections)" 8
}
await load_runs
kill -TERM "$pid"
ready_is() {
	same "$(get /readyz)" "$1"
}
check "/readyz turns 503 on SIGTERM" await ready_is 503
check "reviews are still answered" same "$(post_reloaded)" 200
closing() {
	curl -s --cacert "$tmp/mount/data/ca.crt" -H 'Content-Type: application/json' -o /dev/null -D - \
		--data-binary "@$here/cluster.json" "https://$listen/validate"
}
check "with Connection: close" has "$(closing)" "Connection: close"
wait "$pid"
check "it ends with 0" same $? 0
check "no call failed, large ones neither" none_failed
check "late ones were told to try again" test "$(sed -n 's/.*retried=\([0-9]*\).*/\1/p' "$tmp/load")" -gt 0

start twice --drain 5m
kill -TERM "$pid"
await grep -q draining "$tmp/twice.log"
kill -TERM "$pid"
wait "$pid"
check "a second SIGTERM ends at once, with 0" same $? 0

# ---- a log that nobody reads -------------------------------------------------------------------------------
mkfifo "$tmp/unread"
exec 8<>"$tmp/unread"
dd if=/dev/zero of="$tmp/unread" bs=4096 oflag=nonblock 2>/dev/null
make_folder unread unread
swap unread
start_unread() { # as start does, with the full pipe for stderr
	"$guard" serve --cert "$tmp/mount/data/tls.crt" --key "$tmp/mount/data/tls.key" --policy "$tmp/mount/data/policy.yaml" \
		--listen 127.0.0.1:0 --health 127.0.0.1:0 --drain 5m --address-file "$tmp/unread.addresses" 2>"$tmp/unread" 8<&- &
	pid=$!
	pids+=("$pid")
	await test -s "$tmp/unread.addresses" || exit 1
	listen=$(sed -n 's/^listen=//p' "$tmp/unread.addresses")
	health=$(sed -n 's/^health=//p' "$tmp/unread.addresses")
}
start_unread
check "with a log that nobody reads a review is answered" same "$(post_reloaded)" 200
reloads_until_lines_drop() {
	for n in $(seq 2 200); do
		kill -HUP "$pid" && await metric_is 'config_reload_total{result="ok"}' $((n - 1)) || return 1
		[ "$(metric log_lines_dropped_total)" = 0 ] || return 0
	done
	return 1
}
check "policies are reloaded, and lines that have no room are counted" reloads_until_lines_drop
timeout 60 grep -am1 'log lines dropped' <&8 >"$tmp/told"
check "once somebody reads, the next line says how many" has "$(cat "$tmp/told")" '"count":"'
dd if=/dev/zero of="$tmp/unread" bs=4096 oflag=nonblock 2>/dev/null
kill -TERM "$pid"
check "with a full pipe it drains on SIGTERM" await ready_is 503
kill -TERM "$pid"
wait "$pid"
check "and ends on the second one, with 0" same $? 0
exec 8>&-

start everywhere --listen :0 --drain 0s
listen=127.0.0.1:${listen##*:}
check "an address without host is every address" same "$(post "$here/cluster.json")" 200
check "it ends with 0, without a drain" ends_well "$pid"

# ---- what cannot start ------------------------------------------------------------------------------------
refuses() { # exit code, part of the message, option...
	local code=$1 part=$2
	shift 2
	"$guard" serve --health 127.0.0.1:0 --listen 127.0.0.1:0 "$@" 2>"$tmp/refused"
	same $? "$code" && has "$(cat "$tmp/refused")" "$part"
}
check "a --secret without a name, too" refuses 2 "--secret must be NAME or NAMESPACE/NAME" --self-manage --secret shop/
check "serve without --key is a usage error" refuses 2 "--key" --cert "$tmp/tls/tls.crt"
check "a missing certificate is named" refuses 3 "/nowhere.crt" --cert /nowhere.crt --key "$tmp/tls/tls.key"
check "a CA does not serve" refuses 3 "no subject alternative name" --cert "$tmp/tls/ca.crt" --key "$tmp/tls/ca.key"
check "an address that is none is named" refuses 3 "'8443' is no address" --cert "$tmp/tls/tls.crt" \
	--key "$tmp/tls/tls.key" --listen 8443
mkfifo "$tmp/fifo"
check "a FIFO is no certificate to wait for" refuses 3 "fifo: it is no regular file" --cert "$tmp/fifo" --key "$tmp/tls/tls.key"
check "a port in use is named" refuses 3 "Address already in use" --cert "$tmp/tls/tls.crt" \
	--key "$tmp/tls/tls.key" --listen "$main_listen"

pid=$main_pid health=$main_health listen=$main_listen
check "the server that has seen all this ends with 0" ends_well "$main_pid"
check "no body is in any log" test -z "$(grep -hE 'barmanObjectName|orders' "$tmp"/*.log)"
for log in "$tmp"/*.log; do
	check "$(basename "$log") is JSON, line by line" jq -e . "$log"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
