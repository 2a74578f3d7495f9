#!/bin/bash
# check --baseline-ref: what a git revision had already is no news, and what the change takes away is.
#   tests/cli/since.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

commit() {
	git add -A && git -c user.name=a -c user.email=a@example.com commit -qm "$1"
}

schedule() { # name schedule
	printf '%s\n' --- 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' "metadata: {name: $1, namespace: app}" \
		"spec: {schedule: '$2', cluster: {name: db}, method: plugin, backupOwnerReference: self, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}}"
}

check() {
	"$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json --baseline-ref "$@"
}

rules() {
	jq -r '[.findings[] | select(.severity != "info") | .rule] | sort | join(" ")'
}

tree
git init -q .
mkdir db
cat >db/db.yaml <<-'END'
	apiVersion: barmancloud.cnpg.io/v1
	kind: ObjectStore
	metadata: {name: s, namespace: app}
	spec:
	  retentionPolicy: 30d
	  configuration:
	    destinationPath: s3://backups/app
	    endpointURL: https://s3.example.com
	    s3Credentials: {accessKeyId: {name: c, key: ID}, secretAccessKey: {name: c, key: KEY}}
	---
	apiVersion: postgresql.cnpg.io/v1
	kind: Cluster
	metadata: {name: db, namespace: app}
	spec:
	  instances: 1
	  storage: {size: 1Gi}
	  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s}}]
END
schedule nightly '0 3 * * *' >>db/db.yaml
commit one
is "what was wrong there is no news" "$(check HEAD . | rules; check HEAD . >/dev/null; echo $?)" $'\n0'
sed -i '1i# a line in front' db/db.yaml
schedule weekly 'often' >>db/db.yaml
is "what is new is" "$(check HEAD . | rules)" 'schedule-invalid'
is "from any folder" "$(cd db && check HEAD db.yaml | rules)" 'schedule-invalid'
commit two
is "a revision is any that git knows" "$(check HEAD~1 . | rules)$(check HEAD . | rules)" 'schedule-invalid'

sed -i 's/30d/7d/; s/barmanObjectName: s}/barmanObjectName: s, serverName: db-v2}/' db/db.yaml
out=$(check HEAD .)
is "a shorter retention and an archive that is left behind are told" "$(rules <<<"$out")" 'location-changed-on-live-cluster retention-shortened'
is "as warnings" "$(jq -r '[.findings[].severity] | unique | join(" ")' <<<"$out")" warn
is "the first with what goes" "$(jq -r '.findings[] | select(.rule == "retention-shortened") | "\(.line) \(.message); \(.effect)"' <<<"$out" | cut -d, -f 1-2)" \
	'6 retentionPolicy 7d, before 30d; of the base backups that ended before 2026-08-19 all but the newest are deleted at the sidecar'"'"'s next look'
is "without a revision nobody knows of a change" "$("$guard" check --profile generic --format json . | jq '[.findings[].rule] | index("retention-shortened")')" null
cp -r db other
out=$(check HEAD other 2>"$tmp/told")
is "what was not there is news, all of it, and no change" "$(rules <<<"$out")" 'schedule-five-fields schedule-invalid'

is "that it is not compared is told" "$(<"$tmp/told")" \
	'backup-guard: other: nothing was there under this name in the revision: it is new, or had another name, and is not compared'
is "what is in it is compared" "$(check HEAD db 2>&1 >/dev/null)" ''
ln -s db/db.yaml link.yaml && touch text && ln -s text README && commit links
says "what a link led to is not known" "$(check HEAD . 2>&1 >/dev/null; check HEAD . >/dev/null 2>&1; echo $?)" 'HEAD:link.yaml: error: it is a link: what it leads to there was not read' $'\n3'
is "but for a link that is not asked for" "$(check HEAD db 2>&1 >/dev/null)" ''
says "an empty revision is none" "$(check '' . 2>&1; echo $?)" "--baseline-ref: '' is no revision" $'\n2'

is "a revision that is none is an error" "$(check nope . 2>&1 | tail -1; check nope . >/dev/null 2>&1; echo $?)" \
	"backup-guard check: --baseline-ref: 'nope' is no folder, and no revision of $PWD"$'\n3'
is "it goes with no other baseline" "$(check HEAD --fix . >/dev/null 2>&1; echo $?)$(check HEAD --baseline x . >/dev/null 2>&1; echo $?)$(check HEAD --write-baseline x . >/dev/null 2>&1; echo $?)" 222
is "nothing is left behind" "$(mkdir "$tmp/t" && TMPDIR=$tmp/t check HEAD . >/dev/null; ls -A "$tmp/t")" ''

says "standard input is in no repository" "$(check HEAD - <db/db.yaml 2>&1; echo $?)" 'standard input is in no repository' $'\n3'
git init -q "$tmp/apart" && cp db/db.yaml "$tmp/apart" && (cd "$tmp/apart" && commit apart)
says "nor are two repositories one" "$(check HEAD db "$tmp/apart" 2>&1; echo $?)" "$tmp/apart is in another repository than the others" $'\n3'
mkdir large && truncate -s 67108864 large/most.yaml && truncate -s 67108865 large/more.yaml && commit large
rm large/*
schedule third '0 3 * * *' >large/large.yaml
is "what is larger than what is read is told, and nothing else is" "$(check HEAD large 2>&1 >/dev/null | grep 'larger than')" \
	'HEAD:large/more.yaml: error: it is larger than what is read'
rm -r large && commit small
for i in {1..40}; do ln -s db.yaml "db/link-$i.yaml"; done && commit many
is "of many that are not read each is told" "$(check HEAD db 2>&1 >/dev/null | grep -c 'it is a link')" 40
rm db/link-* && commit few

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
