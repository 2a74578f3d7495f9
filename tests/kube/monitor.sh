# shellcheck shell=bash disable=SC2154
# What a person reads first of many findings, and what monitoring reads. Sourced by run.sh, after worlds.sh.
world phases
in_world() {
	audit --kubeconfig world --now 2026-11-23T12:00:00Z "$@"
}
in_world -A --group-by rule
golden by-rule "$(sed '1,/^$/d' <<<"$out")"
in_world -A --group-by namespace
golden by-namespace "$(sed '1,/^$/d' <<<"$out")"
in_world -A --group-by cluster
says "a cluster without a name of its own is where it was looked" "$out" 'context fake: 8 errors'
in_world -A --summary
golden summary "$out"

# state WORD STATUS TITLE OPTION...: one line that begins with it, and the exit code that goes with it
state() {
	local word=$1 code=$2 title=$3
	shift 3
	in_world --format nagios "$@"
	is "$title" "$status $(wc -l <<<"$out") ${out%% - *}" "$code 1 BACKUP $word"
}
state CRITICAL 2 "an error is critical" -A
is "with what is measured" "${out#*|}" " errors=8;;;0 warnings=0;;;0 unread=0;;;0 clusters=8;;;0 without_backup=8;;;0"
says "and what to look at first" "$out" '8 errors: Cluster archive/db: WAL archiving fails'
world young
state OK 0 "nothing found is ok" -n backed
is "with the age of the oldest backup" "${out#*|}" " errors=0;;;0 warnings=0;;;0 unread=0;;;0 clusters=1;;;0 without_backup=0;;;0 oldest_backup=32100s;;;0"
state OK 0 "so is a first backup that is due later" -n due
state WARNING 1 "one that was not made is a warning" -n missed
says "which says so" "$out" 'no findings: Cluster missed/db has no backup yet |'
state WARNING 1 "a warning is one" -n snapshots
state UNKNOWN 3 "where nothing is nothing is known" -n nowhere
state UNKNOWN 3 "a context that is not there is told on stdout" --context prod
says "with the reason" "$out" "no context 'prod'"
fault '{"path": "/scheduledbackups", "times": 9, "status": 403, "body": {"kind": "Status", "message": "no | permission"}}'
state UNKNOWN 3 "what could not be listed is unknown" -n backed
is "and one line has one bar" "$(tr -cd '|' <<<"$out")" "|"
jq '(.[] | select(.resource == "objectstores") | .spec.configuration.destinationPath) = "s3://" + "x" * 5000' "$tmp/server-world/objects.json" >long.json
cp long.json "$tmp/server-world/objects.json"
state CRITICAL 2 "a long reason is cut" -n backed
is "so that the measures are not" "$([ "${#out}" -lt 1000 ] && grep -o 'xxx \.\.\. |.*clusters=1;;;0' <<<"$out" | cut -c1-9)" "xxx ... |"
world phases
fault '{"path": "/scheduledbackups", "times": 9, "status": 403, "body": {"kind": "Status", "message": "no"}}'
state CRITICAL 2 "but an error beside it is no less critical" -A
fault
