# shellcheck shell=bash disable=SC2154
# What is known of a cluster already. Sourced by run.sh, after worlds.sh.
world phases
known() {
	audit --kubeconfig world --now 2026-11-23T12:00:00Z "$@"
}
known -A --write-baseline known.json
is "a baseline of an audit is written, and covers what is there" "$status $err" "0 backup-guard: 8 findings in known.json"
is "an entry is of an object" "$(sed -n 2p known.json)" \
	'{"context":"fake","kind":"Cluster","namespace":"archive","name":"db","rule":"live-continuous-archiving-false","path":"status.conditions[]"},'
known -A --baseline known.json
says "then it is not told again" "$status $out" '0 ' 'no findings, 8 baselined'
says "but the table is what it was" "$out" 'FAILING   ERROR'
jq '[.[] | .metadata.namespace |= if . == "ended" then "new" else . end]' "$tmp/server-world/objects.json" >other.json
cp other.json "$tmp/server-world/objects.json"
known -A --baseline known.json
is "what is new is told" "$status $(grep -c '^error' <<<"$out")" "1 1"
says "and what is gone" "$out" '1 entry of known.json no longer occurs'
known -n new --baseline known.json
is "of a namespace that was not looked at nothing is gone" "$(grep -c 'no longer' <<<"$out")" 0
fault '{"path": "/scheduledbackups", "times": 9, "status": 403, "body": {"kind": "Status", "message": "no"}}'
known -A --baseline known.json
is "nor where something could not be listed" "$status $(grep -c 'no longer' <<<"$out")" "3 0"
known -A --write-baseline none.json
says "of which no baseline is written" "$status $err" '3 ' 'none.json is not written: not everything could be read'
fault
known -A --baseline known.json --write-baseline known.json
is "with both it only gets shorter" "$(grep -c rule known.json)" 7
sed 's/fake/another/g' world >another
audit -A --kubeconfig another --now 2026-11-23T12:00:00Z --baseline known.json
is "what is known of one context is not known of another" "$status $(grep -c '^error' <<<"$out")" "1 8"
is "which is said" "$err" "backup-guard: known.json says nothing of context another: its entries are of another context, or of none"
contexts "a=$young" "b=localhost:${young#*:}" >two
audit --kubeconfig two --now 2026-11-23T12:00:00Z --all-contexts -A --write-baseline two.json
is "of several clusters an entry says the context" "$(grep -o '"context":"."' two.json | sort | uniq -c | tr -s ' ')" ' 8 "context":"a"
 8 "context":"b"'
audit --kubeconfig two --now 2026-11-23T12:00:00Z --context a --context a --context b -A --baseline two.json
says "and covers what is found in that" "$out" 'no findings, 16 baselined'
audit --kubeconfig two --now 2026-11-23T12:00:00Z --context b -A --baseline two.json
says "when it is looked at alone, too" "$out" 'no findings, 8 baselined'
contexts "a=$young" "again=$young" >two
audit --kubeconfig two --now 2026-11-23T12:00:00Z --context again -A --write-baseline again.json
audit --kubeconfig two --now 2026-11-23T12:00:00Z --all-contexts -A --baseline again.json --write-baseline again.json
says "and when the same cluster is looked at by another name" "$status $out" '0 ' 'no findings, 8 baselined'
is "by which it is known from then on" "$(grep -o '"context":"[a-z]*"' again.json | sort | uniq -c | tr -s ' ')" ' 8 "context":"a"'
