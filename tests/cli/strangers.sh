#!/bin/bash
# A repository holds more than manifests of ours: what cannot be read there, what is no file at all.
#   tests/cli/strangers.sh BACKUP-GUARD
# shellcheck disable=SC2016  # backticks are of Markdown
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

check() { # stdout in $out, stderr in $err, the exit code in $status
	out=$("$guard" check --profile generic --now 2026-08-26T10:20:30Z "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

# Exit code, denials and warnings (with their places), files unreadable and files skipped.
outcome() {
	check --format json "$@"
	jq -r --arg status "$status" '"\($status): " + ([.findings[] | select(.severity != "info") |
		"\(.file):\(.line) \(.severity) \(.rule)"] | join("; ")) +
		" [\(.summary.errors) unreadable, \(.summary.skipped) skipped]"' <<<"$out"
}

schedule() { # name spec: a document that is in order but for its schedule
	printf -- '---\napiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: %s, namespace: x}\nspec:\n' "$1"
	printf '  schedule: "%s"\n  method: plugin\n  immediate: true\n  backupOwnerReference: self\n' "$2"
	printf '  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n  cluster: {name: pg}\n'
}

store() { # names the Secret "keys"
	printf -- '---\napiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: s, namespace: x}\nspec:\n'
	printf '  retentionPolicy: 14d\n  configuration:\n    destinationPath: s3://s/\n    s3Credentials:\n'
	printf '      accessKeyId: {name: keys, key: id}\n      secretAccessKey: {name: keys, key: secret}\n'
}

# --- files that are none of ours
tree
schedule a '0 0 3 * * *' >a.yaml
mkdir .vscode
printf '// a comment\n{ "yaml.schemas": { "https://example.org/postgresql.cnpg.io/cluster_v1.json": "*" } }\n' >.vscode/settings.json
printf 'kind: HelmRelease\nspec:\n  a: 1\n  a: 2\n' >release.yaml
printf 'x: [\n---\ny: {\n' >two.yaml
is "they fail nothing" "$(outcome .)" '0:  [0 unreadable, 3 skipped]'
check -q .
is "nor say anything with -q" "$out$err" ''
check -q release.yaml
is "that nothing was checked is said with -q too" "$status $err" '0 backup-guard: nothing to check: 0 objects in 1 file'
check --require-objects release.yaml two.yaml
is "and fails with --require-objects" "$status ${err%%$'\n'*}" \
	'3 backup-guard check: nothing to check: no object of CloudNativePG or of the plugin in 2 files'
check --require-objects .
is "which one object satisfies" "$status $err" '0 '
check .
is "they are counted" "$(tail -n 1 <<<"$out")" 'checked 1 object in 4 files: no findings, 3 files of others not read (profile generic)'
check -v .
is "and listed with -v, document by document" "$(grep ^skipped <<<"$err" | cut -d: -f1-3)" "skipped: .vscode/settings.json:2
skipped: release.yaml:4
skipped: two.yaml:2
skipped: two.yaml:4"
for words in 'apiVersion: postgresql.cnpg.io/v1' 'apiVersion: barmancloud.cnpg.io/v1' \
	'apiVersion: kustomize.toolkit.fluxcd.io/v1' 'apiVersion: kustomize.config.k8s.io/v1beta1'; do
	printf '%s\nx: [\n' "$words" >broken.yaml
	is "one with $words fails the run" "$(outcome .)" '3:  [1 unreadable, 3 skipped]'
