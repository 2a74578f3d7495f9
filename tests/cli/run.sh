#!/bin/bash
# The program as people and scripts call it: exit codes, words, what is read and what is left alone.
#   tests/cli/run.sh BACKUP-GUARD       (GUARD_WRITE_EXPECT=1 writes tests/golden anew: read the difference)
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
tests=$(dirname "$(dirname "$(realpath "$0")")")
status=0
export TERM=xterm

# run ARGS: stdout in $out, stderr in $err, exit code in $status; the clock stands still
run() {
	out=$("$guard" "$@" 2>"$tmp/stderr" </dev/stdin)
	status=$?
	err=$(<"$tmp/stderr")
}

check() {
	run check --now 2026-08-26T10:20:30Z --profile generic "$@"
}

exits() { # title code
	if [ "$status" = "$2" ]; then ok "$1"; else not_ok "$1" "exit code $status, not $2: $out $err"; fi
}

schedule() { # name spec...: a ScheduledBackup without a namespace
	printf 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: %s}\nspec:\n' "$1"
	printf '  schedule: "%s"\n  method: plugin\n' "${2:-0 3 * * *}"
	printf '  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n  cluster: {name: pg}\n'
}

count() { # jq path of the summary
	jq -r ".summary.$1" <<<"$out"
}

cd "$tmp" || exit 4
mkdir good bad
schedule good '0 0 3 * * *' >good/a.yaml
schedule bad >bad/a.yaml

# --- exit codes
check good
exits "a clean run exits 0" 0
check bad
exits "a denial exits 1" 1
for word in error blocker; do
	check --fail-on $word bad
	exits "--fail-on $word is deny" 1
	check --fail-on $word good
	exits "and nothing below" 0
done
check --fail-on never bad
exits "--fail-on never exits 0 whatever is found" 0
says "--fail-on never still tells" "$out" 'error[schedule-five-fields]'
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: soft}' \
	'spec: {profile: generic, rules: {schedule-five-fields: {severity: warn}}}' >soft.yaml
run check --policy soft.yaml bad
exits "a warning exits 0" 0
run check --policy soft.yaml --fail-on warn bad
exits "--fail-on warn exits 1 at a warning" 1
run check --policy soft.yaml --fail-on info bad
exits "--fail-on info exits 1 at a warning" 1
check missing.yaml
exits "a path that does not exist exits 3" 3
says "a path that does not exist is named" "$err" 'missing.yaml' 'No such file'
run check --policy missing.yaml good
exits "a policy that does not exist exits 3" 3
run check
exits "check without a path exits 2" 2
run
exits "no command exits 2" 2
says "no command lists the commands on stderr" "$err" 'usage:' 'check'
is "no command leaves stdout empty" "$out" ''

# --- words that are wrong
check --fail-no deny good
exits "an unknown option exits 2" 2
says "an unknown option names the nearest" "$err" 'did you mean --fail-on?'
check --format sarfi good
exits "an unknown format exits 2" 2
says "an unknown format lists the known ones" "$err" 'text' 'json'
check good
says "infos are counted, not shown" "$out" 'checked 1 object in 1 file: 2 infos (--show info)'
is "and nothing stands above that" "$(wc -l <<<"$out")" 1
check --show info good
says "--show info shows them" "$out" 'info[no-immediate-first-backup]' '1 file: 2 infos (profile'
check --fail-on info good
says "so does --fail-on info, which they fail" "$out" 'info[no-immediate-first-backup]'
check --fail-on worst good
exits "an unknown severity exits 2" 2
run check --profile homlab good
exits "an unknown profile exits 2" 2
says "an unknown profile names the nearest" "$err" "--profile: 'homlab' is none of" 'did you mean homelab?'
run chekc good
exits "an unknown command exits 2" 2
says "an unknown command names the nearest" "$err" 'did you mean check?'
run explain schedule-five-feilds
exits "an unknown rule exits 2" 2
says "an unknown rule names the nearest" "$err" 'did you mean schedule-five-fields?'
run help chekc
exits "help about an unknown command exits 2" 2
check --now yesterday good
exits "a time that is none exits 2" 2

