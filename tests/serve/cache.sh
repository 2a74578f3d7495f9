#!/bin/bash
# serve --cache: what is live in a cluster decides, as long as it is known.
#   tests/serve/cache.sh build/release/backup-guard
# shellcheck disable=SC1091,SC2034,SC2154 # lib.sh has them, and needs them
set -u
. "$(dirname "$0")/lib.sh"

begin_api() { # port: 0 for any
	rm -f "$tmp/api.address"
	python3 "$here/api.py" "$1" "$tmp/api.address" 2>"$tmp/api.log" &
	api_pid=$!
	pids+=("$api_pid")
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
}

end_api() {
	kill -KILL "$api_pid"
	wait "$api_pid" 2>/dev/null
}

tell() { # method, path, curl option...
	local method=$1 path=$2
	shift 2
	curl -s -f --max-time 60 -X "$method" "http://$api$path" "$@" >/dev/null
}

kind_path() { # kind, name
	case $1 in
	ObjectStore) echo "/apis/barmancloud.cnpg.io/v1/namespaces/shop/objectstores/$2" ;;
	Cluster) echo "/apis/postgresql.cnpg.io/v1/namespaces/shop/clusters/$2" ;;
	ScheduledBackup) echo "/apis/postgresql.cnpg.io/v1/namespaces/shop/scheduledbackups/$2" ;;
	Secret) echo "/api/v1/namespaces/shop/secrets/$2" ;;
	esac
}

object() { # kind, name, spec as JSON
	local group=postgresql.cnpg.io
	[ "$1" != ObjectStore ] || group=barmancloud.cnpg.io
	jq -nc --arg kind "$1" --arg name "$2" --argjson spec "$3" --arg version "$group/v1" \
		'{apiVersion: $version, kind: $kind, metadata: {name: $name, namespace: "shop"}, spec: $spec}'
}

live() { # kind, name, spec: it is in the cluster
	object "$@" | tell PUT "$(kind_path "$1" "$2")" --data-binary @-
}

gone() { # kind, name
	tell DELETE "$(kind_path "$1" "$2")"
}

as=() # whose certificate is shown: words of curl

# What the webhook answers: allowed, then the rules with what came of them, as the audit log has them.
ask() { # operation, kind, name, spec[, user[, dry run]]
	jq -nc --argjson object "$(object "$2" "$3" "$4")" --arg operation "$1" --arg user "${5:-alice}" --argjson dry "${6:-false}" '
		($object.apiVersion | split("/")) as [$group, $version]
		| {kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request: {
			uid: "1", kind: {group: $group, version: $version, kind: $object.kind}, operation: $operation,
			name: $object.metadata.name, namespace: "shop", userInfo: {username: $user}, dryRun: $dry,
			object: (if $operation == "DELETE" then null else $object end),
			oldObject: (if $operation == "DELETE" then $object else null end)}}' >"$tmp/review.json"
	post "$tmp/review.json" "${as[@]}" >/dev/null
	field '"\(.response.allowed) \(.response.auditAnnotations.rules // "")"'
}

answers() { # wanted part, ask's arguments
	local wanted=$1
	shift
	has "$(ask "$@")" "$wanted"
}

ready() {
	curl -s --max-time 60 "http://$health/readyz"
}

plugin='{"instances":1,"storage":{"size":"1Gi"},"plugins":[{"name":"barman-cloud.cloudnative-pg.io","isWALArchiver":true,"parameters":{"barmanObjectName":"store"}}]}'
in_tree='{"instances":1,"storage":{"size":"1Gi"},"backup":{"barmanObjectStore":{"destinationPath":"s3://bucket/pg","s3Credentials":{"inheritFromIAMRole":true}}}}'
store='{"retentionPolicy":"30d","configuration":{"destinationPath":"s3://bucket/pg","wal":{"compression":"gzip"},"s3Credentials":{"accessKeyId":{"name":"keys","key":"ID"},"secretAccessKey":{"name":"keys","key":"SECRET"}}}}'
schedule='{"schedule":"0 0 3 * * *","immediate":true,"backupOwnerReference":"self","cluster":{"name":"pg"}}'
collector=system:serviceaccount:kube-system:generic-garbage-collector

