#!/bin/bash
# The client of API servers and the audit, against a small fake one (fake.py) over loopback.
#   tests/kube/run.sh BACKUP-GUARD       (GUARD_WRITE_EXPECT=1 writes tests/kube/golden anew: read the difference)
# shellcheck disable=SC1091,SC2034 # the parts are sourced, and use what is set here
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
follow=$(dirname "$guard")/follow
here=$(dirname "$(realpath "$0")")
pids=()
clean() {
	[ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
unset KUBECONFIG KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
export HOME=$tmp/home TERM=dumb
mkdir "$HOME"
cd "$tmp" || exit 4

# serve NAME OPTION...: a fake server in $tmp/server-NAME; sets $address, $plan and $log
serve() {
	local folder=$tmp/server-$1
	shift
	mkdir "$folder"
	[ -e "$tmp/objects.json" ] && cp "$tmp/objects.json" "$folder"
	"$here/fake.py" "$folder" "$@" 2>"$folder/stderr" &
	pids+=($!)
	for _ in $(seq 600); do
		[ ! -s "$folder/address" ] || break
		read -rt 0.1 <> <(:) || true
	done
	address=$(<"$folder/address")
	plan=$folder/plan.json log=$folder/log
	: >"$log"
}

entries=0
# fault ENTRY...: entries of plan.json (see fake.py), each counted by itself
fault() {
	entries=$((entries + 100))
	printf '%s\n' "$@" | jq -s --argjson from "$entries" 'to_entries | map(.value + {id: (.key + $from)})' >"$plan"
	: >"$log"
}

config() { # cluster user: a kubeconfig on standard output
	printf 'apiVersion: v1\nkind: Config\ncurrent-context: fake\ncontexts: [{name: fake, context: {cluster: c, user: u, namespace: immich}}]\n'
	printf 'clusters: [{name: c, cluster: {%s}}]\nusers: [{name: u, user: {%s}}]\n' "$1" "$2"
}

# audit OPTION...: $out, $err, $status; the clock stands still
audit() {
	out=$("$guard" audit --now 2026-11-22T12:00:00Z --profile generic "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

golden() { # name text
	local file=$here/golden/$1
	[ -z "${GUARD_WRITE_EXPECT:-}" ] || printf '%s\n' "$2" >"$file"
	if diff -u "$file" <(printf '%s\n' "$2") >"$tmp/diff"; then ok "golden/$1"; else not_ok "golden/$1" "$(<"$tmp/diff")"; fi
}

"$here/cluster.py" >objects.json
serve plain
config "server: 'http://$address'" 'token: t0ken' >kubeconfig
export KUBECONFIG=$tmp/kubeconfig

. "$here/audit.sh"
. "$here/learn.sh"
. "$here/restore.sh"
. "$here/plan.sh"
. "$here/alerts.sh"
. "$here/client.sh"
. "$here/config.sh"
. "$here/watch.sh"
. "$here/report.sh"
. "$here/worlds.sh"
. "$here/monitor.sh"
. "$here/contexts.sh"
. "$here/baseline.sh"
. "$here/fleet.sh"
. "$here/large.sh"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
