#!/bin/sh
# What this source is, for the program, the image and the packages. The version is that of include/base/program.h. Commit
# and time are git's; in an archive that git wrote they stand below; SOURCE_COMMIT and SOURCE_DATE_EPOCH go before both.
# Where none says it, the time is the day of the newest version in .github/CHANGELOG.md, and the commit is empty.
#   deploy/version.sh version|commit|epoch|time
#   deploy/version.sh flags FILE      for the compiler; FILE is left alone while they are the same
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck disable=SC2016 # no variables: git archive writes over it
written_commit='$Format:%H$' written_epoch='$Format:%ct$'

version() {
	sed -n 's/^#define PROGRAM_VERSION "\(.*\)"$/\1/p' "$root/include/base/program.h"
}

commit() {
	if [ -n "${SOURCE_COMMIT+set}" ]; then
		echo "$SOURCE_COMMIT"
	elif [ -e "$root/.git" ] && git -C "$root" rev-parse -q --verify HEAD 2>/dev/null; then
		:
	else
		echo "$written_commit" | sed '/Format/s/.*//'
	fi
}

epoch() {
	if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
	elif [ -e "$root/.git" ] && git -C "$root" log -1 --format=%ct 2>/dev/null; then
		:
	elif [ "${written_epoch#*Format}" = "$written_epoch" ]; then
		echo "$written_epoch"
	else
		date -u -d "$(sed -n 's/^## \[[0-9][^]]*\] - //p' "$root/.github/CHANGELOG.md" 2>/dev/null | head -n 1 | grep . || echo 1970-01-01)" +%s
	fi
}

case $1 in
version | commit | epoch) "$1" ;;
time) date -u -d "@$(epoch)" +%Y-%m-%dT%H:%M:%SZ ;;
flags)
	flags="-DBUILD_COMMIT=\"\\\"$(commit)\\\"\" -DBUILD_TIME=\"\\\"$("$0" time)\\\"\""
	[ "$flags" = "$(cat "$2" 2>/dev/null)" ] || echo "$flags" >"$2"
	;;
*) exit 2 ;;
esac
