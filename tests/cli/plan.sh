#!/bin/bash
# What plan says of manifests, in each format, and what a change takes away.
#   tests/cli/plan.sh BACKUP-GUARD         (GUARD_WRITE_EXPECT=1 writes tests/plan: read the difference)
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
cases=$(dirname "$(dirname "$(realpath "$0")")")/plan

plan() {
	"$guard" plan --now 2026-10-10T10:20:30Z --profile generic "$@"
}

golden() { # file, arguments of plan
	local file=$cases/$1
	(cd "$cases" && plan "${@:2}" >"$tmp/out" 2>&1)
	[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$tmp/out" "$file"
	is "$1" "$(<"$tmp/out")" "$(<"$file")"
}

golden shop.txt shop.yaml --size 20Gi --churn 5Gi --tz Europe/Berlin
golden shop.md shop.yaml
golden fleet.txt fleet.yaml --days 3
plan "$cases/shop.yaml" --format json | jq . >"$tmp/json"
[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$tmp/json" "$cases/shop.json"
is shop.json "$(sed s,"$cases"/,, "$tmp/json")" "$(sed 's,"/.*/tests/plan/,",' "$cases/shop.json")"

# What is proposed is apart: the same manifests with it begin together no more.
tree
cp "$cases/fleet.yaml" .
plan fleet.yaml --format json | jq -r '.collisions[].schedules[] | select(.instead) | "/name: \(.name)$/,/schedule:/s|schedule: .*|schedule: \"\(.instead)\"|"' >script.sed
sed -i -f script.sed fleet.yaml
is "schedules as proposed do not begin together" "$(wc -l <script.sed) $(plan fleet.yaml --format json | jq '.collisions | length')" '3 0'

# Where the runs are, cron says, too.
is "the runs are those of cron" "$(plan "$cases/shop.yaml" --format json | jq -c '.clusters[0].schedules[0].next')" \
	"$("$guard" cron --from 2026-10-10T10:20:30Z --format json '0 0 3 * * *' | jq -c .next)"

tree
sed 's/0 0 3 \* \* \*/* * * * * */' "$cases/shop.yaml" >db.yaml
says "what is too much to reckon is not guessed" "$(plan db.yaml)" 'not known: by 2026-10-11T' 'by day:     from none: 86400'
says "a size is a size" "$(plan db.yaml --size 20GB 2>&1; echo $?)" "--size: '20GB' is no size such as 20Gi" $'\n2'
says "either files or what is live" "$(plan db.yaml --live 2>&1; echo $?)" 'either PATH or --live' $'\n2'
says "a zone is one" "$(plan db.yaml --tz Mars/Base 2>&1; echo $?)" "--tz: 'Mars/Base' " $'\n2'
is "what cannot be read is told" "$(plan nowhere.yaml >/dev/null 2>&1; echo $?)" 3
mkdir empty
is "nothing is nothing" "$(plan empty 2>&1; echo $?)" $'nothing to plan: no Cluster is there\n0'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
