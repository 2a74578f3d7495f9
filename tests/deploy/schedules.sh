# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# What `backup-guard alerts` writes (tests/alerts, tests/kube/golden/alerts), proved by promtool: it passes its own cases,
# each of these notices a rule that is wrong, and of the live world of tests/kube the right Clusters have an alert.

promtool=$(tool promtool)
if [ -z "$promtool" ]; then
	skip "the alerts of schedules with promtool" "no promtool in PATH, and none in the cache: tests/deploy/tools.sh promtool"
	return 0
fi

prove() { # cases
	"$promtool" test rules "$1" >"$tmp/said" 2>&1 || cat "$tmp/said"
}

for name in clusters one; do
	cp tests/alerts/$name.rules tests/alerts/$name.cases "$tmp"
	check "promtool accepts $name.rules" bash -c "'$promtool' check rules '$tmp/$name.rules' >'$tmp/said' 2>&1 || cat '$tmp/said'"
	check "each alert of $name.rules fires when it should, and no other" prove "$tmp/$name.cases"
done

# sed's command, what is wrong then
wrong() {
	sed "$1" tests/alerts/one.rules >"$tmp/one.rules"
	! cmp -s tests/alerts/one.rules "$tmp/one.rules" && ! "$promtool" test rules "$tmp/one.cases" >"$tmp/said" 2>&1 ||
		echo "no case fails"
}
check "an age ten times as long is noticed" wrong 's/ > 176400/ > 1764000/'
check "one that is shorter, too" wrong 's/ > 176400/ > 172800/'
check "a comparison that is silent where no backup ever was" wrong 's/) == 0"/) < 0"/'
check "an absence that nobody looks for" wrong 's/absent(\(.*\))"/\1 < 0"/'
check "a failure that nobody looks for" wrong 's/\(last_failed_backup_timestamp{[^}]*}\)) > /\1) > 1e9 + /'
check "a replica that speaks for all" wrong 's/max by/min by/'
check "WAL that may wait ten times as long" wrong 's/ > 600 / > 6000 /'
check "a database that is idle" wrong "s/{\([^{]*value='ready'}\) > 0 and/{\1 >= 0 and/"
check "a former primary" wrong 's/ unless on [^"]*)"/)"/'
check "an archiver that nobody looks for" wrong 's/last_failed_time{[^}]*}) > /&1e9 + /'
check "alerts that come later" wrong 's/for: 10m/for: 100m/'

cp tests/kube/golden/alerts "$tmp/world.rules"
tests/kube/cluster.py | tests/kube/metrics.py world.rules >"$tmp/world.cases"
check "of a live world the right Clusters have an alert" prove "$tmp/world.cases"
