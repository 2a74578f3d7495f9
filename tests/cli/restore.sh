#!/bin/bash
# The manifest that restore writes, what it says beside it, and what it refuses.
#   tests/cli/restore.sh BACKUP-GUARD      (GUARD_WRITE_EXPECT=1 writes tests/restore)
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/cli_lib.sh
. "$here/cli_lib.sh"
now=2026-08-26T10:20:30Z

restore() {
	"$guard" restore --now $now --profile generic "$@"
}

golden() { # name, arguments of restore: what it prints and tells is what it was
	local name=$1
	(cd "$here/restore" && restore "${@:2}" >"$tmp/out" 2>"$tmp/told"; restore "${@:2}" --runbook >"$tmp/md" 2>/dev/null)
	for part in out told md; do
		local file=$here/restore/$name.$part
		[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$tmp/$part" "$file"
		is "$name: $part" "$(cat "$tmp/$part")" "$(cat "$file")"
	done
}

golden plugin db -f plugin.yaml --to 2026-08-25T12:00:00+02:00
golden in-place db -f plugin.yaml --as db
golden moved db -f plugin.yaml --as db --in-namespace drill
golden drill db -f plugin.yaml --drill
golden in-tree ledger -f in-tree.yaml
golden in-tree-drill ledger -f in-tree.yaml --drill

(cd "$here/restore" && restore db -f plugin.yaml --to 2026-08-25T12:00:00+02:00 --format html) >"$tmp/page" 2>/dev/null
[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$tmp/page" "$here/restore/plugin.html"
is "plugin: the page" "$(<"$tmp/page")" "$(<"$here/restore/plugin.html")"

tree
cp "$here/restore/plugin.yaml" .
restore db -f . --output restored.yaml 2>/dev/null
is "it is written where it is wanted" "$? $(head -1 restored.yaml)" '0 # Restores Cluster shop/db from its archive.'
is "the runbook lies beside it" "$(head -1 restored.md) $(grep -c 'kubectl apply -f restored.yaml' restored.md)" '# Restore of Cluster shop/db 1'
restore db -f "$here/restore/plugin.yaml" --output ./plain 2>/dev/null
is "a file without an ending has its runbook, too" "$? $(head -1 plain.md)" '0 # Restore of Cluster shop/db'
rm plain plain.md
# shellcheck disable=SC2016  # a fence of Markdown
sed -n '/^```yaml$/,/^```$/{/^```/!p}' restored.md >schedule.yaml
is "what is written is in order, with the schedule of the runbook" "$("$guard" check --now $now --profile generic --format json . | jq -r '[.findings[] | select(.file == "restored.yaml" or .file == "schedule.yaml") | .rule] | join(" ")')" 'plugin-name-unknown no-immediate-first-backup'
restore db -f "$here/restore/plugin.yaml" --output paged.yaml --format html 2>told
is "a page lies beside both" "$? $(tail -1 told) $(grep -c '<h3>1. Apply and watch</h3>' paged.html) $(head -1 paged.md)" \
	'0 written: paged.yaml, and what to do with it: paged.md, paged.html 1 # Restore of Cluster shop/db'
rm paged.yaml paged.md
says "nor is a page overwritten" "$(restore db -f "$here/restore/plugin.yaml" --output paged.yaml --format html 2>&1; echo $?; ls)" \
	'paged.html is there already, and is not overwritten' $'\n2\n' $'\npaged.html\nplugin.yaml'
rm paged.html
says "nor is the manifest put where it would be" "$(restore db -f plugin.yaml --output x.html --format html 2>&1)" \
	'--output x.html is where the page would be: give another ending'
says "the runbook is in it" "$(restore db -f plugin.yaml --runbook --format html 2>&1; echo $?)" \
	'the page has the runbook in it: leave --runbook out, or --format' $'\n2'
overwrites() { # FILE, what is there already
	says "$2 is not overwritten" "$(restore db -f "$here/restore/plugin.yaml" --output "$1" 2>&1; echo $?)" \
		"$2 is there already, and is not overwritten: give another --output" $'\n2'
}
overwrites restored.yaml restored.yaml
overwrites /dev/null /dev/null
says "what cannot be written is told with its place" "$(restore db -f "$here/restore/plugin.yaml" --output /proc/restored.yaml 2>&1 >/dev/null; echo $?)" \
	'backup-guard restore: --output: /proc/restored.yaml: ' $'\n3'
ln -s nowhere link.yaml
overwrites link.yaml link.yaml
mv restored.yaml kept
overwrites restored.yaml restored.md
is "and nothing else is written" "$(readlink link.yaml),$(find . -name 'nowhere' -o -name 'link.md' -o -name restored.yaml)" nowhere,
rm link.yaml && mv kept restored.yaml
is "the name is taken now" "$(restore db -f . 2>&1)" \
	'backup-guard restore: there is a Cluster shop/db-restored already, in restored.yaml: give another name by --as'

tree
mkdir base prod test
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: db}' 'spec:' '  instances: 1' '  storage: {size: 1Gi}' '  plugins:' \
	'    - name: barman-cloud.cloudnative-pg.io' '      isWALArchiver: true' '      parameters: {barmanObjectName: s3}' >base/db.yaml
echo 'resources: [db.yaml]' >base/kustomization.yaml
for env in prod test; do
	printf '%s\n' "namespace: $env" 'resources: [../base]' 'patches:' '  - patch: |' '      - {op: replace, path: /spec/instances, value: 3}' \
		'    target: {kind: Cluster}' >$env/kustomization.yaml
done
is "what is applied is restored" "$(restore db -f . -n prod 2>/dev/null | grep -E 'namespace|instances')" '  namespace: prod
  instances: 3'
mkdir more
printf '%s\n' 'namespace: prod' 'resources: [../base]' >more/kustomization.yaml
says "two of one name and content are one" "$(restore db -f base -f more 2>&1 -n prod)" 'Cluster prod/db (base/db.yaml:1)'
cp -r more again
is "so are those of two folders" "$(restore db -f more -f again 2>/dev/null | head -1)" '# Restores Cluster prod/db from its archive.'
for folder in more again; do
	printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Pooler' 'metadata: {name: front}' 'spec: {cluster: {name: db}}' >$folder/pooler.yaml
done
is "and what names it" "$(restore db -f more -f again --runbook 2>/dev/null | grep -c '^- Pooler front: ')" 1
rm -r more again
says "two of one name are both named" "$(restore db -f . 2>&1)" '2 Clusters are called db: ' 'prod/db (base/db.yaml:1)' 'test/db (base/db.yaml:1)'
says "what there is is named where it is not" "$(restore sales -f . 2>&1)" 'no Cluster is called sales; there are ' 'prod/db'

printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: iam, namespace: "a; b"}' 'spec:' '  storage: {size: 1Gi}' '  backup:' \
	'    barmanObjectStore: {destinationPath: "s3://b/p", s3Credentials: {inheritFromIAMRole: true}}' >iam.yaml
