#!/bin/bash
# Writes the image that deploy/Dockerfile builds as an OCI archive, without a container engine: for
# `podman load`, `docker load`, `skopeo copy --all oci-archive:FILE docker://…`, `ctr images import`. It holds one index with a
# platform for each program. The same programs and libraries give the same bytes; the time is that of deploy/version.sh.
# containerd is told the name that a Pod with `image: backup-guard:VERSION` asks it for. SOURCE_URL becomes a label: where the
# source is. Beside it FILE.ARCHITECTURE.spdx.json says what is inside.
#   deploy/image.sh FILE.tar BACKUP-GUARD...
set -euo pipefail
out=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/elf.sh
. "$here/elf.sh"
epoch=$("$here/version.sh" epoch) created=$("$here/version.sh" time)
version=$("$here/version.sh" version) revision=$("$here/version.sh" commit)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
blobs=$work/layout/blobs/sha256
mkdir -p "$blobs" "$(dirname "$out")"

pack() { # folder, file: the same tar for the same files, whoever packs them and when
	tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --format=ustar \
		-C "$1" -cf "$2" .
}

digest() {
	sha256sum "$1" | cut -d ' ' -f 1
}

blob() { # media type, file: stores it, prints its descriptor
	local name
	name=$(digest "$2")
	cp "$2" "$blobs/$name"
	jq -cn --arg type "$1" --arg digest "sha256:$name" --argjson size "$(stat -c %s "$2")" \
		'{mediaType: $type, digest: $digest, size: $size}'
}

platform() { # program: prints the descriptor of its manifest
	local architecture root layer config
	architecture=$(elf_architecture "$1")
	root=$work/$architecture
	"$here/rootfs.sh" "$1" "$root"
	pack "$root" "$work/layer.tar"
	gzip -9 -n -c "$work/layer.tar" >"$work/layer.tar.gz"
	layer=$(blob application/vnd.oci.image.layer.v1.tar+gzip "$work/layer.tar.gz")
	jq -cnS --arg created "$created" --arg architecture "$architecture" --arg version "$version" --arg revision "$revision" \
		--arg source "${SOURCE_URL-}" --arg diff "sha256:$(digest "$work/layer.tar")" '{
		$created, $architecture, os: "linux",
		config: {
			User: "65532:65532", Entrypoint: ["/backup-guard"], WorkingDir: "/",
			ExposedPorts: {"8443/tcp": {}, "8080/tcp": {}},
			Labels: ({title: "backup-guard", $version, licenses: "Apache-2.0", $created, $revision, $source}
				| with_entries(select(.value != "") | .key |= "org.opencontainers.image." + .))
		},
		rootfs: {type: "layers", diff_ids: [$diff]},
		history: [{$created, created_by: "deploy/image.sh"}]
	}' >"$work/config.json"
	config=$(blob application/vnd.oci.image.config.v1+json "$work/config.json")
	jq -cnS --argjson config "$config" --argjson layer "$layer" '{schemaVersion: 2,
		mediaType: "application/vnd.oci.image.manifest.v1+json", $config, layers: [$layer]}' >"$work/manifest.json"
	"$here/spdx.sh" "$work/layer.tar" <"$root/var/lib/dpkg/status" >"${out%.tar}.$architecture.spdx.json"
	blob application/vnd.oci.image.manifest.v1+json "$work/manifest.json" |
		jq -c --arg architecture "$architecture" '. + {platform: {$architecture, os: "linux"}}'
}

for program; do
	platform "$program" >>"$work/platforms"
done
jq -csS '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: .}' "$work/platforms" >"$work/image.json"
blob application/vnd.oci.image.index.v1+json "$work/image.json" |
	jq -cS --arg version "$version" '{schemaVersion: 2,
		mediaType: "application/vnd.oci.image.index.v1+json",
		manifests: [. + {annotations: {
			"org.opencontainers.image.ref.name": $version,
			"io.containerd.image.name": ("docker.io/library/backup-guard:" + $version)}}]}' >"$work/layout/index.json"
echo '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
pack "$work/layout" "$out"
echo "$out: backup-guard:$version, $(jq -rs 'map("linux/" + .platform.architecture) | join(", ")' "$work/platforms"), $(
	jq -r '.manifests[0].digest' "$work/layout/index.json")"
