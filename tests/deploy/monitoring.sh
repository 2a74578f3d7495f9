# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# deploy/monitoring: every name of a metric, a label and a label's value that dashboard and alerts use is in what the
# real server prints; every alert has its section of the runbook.

monitoring=deploy/monitoring
for name in alerts audit-alerts; do
	sed '1,/^spec:$/d; s/^  //' "$monitoring/$name.yaml" >"$tmp/$name-rules.yaml"
done

# Expressions, one a line: of the dashboard as they stand, of the alerts with their lines joined.
expressions() {
	jq -r '.. | objects | .expr? // empty' $monitoring/dashboard.json
	awk '/^ +expr: / { sub(/^ +expr: (>-)?/, ""); text = $0; on = 1; next }
		on && /^ +(for|labels): / { print text; on = 0 }
		on { sub(/^ +/, " "); text = text $0 }' $monitoring/alerts.yaml
}

ours() {
	expressions | grep backup_guard_ | grep -v -e apiserver_ -e kube_
}

# Reviews of each outcome, so that every family has a sample.
sample_metrics() {
	local pid health listen tries=600 path
	"$guard" certs init "$tmp/metrics-tls" localhost 127.0.0.1 >/dev/null
	# a cluster that nobody answers for: the metrics of the cache are there all the same
	printf '%s\n' 'apiVersion: v1' 'kind: Config' 'clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]' \
		'contexts: [{name: c, context: {cluster: c, user: u}}]' 'users: [{name: u, user: {}}]' 'current-context: c' >"$tmp/kubeconfig"
	"$guard" serve --cert "$tmp/metrics-tls/tls.crt" --key "$tmp/metrics-tls/tls.key" --listen 127.0.0.1:0 --health 127.0.0.1:0 \
		--drain 0s --address-file "$tmp/addresses" --cache --events --trust-network --kubeconfig "$tmp/kubeconfig" 2>"$tmp/metrics.log" &
	pid=$!
	until [ -s "$tmp/addresses" ]; do
		tries=$((tries - 1))
		if [ "$tries" = 0 ] || ! kill -0 "$pid" 2>/dev/null; then
			cat "$tmp/metrics.log" >&2
			kill "$pid"
			return 1
		fi
		read -rt 0.1 <> <(:) || true
	done
	listen=$(sed -n 's/^listen=//p' "$tmp/addresses") health=$(sed -n 's/^health=//p' "$tmp/addresses")
	jq '.request.dryRun = false' tests/serve/schedule.json >"$tmp/denied.json"
	jq '.request.object.metadata.annotations = {"backup-guard.io/allow": "schedule-never-fires, policy-method",
		"backup-guard.io/reason": "a test"}' tests/serve/schedule.json >"$tmp/exempt.json"
	for path in validate validate/warn validate/audit; do
		curl -s --max-time 10 --cacert "$tmp/metrics-tls/ca.crt" -H 'Content-Type: application/json' -o "$tmp/answer" \
			--data-binary "@$tmp/denied.json" "https://$listen/$path" --next -s --cacert "$tmp/metrics-tls/ca.crt" \
			-H 'Content-Type: application/json' -o "$tmp/answer" --data-binary "@$tmp/exempt.json" "https://$listen/$path"
	done
	curl -s --max-time 10 "http://$health/metrics" >"$tmp/metrics"
	kill "$pid"
	wait "$pid"
}

unknown_metrics() {
	ours | grep -oE 'backup_guard_[a-z_]+' | sort -u | while read -r name; do
		grep -q "^${name}[ {]" "$tmp/metrics" || echo "$name"
	done
}

unknown_labels() { # but what Prometheus adds (pod)
	{
		ours | grep -oE 'by \([a-z_, ]+\)' | sed 's/^by (//; s/)$//' | tr -d ' ' | tr ',' '\n'
		ours | grep -oE '[a-z_]+(=|=~)"' | sed 's/=.*//'
	} | sort -u | grep -vx pod | while read -r label; do
		grep -q "[{,]$label=\"" "$tmp/metrics" || echo "$label"
	done
}

