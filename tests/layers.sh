#!/bin/sh
# A folder is a layer: includes point down only, a library has one home, files and functions stay small,
# what is banned does not come back. Prints every offence; silent when there is none.
set -eu
cd "$(dirname "$0")/.."
bad=0

rank() {
	case $1 in
	base) echo 0 ;;
	doc | cron) echo 1 ;;
	cnpg) echo 2 ;;
	rules) echo 3 ;;
	policy) echo 4 ;;
	engine) echo 5 ;;
	report | review) echo 6 ;;
	input) echo 6 ;;
	serve | kube | pki) echo 7 ;;
	check | audit | doctor | rotation) echo 8 ;;
	cmd) echo 9 ;;
	*) echo none ;;
	esac
}

complain() {
	echo "$1" >&2
	bad=1
}

for folder in src/*/ include/*/; do
	layer=$(basename "$folder")
	own=$(rank "$layer")
	[ "$own" != none ] || complain "$folder is no layer"
	used=$(grep -rhoE '^#include "[a-z]+/' "$folder" | sed 's/.*"\(.*\)\//\1/' | sort -u)
	for other in $used; do
		[ "$other" != "$layer" ] || continue
		theirs=$(rank "$other")
		if [ "$theirs" = none ] || [ "$theirs" -ge "$own" ]; then
			complain "$layer (rank $own) includes $other (rank $theirs): $(grep -rlE "^#include \"$other/" "$folder" | tr '\n' ' ')"
		fi
	done
done

home() { # library, pattern, folder
	found=$(grep -rlE "^#include <($2)" src include tests/unit tests/fuzz 2>/dev/null | grep -vE "^(src|include)/$3/|^tests/fuzz/oracle.h" || true)
	[ -z "$found" ] || complain "$1 is used outside its home src/$3: $found"
}
home cJSON 'cjson/|cJSON' doc
home libyaml 'yaml\.h' doc
home libmicrohttpd 'microhttpd|gnutls' serve
home OpenSSL 'openssl/' pki
home libcurl 'curl/' kube

banned='\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|strncpy|strerror|localtime|gmtime|setlocale|setenv|alloca)\('
found=$(grep -rnE "$banned" src include || true)
[ -z "$found" ] || complain "banned functions: $found"
found=$(grep -rnE 'cJSON_(GetObjectItem|HasObjectItem|Compare|Duplicate)\(' src || true)
[ -z "$found" ] || complain "case-insensitive or quadratic cJSON calls: $found"
found=$(grep -rnE '^#include ".*\.c"' src tests || true)
[ -z "$found" ] || complain "a .c file is included: $found"

[ "$(wc -l <src/main.c)" -le 80 ] || complain "src/main.c is longer than 80 lines"
# one target for each thing that a person or CI calls, so it grows with them
[ "$(wc -l <Makefile)" -le 180 ] || complain "Makefile is longer than 180 lines"
for file in src/*/*.c include/*/*.h tests/unit/*.c; do
	lines=$(wc -l <"$file")
	# the table of rules is as long as it has rules
	[ "$lines" -le 600 ] || [ "$file" = src/rules/table.c ] || complain "$file has $lines lines, more than 600"
	awk -v file="$file" '/^{/ { start = NR } /^}/ && start { if (NR - start > 61) printf "%s:%d: a function of %d lines, more than 60\n", file, start, NR - start - 1; start = 0 }' "$file" | grep . >&2 && bad=1
done
exit $bad