# --- what is read
check - <bad/a.yaml
exits "'-' reads stdin" 1
says "stdin has a name of its own" "$out" '<stdin>:5:13'
check - </dev/null
exits "empty stdin exits 0" 0
says "empty stdin says what was checked" "$out" '0 objects, 0 documents of other kinds'
mkdir -p tree/sub/.git tree/.git tree/empty
schedule a >tree/a.yaml
schedule b >tree/sub/b.yml
schedule c >tree/.git/c.yaml
schedule d >tree/sub/notes.txt
schedule e | sed 's/.*/&/' >tree/sub/.git/e.yaml
printf '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod"}]}\n' >tree/list.json
ln -s ../tree tree/sub/loop
ln -s ../a.yaml tree/sub/again.yaml
check --format json tree
is "folders: yaml, yml and json, not .git, each file once" "$(count files) $(count objects) $(count otherKinds)" '3 2 1'
is "findings come in the order of files" "$(jq -r '[.findings[].file] | unique | join(" ")' <<<"$out")" 'tree/a.yaml tree/sub/b.yml'
check --format json tree tree/a.yaml tree/./a.yaml tree/
is "a file named twice is read once" "$(count objects)" 2
check --format json tree/sub/notes.txt
is "a file named by the user is read whatever it is called" "$(count objects)" 1
(cd tree && "$guard" check --profile generic --format json .) >out.json
is "names below . have no ./ in front" "$(jq -r '.findings[0].file' out.json)" 'a.yaml'
check <(schedule piped)
exits "a pipe is read" 1
mkdir others
printf 'apiVersion: v1\nkind: Pod\n---\nreplicas: 3\n' >others/values.yaml
check others
exits "nothing of ours exits 0" 0
says "nothing of ours is said" "$out" '0 objects, 2 documents of other kinds'
check empty-folder 2>/dev/null
mkdir empty-folder
check empty-folder
exits "an empty folder exits 0" 0
: >empty.yaml
check empty.yaml
exits "an empty file exits 0" 0
{
	echo '{"apiVersion": "v1", "kind": "List", "items": ['
	for name in a b; do
		printf '{"apiVersion":"postgresql.cnpg.io/v1","kind":"ScheduledBackup","metadata":{"name":"%s"},' $name
		printf '"spec":{"schedule":"0 3 * * *","method":"plugin","cluster":{"name":"pg"},'
		printf '"pluginConfiguration":{"name":"barman-cloud.cloudnative-pg.io"}}}'
		[ $name = b ] || echo ,
	done
	echo ']}'
} >list.json
check --format json list.json
is "items of a List are judged each" "$(jq -r '[.findings[] | select(.rule == "schedule-five-fields") | .object.name] | join(" ")' <<<"$out")" 'a b'

sed '1s/.*/{"apiVersion":"v1","kind":"List","items":[&/; $s/.*/&]}/' list.json >lists.json
check --format json lists.json
is "and those of a List in it" "$(count objects)" 2

