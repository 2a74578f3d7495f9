#!/bin/bash
# A repository holds more than manifests of ours: what cannot be read there, what is no file at all.
#   tests/cli/strangers.sh BACKUP-GUARD
set -uo pipefail
guard=$(realpath "$1")
passed=0 failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset BACKUP_GUARD_POLICY NO_COLOR

is() { # title got wanted
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		printf 'not ok - %s\n#   got:    %s\n#   wanted: %s\n' "$1" "$2" "$3"
	fi
}

tree() { # begins a new one
	cd "$(mktemp -d -p "$tmp")" && mkdir .git || exit
}

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
printf '// a comment\n{ "editor.tabSize": 2 }\n' >.vscode/settings.json
printf 'kind: HelmRelease\nspec:\n  a: 1\n  a: 2\n' >release.yaml
printf 'x: [\n---\ny: {\n' >two.yaml
is "they fail nothing" "$(outcome .)" '0:  [0 unreadable, 3 skipped]'
check -q .
is "nor say anything with -q" "$out$err" ''
check .
is "they are counted" "$(tail -n 1 <<<"$out")" 'checked 1 object in 4 files: no findings, 3 files of others not read (profile generic)'
check -v .
is "and listed with -v, document by document" "$(cut -d: -f1-3 <<<"$err")" "skipped: .vscode/settings.json:2
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
is "one that nobody refers to does not" "$status $err" '0 skipped: secret.yaml:5: this value must be quoted in YAML'
sed -i 's/other/keys/' secret.yaml
check .
is "one that a store refers to does" "$status ${err%%$'\n'*}" '3 error: this value must be quoted in YAML'
is "and its value is not told" "${err/very-secret/}" "$err"

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

echo "$passed passed, $failed failed"
[ $failed = 0 ]