done
printf 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nx: [\n' >broken.yaml
is "so does an Application of Argo CD" "$(outcome .)" '3:  [1 unreadable, 3 skipped]'
printf 'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nx: [\n' >broken.yaml
is "not a Rollout" "$(outcome .)" '0:  [0 unreadable, 4 skipped]'
rm broken.yaml
printf 'resources: [\n' >kustomization.yaml
is "and a kustomization without apiVersion" "$(outcome .)" '3:  [1 unreadable, 3 skipped]'

# --- a Secret matters when one of ours refers to it
tree
store >store.yaml
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: x}\ndata:\n  id: @very-secret\n' >secret.yaml
check -v .
is "one that nobody refers to does not" "$status $(grep ^skipped <<<"$err")" '0 skipped: secret.yaml:5: this value must be quoted in YAML'
sed -i 's/other/keys/' secret.yaml
check .
is "one that a store refers to does" "$status ${err%%$'\n'*}" '3 error: this value must be quoted in YAML'
is "and its value is not told" "${err/very-secret/}" "$err"
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: pg, namespace: x}' 'spec:' '  instances: 1' '  storage: {size: 1Gi}' '  backup:' \
	'    barmanObjectStore: {destinationPath: "s3://b/", s3Credentials: {accessKeyId: {name: keys, key: id}, secretAccessKey: {name: keys, key: id}}}' >store.yaml
check .
is "so does one that a Cluster's own store refers to" "$status ${err%%$'\n'*}" '3 error: this value must be quoted in YAML'
sed -i 's/keys/others/' secret.yaml
check -v .
is "and no other" "$(grep ^skipped <<<"$err")" 'skipped: secret.yaml:5: this value must be quoted in YAML'

# --- one document silences itself alone
tree
{
	schedule a '0 3 * * *'
	printf -- '---\nkind: ConfigMap\ndata:\n  k: 1\n  k: 2\n'
	schedule b '0 4 * * *'
} >stream.yaml
is "in a stream of ours it fails the run, and its neighbours are judged" "$(outcome stream.yaml)" \
	'3: stream.yaml:6 deny schedule-five-fields; stream.yaml:22 deny schedule-five-fields [1 unreadable, 0 skipped]'
cp stream.yaml "$tmp/as-it-was"
check --fix stream.yaml
is "--fix leaves such a file alone" "$(diff stream.yaml "$tmp/as-it-was" && grep -c 'a document of the file cannot be read' <<<"$out")" 2
{
	schedule a '0 3 * * *'
	printf -- '---\nkind: ConfigMap\ndata:\n  {{- if .Values.x }}\n  {{- end }}\n'
	schedule b '0 4 * * *'
} >stream.yaml
is "what stands behind a template is of the template" "$(outcome stream.yaml)" \
	'1: stream.yaml:6 deny schedule-five-fields [0 unreadable, 1 skipped]'

# --- what is no file
tree
schedule a '0 0 3 * * *' >a.yaml
mkfifo pipe.yaml kustomization.yaml
ln -s /dev/stdin stdin.yaml
ln -s /dev/null null.yaml
ln -s pipe.yaml linked.yaml
schedule b '0 3 * * *' >"$tmp/in.yaml"
is "pipes and links to stdin or a device are not opened" "$(outcome . <"$tmp/in.yaml")" '0:  [0 unreadable, 0 skipped]'
is "unless they are named" "$(outcome - <"$tmp/in.yaml")" '1: <stdin>:6 deny schedule-five-fields [0 unreadable, 0 skipped]'
rm kustomization.yaml
printf 'resources: [a.yaml]\npatches:\n- path: pipe.yaml\n' >kustomization.yaml
is "nor when a kustomization names one, which is an error" "$(outcome . | cut -c1)" 3

# --- what lies outside
tree
mkdir repo other
printf 'apiVersion: postgresql.cnpg.io/v1\npassword: @hunter2\n' >other/secret.yaml
schedule a '0 3 * * *' >other/a.yaml
ln -s ../other repo/other
check repo
is "what cannot be read behind a link out of the paths is named, not cited" \
	"$status $(grep -c hunter2 <<<"$out$err") ${err%%$'\n'*}" '3 0 error: this value must be quoted in YAML'
cp other/a.yaml "$tmp/as-it-was"
check --fix repo
is "nor is it rewritten" "$(cmp other/a.yaml "$tmp/as-it-was" && grep 'not fixed' <<<"$out")" \
	'not fixed[schedule-five-fields]: repo/other/a.yaml:6:13 a link leads to it, out of what is checked'