# --- errors beside good files
mkdir broken
cp bad/a.yaml broken/a.yaml
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: [\n' >broken/b.yaml
schedule c >broken/c.yaml
check broken
exits "a broken file exits 3 although there are findings" 3
says "a broken file does not stop the others" "$out" 'broken/a.yaml:5' 'broken/c.yaml:5' '2 errors, ' ', 1 file unreadable'
says "a broken file is told on stderr with its place" "$err" 'broken/b.yaml:'
is "a broken file is not told on stdout" "$(grep -c b.yaml <<<"$out")" 0
check --format json broken
is "a broken file stands in errors" "$(jq -r '.errors[0].file' <<<"$out")" 'broken/b.yaml'
is "errors have a line" "$(jq -r '.errors[0].line >= 1' <<<"$out")" true
check --format jsonl broken
is "jsonl ends with its errors" "$(tail -n1 <<<"$out" | jq -r '.error.file')" 'broken/b.yaml'
printf 'kind: Secret\nstringData:\n  password: @hunter2\n' >secret.yaml
check -v secret.yaml
exits "a broken Secret that nobody refers to is no error" 0
says "it is told with -v" "$err" 'secret.yaml:3: this value must be quoted'
is "and its value is nowhere" "$(grep -c hunter2 <<<"$out$err")" 0
if [ "$(id -u)" != 0 ]; then
	mkdir locked && chmod 0 locked
	check locked
	exits "a folder that cannot be read exits 3" 3
	says "a folder that cannot be read is named" "$err" 'locked' 'ermission denied'
	chmod 755 locked
fi

# --- namespaces
mkdir -p apps/.git apps/db/app/base apps/other
printf 'kind: Kustomization\nnamespace: database\n' >apps/db/kustomization.yaml
printf 'resources: [a.yaml]\n' >apps/db/app/kustomization.yml
schedule a >apps/db/app/a.yaml
schedule b >apps/db/app/base/b.yaml
schedule c >apps/other/c.yaml
schedule d | sed 's/name: d/name: d, namespace: own/' >apps/db/d.yaml
namespaces() {
	jq -r '[.findings[] | select(.rule == "schedule-five-fields") | .object | "\(.name)=\(.namespace)"] | sort | join(" ")' <<<"$out"
}
check --format json apps
is "the namespace comes from the nearest kustomization that names one" "$(namespaces)" 'a=database b=database c= d=own'
check --format json apps/db/app/base/b.yaml
is "kustomizations above the path count too" "$(namespaces)" 'b=database'
(cd apps/db/app/base && "$guard" check --profile generic --format json b.yaml) >out.json
is "so they do above the current folder" "$(jq -r '.findings[0].object.namespace' out.json)" 'database'
check --format json -n mine apps
is "-n is for those that name none" "$(namespaces)" 'a=mine b=mine c=mine d=own'

# --- Helm templates
mkdir -p chart/templates/sub
echo 'name: chart' >chart/Chart.yaml
schedule a >chart/templates/a.yaml
schedule b >chart/templates/sub/b.yaml
printf 'spec:\n  {{- if .Values.backup }}\n  schedule: {{ .Values.schedule }}\n  {{- end }}\n' >loose.yaml
check --format json chart loose.yaml
is "templates of a chart are skipped, loose ones too" "$(count skipped) $(count objects) $(count errors)" '3 0 0'
exits "templates are no errors" 0
check chart loose.yaml
says "skipped templates are counted" "$out" '3 templates skipped'
mkdir -p nochart/templates
schedule a >nochart/templates/a.yaml
check --format json nochart
is "templates/ without a Chart.yaml is a folder like any other" "$(count objects)" 1
printf 'a: "{{ .x }}"\nb: |\n  {{ .y }}\n# {{\n# postgresql.cnpg.io/v1\nc: [\n' >quoted.yaml
check quoted.yaml
exits "braces in quotes, text and comments do not excuse a broken file" 3
printf '# postgresql.cnpg.io/v1\nc: [\n---\na: {{ .x }}\n' >later.yaml
check later.yaml
exits "nor do braces below the place where it breaks" 3

# --- kustomize patches
mkdir -p overlay/patches
printf 'patches:\n- path: patches/schedule.yaml\n- patch: |\n    a: b\npatchesStrategicMerge: [./patches/../patches/strategic.yaml]\n' >overlay/kustomization.yaml
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: a}\nspec: {suspend: true}\n' |
	tee overlay/patches/schedule.yaml >overlay/patches/strategic.yaml
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {postgresql: {}}\n' >overlay/cluster.yaml
printf 'apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: a}\nspec: {retentionPolicy: 7d}\n' >overlay/store.yaml
# shellcheck disable=SC2016  # $patch is kustomize's
printf '$patch: delete\napiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: a}\n' >overlay/delete.yaml
check --format json overlay
is "patches are skipped: what they make is judged" "$(count skipped) $(count objects)" '3 2'
is "and nothing is missed in them" "$(count deny) $(count warn)" '0 0'
exits "patches are no errors" 0
cp overlay/patches/schedule.yaml overlay/alone.yaml
check --format json overlay/alone.yaml
is "what no kustomization lists is an object" "$(jq "[.findings[].rule] | any(. == \"schedule-suspended\")" <<<"$out")" true
sed 's/alone/other/' overlay/alone.yaml >overlay/other-patch.yaml
check --format json overlay/other-patch.yaml
is "unless its name says that it is a patch" "$(count warn)" 0
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: a}\nspec: {schedule: 0 3 * * *}\n' >five-patch.yaml
check five-patch.yaml
exits "what a patch says is judged" 1
rm five-patch.yaml
mkdir -p inline/base
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {instances: 1, storage: {size: 1Gi}}\n' >inline/base/db.yaml
printf 'resources: [db.yaml]\n' >inline/base/kustomization.yaml
printf 'resources: [base]\npatches:\n- target: {kind: Cluster}\n  patch: |\n    - {op: add, path: /spec/plugins, value: []}\n' >inline/kustomization.yaml
check --format json inline
rules() { jq -r '[.findings[] | select(.severity != "info") | .rule] | join(" ")' <<<"$out"; }
is "what an inline patch leaves out is missed" "$(rules)" cluster-without-backup
sed -i 's/value: \[\]/value: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: far}}]/' inline/kustomization.yaml
check --format json inline
is "and not what it brings" "$(rules)" objectstore-missing
is "the finding stands in it" "$(jq -r '.findings[] | select(.rule == "objectstore-missing") | "\(.file):\(.line):\(.column)"' <<<"$out")" inline/kustomization.yaml:5:137
sed -i 's|/spec/plugins.*|/spec/resources, value: {}}|' inline/kustomization.yaml
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {backup: {barmanObjectStore: {destinationPath: s3://backups}}}\n' >inline/base/db-patch.yaml
check --format json inline
is "a patch that nothing applies is judged, and brings nothing" "$(rules)" 'in-tree-deprecated cluster-without-backup'
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {storage: {size: 1Gi}}\n' >whole.yaml
check --format json whole.yaml
is "a Cluster with storage is whole: instances has a default" "$(count objects)" 1

# --- where the policy comes from
mkdir -p repo/sub
cp soft.yaml repo/.backup-guard.yaml
cp bad/a.yaml repo/sub/
(cd repo/sub && "$guard" check a.yaml) >out.txt
is ".backup-guard.yaml above the current folder counts" $? 0
says "and the summary names it" "$(<out.txt)" 'repo/.backup-guard.yaml)'
out=$(cd repo/sub && "$guard" check --profile strict a.yaml)
is "--profile comes before it" $? 1
out=$("$guard" check repo)
is "so does the one above a file, wherever the run is" $? 0
says "which is named from there" "$out" '(policy repo/.backup-guard.yaml)'
mkdir -p repo/clusters/{prod/db,dev}
sed 's/warn/deny/; s/generic/strict/' soft.yaml >repo/clusters/prod/.backup-guard.yaml
cp bad/a.yaml repo/clusters/prod/db/
cp bad/a.yaml repo/clusters/dev/
run check --now 2026-08-26T10:20:30Z --format json repo
is "the nearest counts, file by file" "$(jq -r '[.findings[] | select(.rule == "schedule-five-fields") | "\(.file) \(.severity)"] | join("; ")' <<<"$out")" \
	'repo/clusters/dev/a.yaml warn; repo/clusters/prod/db/a.yaml deny; repo/sub/a.yaml warn'
is "each is named with its objects" "$(jq -r '.policy + " | " + .profile' <<<"$out")" \
	'policy repo/.backup-guard.yaml: 2 objects, policy repo/clusters/prod/.backup-guard.yaml: 1 object | generic, strict'
run check --profile generic --format json repo
is "unless one is chosen" "$(jq -r .policy <<<"$out")" 'profile generic'
run check --format json repo/clusters/prod bad
is "a file that has none above it has the default" "$(jq -r .policy <<<"$out")" \
	'profile generic: 1 object, policy repo/clusters/prod/.backup-guard.yaml: 1 object'
mkdir repo/clusters/dev/.git
run check --format json repo/clusters/dev
is "a repository inside another has its own" "$(jq -r .policy <<<"$out")" 'profile generic'
rmdir repo/clusters/dev/.git
echo 'kind: BackupPolicy' >repo/clusters/dev/.backup-guard.yaml
run check --format json repo
exits "a nearest one that is broken exits 3" 3
is "and what it is about is not judged" "$(jq -r '[.findings[].file] | unique | join(" ")' <<<"$out")" 'repo/clusters/prod/db/a.yaml repo/sub/a.yaml'
says "it is named" "$err" 'repo/clusters/dev/.backup-guard.yaml'
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: whole}' \
	'spec: {profile: generic, strictReferences: true}' >repo/clusters/dev/.backup-guard.yaml
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: pg}' 'spec:' '  storage: {size: 1Gi}' \
	'  plugins:' '    - name: barman-cloud.cloudnative-pg.io' '      isWALArchiver: true' \
	'      parameters: {barmanObjectName: nowhere}' >repo/clusters/dev/pg.yaml
missing() { jq -r '[.findings[] | select(.rule == "objectstore-missing").severity] | join(" ")' <<<"$out"; }
run check --format json repo/clusters/dev
is "strictReferences of the nearest says that all is there" "$(missing)" deny
run check --format json repo
is "unless another policy, of other files, does not" "$(missing)" warn
rm -r repo/clusters
out=$(cd repo/sub && BACKUP_GUARD_POLICY=../../soft.yaml "$guard" check a.yaml)
says "so does BACKUP_GUARD_POLICY" "$out" '(policy ../../soft.yaml)'
out=$("$guard" check "$tests/golden/input/site")
says "nobody is told of another's site" "$(grep -c 'policy-' <<<"$out") $out" '0 ' '(profile generic)'
out=$("$guard" check --profile homelab "$tests/golden/input/site")
says "who asks for it is" "$out" '[policy-destination]' '(profile homelab)'

printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: lax}' \
	'spec: {profile: generic, exempt: {namespaces: [lab]}}' >lax.yaml
