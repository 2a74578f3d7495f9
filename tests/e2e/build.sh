#!/bin/sh
# Builds a real Kubernetes API (etcd, kube-apiserver, kube-controller-manager, kubectl: one binary) and the
# CloudNativePG operator, once for each set of versions, and fetches the CRDs. Prints the folder that holds them.
# Exit 3: there is no Go that can.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kubernetes=v1.35.4 cnpg=v1.30.0 plugin=v0.15.0 # kubernetes: as in kubernetes/go.mod

version=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || version=
if ! printf '1.26\n%s\n' "${version:-0}" | sort -CV; then
	echo "e2e: Go 1.26 or newer is needed to build a Kubernetes API, found ${version:-none}" >&2
	exit 3
fi

module_folder() { # name@version
	go mod download -json "github.com/cloudnative-pg/$1" | sed -n 's/^\t"Dir": "\(.*\)",/\1/p'
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard/$kubernetes-$cnpg-$plugin
if [ ! -e "$cache/complete" ]; then
	mkdir -p "$cache"
	export CGO_ENABLED=0 GOFLAGS=-trimpath
	link="-s -w"
	for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
		link="$link -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=35"
	done
	echo "e2e: building Kubernetes $kubernetes (some ten minutes, once)" >&2
	(cd "$here/kubernetes" && go build -ldflags "$link" -o "$cache/kubernetes" .)
	for name in etcd kube-apiserver kube-controller-manager kubectl; do
		ln -sf kubernetes "$cache/$name"
	done
	echo "e2e: building CloudNativePG $cnpg" >&2
	mkdir -p "$cache/crds"
	(cd "$(module_folder "cloudnative-pg@$cnpg")" && go build -ldflags "-s -w" -o "$cache/manager" ./cmd/manager)
	for module in "cloudnative-pg@$cnpg" "plugin-barman-cloud@$plugin"; do
		source=$(module_folder "$module")
		cp "$source"/config/crd/bases/*.yaml "$cache/crds/"
		[ ! -d "$source/config/webhook" ] || cp "$source/config/webhook/manifests.yaml" "$cache/cnpg-webhooks.yaml"
	done
	chmod -R u+w "$cache/crds"
	touch "$cache/complete"
fi
echo "$cache"