check --fix repo other
is "unless its folder is given too" "$(grep -c '0 0 3 \* \* \*' other/a.yaml)" 1
cp "$tmp/as-it-was" other/a.yaml
ln -s ../other/a.yaml repo/named.yaml
check --fix repo/named.yaml
is "or the link itself" "$(grep -c '0 0 3 \* \* \*' other/a.yaml)" 1
cp "$tmp/as-it-was" repo/a.yaml
ln -s a.yaml repo/inside.yaml
rm repo/other repo/named.yaml
check --fix repo
is "a link to what lies inside is as good as that" "$(grep -c '0 0 3 \* \* \*' repo/a.yaml)" 1

# --- what is not walked
tree
mkdir -p apps/vendored node_modules .terraform vendor
for folder in apps apps/vendored node_modules .terraform vendor; do schedule a '0 3 * * *' >$folder/a.yaml; done
files() { check --format json "$@"; jq -r '[.findings[] | select(.severity == "deny").file] | join(" ")' <<<"$out"; }
is "folders of tools are not walked" "$(files .)" 'apps/a.yaml apps/vendored/a.yaml'
is "unless they are named" "$(files vendor)" 'vendor/a.yaml'
is "--exclude of a name" "$(files --exclude vendored .)" 'apps/a.yaml'
is "of a glob" "$(files --exclude 'a.*' .)" ''
is "of a path" "$(files --exclude apps/a.yaml .)" 'apps/vendored/a.yaml'
is "with a dot and a slash" "$(files --exclude ./apps/vendored/ .)" 'apps/a.yaml'
is "of a folder that is told so" "$(files --exclude apps/a.yaml ./apps)" './apps/vendored/a.yaml'
is "of a path from the folder" "$(files --exclude 'vendored/*' "$PWD/apps")" "$PWD/apps/a.yaml"
is "a part of a name is none" "$(files --exclude vendor .)" 'apps/a.yaml apps/vendored/a.yaml'
is "several" "$(files --exclude vendored --exclude 'apps/a*' .)" ''
mkdir -p prod base/deep
printf '%s\n' 'resources: [../base/deep]' >prod/kustomization.yaml
printf '%s\n' 'resources: [a.yaml]' >base/deep/kustomization.yaml
schedule a '0 3 * * *' >base/deep/a.yaml
for glob in none base deep base/deep base/deep/a.yaml a.yaml dee prod; do beside+="$(files --exclude $glob prod)|"; done
is "what a kustomization of the folder lists elsewhere is left out with it, or with a folder above" "$beside" \
	'base/deep/a.yaml||||||base/deep/a.yaml|base/deep/a.yaml|'
rm -r prod base
check --exclude '' .
is "an empty one is refused" "$status" 2

# --- files of tests
tree
for name in 01-assert 01-errors 02-assert-ready 03-cluster-assert assert assert-cluster 01_assert 01-error; do schedule a '0 3 * * *' >$name.yaml; done
is "what a test compares is no object" "$(outcome .)" '0:  [0 unreadable, 8 skipped]'
for name in assertion errors my-errors 01-asserts; do schedule $name '0 3 * * *' >$name.yaml; done
is "names that are nearly so are of objects" "$(files .)" '01-asserts.yaml assertion.yaml errors.yaml my-errors.yaml'

tree
mkdir suite && schedule a '0 3 * * *' >suite/ready.yaml && cp suite/ready.yaml suite/gone.yaml && schedule b '0 3 * * *' >suite/made.yaml
printf '%s\n' 'apiVersion: chainsaw.kyverno.io/v1alpha1' 'kind: Test' 'metadata: {name: t}' 'spec:' '  steps:' '    - try:' \
	'        - apply: {file: ./made.yaml}' '        - assert: {file: ./ready.yaml}' '        - error: {file: gone.yaml}' >suite/chainsaw-test.yaml