says "a role must trust the new ServiceAccount, and what is no name is not in a line for a shell" "$(restore iam -f iam.yaml --runbook 2>/dev/null)" \
	'ServiceAccount a; b/iam-restored' 'clusters.postgresql.cnpg.io/iam-restored -n NAMESPACE'

printf '%s\n' 'apiVersion: helm.toolkit.fluxcd.io/v2' 'kind: HelmRelease' 'metadata: {name: pg, namespace: app}' 'spec:' \
	'  chart: {spec: {chart: cluster, sourceRef: {kind: HelmRepository, name: cnpg}}}' \
	'  values: {backups: {enabled: true, destinationPath: "s3://backups/pg", endpointURL: "https://s3.example.com"}}' >release.yaml
says "of a chart not all is known" "$(restore pg-cluster -f release.yaml 2>&1)" 'Cluster pg-cluster is made by a Helm chart'
# shellcheck disable=SC2016  # Flux fills it in
sed 's/instances: 1/instances: 1\n  imageName: "${IMAGE}"\n  logLevel: "${LEVEL}"/' base/db.yaml >variables.yaml
# shellcheck disable=SC2016
says "what is filled in later is told" "$(restore db -f variables.yaml 2>&1 >/dev/null)" \
	'2 values of its spec are filled in by who applies it, such as ${IMAGE}: '
