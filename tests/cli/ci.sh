#!/bin/bash
# The files for pre-commit and GitHub: what stands in them is run as those would run it, offline. And
# the policies to begin with: each is accepted, and so is what their comments offer.
#   tests/cli/ci.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
cd "$(dirname "$0")/../.." || exit 4
root=$PWD
hooks=$root/.pre-commit-hooks.yaml action=$root/.github/actions/check/action.yml

# What pre-commit reads of a hook; the files that it found stand behind it.
hook() { # id file...
	local id=$1 entry
	shift
	entry=$(awk -v id="$id" '$0 == "- id: " id { on = 1; next } /^- id:/ { on = 0 } on && sub(/^  entry: /, "")' "$hooks")
	read -ra entry <<<"$entry"
	out=$(PATH="$tmp/bin:$PATH" "${entry[@]}" --profile generic "$@" 2>&1)
	status=$?
}

# The step of the action, in the shell and with the defaults that GitHub gives it.
run_action() { # NAME=VALUE of inputs...
	local name value vars=()
	while IFS='|' read -r name value; do
		vars+=("GUARD_$(tr 'a-z-' 'A-Z_' <<<"$name")=$value")
	done < <(awk '/^inputs:/ { on = 1; next } /^runs:/ { on = 0 }
		on && /^  [a-z-]+:$/ { name = $1; sub(/:/, "", name) }
		on && /^    default:/ { sub(/^    default: /, ""); gsub(/"/, ""); print name "|" $0 }' "$action")
	out=$(env PATH="$tmp/bin:$PATH" "${vars[@]}" "$@" bash --noprofile --norc -eo pipefail "$tmp/step.sh" 2>&1)
	status=$?
}

mkdir "$tmp/bin" "$tmp/a b"
ln -s "$guard" "$tmp/bin/backup-guard"
cp tests/cases/schedule-five-fields/fail-daily.yaml "$tmp/a b/bad.yaml"
sed "s/'0 3 /'0 0 3 /" "$tmp/a b/bad.yaml" >"$tmp/good.yaml"
cd "$tmp" || exit 4

for file in "$hooks" "$action"; do
	out=$("$guard" check "$file" 2>&1)
	is "${file##*/} is YAML" "$?" 0
done
is "each hook needs an installed program and nothing else" \
	"$(grep -c '^  language: system$' "$hooks")" "$(grep -c '^- id:' "$hooks")"
is "the action uses no other action" "$(grep -c 'uses:' <(sed '/^#/d' "$action"))" 0

hook backup-guard good.yaml
is "the hook passes good files" "$status" 0
hook backup-guard good.yaml 'a b/bad.yaml'
is "the hook refuses a bad file" "$status" 1
says "the hook says why" "$out" 'a b/bad.yaml:7:13' "schedule: '0 0 3 * * *'"
hook backup-guard "$hooks"
is "the hook passes files of other kinds" "$status" 0
cp -r 'a b' fixable
hook backup-guard-fix good.yaml fixable/bad.yaml
is "the fixing hook passes what it has repaired" "$status" 0
says "the fixing hook says what it did" "$out" 'fixed[schedule-five-fields]'
if cmp -s good.yaml fixable/bad.yaml; then ok "the fixing hook repairs the file"; else not_ok "the fixing hook repairs the file"; fi

awk 'on { sub(/^ {8}/, ""); print } /^      run: \|$/ { on = 1 }' "$action" >step.sh
is "each input reaches the step" "$(grep -o 'inputs\.[a-z-]*' "$action" | sort -u)" \
	"$(awk '/^runs:/ { exit } /^  [a-z-]+:$/ { gsub(/[ :]/, ""); print "inputs." $0 }' "$action" | sort)"
run_action GUARD_PROFILE=generic
is "the action fails at a denial" "$status" 1
says "the action annotates the line" "$out" '::error file=a b/bad.yaml,line=7'
run_action GUARD_PROFILE=generic GUARD_PATHS=$'good.yaml\n'
is "the action passes good files" "$status" 0
run_action GUARD_PROFILE=generic GUARD_PATHS=$'good.yaml\na b/bad.yaml\n'
is "the action takes a path a line" "$status" 1
run_action
is "the action leaves the profile to the program: generic refuses" "$status" 1
run_action GUARD_PROFILE=homelab
is "the action takes a profile: homelab warns" "$status" 0
says "the action shows warnings" "$out" '::warning file='
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: own}' \
	'spec: {profile: generic}' >'own policy.yaml'
run_action GUARD_POLICY='own policy.yaml' GUARD_PROFILE=homelab GUARD_PATHS='a b'
is "the action takes a policy before a profile" "$status" 1
run_action GUARD_PROFILE=generic GUARD_FAIL_ON=never GUARD_FORMAT=compact
is "the action fails where it is told to" "$status" 0
says "the action writes another format" "$out" 'a b/bad.yaml:7:13: error:'
"$guard" check --profile generic --write-baseline 'old findings.json' 'a b' >"$tmp/out" 2>&1
mkdir -p chart/templates
printf '%s\n' 'apiVersion: v2' 'name: cloudnative-pg' 'version: 0.1.0' >chart/Chart.yaml
# shellcheck disable=SC2016  # the program's own
printf '#!/bin/sh\necho "Error: asked for $3" >&2\nexit 1\n' >"$tmp/bin/helm"
chmod +x "$tmp/bin/helm"
run_action GUARD_PROFILE=generic GUARD_PATHS=chart GUARD_HELM=true
says "the action renders charts when it is told to" "$out" "helm template: asked for $tmp/chart"
run_action GUARD_PROFILE=generic GUARD_PATHS=chart
is "and not by itself" "$status" 0
run_action GUARD_PROFILE=generic GUARD_PATHS='a b' GUARD_BASELINE='old findings.json'
is "the action passes what is in the baseline" "$status" 0
sed 's/^  name: .*/  name: newer/' 'a b/bad.yaml' >newer.yaml
run_action GUARD_PROFILE=generic GUARD_PATHS=$'a b\nnewer.yaml' GUARD_BASELINE='old findings.json'
is "and fails for what is new" "$status" 1
says "which is all that it annotates" "$(grep -o 'file=[^,]*' <<<"$out" | sort -u)" 'file=newer.yaml'
run_action GUARD_PROFILE=generic GUARD_PATHS="\$(touch hit); --help"
if [ "$status" = 3 ] && [ ! -e hit ]; then ok "what stands in an input is never run"; else not_ok "what stands in an input is never run" "$out"; fi
run_action GUARD_PROGRAM=not-there
is "the action says when the program is missing" "$status $out" '3 ::error::not-there is not installed on this runner'

# What installs is told what it is given; the package is one line of text.
printf '#!/bin/sh\necho "$*" >>"%s/installed"\n' "$tmp" >"$tmp/bin/apt-get"
printf '#!/bin/sh\nexec "$@"\n' >"$tmp/bin/sudo"
# shellcheck disable=SC2016 # for that script
printf '#!/bin/sh\nfor last; do :; done\n[ "$last" != https://git.example.org/gone.deb ] || exit 22\nwhile [ "$1" != -o ]; do shift; done\necho "$last" >"$2"\n' >"$tmp/bin/curl"
chmod +x "$tmp/bin/"{apt-get,sudo,curl}
echo text >given.deb
for deb in given.deb https://git.example.org/given.deb; do
	run_action GUARD_PROFILE=generic GUARD_PATHS=good.yaml GUARD_DEB=$deb
	is "the action installs the package $deb" "$status $(grep -c '^install -y .*/backup-guard.deb' installed)" "0 1"
	rm -f installed
done
run_action GUARD_PATHS=good.yaml GUARD_DEB=given.deb GUARD_DEB_DIGEST="$(sha256sum given.deb | cut -d ' ' -f 1)"
is "when it has the digest that is given" "$status $(wc -l <installed)" "0 1"
rm -f installed
run_action GUARD_PATHS=good.yaml GUARD_DEB=given.deb GUARD_DEB_DIGEST="$(sha256sum given.deb)"
is "or the line of SHA256SUMS that has it" "$status $(wc -l <installed)" "0 1"
rm -f installed
run_action GUARD_PATHS=good.yaml GUARD_DEB=given.deb GUARD_DEB_DIGEST="$(sha256sum good.yaml | cut -d ' ' -f 1)"
is "and not when it has another" "$status $([ -e installed ] || echo none)" "3 none"
says "which it says" "$out" '::error::the package given.deb has another sha256 than'
for deb in http://git.example.org/given.deb https://git.example.org/gone.deb missing.deb; do
	run_action GUARD_PATHS=good.yaml GUARD_DEB=$deb
	is "it does not go on without the package $deb" "$status $(grep -c ^::error:: <<<"$out") $([ -e installed ] || echo none)" "3 1 none"
done

for file in "$root"/deploy/policy/*.yaml; do
	out=$("$guard" policy check "$file" 2>&1)
	is "${file##*/} is a policy" "$?" 0
	# What a comment shows, indented by three, is a file of its own.
	if grep -q '^#   kind: BackupPolicy$' "$file"; then
		sed -n 's/^#   //p' "$file" >shown.yaml
		out=$("$guard" policy check shown.yaml 2>&1)
		is "what ${file##*/} shows is a policy" "$? $(grep -c '^kind: ' shown.yaml)" '0 1'
	fi
done
sed 's/^  # \(requireStoreRoles\|rules\):/  \1:/' "$root/deploy/policy/two-site.yaml" >roles.yaml
out=$("$guard" policy check roles.yaml 2>&1)
is "what two-site.yaml offers can be switched on" "$? $(grep -c '^  requireStoreRoles: ' roles.yaml)" '0 1'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
