#!/bin/bash
# Colours: on a terminal, unless NO_COLOR or --color says otherwise; never in what is no text.
#   tests/cli/color.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
tests=$(realpath "$(dirname "$0")/..")
red=$'\e[1;31m' yellow=$'\e[1;33m' green=$'\e[1;32m' bold=$'\e[1m' plain=$'\e[0m'
export TERM=xterm
cd "$tmp" || exit 4

plainly() { # without colours
	sed 's/\x1b\[[0-9;]*m//g'
}
terminal() { # a command whose output is one
	python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' "$@" </dev/null | tr -d '\r'
}

cron=(cron --from 2026-08-26T10:20:30Z '0 3 * * *' x)
out=$("$guard" "${cron[@]}" --color always)
says "a schedule, its warning and what to write" "$out" "${bold}0 3 * * *$plain" "$yellow  warning:$plain  five" "$green  write:$plain    0 0 3" "$red  refused:$plain"
is "the words are the same" "$(plainly <<<"$out")" "$("$guard" "${cron[@]}")"
is "JSON has none" "$("$guard" "${cron[@]}" --format jsonl --color always)" "$("$guard" "${cron[@]}" --format jsonl)"

out=$("$guard" explain schedule-five-fields --color always)
says "headings, the severity, and the examples" "$out" "${bold}schedule-five-fields$plain" "${bold}why$plain" "$red  deny in$plain profile generic" "${red}wrong$plain" "${green}right$plain"
is "in the same words" "$(plainly <<<"$out")" "$("$guard" explain schedule-five-fields)"
says "a list of rules by severity" "$("$guard" explain schedule- --color always)" "${red}deny ${plain} schedule-five-fields" "${yellow}warn ${plain} schedule-suspended"

cp -r "$tests/migrate/guide/in" apps
out=$("$guard" migrate --profile generic --color always apps 2>/dev/null)
says "a diff of migrate" "$out" "$bold--- " "$bold+++ " "$red-" "$green+"
is "is the same diff" "$(plainly <<<"$out")" "$("$guard" migrate --profile generic apps 2>/dev/null)"
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: a}\nspec: {schedule: "0 3 * * *", cluster: {name: a}}\n' >bad.yaml
says "and of check --fix" "$("$guard" check --fix --diff --color always bad.yaml 2>/dev/null)" "$red-spec: " "$green+spec: "

for words in 'cron @daily' 'explain schedule-' 'migrate --profile generic apps'; do
	read -ra words <<<"$words"
	is "${words[0]}: a pipe has none" "$("$guard" "${words[@]}" 2>/dev/null | grep -c $'\e')" 0
	terminal true 2>/dev/null || continue # no pseudo-terminal is to be had here
	coloured=$("$guard" "${words[@]}" --color always 2>/dev/null | grep -c $'\e\[1')
	is "${words[0]}: a terminal has colours" "$((coloured > 0)) $(terminal "$guard" "${words[@]}" | grep -c $'\e\[1')" "1 $coloured"
	is "${words[0]}: but for NO_COLOR" "$(NO_COLOR=1 terminal "$guard" "${words[@]}" | grep -c $'\e\[1')" 0
	is "${words[0]}: and --color never" "$(terminal "$guard" "${words[@]}" --color never | grep -c $'\e\[1')" 0
done

# shellcheck disable=SC2016 # it is the other shell's
! terminal true 2>/dev/null || is "a list of rules is as wide as the terminal" "$(terminal sh -c 'stty cols 70; exec "$0" explain schedule' "$guard" | plainly | awk 'length > 70' | wc -l)" 0
is "which a pipe is not" "$("$guard" explain schedule | awk 'length > 70' | wc -l | grep -c '^0$')" 0

echo "$passed passed, $failed failed"
[ $failed = 0 ]