says "so is that no image is named" "$(restore db -f base/db.yaml 2>&1 >/dev/null)" 'it names no image: '
says "and above the manifest" "$(restore db -f base/db.yaml 2>/dev/null | sed -n 2p)" '# BEFORE IT IS APPLIED: it names no image: write the imageName that runs'
says "and as the first step, before what deletes" "$(restore db -f base/db.yaml --as db --runbook 2>/dev/null | grep -A2 '^## 1')" \
	'## 1. Mend the manifest' '- Cluster db: it names no image: '
(cat base/db.yaml && echo 'status: {image: "ghcr.io/cloudnative-pg/postgresql:15.8"}') >live.yaml
is "the one that runs is taken" "$(restore db -f live.yaml 2>&1 | grep -E 'image|status')" '  imageName: ghcr.io/cloudnative-pg/postgresql:15.8'
printf '%s\n' 'resources: [../base]' 'transformers: [plugin.yaml]' >test/kustomization.yaml
printf '%s\n' 'apiVersion: example.org/v1' 'kind: Mutator' 'metadata: {name: m}' >test/plugin.yaml
says "so is a plugin of kustomize" "$(restore db -f test 2>&1 >/dev/null)" 'a plugin of its kustomization changes it in a way that is not known'

pruned='objectset.rio.cattle.io/hash: a, applyset.kubernetes.io/part-of: b, kapp.k14s.io/app: c, kluctl.io/discriminator: d, config.k8s.io/owning-inventory: e, cli-utils.sigs.k8s.io/inventory-id: f'
sed "s|^metadata: .*|metadata: {name: db, labels: {$pruned}, annotations: {$pruned, alpha.cnpg.io/failoverQuorum: 'true', mine: g}}|" base/db.yaml >pruned.yaml
is "what bears the mark of who prunes would be pruned" "$(restore db -f pruned.yaml 2>/dev/null | sed -n '/^metadata/,/^spec/p' | xargs)" \
	'metadata: name: db-restored annotations: alpha.cnpg.io/failoverQuorum: true mine: g spec:'
is "a drill has no quorum" "$(restore db -f pruned.yaml --drill 2>/dev/null | grep -cE 'Quorum|mine')" 1
{
	sed 's/^metadata: .*/metadata: {name: db, namespace: app}/' base/db.yaml
	printf '%s\n' --- 'apiVersion: barmancloud.cnpg.io/v1' 'kind: ObjectStore' 'metadata: {name: s3, namespace: app}' \
		'spec: {configuration: {destinationPath: "s3://b/p"}, instanceSidecarConfiguration: {env: [{name: A, valueFrom: {configMapKeyRef: {name: proxy, key: a}}}]}}'
} >sidecar.yaml
says "what the sidecar reads is copied" "$(restore db -f sidecar.yaml --in-namespace x 2>&1 >/dev/null)" 'to be copied to namespace x: ConfigMap proxy'

# What is made of a spec: the lines of the manifest that match.
made() { # title, pattern, wanted, name of the Cluster, line of its spec...
	local title=$1 pattern=$2 wanted=$3
	shift 3
	printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' "metadata: {name: $1, namespace: app}" 'spec:' '  storage: {size: 1Gi}' >made.yaml
	printf '  %s\n' "${@:2}" >>made.yaml
	[ -z "${more:-}" ] || printf '%s\n' --- "$more" >>made.yaml
	is "$title" "$(restore "$1" -f made.yaml 2>/dev/null | grep -E "$pattern" | xargs)" "$wanted"
}
ours='{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s3}}'
made 'two plugins that archive WAL are refused: the other one does it' 'isWALArchiver|serverName|name: [bo]' \
	'- name: origin name: barman-cloud.cloudnative-pg.io serverName: a - name: barman-cloud.cloudnative-pg.io serverName: a-v2 - name: other isWALArchiver: true' \
	a "plugins: [${ours/true/false}, {name: other, isWALArchiver: true}]"
