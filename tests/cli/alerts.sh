#!/bin/bash
# The alerts that fit the schedules: what is written, what is told, and what is refused. tests/deploy/schedules.sh has
# promtool prove them.
#   tests/cli/alerts.sh BACKUP-GUARD      (GUARD_WRITE_EXPECT=1 writes tests/alerts: read the difference)
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
here=$(dirname "$(dirname "$(realpath "$0")")")/alerts

alerts() {
	"$guard" alerts --now 2026-08-26T10:20:30Z "$@"
}

golden() { # file, what it should be
	[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$2" "$here/$1"
	if diff -u "$here/$1" "$2" >"$tmp/diff"; then ok "$1"; else not_ok "$1" "$(<"$tmp/diff")"; fi
}

tree
cp "$here"/*.yaml .
alerts --profile generic --format rules --output clusters.rules --tests clusters.cases clusters.yaml >out 2>clusters.told
is "what goes to files is not printed" "$? $(<out)" "0 "
golden clusters.rules clusters.rules
golden clusters.cases clusters.cases
golden clusters.told clusters.told
alerts --profile generic clusters.yaml >clusters.objects 2>told
is "the objects have the same groups" "$(grep -vx -e '# .*' -e groups: clusters.rules)" \
	"$(sed -n '/^    - name: /,/^---$/{/^---$/!p}' clusters.objects | sed 's/^  //')"
is "and what is told is the same" "$(<told)" "$(<clusters.told)"
is "there is one for each namespace with alerts" "$(grep -A3 '^kind: PrometheusRule' clusters.objects | grep -o 'namespace: .*')" $'namespace: app\nnamespace: other'
alerts --policy policy.yaml one.yaml >one.object 2>/dev/null
golden one.object one.object
alerts --policy policy.yaml --format rules --output one.rules --tests one.cases one.yaml 2>/dev/null
golden one.rules one.rules
golden one.cases one.cases

cp policy.yaml .backup-guard.yaml
says "the policy beside the files counts" "$(alerts one.yaml 2>/dev/null)" 'alert: DbBackupTooOld' 'release: prometheus'
rm .backup-guard.yaml
sed 's/runbookURL: .*/runbookURL: https:\/\/wiki.example.com\/backups/' policy.yaml >plain.yaml
is "a runbook of one page is the same for all" "$(alerts --policy plain.yaml one.yaml 2>/dev/null | grep -o 'runbook_url: .*' | sort -u)" 'runbook_url: https://wiki.example.com/backups'
sed 's/^spec:/spec:\n  pluginVersion: "0.5"/' policy.yaml >old.yaml
says "an older plugin has no metric" "$(alerts --policy old.yaml one.yaml 2>&1 >/dev/null)" \
	'no metric is known of the plugin of ScheduledBackup db-daily (Barman Cloud has it since 0.6)'

printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: db}' 'spec: {instances: 1}' >db.yaml
is "a namespace may be named" "$(alerts -n app db.yaml 2>&1 >/dev/null)" 'Cluster app/db: no alerts; no ScheduledBackup makes backups of it; it archives no WAL'
{ cat db.yaml && printf '%s\n' --- 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'metadata: {name: db}' 'spec: {schedule: "@daily", cluster: {name: db}}'; } |
	sed '/kind: Cluster/{n;s/name: db/&, namespace: app/}' >half.yaml
says "a ScheduledBackup without a namespace counts" "$(alerts half.yaml 2>/dev/null)" PostgresBackupTooOld 'namespace: app'
sed 's/^spec: {/&plugins: [{name: archiver.example.org}], /' db.yaml >other.yaml
says "what another plugin does is not known" "$(alerts -n app other.yaml 2>&1 >/dev/null)" 'it is not known whether it archives WAL'
is "without a Cluster it is said" "$(alerts policy.yaml 2>&1 >/dev/null)" 'no Cluster is there'
is "and the rules are none" "$(alerts --format rules policy.yaml 2>/dev/null | tail -1)" 'groups: []'

