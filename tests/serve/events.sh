#!/bin/bash
# serve --events: who did not type the command learns of a denial, and no answer waits for that.
#   tests/serve/events.sh build/release/backup-guard
# shellcheck disable=SC1091,SC2034,SC2154 # lib.sh has them, and needs them
set -u
. "$(dirname "$0")/lib.sh"

python3 "$here/api.py" 0 "$tmp/api.address" 2>"$tmp/api.log" &
pids+=("$!")
await test -s "$tmp/api.address" || { cat "$tmp/api.log"; exit 1; }
api=$(cat "$tmp/api.address")
cat >"$tmp/kubeconfig" <<-END
	apiVersion: v1
	kind: Config
	current-context: test
	contexts: [{ name: test, context: { cluster: test, user: test } }]
	clusters: [{ name: test, cluster: { server: "http://$api" } }]
	users: [{ name: test, user: {} }]
END

tell() { # method, path
	curl -s -f --max-time 60 -X "$1" "http://$api$2" >/dev/null
}

told() { # jq expression over the Events there are
	curl -s --max-time 60 "http://$api/test/events" | jq -rc "$1"
}

told_is() { # jq expression, value
	same "$(told "$1")" "$2"
}

calls() {
	curl -s --max-time 60 "http://$api/test/calls" | jq -r '.[]' | sed 's/ .*//'
}

calls_are() { # number
	same "$(calls | wc -l)" "$1"
}

# A review of tests/serve/NAME.json, no dry run unless told; prints whether it was allowed, and says so at once.
ask() { # name, jq expression that changes it[, path]
	jq -c ".request.dryRun = false | $2" "$here/$1.json" >"$tmp/review.json"
	call "${3:-/validate}?timeout=5s" -H 'Content-Type: application/json' --data-binary "@$tmp/review.json" >/dev/null
	field .response.allowed
}

named() { # jq: a schedule that never fires, of this name
	printf '.request.name = "%s" | .request.object.metadata.name = "%s"' "$1" "$1"
}

# ---- what is told, and what is not ------------------------------------------------------------------------
start main --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 60s
main_pid=$pid main_listen=$listen main_health=$health
check "a dry run is denied" same "$(ask schedule "$(named dry) | .request.dryRun = true")" false
check "a good object is allowed" same "$(ask cluster .)" true
check "so is a bad one at the path of warnings" same "$(ask schedule "$(named warned)" /validate/warn)" true
check "and at that of audits" same "$(ask schedule "$(named audited)" /validate/audit)" true
check "a write is denied" same "$(ask schedule .)" false
check "an Event tells of it" await told_is '.[-1].involvedObject.name' orders-nightly
check "and nothing else is written: what came before would have been, before" same "$(calls)" "POST"
told '.[0] | .metadata.name |= sub("[0-9a-f]{16}$"; "HASH") | .metadata.resourceVersion = "N" | .reportingInstance |= (length > 0)
	| (.firstTimestamp, .lastTimestamp) |= (fromdateiso8601 > 1e9)' | jq . >"$tmp/event"
check "as kubectl get events shows it" diff - "$tmp/event" <<'END'
{
  "apiVersion": "v1",
  "kind": "Event",
  "metadata": {
    "name": "orders-nightly.HASH",
    "namespace": "shop",
    "resourceVersion": "N"
  },
  "involvedObject": {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "ScheduledBackup",
    "namespace": "shop",
    "name": "orders-nightly"
  },
  "type": "Warning",
  "reason": "BackupGuardDenied",
  "action": "CREATE",
  "message": "CREATE refused: spec.schedule: never fires: there is no 31st in February; the operator only emits event NoSchedule and takes no backup, not even an immediate one. Fix: schedule: '0 0 3 * * *' - once a day at 03:00 UTC; for one single backup create a Backup [schedule-never-fires]",
  "count": 1,
  "firstTimestamp": true,
  "lastTimestamp": true,
  "source": {
    "component": "cnpg-backup-guard"
  },
  "reportingComponent": "cnpg-backup-guard",
  "reportingInstance": true
}
END
check "it is counted" await metric_is 'events_total{result="created"}' 1

# ---- the same again -----------------------------------------------------------------------------------------
start other --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 60s
other_pid=$pid
check "another replica denies the same" same "$(ask schedule .)" false
check "the Event counts it" await told_is '[.[].count]' '[2]'
check "without a right to read it" same "$(calls | paste -sd ,)" "POST,POST,PATCH,PATCH"
check "that is a change" await metric_is 'events_total{result="updated"}' 1
listen=$main_listen health=$main_health
for _ in 1 2 3; do ask schedule . >/dev/null; done
check "three more within the pause are not written yet" told_is '[.[].count]' '[2]'
kill -TERM "$main_pid"
check "but in the drain, all in one, and what the other one counted stays" await told_is '[.[].count]' '[5]'
kill -TERM "$main_pid"
wait "$main_pid"
check "a second signal ends it with 0" same $? 0
listen=$(sed -n 's/^listen=//p' "$tmp/other.addresses")
tell DELETE /test/events
ask schedule . >/dev/null
kill -TERM "$other_pid"
check "an Event whose time is over is made anew" await told_is '[.[].count]' '[1]'
kill -TERM "$other_pid"
wait "$other_pid"
check "and this one ends with 0" same $? 0

