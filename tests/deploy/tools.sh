#!/bin/sh
# Makes a tool that is no Debian package by itself in the cache that the tests of deploy/ look in, once, and prints
# where it is.
#   tests/deploy/tools.sh helm          from its Go module; exit 3: there is no Go that can
#   tests/deploy/tools.sh promtool      out of Debian's package prometheus, which would start a server if installed
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard

make_helm() { # folder
	version=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || version=
	if ! printf '1.24\n%s\n' "${version:-0}" | sort -CV; then
		echo "tools.sh: Go 1.24 or newer is needed, found ${version:-none}" >&2
		exit 3
	fi
	GOBIN=$1 go install helm.sh/helm/v3/cmd/helm@v3.19.0
}

make_promtool() { # folder
	mkdir -p "$1/package"
	(cd "$1/package" && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb .) >&2
	mv "$1/package/usr/bin/promtool" "$1/"
	rm -rf "$1/package"
}

case $1 in
helm) folder=$cache/helm-v3.19.0 ;;
promtool) folder=$cache/promtool ;;
*) exit 2 ;;
esac
[ -x "$folder/$1" ] || "make_$1" "$folder"
echo "$folder/$1"
