#!/bin/sh
# On amd64: builds the program for arm64, too, with Debian's cross compiler, and prints where it is. Where its packages
# cannot be installed that is said, and nothing is printed.
set -eu
cd "$(dirname "$0")/.."
[ "$(dpkg --print-architecture)" = amd64 ] || exit 0
if ! tests/deps.sh arm64 >&2; then
	echo "what builds for arm64 cannot be installed here: amd64 alone" >&2
	exit 0
fi
program=build/release-aarch64-linux-gnu/backup-guard
MAKEFLAGS='' make -s -j2 ARCH=arm64 VARIANT=release "$program" >&2
echo "$program"