run check --policy lax.yaml -n lab bad
exits "an exempt namespace is not judged" 0
says "but shown" "$out" 'exempted: bad/a.yaml ScheduledBackup lab/bad: ' '1 object in 1 file: no findings, 1 exempted'
run check --policy lax.yaml -n lab --format json bad
is "as JSON too" "$(jq -r '.exemptedObjects[0].name' <<<"$out") $(count exempted)" 'bad 1'

run check --policy lax.yaml -n lab --format compact bad
says "and for editors" "$out" 'bad/a.yaml: note: exempted: ScheduledBackup lab/bad: namespace lab'
run check --policy lax.yaml -n lab --format jsonl bad
is "and as a line" "$(jq -r '.exemptedObject.exemptedBy' <<<"$out")" 'namespace lab'
sed 's/^metadata: .*/metadata: {name: known, annotations: {backup-guard.io\/allow: schedule-five-fields, backup-guard.io\/reason: tried}}/' bad/a.yaml >known.yaml
check --format compact known.yaml
says "an exempted finding is a note" "$out" 'known.yaml:5:13: note: exempted: schedule-five-fields: tried'
check --format jsonl known.yaml
is "and a line" "$(jq -r '.exempted.exemptedBy // empty' <<<"$out")" 'tried'
sed 's/exempt: .*/namespaceModes: [{match: lab, mode: audit}]}/' lax.yaml >audited.yaml
run check --policy audited.yaml -n lab --fail-on warn bad
exits "mode audit still tells" 1
run check --policy audited.yaml -n lab bad
exits "but refuses no more than mode warn" 0
says "as a warning" "$out" 'warning[schedule-five-fields]'

# --- policies
for p in homelab generic strict; do
	"$guard" policy print-default --profile $p >$p.yaml
	run policy check $p.yaml
	says "print-default of $p is a policy file" "$out" "$p.yaml: ok, profile $p, "
	exits "and it is a good one" 0
	check --policy $p.yaml --format json bad
	file=$(jq -c '[.findings[] | [.rule, .severity]]' <<<"$out")
	run check --now 2026-08-26T10:20:30Z --profile $p --format json bad
	is "it says what the profile says" "$file" "$(jq -c '[.findings[] | [.rule, .severity]]' <<<"$out")"
done
run policy print-default
is "generic is the default" "$out" "$(<generic.yaml)"
run policy print-default --profile lab
exits "an unknown profile exits 2" 2
sed 's/mode: enforce/mod: enforce/; s/maxInterval: 8d/maxInterval: 8/' homelab.yaml >wrong.yaml
run policy check wrong.yaml
exits "a bad policy exits 3" 3
is "and each mistake is told" "$(grep -c '^wrong.yaml:[0-9]*:[0-9]*: error: spec' <<<"$out")" 2
says "with what was meant" "$out" 'spec.mod: is no key of a policy; did you mean mode?'
run check --policy wrong.yaml bad
exits "nothing is checked with it" 3
says "and the place is told" "$err" 'wrong.yaml:'
run policy check - < <(sed 's/spec: {/&schedule: {window: 01:00-05:00}, /' soft.yaml)
says "a setting that no rule reads is told" "$out" 'note: spec.schedule.window is set, but rule policy-schedule-window is off'
run policy check
exits "check without a file exits 2" 2
run policy chek soft.yaml
says "a misspelt word is known" "$err" 'did you mean check?'
run policy vap --profile homelab
is "policy vap prints what the chart has, but for its list of rules" "$(grep -v '^#' <<<"$out")" \
	"$(grep -v '^#' "$tests/../deploy/helm/backup-guard/files/vap-homelab.yaml")"
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'spec: {mode: audit, rules: {retention-missing: {severity: off}}}' >quiet.yaml
BACKUP_GUARD_POLICY=quiet.yaml run policy vap
is "and by which policy is chosen as for check" "$(grep -c '\[retention-missing\]' <<<"$out") $(grep -o 'validationActions: .*' <<<"$out" | sort -u)" \
	'0 validationActions: [Audit]'