unknown_values() {
	ours | grep -oE '[a-z_]+=~?"[^"]*"' | sed 's/"$//; s/=~*"/ /' | sort -u | while read -r label values; do
		tr '|' '\n' <<<"$values" | while read -r value; do
			grep -q "[{,]$label=\"$value\"" "$tmp/metrics" || echo "$label=$value"
		done
	done
}

# What `audit --stores` writes for the textfile collector: that of Clusters is in what an audit of tests/kube wrote.
written_metrics() {
	"$guard" probe --file tests/deploy/no-store.yaml --format prometheus >"$tmp/written"
	sed -n 's/^# TYPE \([a-z_]*\) gauge$/\1/p' "$tmp/written" tests/kube/golden/prometheus | sort -u
}

documented_metrics() {
	# shellcheck disable=SC2016 # backquotes of Markdown
	sed -n 's/^| `\(backup_guard_[a-z_]*\)` |.*/\1/p' deploy/kustomize/README.md | sort
}

alerts() {
	sed -n 's/^ *- alert: //p' $monitoring/alerts.yaml $monitoring/audit-alerts.yaml
}

per_alert() { # key of an annotation
	sed -n "s/^ *$1: //p" $monitoring/alerts.yaml $monitoring/audit-alerts.yaml
}

check "a server with reviews of every outcome prints its metrics" sample_metrics
check "there are expressions to look at" test "$(ours | wc -l)" -ge 30
check "every metric of dashboard and alerts is printed" unknown_metrics
check "every label of them, too" unknown_labels
check "and every value that a label is compared with" unknown_values
check "every metric of an audit is documented, and no other" diff <(written_metrics) <(documented_metrics)
check "the expression that is shown is that of the alert" grep -qF \
	"$(sed -n 's/^expr: \(backup_guard_.*\)/\1/p' deploy/kustomize/README.md)" $monitoring/audit-alerts.yaml
check "every alert has its section of the runbook, and no section is without" diff \
	<(sed -n 's/^## //p' $monitoring/RUNBOOK.md | tr "[:upper:]" "[:lower:]" | sort) <(per_alert runbook | sed 's/.*#//' | sort -u)
check "the section is that of the alert" diff <(alerts | tr "[:upper:]" "[:lower:]" | sed 's/soon$//') <(per_alert runbook | sed 's/.*RUNBOOK.md#//')
check "every alert has a summary and a description" is "$(per_alert summary | wc -l) $(per_alert description | wc -l)" \
	"$(alerts | wc -l) $(alerts | wc -l)"
check "panels have ids of their own and queries" is "$(jq -r '[.panels[].id] | (unique | length) == length' $monitoring/dashboard.json) $(
	jq -r '[.panels[] | select(.type != "row" and (.targets | length) == 0)] | length' $monitoring/dashboard.json)" "true 0"
check "no host is named" bash -c "grep -rnoE 'https?://[^/\"]+' $monitoring; true"

promtool=$(tool promtool)
if [ -z "$promtool" ]; then
	skip "the alerts with promtool" "no promtool in PATH, and none in the cache: tests/deploy/tools.sh promtool"
	return 0
fi
check "promtool accepts what an audit writes for the textfile collector" bash -c "'$promtool' check metrics <tests/kube/golden/prometheus"
for name in alerts audit-alerts; do
	check "promtool accepts $name" bash -c "'$promtool' check rules '$tmp/$name-rules.yaml' >'$tmp/said' 2>&1 || cat '$tmp/said'"
	cp "tests/deploy/$name.yaml" "$tmp/$name-test.yaml"
	check "they fire when they should, and not before" bash -c \
		"'$promtool' test rules '$tmp/$name-test.yaml' >'$tmp/said' 2>&1 || cat '$tmp/said'"
done
