#!/bin/sh
# Installs the Debian packages that a group of targets needs, when they are missing, and says which.
# Uses sudo when not root; on another system it lists the names and stops.
#   tests/deps.sh build|arm64|qemu|deb|lintian|test|demo|lint|fuzz|bench|e2e|store|page|shared ...
set -eu

packages() {
	case $1 in
	build) echo gcc libc6-dev pkg-config libcjson-dev libyaml-dev libmicrohttpd-dev \
		libgnutls28-dev libssl-dev libcurl4-openssl-dev libexpat1-dev liblzma-dev libbz2-dev ;;
	arm64) echo gcc-aarch64-linux-gnu jq &&
		packages build | tr ' ' '\n' | grep -e '-dev$' | sed 's/$/:arm64/' ;;
	qemu) echo qemu-user libcriterion-dev ;;
	deb) echo debhelper dpkg-dev jq ;;
	lintian) echo debootstrap git lintian ;;
	test) echo libcriterion-dev curl jq openssl python3 python3-yaml procps gzip patch git tzdata ;;
	demo) echo curl jq ;;
	lint) echo clang libclang-rt-dev clang-tidy clang-format cppcheck shellcheck ;;
	fuzz) echo clang libclang-rt-dev ;;
	bench) echo wrk nghttp2-client nginx-light golang-go git openssl python3 python3-yaml util-linux ;;
	e2e) echo curl iproute2 jq openssl python3 util-linux ;;
	store) echo curl faketime gcc golang-go iproute2 jq libpq-dev openssl postgresql python3-dev python3-venv util-linux ;;
	page) echo chromium chromium-driver python3 python3-selenium ;;
	shared) echo python3 python3-yaml xz-utils ;; # repositories in an archive, and a second reader of YAML
	*) echo "deps.sh: no group '$1'" >&2 && exit 2 ;;
	esac
}

installed() {
	case $1 in # these may have come another way
	gcc | clang) command -v "$1" >/dev/null && return ;;
	golang-go) command -v go >/dev/null && return ;;
	python3-yaml) python3 -c 'import yaml' 2>/dev/null && return ;;
	esac
	case $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) in
	*' installed') return 0 ;;
	esac
	return 1
}

wanted=
for group in "$@"; do
	wanted="$wanted $(packages "$group")"
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "not a Debian system; install what these packages hold, then run make again:$wanted" >&2
	exit 1
fi

missing=
for package in $wanted; do
	installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=sudo
	command -v sudo >/dev/null || {
		echo "these Debian packages are missing, and sudo to install them; run 'tests/deps.sh $*' as root:$missing" >&2
		exit 1
	}
fi
echo "installing Debian packages:$missing"
case $missing in
*:arm64*) $sudo dpkg --add-architecture arm64 ;;
esac
$sudo apt-get update -qq
# Debian 13 has two libpsl-dev that go together but for this page.
# shellcheck disable=SC2086 # a list of names
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	-o 'DPkg::Options::=--path-exclude=/usr/share/man/man3/libpsl.3.gz' $missing >/dev/null