run policy vap --policy wrong.yaml
exits "a bad policy makes none" 3
run policy print-default --policy soft.yaml
exits "print-default is about profiles" 2
run policy schema
is "the schema is JSON" "$(jq -r '.properties.kind.enum[0]' <<<"$out")" BackupPolicy
is "it says of each value what it may be" "$(jq '[.. | objects | select(.description and (has("type") or has("enum") | not))] | length' <<<"$out")" 0
is "it explains each rule" "$(jq -c '.properties.spec.properties.rules.properties | map_values(.description)' <<<"$out")" \
	"$("$guard" rules --format json | jq -c 'map({(.id): .summary}) | add')"

# --- where it goes, and in which colours
check --format json --output report bad
is "--output leaves stdout empty" "$out" ''
is "--output holds the report" "$(jq -r .summary.deny report)" 1
exits "--output changes no exit code" 1
check --format text,json bad
exits "several formats without --output exit 2" 2
check --format text,json,compact --output all bad
says "of several formats the first goes to stdout" "$out" 'checked 1 object'
is "and the others to files of their own" "$(jq -r .summary.deny all.json) $(grep -c error: all.txt)" '1 1'
check --format json,text,compact --output both bad
exits "two formats into one file exit 2" 2
says "and the file is named" "$err" 'compact would overwrite another format in FILE.txt'
check --format text,compact --output only bad
exits "the first is none of them" 1
check --format text,json --output one.json bad
is "a name that ends so already stays" "$(jq -r .summary.deny one.json)" 1
check --output /nowhere/report bad
exits "an --output that cannot be written exits 3" 3
says "and is told" "$err" 'backup-guard check: /nowhere/report: '
check --write-baseline /nowhere/baseline bad
exits "so does a baseline" 3
is "no temporary file stays behind" "$(find . -name '*.??????' -newer bad -name 'report*' | wc -l)" 0
check bad
is "no colour into a pipe" "$(grep -c $'\e' <<<"$out")" 0
check --color always bad
says "--color always" "$out" $'\e[1;31merror'
"$guard" check bad >/dev/full 2>err.txt
is "a full disk exits 4" $? 4

# --- the ratchet of a repository
mkdir -p base/ci base/db
schedule a >base/db/a.yaml
schedule b >base/db/b.yaml
check --write-baseline base/ci/known.json base
exits "a baseline covers what it was written from" 0
says "and says how many" "$err" ' findings in base/ci/known.json'
is "an entry is a line, sorted, named from the baseline's folder" \
	"$(grep five-fields base/ci/known.json | cut -d, -f1)" '{"file":"../db/a.yaml"
{"file":"../db/b.yaml"'
known=$(<base/ci/known.json)
check --baseline base/ci/known.json base
exits "what is known does not fail" 0
says "it is counted" "$out" 'no findings, ' ' baselined'
is "and not shown" "$(grep -c five-fields <<<"$out")" 0
(cd base/db && "$guard" check --profile generic --baseline ../ci/known.json --format json . >../../out.json)
is "whatever folder the run is in" "$(jq -c '[.summary.deny, .summary.repaired]' out.json)" '[0,0]'
is "as JSON it is marked" "$(jq -r '[.baselined[].baselined] | unique[]' out.json)" true
check --baseline base/ci/known.json --format sarif base
is "in SARIF it is suppressed" "$(jq -r '[.runs[0].results[].suppressions[0].kind] | unique[]' <<<"$out")" external
{
	sed -n 1,3p base/db/a.yaml
	sed 1,3d base/db/b.yaml
	printf -- '---\n# moved\n'
	schedule a
} >base/db/two.yaml
mv base/db/two.yaml base/db/a.yaml
check --baseline base/ci/known.json --format json base
is "an entry covers one finding: the second of its like is new" "$(jq -c '[.findings[] | select(.rule == "schedule-five-fields") | .line]' <<<"$out")" '[15]'
exits "and fails" 1
schedule a >base/db/a.yaml
schedule b '0 0 3 * * *' >base/db/b.yaml
schedule c >base/db/c.yaml
check --baseline base/ci/known.json base/db/a.yaml
is "nothing is said of files that were not checked" "$(grep -c 'no longer' <<<"$out")" 0
check --baseline base/ci/known.json base
exits "a new finding fails beside old ones" 1
says "and what is repaired is told" "$out" ' of base/ci/known.json no longer occur' '--baseline base/ci/known.json --write-baseline base/ci/known.json'
check --baseline base/ci/known.json --write-baseline base/ci/known.json base/db/a.yaml base/db/b.yaml
is "it can be taken out, and that is all" "$(jq -c '.findings - $old.findings' --argjson old "$known" base/ci/known.json) $(grep -c 'b.yaml.*five-fields' base/ci/known.json) $(grep -c c.yaml base/ci/known.json)" '[] 0 0'
check --baseline base/ci/known.json base/db/c.yaml base/db/a.yaml
is "new ones are still new" "$(grep -c 'error\[' <<<"$out")" 1
cp -r broken base/broken
cp base/ci/known.json spared.json
for option in --baseline --write-baseline; do
	check $option base/ci/known.json --format text,json --output base/ci/../ci/known base
	is "no report stands where $option is" "$status $(cmp base/ci/known.json spared.json 2>&1)" '2 '
done
check --write-baseline base/ci/none.json base
exits "no baseline of a run with unreadable files" 3
is "it is not written" "$(ls base/ci)" known.json
printf '{"version": 1,\n "findings": [\n  {"rule": "x", "fiel": "a"}]}' >wrong.json
check --baseline wrong.json bad
exits "a bad baseline exits 3" 3
says "with its place" "$err" 'wrong.json:3:17: is no key of an entry'
printf '{"version": 1, "findings": [' >wrong.json
check --baseline wrong.json bad
exits "one that is no JSON too" 3
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {backup-guard.io/credentials: "true"}}\nstringData: {SECRET_ACCESS_KEY: "hunter2 "}\n' >dirty.yaml
sed 's/hunter2/hunter3/' dirty.yaml >other.yaml
check --write-baseline one.json - <dirty.yaml
check --write-baseline two.json - <other.yaml
is "of a Secret nothing is in it, not even a hash" "$(grep -c secret-value-dirty one.json) $(cmp one.json two.json && echo same)" '1 same'
mkdir quiet
schedule a '0 0 3 * * *' >quiet/a.yaml
check --quiet quiet
is "--quiet is silent when all is well" "$out$err" ''
exits "and exits 0" 0
check -q base/db known.yaml
exits "--quiet exits 1 all the same" 1
is "and shows what is at --fail-on" "$(grep -c '^error\[' <<<"$out") $(grep -cE '^(warning|info|exempted)\[' <<<"$out")" '2 0'
check -q --fail-on info quiet
says "or above" "$out" 'info['
check -q --format compact quiet
is "so is compact" "$out" ''
check -q broken
says "what cannot be read is told" "$err" 'broken/b.yaml'

