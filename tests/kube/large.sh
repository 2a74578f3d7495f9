# shellcheck shell=bash disable=SC2154
# Objects that are large: pages are as large as their bytes allow, and what is too large alone is left out, and said.
# Sourced by run.sh.
mv objects.json small.json
limits() { # of the requests for Clusters, in order; a star for those that want metadata only
	sed -n 's/.*\/clusters?limit=\([0-9]*\).*/\1/p' "$log" | uniq | paste -sd ' '
}

jq '.[] as $o | [$o] | .[0] | select(.resource == "clusters" and .metadata.name == "paperless-db")' small.json >one.json
jq --slurpfile one one.json '. + [range(30) | . as $n | $one[0] | .metadata.name = "large-\($n)" | .pad = 1400000]' small.json >objects.json
serve large --most 250
config "server: 'http://$address'" 'token: x' >large.kubeconfig
audit -A --kubeconfig large.kubeconfig --format json
is "30 Clusters of 1.4 MB are all judged" "$(jq '[.clusters[] | select(.name | startswith("large-"))] | length' <<<"$out")" 30
is "without an error" "$status $err" "1 "
is "the page is made smaller until it fits, and stays so" "$(limits)" "250 125 62 31 15 7 3"

jq --slurpfile one one.json '. + [$one[0] | .metadata.name = "huge" | .pad = 8400000]' small.json >objects.json
jq --slurpfile one one.json '. + [range(3) | . as $n | $one[0] | .metadata.name = "late-\($n)"]' objects.json >more.json
mv more.json objects.json
serve huge --most 250
config "server: 'http://$address'" 'token: x' >huge.kubeconfig
audit -A --kubeconfig huge.kubeconfig
is "one that is too large even alone is left out: exit 3" "$status" 3
says "and said" "$err" 'error: Cluster paperless/huge is too large to be read (8388608 bytes at most)'
is "once" "$(grep -c '^error' <<<"$err")" 1
says "the one behind it is judged" "$out" 'paperless/late-0 ' 'paperless/late-2 '
is "pages grow again behind it" "$(limits | grep -o '[0-9]* [0-9]*$')" "1 2"
is "nobody misses a Cluster, for it may be that one" "$(grep -c 'schedule-cluster-missing\|objectstore-unused' <<<"$out")" 0
serve huge-plain --most 250 --no-metadata
config "server: 'http://$address'" 'token: x' >plain.kubeconfig
audit -A --kubeconfig plain.kubeconfig
is "where that cannot be told the list fails" "$status" 3
says "with the reason" "$err" 'an answer of more than 8388608 bytes'
mv small.json objects.json