made 'of what archives WAL no more, the restored Cluster does' 'isWALArchiver' 'isWALArchiver: true' a "plugins: [${ours/true/false}]"
made 'databases that were imported have no owner' 'database|owner' '' a 'bootstrap: {initdb: {import: {type: monolith}}}' "plugins: [$ours]"
made 'an owner is the database by default' 'database|owner' 'database: shop owner: shop' a 'bootstrap: {initdb: {database: shop}}' "plugins: [$ours]"
made 'a copy of another server keeps what it says' 'database|owner|name: key' 'database: d owner: o name: keys' a \
	'bootstrap: {pg_basebackup: {source: x, database: d, owner: o, secret: {name: keys}}}' "plugins: [$ours]"
made 'nothing is added to a recovery without a database' 'database|owner' '' a 'bootstrap: {recovery: {source: x}}' "plugins: [$ours]"
made 'an in-tree store has its serverName' serverName 'serverName: old-v7 serverName: old-v8' a \
	'backup: {barmanObjectStore: {destinationPath: "s3://backups/p", serverName: old-v7, s3Credentials: {inheritFromIAMRole: true}}}'
made 'a plugin that is switched off stays so' 'enabled|serverName' 'serverName: a - enabled: false serverName: a-v2' a "plugins: [${ours/name/enabled: false, name}]" \
	'backup: {barmanObjectStore: {destinationPath: "s3://backups/p", s3Credentials: {inheritFromIAMRole: true}}}'
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a}' \
	"spec: {storage: {size: 1Gi}, plugins: [$ours], imagePullSecrets: [{name: registry}]}" >private.yaml
is 'the Job of a drill fetches its image as the Cluster does' \
	"$(restore a -f private.yaml --drill 2>/dev/null | sed '1,/kind: Job/d' | grep -A1 imagePullSecrets | xargs)" 'imagePullSecrets: - name: registry'
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a}' \
	'spec: {storage: {size: 1Gi}, plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: "s\e[31m\u202e\n"}}]}' >terminal.yaml
restore a -f terminal.yaml >/dev/null 2>terminal.told
is 'a name is no command to a terminal' "$(head -1 terminal.told),$(LC_ALL=C grep -c $'\xe2\x80\xae' terminal.told)" \
	'Cluster a (terminal.yaml:1) archives to ObjectStore s\x1b[31m\u202e\x0a as server a,0'
store() { # name, more
	printf '%s\n' 'apiVersion: barmancloud.cnpg.io/v1' 'kind: ObjectStore' "metadata: {name: $1, namespace: app}" \
		'spec: {configuration: {destinationPath: "s3://backups/p", s3Credentials: {inheritFromIAMRole: true}}}' "${@:2}"
}
more=$(store s3 'status: {serverRecoveryWindow: {a: {}, a-v2: {}, a-v3: {}}}') \
	made 'a name that the store knows is taken' serverName 'serverName: a serverName: a-v4' a "plugins: [$ours]"
external='externalClusters: [{name: x, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: s3-read, serverName: x}}}]'
more=$(store s3 && echo --- && store s3-read) \
	made 'a store for reading the same place is read' barmanObjectName 'barmanObjectName: s3-read barmanObjectName: s3' a "plugins: [$ours]" "$external"
more=$(store s3 && echo --- && store s3-read | sed 's|backups/p|backups/q|') \
	made 'one of another place is not' barmanObjectName 'barmanObjectName: s3 barmanObjectName: s3' a "plugins: [$ours]" "$external"
