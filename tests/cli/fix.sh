#!/bin/bash
# check --fix: what it changes, byte by byte, and what it leaves alone.
#   tests/cli/fix.sh BACKUP-GUARD       (GUARD_WRITE_EXPECT=1 writes tests/fix anew: read the difference)
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
tests=$(dirname "$(dirname "$(realpath "$0")")")
umask 022

# check ARGS: stdout in $out, stderr in $err, exit code in $status; the clock stands still
check() {
	out=$("$guard" check --now 2026-08-26T10:20:30Z --profile generic "$@" 2>"$tmp/stderr")
	status=$?
	err=$(<"$tmp/stderr")
}

silent_about() { # title text part
	if [[ $2 == *"$3"* ]]; then not_ok "$1" "'$3' is in: $2"; else ok "$1"; fi
}

same() { # title folder folder
	local difference
	if difference=$(diff -r "$2" "$3"); then ok "$1"; else not_ok "$1" "$difference"; fi
}

schedule() { # name
	printf 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: %s}\nspec:\n' "$1"
	printf '  schedule: "0 3 * * *"\n  method: plugin\n'
	printf '  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n  cluster: {name: pg}\n'
}

cd "$tmp" || exit 4

# --- the examples
cp -r "$tests/fix/input" examples
cd examples || exit 4
check --fix --format compact .
cd ..
if [ -n "${GUARD_WRITE_EXPECT:-}" ]; then
	rm -rf "$tests/fix/fixed" && cp -r examples "$tests/fix/fixed"
	printf '%s\n' "$err" >"$tests/fix/told.txt"
fi
same "each example is fixed, and not a byte beside" examples "$tests/fix/fixed"
is "each fix is told, and each that could not be made" "$err" "$(<"$tests/fix/told.txt")"
check --fix --format compact examples
silent_about "a second run finds nothing to fix" $'\n'"$err" $'\nfixed['
same "a second run changes nothing" examples "$tests/fix/fixed"

# --- --diff
cp -r "$tests/fix/input" before
cp -r before applied
cd before || exit 4
check --fix --diff .
cd ..
same "--diff changes nothing" before "$tests/fix/input"
says "--diff says what would be fixed on stderr" "$err" 'would fix[schedule-five-fields]: schedule.yaml:7:13'
silent_about "--diff shows no line of a Secret" "$out" geheim
printf '%s\n' "$out" >changes.diff
(cd applied && patch -s -p1 <../changes.diff) || not_ok "patch takes the diff"
same "what --diff prints is what --fix does, says patch" applied "$tests/fix/fixed"
rm -rf applied && cp -r before applied
(cd applied && git init -q . && git apply ../changes.diff && rm -rf .git) || not_ok "git apply takes the diff"
same "what --diff prints is what --fix does, says git" applied "$tests/fix/fixed"
is "the exit code is by what would remain" "$status" 1
schedule='  schedule: "0 3 * * *"'
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'metadata: {name: a}' 'spec:' "$schedule" \
	'  method: plugin' '  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}' '  cluster: {name: a}' >remains.yaml
check --fix --diff remains.yaml
is "--diff exits 1 while what it would change is at --fail-on" "$status" 1
check --fix --diff --fail-on never remains.yaml
is "and 0 when it is not" "$status" 0
check --fix --diff - <remains.yaml
is "standard input too" "$status" 1
check --fix --fail-on error remains.yaml
is "--fix exits 0 when nothing remains" "$status" 0
check --diff before
is "--diff without --fix exits 2" "$status" 2
check --fix --diff --output report before
is "--diff takes no --output" "$status" 2

# --- every example of every rule
cp -r "$tests/cases" cases
cp -r cases cases-applied
check --fix --diff cases
printf '%s\n' "$out" | sed 's,^\(---\|+++\) \([ab]\)/cases/,\1 \2/cases-applied/,' >changes.diff
patch -s -p1 <changes.diff || not_ok "patch takes the diff of all cases"
check --fix --format compact cases
says "the rules' own examples are fixed" "$err" 'fixed[schedule-five-fields]' 'fixed[method-default-in-tree]' \
	'fixed[plugin-name-unknown]' 'fixed[barman-object-name-missing]' 'fixed[plugin-parameters-ignored]'
same "the rules' own examples: --fix does what --diff prints" cases cases-applied
cp -r cases cases-again
check --fix --format compact cases-again
silent_about "the rules' own examples: a second run finds nothing to fix" $'\n'"$err" $'\nfixed['
same "the rules' own examples: a second run changes nothing" cases cases-again

# --- what is told where
schedule a >a.yaml
check --fix a.yaml
is "what is left is fine: exit 0" "$status" 0
says "the fixes stand above the report" "$out" 'fixed[schedule-five-fields]: a.yaml:5:13 schedule: '"'0 3 * * *' -> '0 0 3 * * *'" 'checked 1 object'
silent_about "what is fixed is not reported" "$out" 'error['
schedule a >a.yaml
check --fix --format json a.yaml
is "a report for programs stays one" "$(jq -r .summary.deny <<<"$out")" 0
says "the fixes are on stderr then" "$err" 'fixed[schedule-five-fields]'
schedule a >a.yaml
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: soft}' \
	'spec: {profile: generic, rules: {schedule-five-fields: {severity: off}}}' >soft.yaml
