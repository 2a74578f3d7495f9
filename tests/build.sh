#!/bin/bash
# Makes targets, and says how far it is instead of what it runs. Warnings and errors are told as ever.
#   CC=gcc PKGS="what pkg-config has to know" tests/build.sh TARGET...
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
missing=
for program in "${CC%% *}" pkg-config; do
	command -v "$program" >/dev/null || missing="${missing:+$missing }$program"
done
# shellcheck disable=SC2086 # names
[ -n "$missing" ] || missing=$(for name in $PKGS; do pkg-config --exists "$name" || echo "$name"; done)
if [ -n "$missing" ]; then
	by="on Debian 'make deps' installs it"
	case $CC:$missing in
	aarch64-linux-gnu-gcc:*) by="on Debian 'tests/deps.sh build arm64' installs it" ;;
	clang:clang*) by="on Debian 'tests/deps.sh build lint' installs it" ;;
	gcc:*) ;;
	*:"${CC%% *}"*) by="CC is gcc, clang or a cross compiler; ARCH is amd64 or arm64" ;;
	esac
	echo "what it is built with is not all here (${missing//$'\n'/ }): $by" >&2
	exit 1
fi
case ${MAKEFLAGS-} in
*jobserver*) jobs= ;;
*) jobs=-j$(nproc) ;;
esac
files=$(make --no-print-directory -n "$@" 2>/dev/null | grep -c -- ' -c .* -o ')
[ "$files" -gt 0 ] || exec make -s "$@"
[ -t 1 ] && line=1 || line=
begin=$SECONDS
# shellcheck disable=SC2086 # an option or none
make --no-print-directory $jobs "$@" | awk -v files="$files" -v line="$line" '
	/ -c .* -o / {
		count++
		tenth = int(count * 10 / files)
		if (line) printf "\rbuilding: %d of %d files", count, files
		else if (tenth > told) print "building: " count " of " files " files"
		told = tenth
		fflush()
	}
	END { if (line && count) print "" }' || exit
echo "built in $((SECONDS - begin)) s"
