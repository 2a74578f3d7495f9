#!/bin/bash
# Builds what a release has into build/release-VERSION: the source archive, packages for this release of Debian, the image, the chart
# where Helm is, SPDX documents, and SHA256SUMS of them all. --key signs that with cosign. Nothing is published: it says how that is done.
# A FILE is taken in as it is: what `make deb` made of the same commit on another release of Debian.
# --dry-run: signs nothing, and neither asks for a tag nor for a tree without changes.
#
# The only place that says whose this is. Who publishes gives it, and nothing in the tree has to be replaced:
#   SOURCE_URL              where the source is: a label of the image, home page of packages and chart
#   DEBFULLNAME, DEBEMAIL   who is responsible for the packages
#   deploy/release.sh [--dry-run] [--key COSIGN-KEY] [FILE...]
set -euo pipefail
dry='' key='' taken=()
while [ $# -gt 0 ]; do
	case $1 in
	--dry-run) dry=1 ;;
	--key) key=$(realpath "${2:?--key needs a file}") && shift ;;
	-*) sed -n 's/^#   \(deploy\/release.sh.*\)/usage: \1/p' "$0" >&2 && exit 2 ;;
	*) taken+=("$(realpath "$1")") ;;
	esac
	shift
done
cd "$(dirname "$0")/.."
version=$(deploy/version.sh version) epoch=$(deploy/version.sh epoch)
out=build/release-$version

fail() {
	echo "release.sh: $1" >&2
	exit 1
}

grep -q "^## \[${version//./\\.}\] - [0-9-]\{10\}$" .github/CHANGELOG.md || fail "the change log has no day for $version"
if [ -z "$dry" ]; then
	[ -z "$(git status --porcelain)" ] || fail "the tree has changes that are not committed"
	[ "$(git rev-parse -q --verify "v$version^{commit}")" = "$(git rev-parse HEAD)" ] || fail "the tag v$version is not at HEAD"
	if [ -z "${SOURCE_URL-}" ] || [ -z "${DEBEMAIL-}" ]; then fail "SOURCE_URL and DEBEMAIL are not set"; fi
fi

# Helm checks the chart; its archive has the time of now, so it is packed again.
chart() {
	local work
	work=$(mktemp -d)
	cp -r deploy/helm/backup-guard "$work/chart"
	[ -z "${SOURCE_URL-}" ] || printf 'home: %s\nsources: [%s]\n' "$SOURCE_URL" "$SOURCE_URL" >>"$work/chart/Chart.yaml"
	"$helm" package "$work/chart" -d "$work" >/dev/null && tar -xzf "$work/backup-guard-$version.tgz" -C "$work" &&
		tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' -C "$work" -c backup-guard |
		gzip -9n >"$out/backup-guard-chart-$version.tgz"
	rm -rf "$work"
}

rm -rf "$out" build/backup-guard_*.deb* build/backup-guard-image.*
mkdir -p "$out"
MAKEFLAGS='' make -s VARIANT=release dist deb image
mv build/cnpg-backup-guard-"$version".tar.gz build/backup-guard_*.deb* build/backup-guard-image.* "$out/"
helm=${HELM:-$(command -v helm || true)}
if [ -n "$helm" ]; then chart; else echo "no chart: helm is not installed"; fi
[ ${#taken[@]} = 0 ] || cp "${taken[@]}" "$out/"
(cd "$out" && sha256sum -- * >.sums && mv .sums SHA256SUMS)
cat "$out/SHA256SUMS"

if [ -z "$key" ]; then
	echo "not signed: no --key"
elif [ -n "$dry" ]; then
	echo "not signed: --dry-run"
else
	cosign sign-blob --yes --tlog-upload=false --key "$key" --output-signature "$out/SHA256SUMS.sig" "$out/SHA256SUMS"
fi
cat <<END
to publish: the files in $out with the tag v$version, and
  skopeo copy --all oci-archive:$out/backup-guard-image.tar docker://REGISTRY/backup-guard:$version
to verify: sha256sum -c SHA256SUMS, and, when it is signed,
  cosign verify-blob --key cosign.pub --insecure-ignore-tlog --signature SHA256SUMS.sig SHA256SUMS
END
