#!/bin/bash
# README and RULES tell the truth: the examples and the table of rules are what the program
# prints.
#   tests/cli/readme.sh BACKUP-GUARD       (GUARD_WRITE_EXPECT=1 writes them there)
set -euo pipefail
guard=$(realpath "$1")
cd "$(dirname "$0")/../.."
passed=0 failed=0

# What stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
block() { # name, document
	sed -n "/^<!-- begin $1 -->\$/,/^<!-- end $1 -->\$/p" "$2" | sed '1d;$d'
}

write() { # name, document, file with the text
	sed -i -e "/^<!-- begin $1 -->\$/,/^<!-- end $1 -->\$/{/^<!-- begin/{p;r $3
};/^<!-- end/p;d}" "$2"
}

same() { # name, document; the text on standard input
	local text
	text=$(mktemp)
	cat >"$text"
	[ -z "${GUARD_WRITE_EXPECT:-}" ] || write "$1" "$2" "$text"
	if diff -u <(block "$1" "$2") "$text"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok - $2: $1"
	fi
	rm -f "$text"
}

example() {
	local words=(check --now 2026-08-26T10:20:30Z tests/cases/schedule-five-fields/fail-daily.yaml)
	echo '```console'
	echo "\$ backup-guard ${words[*]}"
	{ NO_COLOR=1 "$guard" "${words[@]}" || [ $? = 1 ]; } | sed '/^$/,$d'
	echo '```'
}

# What kubectl printed at a real API server (tests/e2e/run.sh).
kubectl() {
	local name
	echo '```console'
	for name in 01-plugin-forgotten 13-path-of-no-site 14-secret-of-another 09-sunday-is-seven 11-method-forgotten; do
		sed -n "/ bad.$name/,/^exit status/p" tests/e2e/golden/mistakes-apply.txt | sed '$d'
	done
	echo '```'
}

# In a folder of its own: what is written there goes with it.
others() {
	local folder plan=(plan --size 20Gi --churn 5Gi tests/plan/shop.yaml) alerts=(alerts --output alerts.yaml tests/alerts/one.yaml)
	folder=$(mktemp -d)
	cp -r tests/migrate/guide/in "$folder/apps"
	ln -s "$PWD/tests" "$folder"
	echo '```console'
	echo '$ backup-guard migrate apps/ >changes.diff       # from barmanObjectStore to the plugin; --write changes the files'
	(cd "$folder" && "$guard" migrate --profile generic apps/ 2>&1 >/dev/null) | sed -n 1,4p
	echo "\$ backup-guard ${plan[*]}   # --against origin/main: what a change deletes"
	"$guard" "${plan[@]}" --profile generic --now 2026-10-10T10:20:30Z | sed -n '/^  worst/p; /^  back/p; /^$/q'
	echo "\$ backup-guard ${alerts[*]}   # for Prometheus; --tests: what proves them"
	(cd "$folder" && "$guard" "${alerts[@]}" --now 2026-08-26T10:20:30Z 2>&1)
	echo '```'
	rm -r "$folder"
}

# Each rule is a link to its page, which the program cannot know the address of.
rules() {
	"$guard" rules --format markdown | sed -E '3,$s#^\| (.([a-z0-9-]+).) #| [\1](../src/checks/pages/\2.md) #'
}

same example README.md < <(example)
same others README.md < <(others)
same kubectl README.md < <(kubectl)
same rules .github/RULES.md < <(rules)

for page in src/checks/pages/*.md; do
	if [ "$(head -n 1 "$page")" = "# $(basename "$page" .md)" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok - $page: its title is another"
	fi
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