more=$(store s3 && echo --- && store s3-read && printf '%s\n' --- 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: b, namespace: app}' \
	"spec: {storage: {size: 1Gi}, plugins: [${ours/s3/s3-read}]}") \
	made 'one to which somebody archives is not' barmanObjectName 'barmanObjectName: s3 barmanObjectName: s3' a "plugins: [$ours]" "$external"
# What a runbook says of a database: the word behind psql -d.
asks() { # title, wanted, the name as a value in YAML
	printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a, namespace: app}' 'spec:' '  storage: {size: 1Gi}' \
		"  plugins: [$ours]" "  bootstrap: {initdb: {database: $3, owner: o}}" >named.yaml
	is "$1" "$(restore a -f named.yaml --runbook 2>/dev/null | sed -n 's/^kubectl cnpg psql .* -- -d \(.*\) -c .*/\1/p')" "$2"
}
asks 'a database is asked by its name' shop_prod shop_prod
# shellcheck disable=SC2016 # the shell of the reader is not to fill it in
asks 'which is quoted where a shell needs it' "'it'\\''s "'$HOME'"'" '"it'\''s $HOME"'
asks 'also where it begins as an option does' "'-x'" '"-x"'
asks 'what psql would take for a connection string is the name in one' "'dbname='\\''a=\\'\\''b\\\\'\\'''" "\"a='b\\\\\""
asks 'and so is an address' "'dbname='\\''postgres://h'\\'''" '"postgres://h"'
asks 'what cannot stand in a line is not written' DATABASE '"a\nb"'

# shellcheck disable=SC2016  # backquotes of a name
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a, namespace: app}' 'spec:' '  storage: {size: 1Gi}' \
	'  bootstrap: {initdb: {secret: {name: "<b>|`x`\n# y"}}}' \
	'  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: "[s](http://x)", serverName: "a`b\n# c"}}]' >markdown.yaml
# shellcheck disable=SC2016
says 'names make no Markdown' "$(restore a -f markdown.yaml --runbook 2>/dev/null)" \
	'- From: what server `` a`b\x0a# c `` archived to ObjectStore \[s\](http:<!-- -->//x).' \
	'Secret stays \<b\>\|\`x\`\\x0a#<!-- --> y.'

is 'no name that is none reaches a shell' "$(restore a -f markdown.yaml --in-namespace x --runbook 2>/dev/null | grep -o '  .*/NAME' | xargs)" \
	'Secret/NAME objectstores.barmancloud.cnpg.io/NAME'
for page in "$here"/restore/*.md; do
	# shellcheck disable=SC2016  # a fence of Markdown
	is "a shell can read the lines of ${page##*/}" "$(sed -n '/^```sh$/,/^```$/{/^```/!p}' "$page" | bash -n 2>&1)" ""
done

restore a -f made.yaml >/dev/null 2>&1
is 'what rules only warn of is written with exit code 0' $? 0
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a}' \
	"spec: {storage: {size: 1Gi}, plugins: [$ours], backup: {barmanObjectStore: {destinationPath: 's3://backups/p'}}}" >denied.yaml
restore a -f denied.yaml >denied.out 2>denied.told
is 'what is denied of the Cluster itself is written, with exit code 1' "$? $(grep -c '^deny in Cluster a-restored, as it is there already: ' denied.told) $(head -1 denied.out)" \
	"1 $(grep -c '^deny' denied.told) # Restores Cluster a from its archive."
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a}' "spec: {storage: {size: 1Gi}, plugins: [$ours]}" --- \
	'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'metadata: {name: a-often}' \
	"spec: {schedule: '0 3 * * *', cluster: {name: a}, method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}}" >often.yaml
restore a -f often.yaml --runbook >often.md 2>often.told
is 'what is wrong with a schedule is told where it is pasted' \
	"$(grep -c '^What is wrong with it stands in the comments' often.md) $(sed -n '/^```yaml/{n;s/^# //p}' often.md)" "1 $(grep 'in ScheduledBackup' often.told)"
