#!/bin/bash
# What make says: how far a build is, what is missing, and what the tests come to.
#   tests/cli/make.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
tests=$(realpath "$(dirname "$0")/..")
export MAKEFILES=$tmp/extra.mk MAKEFLAGS=
unset VARIANT B ARCH CC WERROR # of the make that runs this: it exports what it was given
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
says "nor without a compiler" "$out" '(no-such-compiler)' 'CC is gcc, clang or a cross compiler'
is "what the cross compiler needs is of a group of its own" "$(CC=aarch64-linux-gnu-gcc PKGS=no-such-library "$tests/build.sh" one 2>&1 | grep -o "tests/deps.sh [a-z0-9 ]*")" 'tests/deps.sh build arm64'
is "a build says how far it is" "$(build one two | sed 's/in [0-9]* s/in N s/' | paste -sd,)" 'building: 1 of 2 files,building: 2 of 2 files,built in N s'
out=$(build broken)
is "one that fails fails" $? 2
says "and what the compiler says is told" "$out" 'what a compiler says'

mkdir "$tmp/nobody"
for name in id:'echo 1000' dpkg-query:'exit 1' apt-get:'echo installs'; do
	printf '#!/bin/sh\n%s\n' "${name#*:}" >"$tmp/nobody/${name%%:*}"
	chmod +x "$tmp/nobody/${name%%:*}"
done
out=$(PATH=$tmp/nobody "$tests/deps.sh" qemu 2>&1)
is "who is not root, without sudo, is told who can install what" "$? $out" "1 these Debian packages are missing, and sudo to install them; run 'tests/deps.sh qemu' as root: qemu-user libcriterion-dev"

# a tree of one file, in a folder of two words, whose scripts do nothing
tree="$tmp/two words"
mkdir -p "$tree/src/one" "$tree/deploy" "$tree/tests"
cp "$tests/../Makefile" "$tree/"
cp "$tests/../deploy/packages.mk" "$tree/deploy/"
echo 'extern int one;' >"$tree/src/one/one.c"
for script in tests/deps.sh tests/build.sh tests/demo/run.sh deploy/arm64.sh deploy/image.sh deploy/debian/build.sh; do
	mkdir -p "$(dirname "$tree/$script")"
	# shellcheck disable=SC2016 # it is that script's
	printf '#!/bin/sh\necho "$0 runs" >>"%s/ran"\n' "$tmp" >"$tree/$script"
	chmod +x "$tree/$script"
done
export MAKEFILES=
is "the folder may have a blank in its name" "$(make -s -C "$tree" build/release/src/one/one.o 2>&1)" ""
for target in all demo image; do
	make -n -C "$tree" $target >"$tmp/out" 2>&1
done
is "make -n runs nothing" "$(cat "$tmp/ran" 2>&1)" "cat: $tmp/ran: No such file or directory"
make -s -j2 -C "$tree" image deb >"$tmp/out" 2>&1
is "what is packed twice is built once" "$(grep -c arm64 "$tmp/ran") $(grep -cE 'image|debian' "$tmp/ran")" "1 2"
echo 'exit 1' >>"$tree/deploy/arm64.sh"
rm "$tmp/ran"
make -s -C "$tree" image >"$tmp/out" 2>&1
is "nothing is packed when the program for arm64 cannot be built" "$? $(grep -c image "$tmp/ran")" "2 0"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
