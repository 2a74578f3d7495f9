#!/bin/bash
# Writes the image that deploy/Dockerfile builds as an OCI archive, without a container engine: for
# `podman load`, `docker load`, `skopeo copy oci-archive:FILE docker://…`, `ctr images import`. The same program
# and libraries give the same bytes; the time is that of the last commit, or SOURCE_DATE_EPOCH.
# containerd is told the name that a Pod with `image: backup-guard:VERSION` asks it for. Beside it FILE.spdx.json says in
# SPDX 2.3 what is inside: the program, and the Debian packages that its libraries are of.
#   deploy/image.sh BACKUP-GUARD FILE.tar
set -euo pipefail
program=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
version=$("$program" version | sed 's/.* //')
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
blobs=$work/layout/blobs/sha256
mkdir -p "$blobs"

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

"$here/rootfs.sh" "$program" "$work/root"
pack "$work/root" "$work/layer.tar"
gzip -9 -n -c "$work/layer.tar" >"$work/layer.tar.gz"
layer=$(blob application/vnd.oci.image.layer.v1.tar+gzip "$work/layer.tar.gz")

jq -cnS --arg created "$created" --arg architecture "$architecture" --arg version "$version" \
	--arg diff "sha256:$(digest "$work/layer.tar")" '{
	$created, $architecture, os: "linux",
	config: {
		User: "65532:65532", Entrypoint: ["/backup-guard"], WorkingDir: "/",
		ExposedPorts: {"8443/tcp": {}, "8080/tcp": {}},
		Labels: {"org.opencontainers.image.title": "backup-guard", "org.opencontainers.image.version": $version,
			"org.opencontainers.image.licenses": "Apache-2.0"}
	},
	rootfs: {type: "layers", diff_ids: [$diff]},
	history: [{$created, created_by: "deploy/image.sh"}]
}' >"$work/config.json"
config=$(blob application/vnd.oci.image.config.v1+json "$work/config.json")

jq -cnS --argjson config "$config" --argjson layer "$layer" '{schemaVersion: 2,
	mediaType: "application/vnd.oci.image.manifest.v1+json", $config, layers: [$layer]}' >"$work/manifest.json"
blob application/vnd.oci.image.manifest.v1+json "$work/manifest.json" |
	jq -cS --arg architecture "$architecture" --arg version "$version" '{schemaVersion: 2,
		mediaType: "application/vnd.oci.image.index.v1+json",
		manifests: [. + {platform: {$architecture, os: "linux"}, annotations: {
			"org.opencontainers.image.ref.name": $version,
			"io.containerd.image.name": ("docker.io/library/backup-guard:" + $version)}}]}' >"$work/layout/index.json"
echo '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
mkdir -p "$(dirname "$out")"
pack "$work/layout" "$out"

# The name of the document holds what it is of: another image is another document.
jq -RscS --arg created "$created" --arg version "$version" --arg id "$(digest "$work/layer.tar")" '
	def package($name; $version; $license; $supplier; $purl): {
		SPDXID: ("SPDXRef-" + ($name | gsub("[^A-Za-z0-9.]"; "-"))), $name, versionInfo: $version, $supplier,
		downloadLocation: "NOASSERTION", filesAnalyzed: false, licenseConcluded: "NOASSERTION", licenseDeclared: $license,
		copyrightText: "NOASSERTION",
		externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: $purl}]};
	[split("\n\n")[] | select(length > 0) | [split("\n")[] | capture("^(?<key>[A-Za-z-]+): (?<value>.*)$")] | from_entries
		| package(.Package; .Version; "NOASSERTION"; "Organization: Debian";
			"pkg:deb/debian/\(.Package | @uri)@\(.Version | @uri)?arch=\(.Architecture)")] as $debian
	| package("backup-guard"; $version; "Apache-2.0"; "NOASSERTION"; "pkg:generic/backup-guard@\($version)") as $own
	| {spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: "backup-guard-\($version)",
		documentNamespace: "https://spdx.org/spdxdocs/backup-guard-\($version)-\($id)",
		creationInfo: {$created, creators: ["Tool: deploy/image.sh"]}, packages: ([$own] + $debian),
		relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: $own.SPDXID}]
			+ [$debian[] | {spdxElementId: $own.SPDXID, relationshipType: "DYNAMIC_LINK", relatedSpdxElement: .SPDXID}])}
' "$work/root/var/lib/dpkg/status" >"${out%.tar}.spdx.json"
echo "$out: backup-guard:$version, linux/$architecture, $(jq -r '.manifests[0].digest' "$work/layout/index.json")"
