#!/bin/bash
# What make says: how far a build is, what is missing, and what the tests come to.
#   tests/cli/make.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
tests=$(realpath "$(dirname "$0")/..")
export MAKEFILES=$tmp/extra.mk MAKEFLAGS=
cat >"$MAKEFILES" <<'END'
good:; @printf 'ok - a\n2 passed, 0 failed\n'
bad:; @printf 'ok - a\nnot ok - b\n#   why\n1 passed, 1 failed\n'; false
criterion:; @printf '\033[0;1m[====] Synthesis: Tested: 5 | Passing: 3 | Failing: 1 | Crashing: 1\033[0m\n'
one two:; : -c $@ -o $@
broken:; : -c $@ -o $@; echo 'what a compiler says' >&2; false
END

out=$("$tests/all.sh" good criterion 2>"$tmp/stderr")
is "all is well" $? 0
says "and one line says so, and what was not run" "$(tail -n 1 <<<"$out")" 'make test: 5 passed, 2 failed; not run: make e2e' 'make store' 'make page'
is "what passed is not told one by one" "$(grep -c '^ok' <<<"$out")" 0
is "the one line is not summed again" "$("$tests/sum.sh" <<<"$out")" '5 passed, 2 failed'
out=$("$tests/all.sh" bad good 2>"$tmp/stderr")
is "one part that fails fails all" $? 1
says "the others are run, and it is named" "$(tail -n 1 <<<"$out")" 'make test: 3 passed, 1 failed, in bad; not run'
says "what failed stands above it" "$(tail -n 4 <<<"$out")" '== what failed' 'not ok - b'
says "and in its place with why" "$out" $'not ok - b\n#   why'

build() {
	CC=sh PKGS=${PKGS-} "$tests/build.sh" "$@" 2>&1
}
out=$(PKGS='openssl no-such-library' build one)
is "without a library nothing is compiled" "$? $out" "1 what it is built with is not all here (no-such-library): on Debian 'make deps' installs it"
out=$(CC='no-such-compiler -m64' "$tests/build.sh" one 2>&1)
says "nor without a compiler" "$out" '(no-such-compiler)' 'make deps'
is "a build says how far it is" "$(build one two | sed 's/in [0-9]* s/in N s/' | paste -sd,)" 'building: 1 of 2 files,building: 2 of 2 files,built in N s'
out=$(build broken)
is "one that fails fails" $? 2
says "and what the compiler says is told" "$out" 'what a compiler says'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