is_known() {
	metric_is cache_known "$1"
}

# ---- before anything is known -------------------------------------------------------------------------
begin_api 0
tell POST /test/refuse/clusters
live ObjectStore store "$store"
live Cluster pg "$plugin"
start main --cache --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s
check "until every kind is listed it is not ready" has "$(ready)" "starting; the cluster is not known: "
check "and says what is missing" await has "$(ready)" "Clusters: not listed yet"
check "reviews are answered meanwhile, each object by itself" same "$(ask CREATE ScheduledBackup daily "$schedule")" "true "
check "deletions too" same "$(ask DELETE ObjectStore store "$store")" "true "
refused() {
	at_least "$(metric 'cache_errors_total{kind="Cluster"}')" 1
}
check "a refused list is counted" await refused
check "and told once in the log" same "$(grep -c 'cannot watch.*403' "$tmp/main.log")" 1
tell POST /test/known/clusters
check "when it is listed all is known" await is_known 1
check "it is ready" same "$(ready)" "ok; the cluster is known"
check "objects are counted" metric_is 'cache_objects{kind="Cluster"}' 1

# ---- what is live decides ---------------------------------------------------------------------------------
check "a ScheduledBackup without method is denied when the live Cluster has only the plugin" \
	answers "false method-default-in-tree:deny" CREATE ScheduledBackup daily "$schedule"
check "on a dry run that is a warning" answers "true method-default-in-tree:warn" CREATE ScheduledBackup daily "$schedule" alice true
check "for the operator, too" answers "true method-default-in-tree:warn" CREATE ScheduledBackup daily "$schedule" \
	system:serviceaccount:cnpg-system:cnpg-manager
check "the deletion of a store in use is denied" answers "false objectstore-delete-in-use:deny" DELETE ObjectStore store "$store"
check "to the garbage collector it is allowed" same "$(ask DELETE ObjectStore store "$store" "$collector")" "true "
check "a Cluster whose store is not there is warned" answers "true objectstore-missing:warn" CREATE Cluster other "${plugin/store/elsewhere}"
check "a Secret that nobody reads is not said to be missing" \
	same "$(ask CREATE ObjectStore other "$store" | grep -c 'credentials')" 0

# ---- and follows what happens -------------------------------------------------------------------------------
live Cluster pg "$in_tree"
check "the Cluster has an in-tree store now: the schedule is right" \
	await answers "true " CREATE ScheduledBackup daily "$schedule"
check "nobody uses the store any more" await same "$(ask DELETE ObjectStore store "$store")" "true "
live Cluster pg "$plugin"
check "and back" await answers "false method-default-in-tree:deny" CREATE ScheduledBackup daily "$schedule"
gone Cluster pg
check "the Cluster is gone: that is a warning" await answers "true schedule-cluster-missing:warn" CREATE ScheduledBackup daily "$schedule"
live Cluster pg "$plugin"
check "and comes again" await answers "false method-default-in-tree:deny" CREATE ScheduledBackup daily "$schedule"
for i in 1 2 3; do live Cluster "more-$i" "$plugin"; done
check "objects are counted as they come" await metric_is 'cache_objects{kind="Cluster"}' 4

# ---- versions that the API server has forgotten ----------------------------------------------------------------
tell POST /test/compact
gone Cluster more-1
check "a watch that is told 410 lists anew" await metric_is 'cache_objects{kind="Cluster"}' 3
check "and knows on" is_known 1

