#!/bin/bash
# Fuzzes each entry for a while with clang's libFuzzer, two at a time, from its corpus.
#   CC=clang tests/fuzz/run.sh build/fuzz/libguard.a SECONDS NAME...
# A crash is shown as base64: put the decoded bytes into tests/fuzz/corpus/NAME/ with the fix.
set -u
library=$(realpath "$1")
seconds=$2
shift 2
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
passed=0
failed=0
export UBSAN_OPTIONS=print_stacktrace=1

clean() {
	for pid in $(jobs -p); do
		kill -- "-$pid"
	done 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap clean EXIT
trap 'exit 1' INT TERM

libraries() {
	pkg-config --libs libcjson yaml-0.1 libmicrohttpd gnutls openssl expat liblzma
}

build() { # name
	# shellcheck disable=SC2046 # a list of options
	"${CC:-clang}" -std=c11 -D_GNU_SOURCE -Iinclude -O1 -g -DARENA_CHECKED \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-o "$tmp/fuzz_$1" "tests/fuzz/fuzz_$1.c" "$library" $(libraries) -lbz2 -lpthread -lm
}

# What the code compares with is what an input must hold to get further.
words() {
	grep -rhoE '"[A-Za-z][A-Za-z0-9./:_-]{1,39}"' src/facts src/checks src/cnpg src/review src/policy/fields.c | sort -u
}

seeds() { # name: own examples, and the rules' for the target of that name
	cp "tests/fuzz/corpus/$1"/* "$tmp/corpus.$1"
	if [ "$1" = rules ]; then
		for file in tests/cases/*/*.yaml; do
			cp "$file" "$tmp/corpus.$1/$(basename "$(dirname "$file")")-$(basename "$file")"
		done
	fi
}

fuzz() { # name
	mkdir "$tmp/corpus.$1" "$tmp/crash.$1"
	build "$1" >"$tmp/log.$1" 2>&1 && seeds "$1" &&
		"$tmp/fuzz_$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=16384 \
			-dict="$tmp/words" -artifact_prefix="$tmp/crash.$1/" "$tmp/corpus.$1" >>"$tmp/log.$1" 2>&1
}

report() { # name, status
	local runs
	runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$tmp/log.$1")
	if [ "$2" = 0 ] && [ -n "$runs" ]; then
		echo "ok - fuzz $1: $runs runs"
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "not ok - fuzz $1"
	grep -E 'bug at|ERROR|error:|^ +#[0-9]' "$tmp/log.$1" | head -30 | sed 's/^/#   /'
	for file in "$tmp/crash.$1"/*; do
		[ -f "$file" ] && echo "#   $(basename "$file"): $(base64 -w0 "$file")"
	done
}

words >"$tmp/words"
set -m # each in a process group of its own, so that all of it can be ended
while [ $# -gt 0 ]; do
	first=$1 second=${2-}
	fuzz "$first" &
	first_pid=$!
	if [ -n "$second" ]; then
		fuzz "$second" &
		second_pid=$!
	fi
	wait "$first_pid"
	report "$first" $?
	if [ -n "$second" ]; then
		wait "$second_pid"
		report "$second" $?
		shift
	fi
	shift
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
