# shellcheck shell=bash disable=SC2154
# One audit of several clusters. Sourced by run.sh, after worlds.sh.
world young
plain=$(<"$tmp/server-plain/address") young=$(<"$tmp/server-world/address")
contexts() { # NAME=ADDRESS...: a kubeconfig on standard output
	local pair
	printf 'apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: x}}]\n'
	printf 'clusters:\n'
	for pair; do printf '  - {name: %s, cluster: {server: "http://%s"}}\n' "${pair%%=*}" "${pair#*=}"; done
	printf 'contexts:\n'
	for pair; do printf '  - {name: %s, context: {cluster: %s, user: u, namespace: immich}}\n' "${pair%%=*}" "${pair%%=*}"; done
}
fleet() {
	audit --kubeconfig three --now 2026-11-23T12:00:00Z "$@"
}
contexts "home=$plain" "office=$young" "gone=127.0.0.1:1" >three

fleet -A --all-contexts
is "a cluster that cannot be reached is an error" "$status" 3
says "which names its context" "$err" 'error: context gone: http://127.0.0.1:1: '
golden contexts "$(awk -v RS= -v ORS='\n\n' 'NR == 1 || /^error.live-no-recent/' <<<"$out")
$(tail -1 <<<"$out")"
fleet -A --all-contexts --format json
golden contexts-json "$(jq '{where, summary, clusters, errors: (.errors | map(.message | sub("Failed.*"; ""))),
	objects: (.findings | map(.object | "\(.context) \(.kind) \(.namespace)/\(.name)"))}' <<<"$out")"
fleet -A --all-contexts --framework cis-11
is "a framework tells the clusters apart" "$(sed -n '/^  11.2: /,/^  11.3: /{/immich-db\|due/p}' <<<"$out")" \
	'    home immich/immich-db  not met: live-last-backup-failed
    office due/db  not met: no backup completed within a week'
fleet -A --all-contexts --format nagios
is "monitoring gets one line of all three" "$status $(wc -l <<<"$out") ${out%%:*}" "2 1 BACKUP CRITICAL - checked 30 objects in 3 contexts"
is "with what is measured in all of them" "$(grep -oE '(errors|unread|clusters)=[0-9]+' <<<"$out" | paste -sd ' ')" "errors=4 unread=1 clusters=12"
fleet -A --context office --context home --context office
is "those that are named, each once" "$(awk 'NR > 1 && NF == 0 { exit } NR > 1 { print $1 }' <<<"$out" | sort | uniq -c | tr -s ' ')" " 5 home
 7 office"
fleet -A --context office --context office
is "one that is named twice is one" "$(grep -c CONTEXT <<<"$out") $(grep -c 'in context office' <<<"$out")" "0 1"
says "in namespaces as each context says" "$(fleet --context home --context office && echo "$out")" 'home     immich/immich-db' ' in 2 contexts: '
fleet -n due --context office --context home
says "or as it is asked" "$out" 'office   due/db' 'in namespace due of 2 contexts'
fleet -A --context home --context office --group-by cluster
says "below the context of each" "$out" $'\ncontext home: 4 errors' $'\ncontext office: '
fleet -A --context home --context office --group-by namespace
says "or its namespaces" "$out" 'namespace immich of context home: '
for format in compact sarif junit markdown prometheus; do
	fleet -A --context home --context office --format "$format"
	says "$format says the context, too" "$out" home
done
fleet -A --context home --context office --format html
is "a page says a context once above what is of it, but for the table and the commands" \
	"$(grep -c '<h3>home</h3>' <<<"$out") $(grep '^<h2>Findings' <<<"$out" | tr -d '\n') $(grep -c 'of context' <<<"$out")" \
	"2 <h2>Findings in context home</h2><h2>Findings in context office</h2> 0"
is "what is the same in two clusters is not the same finding" \
	"$(contexts "a=$plain" "b=localhost:${plain#*:}" >three; fleet -A --all-contexts --format gitlab; jq -r '.[].fingerprint' <<<"$out" | sort | uniq -d)" ""
contexts "a=$plain" "b=$young" "a-again=$plain" >three
fleet -A --all-contexts
is "an API server that two contexts lead to is looked at once" "$(awk 'NF == 0 { exit } NR > 1 { print $1 }' <<<"$out" | sort | uniq -c | tr -s ' ')" " 5 a
 7 b"
says "which is said" "$out" 'in 3 contexts (a-again is the server of a): '
sed -i 's/\(name: a-again, context: .*namespace: \)immich/\1forgejo/' three
fleet --all-contexts
is "but each of its namespaces, where that is all that is asked" "$(awk 'NF == 0 { exit } NR > 1 { print $1, $2 }' <<<"$out" | paste -sd ' ')" \
	"a immich/immich-db a-again forgejo/forgejo-db"
server_world=$plan plan=$tmp/server-plain/plan.json
fault '{"path": "/scheduledbackups", "times": 1, "status": 403, "body": {"kind": "Status", "message": "no"}}'
fleet -A --all-contexts
is "and once more when the first look could not see everything" "$(grep -c '^a-again ' <<<"$out")" 5
fault
plan=$server_world
fleet -A --all-contexts --context a
is "--context and --all-contexts exclude each other" "$status" 2
fleet -A --all-contexts --stores
is "buckets are asked of one cluster" "$status" 2
sed -i "s|http://$young|/|" three
fleet -A --all-contexts
says "a context that leads nowhere is told, and the others are looked at" "$status $err $out" '3 ' 'context b: kubeconfig: the cluster of context b has no server' 'a        immich/immich-db'
contexts "a=$plain" "b=$young" >three
fleet -A --all-contexts --report
is "each context is to hold the reports of its own" "$status $(grep -c 'error: context [ab]: --report: the cluster knows neither' <<<"$err")" '3 2'
echo 'users: []' >three
fleet -A --all-contexts
says "a kubeconfig without contexts says so" "$status $err" '3 ' 'kubeconfig: there is no context in it'