says 'as YAML that can be pasted' "$(grep -A1 '^# deny' often.md)" '# deny in ScheduledBackup a-restored-often, as it is there already: schedule ' $'\napiVersion: '
is 'the runbook tells it, too' "$(restore a -f denied.yaml --runbook 2>/dev/null | grep -A3 '^Rules deny this' | cut -c1-62 | sed -n '3p')" \
	'- deny in Cluster a-restored, as it is there already: plugin b'
printf '%s\n' --- 'kind: [' >>denied.yaml
says 'what cannot be read is told' "$(restore a -f denied.yaml 2>&1 >/dev/null)" 'denied.yaml:'
restore a -f denied.yaml >denied.out 2>/dev/null
is 'and what could be read is written, with exit code 3' "$? $(head -1 denied.out)" '3 # Restores Cluster a from its archive.'

db=$here/restore/plugin.yaml
restore db -f "$db" >standard 2>/dev/null
is "- is stdout" "$(restore db -f "$db" --output - 2>/dev/null | cmp - standard; find . -name '-*')" ""
is "a Cluster is named as other programs name it" "$(restore shop/db -f "$db" 2>/dev/null | head -1)" '# Restores Cluster shop/db from its archive.'
refuses() { # exit code, words, arguments
	local text
	text=$(restore "${@:3}" 2>&1 >/dev/null)
	says "exit $1: $2" "$? $text" "$1 " "$2"
}
KUBECONFIG=$tmp/none KUBERNETES_SERVICE_HOST='' refuses 3 'no API server' db
refuses 2 'leave --runbook out' db -f "$db" --output x.yaml --runbook
refuses 2 'is where the runbook would be' db -f "$db" --output x.md
refuses 2 "--to 'noon' is none of latest, immediate and a time" db -f "$db" --to noon
refuses 2 '--to 2026-08-26T10:20:31Z is in the future' db -f "$db" --to 2026-08-26T10:20:31Z
is "a drill needs nothing of the archive that it does not write" \
	"$(restore db -f "$db" --drill --in-namespace x 2>&1 | grep -Ec 'archive-keys|name: archive$')" 0
refuses 2 "'shop/db/x' is neither CLUSTER nor NAMESPACE/CLUSTER" shop/db/x -f "$db"
refuses 2 "'/db' is neither" /db -f "$db"
refuses 2 'shop/db is not in namespace test, which -n names' shop/db -n test -f "$db"
refuses 3 'no Cluster is called test/db; there are' test/db -f "$db"
refuses 3 'a drill is beside the old Cluster' db -f "$db" --drill --as db
refuses 3 'which are there is not known' db -f "$db" --to immediate
refuses 2 "'Db' is no name of a Cluster" db -f "$db" --as Db
refuses 2 "'a.b' is no name of a namespace" db -f "$db" --in-namespace a.b
refuses 2 "has 51 characters" db -f "$db" --as "$(printf '%051d' 0)"
refuses 3 'no Cluster is in what was read' db -f /dev/null
refuses 3 'No such file or directory' db -f "$tmp/nothing"
{
	printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: deep}' 'spec:' '  storage: {size: 1Gi}' '  backup:'
	printf '%s' '    barmanObjectStore: {destinationPath: s3://b/p, s3Credentials: {inheritFromIAMRole: true}, data: ' "$(head -c 196 /dev/zero | tr '\0' '[')" \
		"$(head -c 196 /dev/zero | tr '\0' ']')" '}'
} >deep.yaml
refuses 3 'what would be written cannot be read: nested deeper than 200 levels' deep -f deep.yaml
refuses 2 "--output: there is no folder $tmp/no/" db -f "$db" --output "$tmp/no/folder"
refuses 2 "--to '2026-08-26T10:20:29.5Z' has a fraction" db -f "$db" --to 2026-08-26T10:20:29.5Z
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: a}' 'spec: {instances: 1, storage: {size: 1Gi}}' >none.yaml
refuses 3 'Cluster a archives nowhere' a -f none.yaml
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
