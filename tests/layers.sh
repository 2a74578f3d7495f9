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
	cnpg | http) echo 2 ;;
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
home libcurl 'curl/' http

found=$(grep -rlE '\b(clock_gettime|pthread_condattr_setclock|time\(NULL\))' src | grep -v '^src/base/' || true)
[ -z "$found" ] || complain "clocks are asked in src/base alone, not in: $found"
found=$(grep -rlE '\b(O_CREAT|mkos?temp|rename\()' src | grep -v '^src/base/' || true)
[ -z "$found" ] || complain "files are written by src/base/file.c alone, not by: $found"
banned='\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|strncpy|strerror|localtime|gmtime|setlocale|setenv|alloca)\('
found=$(grep -rnE "$banned" src include || true)
[ -z "$found" ] || complain "banned functions: $found"
found=$(grep -rnE 'cJSON_(GetObjectItem|HasObjectItem|Compare|Duplicate)\(' src || true)
[ -z "$found" ] || complain "case-insensitive or quadratic cJSON calls: $found"
# the first bits of an IPv6 address, and the encoder of scan.c, look the same
found=$(grep -rnE '& 0xc0\) *[!=]= *0x80|0x80 \| \(' src include | grep -vE '^src/(base/utf8|cnpg/location|doc/scan)\.c:' || true)
[ -z "$found" ] || complain "UTF-8 is taken apart outside of base/utf8.c: $found"
found=$(grep -rnE '^#include ".*\.c"' src tests || true)
[ -z "$found" ] || complain "a .c file is included: $found"

# A purpose for every file: the header of its name says it, or the first line.
for file in src/*/*.c; do
	layer=$(basename "$(dirname "$file")") name=$(basename "$file" .c)
	[ -f "include/$layer/$name.h" ] || [ -f "src/$layer/${name}_internal.h" ] || [ "$(head -c 2 "$file")" = '/*' ] ||
		complain "$file has no header of its name, and its first line does not say what it is for"
done
for file in include/*/*.h src/*/*.h; do
	[ "$(head -c 2 "$file")" = '/*' ] || complain "$file does not begin with what it is for"
done

# A comment that names a file of ours names one that is there.
found=$(grep -rhvE '^#include' src include | grep -oE '\b[a-z]+/[a-z_]+\.[ch]\b' | sort -u | while read -r path; do
	[ -e "include/$path" ] || [ -e "src/$path" ] || [ -e "tests/$path" ] || grep -rlF "$path" src include | sed "s|\$| names $path|"
done)
[ -z "$found" ] || complain "a comment names a file that is not there: $found"

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
