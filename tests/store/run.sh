#!/bin/bash
# Archives that the real commands made: Barman Cloud as the plugin runs it, a PostgreSQL, and two S3 servers, in
# namespaces of their own. What is said of an archive is held against what PostgreSQL makes of it.
#   tests/store/run.sh build/release/backup-guard [SUITE...]
# One line a check; the exit status is that of all of them. Needs root: PostgreSQL does not run as it, the servers have
# fixed ports. GUARD_WRITE_EXPECT=1 writes users.tsv anew: read the difference. The logs of a run that failed are kept.
# shellcheck disable=SC1091,SC2034,SC2154 # the parts are sourced, use what is set here, and set what is used
set -uo pipefail
here=$(realpath "$(dirname "$0")")
program=$(realpath "$1")
shift
[ $# != 0 ] || set -- windows timelines list plan keys users vectors demo

skip() {
	echo "skipped: $1"
	exit 0
}

if [ -z "${STORE_TOOLS-}" ]; then
	if [ "$(id -u)" != 0 ] || ! unshare -nm true 2>/dev/null; then
		skip "root is needed, and namespaces"
	fi
	STORE_TOOLS=$("$here/build.sh" "$@") || case $? in 3) skip "no S3 servers, and nothing to build them with" ;; *) exit 1 ;; esac
	export STORE_TOOLS
	exec unshare -nm "$0" "$program" "$@"
fi

# shellcheck source=tests/cli_lib.sh
. "$here/../cli_lib.sh" "$program"
archive=$(dirname "$guard")/archive
work=$tmp # postgres reads there
chmod 755 "$work"
{ read -r gofakes3 && read -r versitygw && read -r barman; } <<<"$STORE_TOOLS"
pids=() # what runs, by its number

finish() {
	local status=$?
	kill "${pids[@]}" 2>/dev/null
	kill -INT "${pids[@]}" 2>/dev/null # PostgreSQL does not wait for its clients
	wait 2>/dev/null
	umount -l "$work/barman" # what is left of a command may still be in it
	[ "$status" = 0 ] && rm -rf "$work" || echo "logs are in $work"
	exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

give_up() { # why
	echo "not ok - $1" >&2
	exit 1
}

ended() { # pid: waits until it has
	wait "$1"
	unset "pids[$1]"
}

# A condition that comes true by itself, asked for now and then; a minute is for ever.
until_true() { # command...
	local end=$((SECONDS + 60))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "not within a minute: $*" >&2; return 1; }
		read -rt 0.05 <> <(:) || true
	done
}

for part in servers postgres; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done

ip link set lo up
barman_up
for suite; do
	echo "# $suite"
	SECONDS=0
	# shellcheck source=/dev/null
	. "$here/suites/$suite.sh"
	echo "# $suite: $SECONDS s"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