out=$("$guard" check --policy soft.yaml --fix a.yaml)
is "a rule that is off fixes nothing" "$(<a.yaml)" "$(schedule a)"
out=$(schedule a | "$guard" check --profile generic --fix - 2>&1)
says "standard input is judged and not fixed" "$out" 'not fixed[schedule-five-fields]: <stdin>:5:13' 'error[schedule-five-fields]'


printf 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: a}\nspec: {schedule: "0 3 * * *", method: plugin, pluginConfiguration: {name: barman-cloud}, cluster: {name: pg}}\n' >line.yaml
check --fix line.yaml
is "of one line what stands first is told first" "$(head -2 <<<"$out" | cut -d' ' -f1,2)" $'fixed[schedule-five-fields]: line.yaml:4:18\nfixed[plugin-name-unknown]: line.yaml:4:75'
is "and both are fixed" "$(tail -1 line.yaml)" 'spec: {schedule: "0 0 3 * * *", method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}, cluster: {name: pg}}'

# --- what the policy wants is certain where nothing speaks against it
sed '/^  method/d; /^  pluginConfiguration/d' <(schedule a) >a.yaml
cp a.yaml b.yaml
printf -- '---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg}\nspec:\n  instances: 1\n' >>b.yaml
printf '  backup: {barmanObjectStore: {destinationPath: "s3://b/"}}\n' >>b.yaml
"$guard" check --profile homelab --fix a.yaml >/dev/null 2>&1
is "where the policy wants the plugin, it is written" "$(tail -n 4 a.yaml)" \
	$'  cluster: {name: pg}\n  method: plugin\n  pluginConfiguration:\n    name: barman-cloud.cloudnative-pg.io'
out=$("$guard" check --profile homelab --fix b.yaml)
silent_about "not where the Cluster has an in-tree store" "$(<b.yaml)" 'method: plugin'
says "not where the Cluster has an in-tree store: it is told" "$out" 'error[policy-method]'

# --- what a patch of a kustomization writes: its file is read, and nothing of it is kept
mkdir patched
{
	schedule a
	echo ---
	schedule b
} | sed 's/0 3 \* \* \*/0 0 3 * * */' >patched/b.yaml
printf 'resources: [b.yaml]\npatches: [{path: p.yaml}]\n' >patched/kustomization.yaml
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'metadata: {name: b}' \
	'spec: {schedule: "0 4 * * *"}' >patched/p.yaml
cp patched/p.yaml patched.txt
check --fix patched
is "a patch with a fault exits 1" "$status" 1
says "a patch with a fault is told" "$out" 'error[schedule-five-fields]' 'patched/p.yaml:4:18'
same "a patch is left alone" patched/p.yaml patched.txt

# --- files that are not to be written
mkdir held
schedule a >held/a.yaml
schedule b >held/b.yaml
chmod 444 held/a.yaml
check --fix held
is "a read-only file exits 3" "$status" 3
says "a read-only file is named, and what remains in it" "$out$err" 'held/a.yaml' 'read-only' 'error[schedule-five-fields]'
is "a read-only file is as it was" "$(<held/a.yaml)" "$(schedule a)"
silent_about "a read-only file is not told as fixed" "$out" 'fixed[schedule-five-fields]: held/a.yaml'
silent_about "the file beside it is fixed" "$(<held/b.yaml)" '"0 3'
is "nothing is left beside the files" "$(ls -A held)" $'a.yaml\nb.yaml'
schedule a >broken.yaml
printf -- '---\na: [\n' >>broken.yaml
cp broken.yaml broken.txt
check --fix broken.yaml
is "a file with an error exits 3" "$status" 3
same "a file with an error is left alone" broken.yaml broken.txt
says "a file with an error: why" "$out" 'not fixed[schedule-five-fields]: broken.yaml:5:13 a document of the file cannot be read'
mkdir real
schedule a >real/a.yaml
chmod 640 real/a.yaml
ln -s real/a.yaml link.yaml
check --fix link.yaml
is "a link stays a link" "$(readlink link.yaml)" real/a.yaml
silent_about "its target is fixed" "$(<real/a.yaml)" '"0 3'
is "the mode stays" "$(stat -c %a real/a.yaml)" 640
printf '{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"p":"geheim"}},%s]}' \
	'{"apiVersion":"postgresql.cnpg.io/v1","kind":"ScheduledBackup","metadata":{"name":"a"},"spec":{"schedule":"0 3 * * *","method":"plugin","cluster":{"name":"a"},"pluginConfiguration":{"name":"barman-cloud.cloudnative-pg.io"}}}' >line.json
check --fix --diff line.json
is "a diff that cannot be shown exits 3" "$status" 3
says "a diff that cannot be shown says why" "$err" 'line.json' 'lines of a Secret'
silent_about "and shows nothing" "$out$err" geheim

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