# --- formats for other programs
cp -r "$tests/golden/input" 'in put'
formats='in put/bad'
sarif_is_good() { # title file
	local wrong
	wrong=$(jq -rf "$tests/cli/sarif.jq" "$2" 2>&1)
	is "$1" "$wrong" ''
}
check --format text,sarif,junit,gitlab,markdown --output all "$formats"
says "text beside four others" "$out" 'checked 3 objects'
sarif_is_good "SARIF has the shape of its schema" all.sarif
is "a SARIF rule for each rule" "$(jq '.runs[0].tool.driver.rules | length' all.sarif)" "$("$guard" rules --format json | jq length)"
is "a SARIF region is the place of the finding" \
	"$(jq -c '.runs[0].results[] | select(.ruleId == "endpoint-malformed") | .locations[0].physicalLocation | [.artifactLocation.uri, .region]' all.sarif)" \
	'["in%20put/bad/stores.json",{"startLine":10,"startColumn":78,"endLine":10,"endColumn":90}]'
is "exempted findings are suppressed in SARIF" \
	"$(jq -c '[.runs[0].results[] | select(.suppressions != []) | [.ruleId, .suppressions[0].kind]]' all.sarif)" '[["schedule-five-fields","inSource"]]'
is "GitLab's report is a list of places" "$(jq -r '[.[] | .location | "\(.path):\(.lines.begin)"] | unique | length' all.json)" \
	"$(jq -r '[.runs[0].results[] | select(.suppressions == []) | .locations[0].physicalLocation | "\(.artifactLocation.uri):\(.region.startLine)"] | unique | length' all.sarif)"
is "JUnit is XML" "$(python3 -c 'import sys, xml.dom.minidom as m; d = m.parse(sys.argv[1]); print(d.documentElement.tagName, len(d.getElementsByTagName("testcase")), len(d.getElementsByTagName("failure")))' all.xml)" 'testsuites 3 2'
# shellcheck disable=SC2016  # backquotes of Markdown
says "Markdown has a table" "$(<all.md)" '| error | `schedule-five-fields` |'
check --format sarif 'in put/broken'
printf '%s' "$out" >broken.sarif
sarif_is_good "SARIF with unreadable files too" broken.sarif
is "which are notifications" "$(jq -c '.runs[0].invocations[0] | [.executionSuccessful, (.toolExecutionNotifications | length)]' broken.sarif)" '[false,2]'
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: soft}' \
	'spec: {profile: generic, exempt: {namespaces: [left]}}' >exempting.yaml
run check --policy exempting.yaml -n left --format sarif,junit,markdown --output exempt bad
says "what the policy exempts is a note in SARIF" \
	"$(jq -c '.runs[0].invocations[0].toolExecutionNotifications[] | [.level, .message.text]' <<<"$out")" \
	'["note","ScheduledBackup left/bad is exempt: namespace left"]'
says "it is skipped in JUnit" "$(<exempt.xml)" 'skipped="1"' '<skipped message="namespace left"/>'
# shellcheck disable=SC2016  # backquotes of Markdown
is "and is named in Markdown" "$(grep 'namespace left' exempt.md)" '- `bad/a.yaml` ScheduledBackup left/bad: namespace left'
fingerprints() {
	jq -c '[.runs[0].results[] | [.ruleId, .partialFingerprints[]]] | sort'
}
check --format sarif -n app bad
before=$(fingerprints <<<"$out")
sed -i '1i # a comment\n' bad/a.yaml
check --format sarif -n app bad
is "fingerprints survive moved lines" "$(fingerprints <<<"$out")" "$before"
sed -i 1,2d bad/a.yaml
check --format sarif "$PWD/bad" -n app
is "an absolute path below the current folder is none" "$(fingerprints <<<"$out" | jq length) $(jq -r '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' <<<"$out")" \
	"$(jq length <<<"$before") bad/a.yaml"
