#!/bin/sh
# A folder is a layer: includes point down only, a library has one home, files and functions stay small,
# what is banned does not come back. Prints every offence; silent when there is none. Which file needs which is read from
# the objects of the library, which `make lint` builds.
set -eu
cd "$(dirname "$0")/.."
objects=build/release
bad=0

rank() {
	case $1 in
	base) echo 0 ;;
	doc | cron | pki) echo 1 ;;
	cnpg | http) echo 2 ;;
	rules | bucket) echo 3 ;;
	facts) echo 4 ;;
	checks) echo 5 ;;
	policy) echo 6 ;;
	engine | vap) echo 7 ;;
	report | review) echo 8 ;;
	input) echo 8 ;;
	serve | kube) echo 9 ;;
	probe) echo 10 ;;
	check | audit | doctor | rotation) echo 11 ;;
	webhook | restore | migrate | plan | alerts | learn) echo 12 ;;
	cmd) echo 13 ;;
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
home expat 'expat\.h' bucket
home liblzma 'lzma\.h' bucket
home libbz2 'bzlib\.h' bucket

found=$(grep -rlE '\b(clock_gettime|pthread_condattr_setclock|time\(NULL\))' src | grep -v '^src/base/' || true)
[ -z "$found" ] || complain "clocks are asked in src/base alone, not in: $found"
found=$(grep -rlE '\b(O_CREAT|mkos?temp|rename\()' src | grep -v '^src/base/' || true)
[ -z "$found" ] || complain "files are written by src/base/file.c alone, not by: $found"
banned='\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|strncpy|strerror|localtime|gmtime|setlocale|alloca)\('
found=$(grep -rnE "$banned" src include || true)
[ -z "$found" ] || complain "banned functions: $found"
found=$(grep -rnE '\b(set|put)env\(' src include | grep -v '^src/base/zone\.c:' || true) # a process with one thread
[ -z "$found" ] || complain "the environment is set outside of base/zone.c: $found"
found=$(grep -rnE 'cJSON_(GetObjectItem|HasObjectItem|Compare|Duplicate)\(' src || true)
[ -z "$found" ] || complain "case-insensitive or quadratic cJSON calls: $found"
# the first bits of an IPv6 address look the same
found=$(grep -rnE '& 0xc0\) *[!=]= *0x80|0x80 \| \(' src include | grep -vE '^src/(base/utf8|cnpg/location)\.c:' || true)
[ -z "$found" ] || complain "UTF-8 is taken apart outside of base/utf8.c: $found"
found=$(grep -rnE '^#include ".*\.c"' src tests || true)
[ -z "$found" ] || complain "a .c file is included: $found"

# A purpose for every file: the header of its name says it, or the first line.
for file in src/*/*.c; do
	layer=$(basename "$(dirname "$file")") name=$(basename "$file" .c)
	[ -f "include/$layer/$name.h" ] || [ -f "src/$layer/${name}_internal.h" ] || [ "$(head -c 2 "$file")" = '/*' ] ||
		complain "$file has no header of its name, and its first line does not say what it is for"
done
for file in src/*/*.h; do
	case $file in
	*/internal.h | *_internal.h) ;;
	*) complain "$file is a private header, and not called internal.h nor SUBJECT_internal.h" ;;
	esac
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
# a subcommand is its options, one call and its exit code
for file in src/cmd/*.c; do
	grep -q '^const struct cmd cmd_' "$file" || continue
	lines=$(wc -l <"$file")
	[ "$lines" -le 150 ] || complain "$file is a subcommand of $lines lines, more than 150"
done
# one target for each thing that a person or CI calls, so it grows with them
[ "$(wc -l <Makefile)" -le 200 ] || complain "Makefile is longer than 200 lines"
for file in src/*/*.c include/*/*.h tests/unit/*.c; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || complain "$file has $lines lines, more than 600"
	awk -v file="$file" '/^{/ { start = NR } /^}/ && start { if (NR - start > 61) printf "%s:%d: a function of %d lines, more than 60\n", file, start, NR - start - 1; start = 0 }' "$file" | grep . >&2 && bad=1
done

[ "$(wc -l <src/checks/table.c)" -le 200 ] || complain "src/checks/table.c is longer than 200 lines"
found=$(grep -rnE '\.(why|fix|bad|good) = *"' src/rules src/checks || true)
[ -z "$found" ] || complain "the words of a rule stand in its page, not in C: $found"

# A file of rules is named by their ids: of those whose name begins an id, the longest has it.
rule_files=$(cd src/checks && for file in *.c; do echo "${file%.c}"; done | grep -vxE 'table|page')
for name in $rule_files; do
	grep -qE "^	X\($name\)" src/checks/table.c || complain "src/checks/table.c does not join $name.c"
done
found=$(grep -H '^		\.id = "' src/checks/*.c | awk -F'"' -v names="$rule_files" '
	BEGIN { count = split(names, name, "\n") }
	{
		split($1, place, ":")
		best = "a file of its own"
		for (i = 1; i <= count; i++) {
			start = name[i] "-"
			gsub("_", "-", start)
			if (index($2 "-", start) == 1 && length(start) > longest) {
				longest = length(start)
				best = "src/checks/" name[i] ".c"
			}
		}
		longest = 0
		if (place[1] != best) print "rule " $2 " stands in " place[1] " and belongs in " best
	}')
[ -z "$found" ] || complain "$found"

# What each object gives to others and needs of them: "G cnpg/view view_find", "U rules/rule finding_add".
symbols=$(for file in src/*/*.c; do echo "$objects/${file%.c}.o"; done | xargs nm -gA | awk -v objects="$objects/src/" '
	{
		name = substr($1, length(objects) + 1)
		sub(/\.o:.*/, "", name)
		print ($(NF - 1) == "U" ? "U" : "G"), name, $NF
	}')
found=$(echo "$symbols" | awk '$1 == "G" && $2 ~ /^checks\// && $2 !~ /\/(table|page)$/ && "checks/" $3 != $2 "_rules"')
[ -z "$found" ] || complain "a file of rules gives more than its rows: $found"

# Files that need each other cannot be understood one after the other. The needs that may close a circle, and why:
excused='checks/exemption_not_honoured checks/table: it asks whether an id is that of a rule
policy/read policy/load: the fields of a policy hold maps, which are read as it is
serve/(conn|handler|health) serve/server: called back by libmicrohttpd, they ask the server that registered them
serve/cache_state serve/cache: the table of the kinds that are kept'
needs=$(echo "$symbols" | awk '
	$1 == "G" { home[$3] = $2 }
	$1 == "U" { wants[$2 " " $3] }
	END { for (w in wants) { split(w, p, " "); if (p[2] in home && home[p[2]] != p[1]) print p[1], home[p[2]] } }' | sort -u)
patterns=$(echo "$excused" | sed 's/:.*//')
loops() { # patterns of needs that are not counted
	echo "$needs" | grep -vxE "$1" | tsort 2>&1 >/dev/null | sed 's/^tsort: //; s/^-: .*/a circle of files:/' || true
}
echo "$patterns" | while read -r pattern; do
	[ -n "$(loops "$(echo "$patterns" | grep -vxF "$pattern")")" ] || echo "no circle is excused by '$pattern'"
done | grep . >&2 && bad=1
found=$(loops "$patterns")
[ -z "$found" ] || complain "$found"
exit $bad