# ---- a kind without a CRD -------------------------------------------------------------------------------------
tell POST /test/unknown/objectstores
start partial --cache --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s
partial_pid=$pid
knows() { # kind, 1 or 0
	metric_is "cache_kind_known{kind=\"$1\"}" "$2"
}
check "a kind that the API server does not serve does not keep the others from being known" await is_known 1
check "it is unknown itself, and said to be" same "$(ready)" "ok; the cluster is known but for ObjectStores: the API server does not serve them"
check "which the metrics say, too" knows ObjectStore 0
check "of each kind" knows Cluster 1
check "no store is said to be missing" same "$(ask CREATE Cluster other "$plugin")" "true "
check "what is known of the others decides" answers "false method-default-in-tree:deny" CREATE ScheduledBackup daily "$schedule"
check "the log has it, once" same "$(grep -c 'does not serve this kind' "$tmp/partial.log")" 1
tell POST /test/known/objectstores
check "when its CRD comes it is found" await metric_is 'cache_objects{kind="ObjectStore"}' 1
check "and known" await knows ObjectStore 1
check "a store that is not there is missing now" await answers "true objectstore-missing:warn" CREATE Cluster other "${plugin/store/elsewhere}"
check "one that is there is not" same "$(ask CREATE Cluster other "$plugin")" "true "
live ScheduledBackup daily "${schedule%\}},\"method\":\"plugin\",\"pluginConfiguration\":{\"name\":\"barman-cloud.cloudnative-pg.io\"}}"
check "a schedule" await metric_is 'cache_objects{kind="ScheduledBackup"}' 1
check "that goes is the last one" await answers "true last-schedule-delete:warn" DELETE ScheduledBackup daily "$schedule"
tell POST /test/unknown/scheduledbackups
check "a CRD that goes takes its objects with it" await knows ScheduledBackup 0
check "none of them is known" metric_is 'cache_objects{kind="ScheduledBackup"}' 0
check "nor is one said to be the last" await same "$(ask DELETE ScheduledBackup daily "$schedule")" "true "
check "the rest is known on" await is_known 1
tell POST /test/known/scheduledbackups
check "until it comes again" await knows ScheduledBackup 1
gone ScheduledBackup daily
check "it ends with 0" ends_well "$partial_pid"

# ---- Secrets --------------------------------------------------------------------------------------------------
secret() { # name, data as JSON: it is in the cluster
	jq -nc --arg name "$1" --argjson data "$2" \
		'{apiVersion: "v1", kind: "Secret", metadata: {name: $name, namespace: "shop"}, data: ($data | map_values(@base64))}'
}

live_secret() {
	secret "$@" | tell PUT "$(kind_path Secret "$1")" --data-binary @-
}

review_secret() { # dry run, name, data: the webhook is asked
	secret "${@:2}" | jq -c --argjson dry "$1" '{kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request: {
		uid: "1", kind: {group: "", version: "v1", kind: "Secret"}, operation: "CREATE", name: .metadata.name,
		namespace: "shop", userInfo: {username: "alice"}, dryRun: $dry, object: .}}' >"$tmp/review.json"
	post "$tmp/review.json" >/dev/null
}

write_secret() { # name, data: somebody writes it
	review_secret false "$@"
	live_secret "$@"
}

asked() { # the Secrets that were asked for, each once
	curl -s --max-time 60 "http://$api/test/calls" | jq -r '.[]' | sed 's,.*/namespaces/,,' | sort -u | paste -sd ' '
}

secrets_are() { # state, how many
	metric_is "cache_secrets{state=\"$1\"}" "$2"
}