check --format json,gitlab --output both bad
exits "gitlab goes to FILE.json" 1
is "and is a list" "$(jq -r type both.json)" array

# --- rendered text names its origin
{
	printf -- '---\n# Source: chart/templates/backup.yaml\n'
	schedule rendered
	printf -- '---\n'
	schedule plain
} >rendered.yaml
check --format json - <rendered.yaml
is "helm template's comment names the file" "$(jq -c '[.findings[] | select(.rule == "schedule-five-fields") | [.file, .line, .origin]]' <<<"$out")" \
	'[["<stdin>",7,"chart/templates/backup.yaml"],["<stdin>",16,null]]'
check - <rendered.yaml
says "in text too" "$out" '<stdin>:7:13' 'from chart/templates/backup.yaml'
sed 's/^metadata: .*/metadata:\n  name: a\n  annotations:\n    config.kubernetes.io\/origin: |\n      path: ..\/base\/backup.yaml/' bad/a.yaml >built.yaml
check --format json built.yaml
is "so does kustomize's annotation" "$(jq -r '[.findings[].origin] | unique[]' <<<"$out")" '../base/backup.yaml'

# --- the tables, printed
run rules
exits "rules exits 0" 0
is "rules are sorted and there is no other" "$(jq -r '[.[].id] | (. == sort) and (length > 50)' <<<"$("$guard" rules --format json)")" true
is "rules stand below the kind that they judge" "$("$guard" rules | sed 1d | grep -E '^[A-Za-z][A-Za-z ]*$' | paste -sd,)" \
	'Cluster,ScheduledBackup,ObjectStore,Secret,ExternalSecret,a live cluster tells,a bucket tells,objects of several kinds'
is "each once" "$("$guard" rules | sed -n 's/^[a-z]* *[a-z]* *[a-z]* *\([a-z0-9]*-[a-z0-9-]*\)$/\1/p' | sort)" "$("$guard" rules --format json | jq -r '.[].id' | sort)"
chosen() { # option...: the rules, as JSON
	"$guard" rules --format json "$@"
}
is "rules of a kind, beside others or alone" "$(chosen --kind Secret | jq -c '[length > 2, all(.[]; .kinds | index("Secret"))]')" '[true,true]'
is "of several kinds, and what a bucket tells" "$(chosen --kind Backup,bucket | jq -c '[.[] | .scope == "bucket" or (.kinds | index("Backup") != null)] | [length, all]')" \
	"[$(chosen | jq '[.[] | select(.scope == "bucket" or (.kinds | index("Backup")))] | length'),true]"
is "rules of a severity" "$(chosen --severity deny | jq -c 'map(.profiles.generic) | unique')" '["deny"]'
is "as a profile ranks them" "$(chosen --severity off,info --profile strict | jq -c 'map(.profiles.strict) | unique')" '["info","off"]'
is "both have to hold" "$(chosen --kind live --severity warn | jq -c 'map([.scope, .profiles.generic]) | unique')" '[["live","warn"]]'
says "they are counted" "$("$guard" rules --kind live)" "$(chosen --kind live | jq length) rules; more about one"
run rules --kind Cluster,Pooler
exits "an unknown kind exits 2" 2
says "and is told with the known ones" "$err" "'Pooler' is none of Cluster, ScheduledBackup" 'live, bucket'
run rules --severity error
says "so is an unknown severity" "$err" "'error' is none of off, info, warn, deny"
run rules --format markdown
# shellcheck disable=SC2016  # backquotes of Markdown
says "rules as markdown" "$out" '| `schedule-five-fields` | ScheduledBackup |'
run explain schedule-five-fields
says "explain says why, what to do, wrong and right" "$out" 'why' 'what to do' 'wrong' 'right'
run explain policy-require-p
says "explain takes the beginning of an id, too" "$out" 'policy-require-plugin' 'what to do'
run explain schedule-
exits "the beginning of several exits 0" 0
is "and lists them, each on a line" "$(sed -n 's/^[a-z]* *\(schedule-[a-z-]*\)  .*/\1/p' <<<"$out")" "$(chosen | jq -r '.[].id | select(startswith("schedule-"))')"
says "with severity and summary" "$out" 'deny  schedule-five-fields' '  Schedule with five fields; the first is seconds'
run explain operator-refuses
says "an id that others begin with is itself" "$out" 'what to do'
for id in $("$guard" rules --format json | jq -r '.[].id'); do
	"$guard" explain "$id" >/dev/null || not_ok "explain $id"
done
for command in $("$guard" help | sed -n 's/^  \([a-z]\+\) .*/\1/p'); do
	"$guard" help "$command" >one.txt
	"$guard" "$command" --help >two.txt
	cmp -s one.txt two.txt || not_ok "help $command and $command --help agree"
	[ "$(wc -L <one.txt)" -le 80 ] || not_ok "help $command fits into 80 columns" "$(awk 'length > 80' one.txt)"
