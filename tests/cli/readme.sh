#!/bin/bash
# README tells the truth: its example, its list of commands and its table of rules are what the program
# prints.
#   tests/cli/readme.sh BACKUP-GUARD       (GUARD_WRITE_EXPECT=1 writes them into README.md)
set -euo pipefail
guard=$(realpath "$1")
cd "$(dirname "$0")/../.."
passed=0 failed=0

# What stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
block() {
	sed -n "/^<!-- begin $1 -->\$/,/^<!-- end $1 -->\$/p" README.md | sed '1d;$d'
}

write() { # name, file with the text
	sed -i -e "/^<!-- begin $1 -->\$/,/^<!-- end $1 -->\$/{/^<!-- begin/{p;r $2
};/^<!-- end/p;d}" README.md
}

same() { # name; the text on standard input
	local text
	text=$(mktemp)
	cat >"$text"
	[ -z "${GUARD_WRITE_EXPECT:-}" ] || write "$1" "$text"
	if diff -u <(block "$1") "$text"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok - README: $1"
	fi
	rm -f "$text"
}

example() {
	local words=(check --profile generic --now 2026-08-26T10:20:30Z tests/cases/schedule-five-fields/fail-daily.yaml)
	echo '```console'
	echo "\$ backup-guard ${words[*]}"
	NO_COLOR=1 "$guard" "${words[@]}" || [ $? = 1 ]
	echo '```'
}

commands() {
	echo '```'
	"$guard" help
	echo '```'
}

same example < <(example)
same commands < <(commands)
same rules < <("$guard" rules --format markdown)

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
