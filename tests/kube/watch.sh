# shellcheck shell=bash disable=SC2154
# Lists that are followed: resume, bookmarks, 410, reconnection. Sourced by run.sh.
serve watch
config "server: 'http://$address'" 'token: x' >watched
clusters=/apis/postgresql.cnpg.io/v1/namespaces/immich/clusters
event() { # TYPE NAME VERSION
	printf '{"type":"%s","object":{"kind":"Cluster","metadata":{"name":"%s","resourceVersion":"%s"}}}' "$@"
}
# stream THEN EVENT...: one watch, for a plan
stream() {
	local then=$1
	shift
	printf '%s\n' "$@" | jq -sc --arg how "$then" '{path: "watch=true", lines: ., "then": $how}'
}
follow() {
	out=$(timeout 60 "$follow" "$tmp/watched" "$clusters" "$@" 2>&1)
}
versions() { # of each watch in the log
	grep -o 'watch=true.*resourceVersion=[0-9]*' "$log" | sed 's/.*=//' | tr '\n' ' '
}

fault "$(stream stay "$(event ADDED new 1001)" "$(event MODIFIED new 1002)" "$(event DELETED new 1003)" "$(event ADDED last 1004)")"
follow last
is "a list, then its events" "$out" "begin
item immich-db
synced
added new
modified new
deleted new
added last"
says "the watch asks for bookmarks, from where the list ended" "$(<"$log")" \
	'watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=1000'

fault "$(stream end "$(event ADDED new 1001)" "$(event BOOKMARK '' 1500)")" "$(stream stay "$(event ADDED last 1501)")"
follow last
is "a watch that ends is resumed at the bookmark, without a list" "$(versions)$(grep -c limit= "$log")" "1000 1500 1"

fault "$(stream cut "$(event ADDED new 1001)")" "$(stream stay "$(event ADDED half 1002)" "$(event ADDED last 1003)")"
follow last
is "an event that was cut off comes again" "$(versions)$(grep '^added' <<<"$out" | tr '\n' ' ')" "1000 1001 added new added half added last "

gone='{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old resource version"}}'
fault "$(stream stay "$(event ADDED new 1001)" "$gone")" "$(stream stay "$(event ADDED last 1002)")"
follow last
is "410 within a watch: the list is made anew" "$(grep -c '^begin\|^synced' <<<"$out") $(grep -c '^failed' <<<"$out")" "4 0"
fault '{"path": "watch=true", "status": 410, "body": {"kind": "Status", "message": "gone"}}' "$(stream stay "$(event ADDED last 1002)")"
follow last
is "410 instead of a watch, too" "$(grep -c '^begin\|^synced' <<<"$out") $(grep -c '^failed' <<<"$out")" "4 0"

fault '{"path": "watch=true", "status": 403, "body": "{\"kind\":\"Status\",\"message\":\"clusters is forbidden\"}\n"}' "$(stream stay "$(event ADDED last 1002)")"
follow last
says "a watch that is refused says why, and goes on where it was" "$out" "failed GET $clusters: 403: clusters is forbidden"
is "with one list" "$(grep -c limit= "$log")" 1
for nonsense in 'null' '{"type":"ADDED","object":{}}'; do
	fault "$(stream stay "$nonsense")" "$(stream stay "$(event ADDED last 1002)")"
	follow last
	is "what is no event is a failure: $nonsense" "$(grep '^failed' <<<"$out")" "failed watch: an event without a resourceVersion"
done
fault "$(stream stay '"{"')" "$(stream stay "$(event ADDED last 1002)")"
follow last
says "so is what is no JSON" "$out" 'failed watch: the JSON text ends too early' 'added last'
fault "$(stream end)" "$(stream stay "$(event ADDED last 1002)")"
follow last
is "a watch that ends at once pauses, or it would spin" "$(grep '^failed' <<<"$out")" "failed watch: closed without an event"
error='{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}'
fault "$(stream stay "$error")" "$(stream stay "$(event ADDED last 1002)")"
follow last
says "an error within a watch" "$out" 'failed watch: etcd'

fault '{"path": "limit=", "status": 403, "body": {"kind": "Status", "message": "forbidden"}}' "$(stream stay "$(event ADDED last 1002)")"
follow last
says "a list that fails is tried again" "$out" 'failed' 'synced
added last'
big=$(printf '{"type":"ADDED","object":{"metadata":{"name":"big","resourceVersion":"1001","annotations":{"a":"%0200000d"}}}}' 0)
fault "$(stream stay "$big" "$(event ADDED last 1002)")"
follow last
is "an event of many pieces" "$(tail -2 <<<"$out")" "added big
added last"

# --- events that are too large
pad() { # plan: the same, with more
	jq -c '.pad = 8400000' <<<"$1"
}
large() { # TYPE: a line of more than 8 MiB
	printf '{"type":"%s","object":{"kind":"Cluster","metadata":{"labels":{"name":"not"},"name":"big","namespace":"n","resourceVersion":"1001"},"spec":{"pad":"@PAD@"}}}' "$1"
}
fault "$(pad "$(stream end "$(large MODIFIED)")")" "$(stream stay "$(event ADDED last 1002)")"
follow last
is "an event that is too large is left out, and said" "$(tail -2 <<<"$out")" "skipped big
added last"
is "and does not come again" "$(versions)$(grep -c limit= "$log")" "1000 1001 1"
fault "$(pad "$(stream stay "$(large DELETED)" "$(event ADDED last 1002)")")"
follow last
is "a deletion is one" "$(tail -2 <<<"$out")" "deleted big
added last"
nameless='{"type":"ADDED","object":{"spec":{"pad":"@PAD@"},"metadata":{"name":"big","resourceVersion":"1001"}}}'
fault "$(pad "$(stream stay "$nameless")")" "$(stream stay "$(event ADDED last 1002)")"
follow last
says "of which nothing can be told is a failure" "$out" 'failed watch: an event of more than 8388608 bytes' 'added last'

ahead='{"path": "watch=true", "status": 504, "body": {"kind": "Status", "message": "Too large resource version: 1000, current: 7"}}'
fault "$(jq -c '.times = 2' <<<"$ahead")" "$(stream stay "$(event ADDED last 1002)")"
follow last
is "a version that the API server does not know, as after etcd was restored: the list is made anew" \
	"$(versions)$(grep -c limit= "$log") $(grep -c '^failed.*Too large' <<<"$out")" "1000 1000 1000 2 2"
ahead='{"type":"ERROR","object":{"kind":"Status","code":504,"message":"Too large resource version"}}'
fault "$(stream stay "$ahead")" "$(stream stay "$ahead")" "$(stream stay "$(event ADDED last 1002)")"
follow last
is "so it is when an event says it" "$(grep -c limit= "$log")" 2

# --- a credential that the API server does not take any more, though it was to last
cat >turns <<-'END'
	#!/bin/sh
	echo turn >>turns.log
	printf '{"status":{"token":"turn-%s"}}' "$(wc -l <turns.log)"
END
chmod +x turns
config "server: 'http://$address'" 'exec: {apiVersion: client.authentication.k8s.io/v1, command: ./turns}' >watched
tokens() { # of the requests in the log
	grep -o 'Bearer turn-[0-9]*' "$log" | sed 's/.*-//' | tr '\n' ' '
}
fault '{"path": "watch=true", "status": 401, "body": {"kind": "Status", "message": "Unauthorized"}}' "$(stream stay "$(event ADDED last 1002)")"
follow last
is "after 401 the plugin is asked again" "$(tokens)" "1 1 2 "
