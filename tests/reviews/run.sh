#!/bin/bash
# Requests recorded from a real API server, when they are there ($SHARED/reviews): each gets the decision and
# the rules written down in expected.tsv, and `check` on the manifest it came from finds the same.
#   tests/reviews/run.sh BACKUP-GUARD       (GUARD_WRITE_EXPECT=1 writes the table anew: read it)
set -euo pipefail
guard=$(realpath "$1")
cd "$(dirname "$0")"
reviews=${SHARED:-}/reviews
passed=0 failed=0

if [ ! -d "$reviews" ]; then
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi

now=2026-11-22T14:00:00Z

# decision, then the rules that spoke as id:severity, sorted
decide() { # review
	gzip -cdf "$reviews/$1" | { "$guard" review --profile homelab --now $now || [ $? = 1 ]; } |
		jq -r '.response.auditAnnotations | [.decision, ((.rules // "-") | split(",") | sort | join(","))] | @tsv'
}

# the same from the manifest that was applied, of the objects of one kind; kubectl itself adds the
# annotation of which kubectl-apply-annotation-secret speaks
without_kubectl() {
	sed 's/kubectl-apply-annotation-secret:info,\{0,1\}//; s/^$/-/'
}
# What the object alone shows; beside others in the file, or in its text, check finds more. A misplaced retention
# policy was pruned before the review, and is then a missing one; so was a misspelt isWALArchiver.
check() { # manifest kind
	{ "$guard" check --profile homelab --now $now --fail-on never --format jsonl "$reviews/manifests/$1"; } |
		jq -rs --arg kind "$2" '[.[] | select(.object.kind == $kind and (.scope == "object" or .rule == "retention-misplaced" or (.path | endswith(".isWalArchiver")))) |
			"\(.rule):\(.severity)" | sub("retention-misplaced:deny"; "retention-missing:info") | sub("unknown-field:deny"; "wal-archiver-off:deny")] |
			unique | if . == [] then "-" else join(",") end'
}

# CREATEs made by `kubectl apply -f FILE`; kind from the index. Not the one to which CloudNativePG's
# INCLUDE_PLUGINS added a plugin.
manifests() {
	cat "$reviews"/index.tsv "$reviews"/index-operator.tsv | awk -F'\t' '
		$3 == "CREATE" && $1 !~ /include-plugins/ && $6 != "system:serviceaccount:cnpg-system:cnpg-manager" &&
		match($9, /apply( --[a-z=-]+)* -f [a-z0-9-]+\.yaml/) {
			split(substr($9, RSTART, RLENGTH), w, " -f "); print $1 "\t" w[2] "\t" $2
		}'
}

if [ -n "${GUARD_WRITE_EXPECT:-}" ]; then
	for file in "$reviews"/*.json "$reviews"/*.json.gz; do
		printf '%s\t%s\n' "$(basename "$file")" "$(decide "$(basename "$file")")"
	done >expected.tsv
fi

while IFS=$'\t' read -r file decision rules; do
	got=$(decide "$file")
	if [ "$got" = "$decision	$rules" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok - $file: expected $decision $rules, got $got"
	fi
done <expected.tsv

while IFS=$'\t' read -r file manifest kind; do
	want=$(awk -F'\t' -v f="$file" '$1 == f { print $3 }' expected.tsv | without_kubectl)
	got=$(check "$manifest" "$kind")
	if [ "$got" = "$want" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok - check $manifest ($kind) says $got, the review $file $want"
	fi
done < <(manifests)

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