done
ok "explain and help know every name"
is "--version" "$("$guard" --version)" "$("$guard" version)"
said=$("$guard" version --format json)
is "version --format json has the version" "backup-guard $(jq -r .version <<<"$said")" "$("$guard" version)"
is "and what it was built of" "$(jq -c 'del(.version) | [keys_unsorted, (.commit // "0" * 40 | test("^[0-9a-f]{40}$")),
	(.time | fromdate > 0), (.compiler | test("^(gcc|.*[Cc]lang) [0-9]+[.]"))]' <<<"$said")" '[["commit","time","compiler"],true,true,true]'
ln -s "$guard" kubectl-backup_guard
says "as a kubectl plugin it calls itself so" "$(./kubectl-backup_guard help)" 'usage: kubectl backup-guard'
# every place that prints an option's help names the words that it takes
formats=$("$guard" check --format x good 2>&1 | sed -n 's/.*none of //p')
is "help names every format" "$("$guard" check --help | tr -s '\n ' ' ' | grep -oF "NAME[,NAME...] $formats (default: text)")" \
	"NAME[,NAME...] $formats (default: text)"
is "the manual page names every format" "$("$guard" help --format man | grep -cF "$formats (default")" 3
run completion tcsh
exits "an unknown shell exits 2" 2
if command -v man >/dev/null; then
	"$guard" help --format man >page.1
	is "the manual page lists every rule" "$(sed -n '/^\.SH RULES/,/^\.SH EXIT/s/^\.B //p' page.1 | tr -d '\134')" \
		"$("$guard" rules --format json | jq -r '.[].id')"
	is "the manual page is clean roff" "$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l page.1 2>&1 >/dev/null)" ''
fi

# --- schedules
at='--from 2026-08-26T10:20:30Z'
# shellcheck disable=SC2086 # two words
run cron $at --format jsonl '0 3 * * *' '0 0 3 30 2 *' '@every 6h'
exits "schedules that CloudNativePG accepts exit 0" 0
is "an activation list, empty when it never fires" "$(jq -c '[.ok, .fields, .next[0]]' <<<"$out")" \
	'[true,5,"2026-08-26T11:03:00Z"]
[true,6,null]
[true,2,"2026-08-26T16:20:30Z"]'
# shellcheck disable=SC2086
run cron $at --format jsonl --count 1 - <<<$'"0 0 3 * * *\\u0000"\n\n@daily \n0 0 3 * * \xff\n"0 0 3 * * *'
exits "a refused schedule exits 1" 1
is "a line is a JSON string or raw, and only its newline goes" "$(jq -c .spec <<<"$out")" \
	'"0 0 3 * * *\u0000"
""
"@daily "
"0 0 3 * * �"
"\"0 0 3 * * *"'
says "a refusal has the words of the library" "$out" '"error":"Empty spec string"' 'Unrecognized descriptor: @daily '
run cron --format jsonl - </dev/null
exits "no schedules, no complaint" 0
run cron
exits "cron wants a schedule" 2
# shellcheck disable=SC2086
run cron $at '0 3 * * *'
says "cron tells what it means and what to write" "$out" 'every hour at minute 3' '11:03:00' '0 0 3 * * *'
says "and which field is what" "$out" 'takes 0 as the second, 3 as the minute and * as the hour'
run cron --from 2026-08-26 --tz Europe/Berlin --format json '0 0 3 * * *'
is "local times beside UTC, from a date on" "$(jq -c '[.next[0], .local[0]]' <<<"$out")" \
	'["2026-08-26T03:00:00Z","2026-08-26T05:00:00+02:00"]'
run cron --tz Mars/Olympus @daily
exits "a zone that nobody knows" 2
run cron 0 3 '*' '*' '*'
exits "a schedule without quotes" 2
says "is answered with the quoted form" "$err" "backup-guard cron '0 3 * * *'"
run cron 0 3 Makefile README.md src
says "also when the shell has put names of files there" "$err" "backup-guard cron '0 0 3 * * *'"

# --- golden files: each format on each folder, stdout, stderr and exit code
golden() { # format folder
	local want=$tests/golden/$1/$2.txt got=$tmp/golden.txt
	(cd "$tests/golden/input" && "$guard" check --now 2026-08-26T10:20:30Z --profile generic --format "$1" "$2" \
		>"$tmp/stdout" 2>"$tmp/stderr"
	code=$?
	case $1 in
	json | gitlab) jq . "$tmp/stdout" ;;
	sarif) jq '.runs[0] |= (.tool.driver.rules |= (length > 50) | .results[].ruleIndex |= 0)' "$tmp/stdout" ;;
	*) cat "$tmp/stdout" ;;
	esac
	[ ! -s "$tmp/stderr" ] || { echo '--- stderr'; cat "$tmp/stderr"; }
	echo "--- exit $code") >"$got"
	if [ -n "${GUARD_WRITE_EXPECT:-}" ]; then
		mkdir -p "${want%/*}"
		cp "$got" "$want"
	fi
	if cmp -s "$got" "$want"; then ok "golden $1 $2"; else not_ok "golden $1 $2" "$(diff "$want" "$got")"; fi
}
formats=$("$guard" check --format x good 2>&1 | sed -n 's/.*none of //p' | tr -d ,)
for format in $formats; do
	for folder in bad broken clean; do
		golden "$format" $folder
	done
done
is "each format has golden files, and nothing else has" \
	"$(find "$tests/golden" -mindepth 1 -maxdepth 1 ! -name input ! -name vap ! -name words -printf '%f\n' | sort | paste -sd' ')" "$formats"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