# ---- what is nobody's business ----------------------------------------------------------------------------
tell DELETE /test/events
start quiet --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s
secret='.request |= (.kind = {group: "", version: "v1", kind: "Secret"} | .name = "keys" | .object = {apiVersion: "v1", kind: "Secret",
	metadata: {name: "keys", namespace: "shop", labels: {"backup-guard.io/credentials": "true"},
		annotations: {"kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"SECRET\":\"aHVudGVyMi1odW50ZXIyCg==\"}}"}},
	data: {SECRET: "aHVudGVyMi1odW50ZXIyCg=="}})'
check "a Secret is denied" same "$(ask schedule "$secret")" false
check "an Event tells of it" await told_is '[.[].involvedObject.name]' '["keys"]'
check "which key is wrong" has "$(told '.[0].message')" "data.SECRET: the value of SECRET ends with a line break"
check "but nothing of its value" same "$(told . | grep -ciE 'hunter|aHVudGVy')" 0
check "nor who asked" same "$(told . | grep -c alice)" 0
check "the log says neither" same "$(grep -ciE 'hunter|aHVudGVy|alice' "$tmp/quiet.log")" 0
before=$(calls | wc -l)
check "a denial in a namespace that cannot be" same "$(ask schedule '.request.namespace = "../kube-system" | .request.object.metadata.namespace = "../kube-system"')" false
check "gets no Event" await metric_is 'events_total{result="failed"}' 1
check "and nothing is asked for it" calls_are "$before"
check "one with a name that cannot be" same "$(ask schedule "$(named ../x)")" false
check "gets one that is called otherwise" await told_is '.[-1] | [.involvedObject.name, .metadata.name[:13]] | join(" ")' "../x backup-guard."
check "and what is right still gets one" same "$(ask schedule "$(named right)")" false
check "at once" await told_is '.[-1].involvedObject.name' right
check "it ends with 0" ends_well "$pid"
tell DELETE /test/events

# ---- an Event that many write ---------------------------------------------------------------------------------
start many --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 60s
ask schedule . >/dev/null
check "an Event" await told_is '[.[].count]' '[1]'
start late --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 60s
late_pid=$pid
tell POST /test/race/events
before=$(calls | wc -l)
ask schedule . >/dev/null
check "that others change faster than we is given up" await calls_are $((before + 8))
tell POST /test/known/events
kill -TERM "$late_pid"
check "for a while" await told_is '[.[].count]' '[2]'
kill -TERM "$late_pid"
wait "$late_pid"
tell DELETE /test/events

# ---- a connection that died ---------------------------------------------------------------------------------
start kept --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s
kept_pid=$pid
ask schedule "$(named before)" >/dev/null
check "an Event, over a connection that is kept" await told_is '[.[].involvedObject.name]' '["before"]'
tell POST /test/mute/events
before=$(calls | wc -l)
ask schedule "$(named after)" >/dev/null
check "when that says nothing any more the next one is sent again, over another" \
	await told_is '[.[].involvedObject.name]' '["before","after"]'
check "once" calls_are $((before + 2))
check "which is no failure" same "$(grep -c 'cannot write' "$tmp/kept.log")" 0
tell POST /test/known/events
check "it ends with 0" ends_well "$kept_pid"
tell DELETE /test/events

# ---- an API server in trouble -----------------------------------------------------------------------------------
tell POST /test/hang/events
before=$(calls | wc -l)
start hanging --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s
hanging_pid=$pid
check "a denial" same "$(ask schedule "$(named first)")" false
check "of which the API server takes the Event and does not answer" await calls_are $((before + 1))
check "does not hold up others" same "$(ask schedule "$(named second)")" false
check "not even the same" same "$(ask schedule "$(named first)")" false
check "nor what is allowed" same "$(ask cluster .)" true
check "nor probes" same "$(curl -s --max-time 60 "http://$health/readyz")" ok
tell POST /test/known/events
check "when it answers, both are told" await told_is '[.[].involvedObject.name] | sort' '["first","second"]'
tell POST /test/hang/events
ask schedule "$(named third)" >/dev/null
ask schedule "$(named fourth)" >/dev/null
check "with an API server that hangs it ends, too" ends_well "$hanging_pid"
check "and says that some have got none" has "$(cat "$tmp/hanging.log")" '"denials without an Event"'
tell POST /test/refuse/events
start refused --events --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s
refused_pid=$pid
for name in first second; do
	check "without the right to write Events a write is denied all the same: $name" same "$(ask schedule "$(named $name)")" false
done
check "what is refused is counted" await metric_is 'events_total{result="failed"}' 2
check "and said once" same "$(grep -c 'cannot write an Event.*403' "$tmp/refused.log")" 1
check "it ends with 0" ends_well "$refused_pid"

# ---- wrong words ---------------------------------------------------------------------------------------------
"$guard" serve --cert "$tmp/tls/tls.crt" --key "$tmp/tls/tls.key" --listen 127.0.0.1:0 --health 127.0.0.1:0 --events --trust-network \
	--kubeconfig /nowhere 2>"$tmp/refused"
check "a kubeconfig that is not there is an input error" same $? 3
check "and named" has "$(cat "$tmp/refused")" /nowhere
for log in main other quiet many late hanging refused; do
	check "$log.log is JSON, line by line" jq -e . "$tmp/$log.log"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
