#!/bin/sh
# Builds Helm from its Go module into the cache that the tests of deploy/ look in, once, and prints where it is.
# Exit 3: there is no Go that can.
set -eu
helm=v3.19.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard/helm-$helm
if [ ! -x "$cache/helm" ]; then
	version=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || version=
	if ! printf '1.24\n%s\n' "${version:-0}" | sort -CV; then
		echo "helm.sh: Go 1.24 or newer is needed, found ${version:-none}" >&2
		exit 3
	fi
	GOBIN=$cache go install "helm.sh/helm/v3/cmd/helm@$helm"
fi
echo "$cache/helm"
