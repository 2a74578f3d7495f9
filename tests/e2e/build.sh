#!/bin/sh
# Builds a real Kubernetes API (etcd, kube-apiserver, kube-controller-manager, kubectl: one binary) and the
# CloudNativePG operator, once for each set of versions, and fetches the CRDs and the operator's own manifest.
# Prints the folder that holds them. Exit 3: something is missing there, and no Go that could make it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kubernetes=v1.35.4 cnpg=v1.30.0 plugin=v0.15.0 # kubernetes: as in kubernetes/go.mod
cache=${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard/$kubernetes-$cnpg-$plugin

make_kubernetes() {
	echo "e2e: building Kubernetes $kubernetes (some ten minutes, once)" >&2
	link="-s -w"
	for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
		link="$link -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=35"
	done
	(cd "$here/kubernetes" && go build -ldflags "$link" -o "$cache/kubernetes.new" .)
	for name in etcd kube-apiserver kube-controller-manager kubectl; do
		ln -sf kubernetes "$cache/$name"
	done
}

module_folder() { # name@version
	go mod download -json "github.com/cloudnative-pg/$1" | sed -n 's/^\t"Dir": "\(.*\)",/\1/p'
}

make_manager() {
	echo "e2e: building CloudNativePG $cnpg (some five minutes, once)" >&2
	(cd "$(module_folder "cloudnative-pg@$cnpg")" && go build -ldflags "-s -w" -o "$cache/manager.new" ./cmd/manager)
}

make_cnpg_yaml() {
	cp "$(module_folder "cloudnative-pg@$cnpg")/releases/cnpg-${cnpg#v}.yaml" "$cache/cnpg.yaml.new"
}

make_crds() {
	mkdir -p "$cache/crds.new"
	for module in "cloudnative-pg@$cnpg" "plugin-barman-cloud@$plugin"; do
		cp "$(module_folder "$module")"/config/crd/bases/*.yaml "$cache/crds.new/"
	done
}

for part in kubernetes manager cnpg.yaml crds; do
	[ ! -e "$cache/$part" ] || continue
	version=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || version=
	if ! printf '1.26\n%s\n' "${version:-0}" | sort -CV; then
		echo "Go 1.26 or newer is needed to build a Kubernetes API, found ${version:-none}" >&2
		exit 3
	fi
	export CGO_ENABLED=0 GOFLAGS=-trimpath
	rm -rf "$cache/$part.new"
	mkdir -p "$cache"
	"make_$(echo "$part" | tr . _)"
	chmod -R u+w "$cache/$part.new"
	mv "$cache/$part.new" "$cache/$part" # whole or not there
done
echo "$cache"
