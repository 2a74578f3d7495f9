#!/bin/bash
# serve --self-manage --cache --cache-secrets --events: everything that asks the API server, at once, and without one.
#   tests/serve/together.sh build/release/backup-guard
# shellcheck disable=SC1091,SC2034,SC2154 # lib.sh has them, and needs them
set -u
. "$(dirname "$0")/lib.sh"

python3 "$here/api.py" 0 "$tmp/api.address" 2>"$tmp/api.log" &
api_pid=$!
pids+=("$api_pid")
await test -s "$tmp/api.address" || { cat "$tmp/api.log"; exit 1; }
api=$(cat "$tmp/api.address")

kubeconfig() { # URL: to $tmp/kubeconfig
	cat >"$tmp/kubeconfig" <<-END
		apiVersion: v1
		kind: Config
		current-context: test
		contexts: [{ name: test, context: { cluster: test, user: test, namespace: shop } }]
		clusters: [{ name: test, cluster: { server: "$1", insecure-skip-tls-verify: true } }]
		users: [{ name: test, user: { token: secret-of-ours } }]
	END
}

begin() { # name, option...: sets pid
	local name=$1
	shift
	"$guard" serve --self-manage --names localhost,127.0.0.1 --cache --cache-secrets --events --trust-network --kubeconfig "$tmp/kubeconfig" \
		--listen 127.0.0.1:0 --health 127.0.0.1:0 --address-file "$tmp/$name.addresses" --drain 0s "$@" 2>"$tmp/$name.log" &
	pid=$!
	pids+=("$pid")
}

put() { # path, JSON
	curl -s -f --max-time 60 -X PUT "http://$api$1" --data-binary "$2" >/dev/null
}

in_base64() {
	base64 -w 0 "$tmp/tls/$1"
}

# ---- all at once -----------------------------------------------------------------------------------------------
put /api/v1/namespaces/shop/secrets/backup-guard-webhook "$(jq -nc --arg ca "$(in_base64 ca.crt)" --arg key "$(in_base64 ca.key)" \
	--arg tls "$(in_base64 tls.crt)" --arg tls_key "$(in_base64 tls.key)" '{apiVersion: "v1", kind: "Secret",
		metadata: {name: "backup-guard-webhook", namespace: "shop"}, type: "Opaque",
		data: {"ca.crt": $ca, "ca.key": $key, "tls.crt": $tls, "tls.key": $tls_key}}')"
put /api/v1/namespaces/shop/secrets/keys '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys", "namespace": "shop"},
	"data": {"ID": "aHVudGVyMg==", "SECRET": "aHVudGVyMi1odW50ZXIyCg=="}}'
put /apis/barmancloud.cnpg.io/v1/namespaces/shop/objectstores/store '{"apiVersion": "barmancloud.cnpg.io/v1", "kind": "ObjectStore",
	"metadata": {"name": "store", "namespace": "shop"}, "spec": {"configuration": {"destinationPath": "s3://backups/",
	"s3Credentials": {"accessKeyId": {"name": "keys", "key": "ID"}, "secretAccessKey": {"name": "keys", "key": "SECRET"}}}}}'
curl -s -X POST "http://$api/test/unknown/backup-guard" >/dev/null # the configuration
kubeconfig "http://$api"
begin all
await test -s "$tmp/all.addresses" || { cat "$tmp/all.log"; exit 1; }
listen=$(sed -n 's/^listen=//p' "$tmp/all.addresses")
health=$(sed -n 's/^health=//p' "$tmp/all.addresses")
is_ready() {
	same "$(curl -s --max-time 60 "http://$health/readyz")" "ok; the cluster is known"
}
check "it is ready when the cluster is known" await is_ready
jq -c '.request.dryRun = false' "$here/schedule.json" >"$tmp/review.json"
check "it serves the Secret's certificate" same "$(post "$tmp/review.json")" 200
check "and denies" same "$(field .response.allowed)" false
event_is() {
	same "$(curl -s --max-time 60 "http://$api/test/events" | jq -r '.[].involvedObject.name')" "$1"
}
check "an Event tells of it" await event_is orders-nightly
check "a Secret that a live store names is known" await metric_is 'cache_secrets{state="known"}' 1
check "looks at the certificate are counted" at_least "$(metric 'self_manage_checks_total{result="ok"}')" 1
check "a metric is described once" same "$(curl -s --max-time 60 "http://$health/metrics" | grep '^# HELP' | cut -d' ' -f3 | sort | uniq -d)" ""
kill -STOP "$api_pid"
check "with an API server that hangs it answers" same "$(post "$tmp/review.json")" 200
check "and ends with 0" ends_well "$pid"
kill -CONT "$api_pid"
check "nothing confidential is in the log" same "$(grep -ciE 'hunter|aHVudGVy|PRIVATE|secret-of-ours' "$tmp/all.log")" 0

# ---- without an API server -------------------------------------------------------------------------------------
# Takes connections and says nothing.
python3 - "$tmp" 2>"$tmp/mute.log" <<'END' &
import os, socket, sys
mute, taken = socket.create_server(("127.0.0.1", 0)), []
open(sys.argv[1] + "/mute.new", "w").write("127.0.0.1:%d" % mute.getsockname()[1])
os.rename(sys.argv[1] + "/mute.new", sys.argv[1] + "/mute")
while True:
    taken.append(mute.accept()[0])
    open(f"{sys.argv[1]}/taken{len(taken)}", "w").close()
END
pids+=("$!")
await test -s "$tmp/mute" || { cat "$tmp/mute.log"; exit 1; }
for scheme in http https; do
	n=$((${n:-0} + 1))
	kubeconfig "$scheme://$(cat "$tmp/mute")"
	begin $scheme
	check "$scheme: an API server is asked that does not answer" await test -e "$tmp/taken$n"
	check "meanwhile SIGTERM ends it with 0" ends_well "$pid"
	check "and it has never served" test ! -e "$tmp/$scheme.addresses"
done
for log in all http https; do
	check "$log.log is JSON, line by line" jq -e . "$tmp/$log.log"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