says "by which method it backs up may be filled in later" "$(sed 's/method: plugin/method: "{{ method }}"/' one.yaml | alerts - 2>&1 >/dev/null)" 'the method of ScheduledBackup db-daily is not known'
says "a second is told as one" "$(sed 's/0 0 3/* * */' one.yaml | alerts - 2>/dev/null)" '> 3602' 'for: 3601s'
mkdir changed && cp one.yaml changed && printf '%s\n' 'resources: [one.yaml]' 'transformers: [any.yaml]' >changed/kustomization.yaml
printf '%s\n' 'apiVersion: example.com/v1' 'kind: Any' 'metadata: {name: any}' >changed/any.yaml
says "what a plugin of kustomize makes is not known" "$(alerts changed 2>&1 >/dev/null)" 'Cluster shop/db: no alerts, a plugin of kustomize changes it'
is "an object of no CloudNativePG is none" "$(sed 's,postgresql.cnpg.io/v1,&beta1,' one.yaml | alerts - 2>&1 >/dev/null)" 'no Cluster is there'
says "a chart makes Clusters, too" "$(alerts --profile generic "$here"/../migrate/listed/in/values 2>&1 >/dev/null)" 'Cluster app/snap-cluster: 6 alerts: 1 day 23 hours without a backup (ScheduledBackups snap-cluster-daily, snap-cluster-other)'

printf kept >kept
is "without an alert no file is replaced" "$(alerts -n app --output kept db.yaml 2>&1 >/dev/null | tail -1; echo "${PIPESTATUS[0]}")$(<kept)" \
	$'backup-guard alerts: no alerts: kept is not written\n3kept'

mkdir -p over/base over/a over/b
mv one.yaml over/base && echo 'resources: [one.yaml]' >over/base/kustomization.yaml
for overlay in a b; do
	echo 'resources: [../base]' >over/$overlay/kustomization.yaml
done
is "alternatives that are the same are one" "$(alerts over 2>&1 >/dev/null | grep -c 'Cluster shop/db')" 1
printf '%s\n' 'patches:' '  - target: {kind: ScheduledBackup}' '    patch: |-' '      - op: replace' '        path: /spec/schedule' \
	'        value: "0 0 * * * *"' >>over/b/kustomization.yaml
is "of those that differ the first counts, and it is told" "$(alerts over 2>&1 >/dev/null)" \
	'Cluster shop/db: 6 alerts: 2 days 1 hour without a backup (ScheduledBackup db-daily), WAL that waits for 10 minutes
Cluster shop/db: it is defined again, with other schedules, and only the first counts'
mv over/base/one.yaml .

usage() { # title, what is said, options
	is "$1" "$(alerts "${@:3}" 2>&1 | head -1; echo "${PIPESTATUS[0]}")" "backup-guard alerts: $2"$'\n2'
}
usage "something must be given" 'give PATH, or --live'
usage "PATHs and --live exclude each other" 'give PATH, or --live' --live one.yaml
usage "-A is for what is live" '--all-namespaces is for --live, and excludes --namespace' -A one.yaml
usage "and excludes -n" '--all-namespaces is for --live, and excludes --namespace' --live -A -n app
for options in '--tests t' '--tests t --format rules' '--tests t --output r'; do
	# shellcheck disable=SC2086 # words
	usage "cases are for rules in a file: $options" '--tests needs --format rules and --output: promtool reads these, and no PrometheusRule' $options one.yaml
done
touch r && ln -s r link && ln r hard
for options in '--tests over/t' '--tests r' '--tests ./r' '--tests link' '--tests hard'; do
	# shellcheck disable=SC2086 # words
	usage "beside them: $options" '--tests and --output must be two files in one folder: promtool finds them so' $options --format rules --output r one.yaml
done
alerts gone.yaml >out 2>told
is "a path that is not there is an error" "$? $(head -1 told)" '3 gone.yaml: error: No such file or directory'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
