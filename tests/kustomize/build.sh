#!/bin/sh
# Builds the oracle (oracle/main.go: the real `kustomize build`), once for each state of its sources, in the cache where
# make e2e keeps its API server. Prints where it is. Exit 3: it is not there, and no Go that could make it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
state=$(cat "$here"/oracle/* | sha256sum | cut -c1-12)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard/kustomize-v5.7.1-$state

if [ ! -x "$folder/oracle" ]; then
	version=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || version=
	if ! printf '1.22.7\n%s\n' "${version:-0}" | sort -CV; then
		echo "Go 1.22.7 or newer is needed to build kustomize, found ${version:-none}" >&2
		exit 3
	fi
	echo "kustomize: building v5.7.1 (once)" >&2
	export CGO_ENABLED=0 GOFLAGS=-trimpath
	mkdir -p "$folder"
	(cd "$here/oracle" && go build -ldflags "-s -w" -o "$folder/oracle.new" .)
	mv "$folder/oracle.new" "$folder/oracle"
fi
echo "$folder/oracle"