live_secret keys '{"ID":"wordy-id-99"}'
live_secret unasked '{"ID":"wordy-id-99"}'
start secrets --cache --cache-secrets --trust-network --kubeconfig "$tmp/kubeconfig" --drain 0s --profile strict
secrets_pid=$pid
check "what a live store refers to is looked up" await secrets_are known 1
check "a key that its Secret lacks is a warning, under strict, too" await answers "true credentials-key-missing:warn" CREATE ObjectStore store "$store"
check "that names the key" has "$(field '.response.warnings[]')" "Secret keys has no key SECRET"
live ObjectStore offsite "${store//keys/offsite}"
check "one that is not there is said to be" await answers "true credentials-secret-missing:warn" CREATE ObjectStore offsite "${store//keys/offsite}"
check "only what is referred to is asked for" same "$(asked)" "shop/secrets/keys shop/secrets/offsite"
check "what is not live yet is not, and nothing is said of it" same \
	"$(ask CREATE ObjectStore new "${store//keys/nowhere}" | grep -c credentials)" 0
review_secret true keys '{"ID":"wordy-id-99","SECRET":"wordy-secret-99"}'
check "a dry run stores nothing: what is known of the Secret still is" secrets_are known 1
write_secret keys '{"ID":"wordy-id-99","SECRET":"wordy-secret-99"}'
check "once the Secret is repaired the store is right" await same "$(ask CREATE ObjectStore store "$store" | grep -c credentials)" 0
check "its repair is known" await secrets_are known 1
check "and still nothing is said" same "$(ask CREATE ObjectStore store "$store" | grep -c credentials)" 0
write_secret keys '{"ID":"wordy-id-99","SECRET":"wordy-secret-99\n"}'
check "a value with a line break is a warning" await answers "secret-value-dirty:warn" CREATE ObjectStore store "$store"
tell POST /test/refuse/secrets
write_secret keys '{"ID":"wordy-id-99"}'
refused_secrets() {
	at_least "$(metric 'cache_secret_errors_total{reason="refused"}')" 1
}
check "one that we may not read is counted" await refused_secrets
check "and unknown: nothing is said" same "$(ask CREATE ObjectStore store "$store" | grep -c credentials)" 0
write_secret offsite '{"ID":"wordy-id-99"}'
check "nor of the next one" await secrets_are unknown 2
check "the log says so once" same "$(grep -c 'may not read a Secret.*403' "$tmp/secrets.log")" 1
check "it is ready" same "$(ready)" "ok; the cluster is known"
tell POST /test/known/secrets
gone Secret unasked
gone ObjectStore offsite
check "no value is in a log, an answer or a metric" same \
	"$(cat "$tmp/secrets.log" <(field .) <(curl -s "http://$health/metrics") | grep -c -e wordy -e "$(printf wordy | base64)")" 0
check "it ends with 0, Secrets and all" ends_well "$secrets_pid"

# ---- who asks -------------------------------------------------------------------------------------------------
never='{"schedule":"0 0 0 30 2 *","immediate":true,"backupOwnerReference":"self","method":"plugin","pluginConfiguration":{"name":"barman-cloud.cloudnative-pg.io"},"cluster":{"name":"pg"}}'
live_secret keys '{"ID":"wordy-id-99"}'

written() { # Events there are
	curl -s --max-time 60 "http://$api/test/events" | jq length
}

open_watches() {
	curl -s --max-time 60 "http://$api/test/watches"
}

kept_watches=$(open_watches) calls_before=$(curl -s --max-time 60 "http://$api/test/calls" | jq length)
start silent --cache --cache-secrets --events --kubeconfig "$tmp/kubeconfig" --drain 0s --profile strict
check "clients that are not verified are told nothing, and that is said" same "$(ready)" "ok; clients are not verified: nothing is told of other objects"
check "in the log" has "$(cat "$tmp/silent.log")" '"clients are not verified: --cache, --cache-secrets and --events do nothing without --client-ca or --trust-network"'
check "and in a metric" metric_is silent 1
check "a forged deletion learns no name of what is live" same "$(ask DELETE ObjectStore store "$store")" "true "
check "a forged schedule learns nothing of its Cluster" same "$(ask CREATE ScheduledBackup daily "$schedule")" "true "
check "a forged store learns no key of a Secret" same "$(ask CREATE ObjectStore store "$store" | grep -c credentials)" 0
check "what is wrong by itself is denied" answers "false schedule-never-fires:deny" CREATE ScheduledBackup never "$never"
check "it ends with 0" ends_well "$pid"
check "no Event was written, and nothing asked for" same "$(written) $(open_watches) $(curl -s "http://$api/test/calls" | jq length)" "0 $kept_watches $calls_before"

signed() { # CA, name: $tmp/NAME.crt, .key
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$tmp/$2.key" -out "$tmp/request" 2>/dev/null &&
		openssl x509 -req -in "$tmp/request" -CA "$tmp/$1.crt" -CAkey "$tmp/$1.key" -days 2 \
			-extfile <(echo extendedKeyUsage=clientAuth) -out "$tmp/$2.crt" 2>/dev/null
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=clients -keyout "$tmp/clients.key" -out "$tmp/clients.crt" 2>/dev/null
signed clients api
signed clients kubelet
start verified --cache --cache-secrets --events --client-ca "$tmp/clients.crt" --client-name api --kubeconfig "$tmp/kubeconfig" --drain 0s
as=(--cert "$tmp/api.crt" --key "$tmp/api.key")
check "with verified clients the cluster is known" await same "$(ready)" "ok; the cluster is known"
check "the one that has a name of the list is told who uses a store" answers "false objectstore-delete-in-use:deny" DELETE ObjectStore store "$store"
check "and which key a Secret lacks" await answers "credentials-key-missing:warn" CREATE ObjectStore store "$store"
written_is() {
	same "$(written)" "$1"
}
check "what it is denied is an Event" await written_is 1
as=(--cert "$tmp/kubelet.crt" --key "$tmp/kubelet.key")
check "another name of the same CA is told nothing" same "$(ask DELETE ObjectStore other "$store") $(field .reason)" "null  Forbidden"
as=()
check "who shows no certificate is not answered" same "$(post "$tmp/review.json")" 000
check "the metric says that nothing is held back" metric_is silent 0
check "it ends with 0, and wrote no other Event" ends_well "$pid"
check "no Event of theirs" written_is 1

# ---- the API server is away -----------------------------------------------------------------------------------
listen=$(sed -n 's/^listen=//p' "$tmp/main.addresses") health=$(sed -n 's/^health=//p' "$tmp/main.addresses")
pid=${pids[1]}
check "before, the deletion is denied" await answers "false objectstore-delete-in-use:deny" DELETE ObjectStore store "$store"
end_api
check "answers go on" same "$(post "$here/cluster.json")" 200
check "after a while nothing is known any more" await is_known 0
check "and nothing is denied for what others are" same "$(ask DELETE ObjectStore store "$store")" "true "
check "nor warned of" same "$(ask CREATE ScheduledBackup daily "$schedule")" "true "
check "what is wrong by itself still is denied" answers "false schedule-never-fires:deny" CREATE ScheduledBackup daily \
	'{"schedule":"0 0 3 31 2 *","method":"plugin","pluginConfiguration":{"name":"barman-cloud.cloudnative-pg.io"},"cluster":{"name":"pg"},"backupOwnerReference":"self"}'
check "it stays ready, and says so" has "$(ready)" "ok; the cluster is not known: "
begin_api "${api##*:}"
live Cluster new "$plugin"
check "it comes back: everything is listed again" await is_known 1
check "what is there now is known" await metric_is 'cache_objects{kind="Cluster"}' 1
check "what is not there any more is not" metric_is 'cache_objects{kind="ObjectStore"}' 0

# ---- the end --------------------------------------------------------------------------------------------------
check "SIGTERM ends it with 0, watches and all" ends_well "$pid"
check "what it does not need is a usage error" same \
	"$("$guard" serve --cert a --key b --context c 2>&1 | sed 1q)" "backup-guard serve: --kubeconfig and --context need --cache, --events or --self-manage"
check "nor are Secrets looked up without it" same \
	"$("$guard" serve --cert a --key b --cache-secrets 2>&1 | sed 1q)" "backup-guard serve: --cache-secrets needs --cache"
check "nor is there anything to be trusted with" same \
	"$("$guard" serve --cert a --key b --trust-network 2>&1 | sed 1q)" "backup-guard serve: --trust-network needs --cache or --events"
"$guard" serve --cert "$tmp/tls/tls.crt" --key "$tmp/tls/tls.key" --listen 127.0.0.1:0 --health 127.0.0.1:0 --cache --trust-network \
	--kubeconfig /nowhere 2>"$tmp/refused"
check "a kubeconfig that is not there is an input error" same $? 3
check "and named" has "$(cat "$tmp/refused")" /nowhere
for log in main partial secrets silent verified; do
	check "$log.log is JSON, line by line" jq -e . "$tmp/$log.log"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
