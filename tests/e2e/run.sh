#!/bin/bash
# A real API server, its controllers and the CloudNativePG operator, in a network namespace of their own; the
# webhook installed from deploy/, and kubectl as a user types it.
#   tests/e2e/run.sh build/release/backup-guard [SUITE...]
# One line a check; the exit status is that of all of them. GUARD_WRITE_EXPECT=1 rewrites golden/. Logs of a
# run that failed stay in the folder e2e beside the program.
set -uo pipefail
shopt -s lastpipe # the checks behind a pipe count, too
here=$(realpath "$(dirname "$0")")
guard=$(realpath "$1")
shift
[ $# != 0 ] || set -- vap helm placed install locked doctor transcripts cache late events verified operator restored migrate restarts audit self-managed

skip() {
	echo "skipped: $1"
	exit 0
}

if [ -z "${E2E_KUBE-}" ]; then
	for namespace in "unshare -n" "unshare -rn" false; do # as root, or as one who becomes root in there
		! $namespace true 2>/dev/null || break
	done
	[ "$namespace" != false ] || skip "no network namespace is allowed here"
	E2E_KUBE=$("$here/build.sh") || case $? in 3) skip "no Kubernetes, and nothing to build it with" ;; *) exit 1 ;; esac
	E2E_HELM=$("$here/../deploy/tools.sh" helm) || E2E_HELM=
	export E2E_KUBE E2E_HELM
	# shellcheck disable=SC2086 # a command and its options
	exec $namespace "$0" "$guard" "$@"
fi

kube=$E2E_KUBE work=$(dirname "$guard")/e2e
passed=0 failed=0
rm -rf "$work"
mkdir -p "$work/home"
export HOME=$work/home PATH=$kube:$PATH
for part in cluster guard operator; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done

finish() {
	local status=$?
	pods_kill
	cluster_down
	rm -rf "$work/etcd" "$work/pki" "$work/pods"
	[ "$status" = 0 ] && rm -rf "$work" || echo "logs are in $work"
	exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

check() { # sentence, command...
	local sentence=$1
	shift
	if "$@" >"$work/why" 2>&1; then
		echo "ok - $sentence"
		passed=$((passed + 1))
	else
		echo "not ok - $sentence"
		sed 's/^/#   /' "$work/why"
		failed=$((failed + 1))
	fi
}

same() { # got, wanted
	[ "$1" = "$2" ] || { printf 'got    %s\nwanted %s\n' "$1" "$2"; return 1; }
}

has() { # text, part
	case $1 in *"$2"*) return 0 ;; esac
	printf 'no     %s\nin     %s\n' "$2" "$1"
	return 1
}

lacks() { # text, part
	! has "$1" "$2" >/dev/null || { printf 'there is %s\nin       %s\n' "$2" "$1"; return 1; }
}

# under_load SENTENCE COMMAND...: while clients write
under_load() {
	local sentence=$1 load said
	shift
	python3 "$here/load.py" "$work/pki" live live-db-backup "$work/off" >"$work/load.txt" 2>"$work/untrusted.txt" &
	load=$!
	pids+=("$load")
	check "$sentence" "$@"
	kill "$load"
	wait "$load"
	unset "pids[-1]"
	said=$(head -n 1 "$work/load.txt")
	check "meanwhile: $said" has "$(cat "$work/load.txt")" " calls, 0 failed"
}

# A command as typed, what it prints, and how it ends.
typed() {
	typed_as kubectl "$@"
}

typed_as() { # program, word...
	local program=$1 status
	shift
	printf '$ %s' "$program"
	printf ' %s' "${@@Q}" | sed -E "s/'([-a-zA-Z0-9_.,:\/=]+)'/\1/g"
	echo
	"$program" "$@" 2>&1
	status=$?
	[ "$status" = 0 ] || echo "exit status $status"
	echo
}

# transcript NAME SENTENCE: standard input is golden/NAME.txt, but for what is another each time
transcript() {
	sed -E -e 's/: next [^.;]* UTC/: next TIMES UTC/g' -e 's/20[0-9-]+T[0-9:]+Z/TIME/g' -e 's/(resourceVersion: )"[0-9]+"/\1"N"/' -e 's/10\.0\.[0-9.]+:/SERVICE-ADDRESS:/g' -e 's#/tmp/[[:alnum:]._/-]+#FILE#g' \
		-e '/^(---|\+\+\+) FILE/s/\t.*//' >"$work/$1.txt"
	[ -z "${GUARD_WRITE_EXPECT-}" ] || cp "$work/$1.txt" "$here/golden/$1.txt"
	check "$2" diff "$here/golden/$1.txt" "$work/$1.txt"
}

ip link set lo up
cluster_up || exit 1
echo "# the API server is up: $SECONDS s"
for suite; do
	echo "# $suite"
	SECONDS=0
	# shellcheck source=/dev/null
	. "$here/suites/$suite.sh"
	echo "# $suite: $SECONDS s"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