is "nor is what a test of chainsaw names as that" "$(files .)" 'suite/made.yaml'
printf '%s\n' 'apiVersion: chainsaw.kyverno.io/v1alpha1' 'kind: Test' 'metadata: {name: t}' 'spec:' '  steps:' '    - try:' \
	'        - apply: {file: m*.yaml}' '        - assert: {file: "./re*.yaml"}' '        - error: {file: "../suite/g?ne.yaml"}' >suite/chainsaw-test.yaml
is "nor what its globs mean" "$(files .)" 'suite/made.yaml'

# --- documentation
tree
{
	printf '# Backups\n\n- a wrong one:\n\n  ```yaml\n'
	schedule a '0 3 * * *' | sed '1d; s/^/  /'
	printf '  ```\n\n```yaml\n'
	schedule '<app>' '0 0 3 * * *'
	printf '```\n\n```yaml\n- postgresql.cnpg.io/v1: [\n```\n'
} >page.md
is "a page that is named is judged where it stands" "$(outcome page.md)" '1: page.md:10 deny schedule-five-fields [0 unreadable, 0 skipped]'
is "one in a folder fails no run" "$(outcome .)" '0: page.md:10 warn schedule-five-fields [0 unreadable, 0 skipped]'
cp page.md as-it-was
check --fix page.md
is "and --fix leaves it as it is" "$(cmp page.md as-it-was)" ''
schedule a '0 0 3 * * *' >a.yaml
is "an example is nobody's neighbour" "$(outcome . | sed 's/ \[.*//')" '0: page.md:10 warn schedule-five-fields'

# --- what kubectl patches a Cluster with
tree
schedule daily '0 0 3 * * *' >schedule.yaml
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg, namespace: x}\nspec: {instances: 1, storage: {size: 1Gi}}\n' >pg.yaml
store | sed 's/accessKeyId.*/inheritFromIAMRole: true/; /secretAccessKey/d; s,s3://s/,s3://backups/,' >store.yaml
bare='0: pg.yaml:4 warn cluster-without-backup; store.yaml:4 warn objectstore-unused'
is "without it the Cluster has no backup" "$(outcome . | sed 's/^1/0/; s/schedule.yaml:[^;]*; //; s/ \[.*//')" "$bare"
printf 'spec:\n  plugins:\n  - name: barman-cloud.cloudnative-pg.io\n    isWALArchiver: true\n    parameters: {barmanObjectName: s}\n' >patch.yaml
is "with it nothing is said of what it brings" "$(outcome .)" '0:  [0 unreadable, 0 skipped]'
printf 'spec: {imageName: "postgresql:18"}\n' >patch.yaml
is "with one of other things all is" "$(outcome . | sed 's/^1/0/; s/schedule.yaml:[^;]*; //; s/ \[.*//')" "$bare"

# --- a template of ytt, which is YAML
tree
schedule daily '0 3 * * *' | sed 's/name: daily/name: #@ data.values.name/' >a.yaml
is "what ytt fills in is no fault" "$(outcome .)" '0:  [0 unreadable, 1 skipped]'
check .
says "it is told as a template" "$out" 'template skipped'
schedule daily '0 3 * * *' | sed '1s/^/#@todo: later\n/' >a.yaml
is "another comment makes none" "$(outcome . | sed 's/.*\(schedule-five-fields\).*/\1/')" schedule-five-fields

# --- an object without a namespace beside others
tree
{
	schedule a '0 0 3 * * *' | sed 's/, namespace: x//'
	schedule b '0 0 3 * * *'
} >both.yaml
told() { check --format json "$@"; jq -r '[.findings[] | select(.rule == "namespace-missing") | "\(.file):\(.line) \(.severity)"] | join(" ")' <<<"$out"; }
is "is told" "$(told both.yaml)" 'both.yaml:4 warn'
is "not when -n sets it" "$(told -n app both.yaml)" ''
schedule a '0 0 3 * * *' | sed 's/, namespace: x//' >alone.yaml
is "nor in a file of its own" "$(told alone.yaml)" ''
printf 'namespace: app\nresources: [both.yaml]\n' >kustomization.yaml
is "nor when a kustomization sets it" "$(told .)" ''

echo "$passed passed, $failed failed"
[ $failed = 0 ]
