# shellcheck shell=bash disable=SC2154
# What the status of a Cluster says, however well its conditions look. Sourced by run.sh.
world() { # name: $out, $err and $status of an audit of it
	[ -e "$tmp/server-world" ] || serve world --most 250
	"$here/worlds.py" "$1" >"$tmp/server-world/objects.json"
	config "server: 'http://$address'" 'token: x' >world
	audit -A --kubeconfig world --now 2026-11-23T12:00:00Z
}

world phases
golden phases "$out"
is "where the operator cannot go on nothing is ok" "$(awk -v RS= 'NR == 1' <<<"$out" | awk '/\/db / { print $NF }' | sort | uniq -c | tr -s ' ')" " 8 ERROR"
audit -A --kubeconfig world --now 2026-11-23T12:00:00Z --format json
is "each of its errors says what to do" "$(jq -c '[.findings[] | select(.severity == "deny" and .fix == "")]' <<<"$out")" "[]"

world young
golden young "$(awk -v RS= 'NR == 1' <<<"$out")"
audit -A --kubeconfig world --now 2026-11-23T12:00:00Z --format json
is "nor in JSON, where both spellings of the last backup count, and that of each method" \
	"$(jq -c '.clusters[] | [.namespace, .verdict, .lastBackup, .firstRecoverabilityPoint]' <<<"$out")" \
	'["backed","ok","2026-11-23T03:05:00Z","2026-10-24T03:05:00Z"]
["due","first-backup-due",null,null]
["follows","ok",null,null]
["missed","no-backup-yet",null,null]
["replica","no-backup-yet",null,null]
["snapshots","warning","2026-11-23T03:05:00Z","2026-10-24T03:05:00Z"]
["spelling","ok","2026-11-23T03:05:00Z","2026-10-24T03:05:00Z"]'

world signs
audit -A --kubeconfig world --now 2026-11-23T12:00:00Z --format json
is "no sign in a status is overlooked" "$(jq -r '.clusters[] | "\(.namespace) \(.verdict) \(.lastBackup // "never")"' <<<"$out")" \
	"ahead error never
born-later first-backup-due never
condition warning 2026-11-22T03:05:00Z
follows warning never
hibernated no-backup-yet never
immediate first-backup-due never
leads no-backup-yet never
other-plugin no-backup-yet never
snapshots ok 2026-11-23T03:05:00Z
snapshots-due first-backup-due never
snapshots-missed no-backup-yet never
unseen error never"
is "a moment that is to come is not one from which to restore" "$(jq -c '[.clusters[].firstRecoverabilityPoint] | sort' <<<"$out" | grep -o '"2.*')" '"2026-10-24T03:05:00Z","2026-10-25T03:05:00Z"]'
says "and what is wrong is said" "$(jq -r '.findings[] | .message' <<<"$out")" 'the last one says 2027-11-23 03:05 UTC' 'WAL archiving fails'

world moved
audit -A --kubeconfig world --now 2026-11-23T12:00:00Z --format json
is "a backup counts for the archive in which it lies" \
	"$(jq -r '.clusters[] | "\(.namespace) \(.lastBackup // "never")"' <<<"$out")" \
	"both 2026-11-23T03:05:00Z
in-tree never
no-path 2026-11-23T03:05:00Z
no-window 2026-11-23T03:05:00Z
same-path 2026-11-23T03:05:00Z
same-server 2026-11-23T03:05:00Z
server never
snapshot 2026-11-23T03:05:00Z"
is "and where none does, that is not ok" \
	"$(jq -r '.clusters[] | select(.lastBackup == null) | .verdict' <<<"$out" | sort -u)" "no-backup-yet"

fault "$(forbidden backups)"
world moved
is "where Backups may not be listed and none is known, neither is the verdict" \
	"$(grep -c ' unknown$' <<<"$out") $(grep -c ' ok$' <<<"$out")" "3 4"

fault '{"path": "/objectstores", "times": 9, "status": 404, "body": "404 page not found\n", "kind": "text/plain"}'
world unknown-plugin
says "a plugin that is not loaded, and whose kinds are not there, is not installed" "$out" 'plugin/db ' \
	"fix: install the Barman Cloud plugin in the operator's namespace: it is not installed"
is "nothing is ok" "$(grep -c ' ok$' <<<"$out")" 0
is "and no store is to be made" "$(grep -c objectstore-missing <<<"$out")" 0
fault
