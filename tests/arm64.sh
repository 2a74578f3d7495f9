#!/bin/bash
# The program for arm64, under qemu: the unit tests, the words of `check` byte for byte as on this machine, and an image of both.
# The unit tests need a kernel that runs programs for arm64 by qemu (binfmt_misc); where it does not, that is said.
#   tests/arm64.sh BACKUP-GUARD
set -uo pipefail
guard=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/deploy/lib.sh
build=build/release-aarch64-linux-gnu
arm=(qemu-aarch64 "$build/backup-guard")

# Criterion's packages of two architectures do not go together: what is needed of the other lies in build/.
criterion() { # folder
	local package file
	[ ! -e "$1/usr/lib/aarch64-linux-gnu/libcriterion.so.3" ] || return 0
	mkdir -p "$1"
	cd "$1" || return
	apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
		libcriterion3:arm64 | grep -E '^[a-z].*:arm64$' | grep -vE '^lib(c6|gcc-s1|crypt1):' | while read -r package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
	done | xargs apt-get download -qq || return
	for file in *.deb; do dpkg -x "$file" . || return; done
	rm -f ./*.deb
}

same_words() { # format
	"$guard" check --now 2026-08-26T10:20:30Z --format "$1" tests/cases >"$tmp/here" 2>&1
	local status=$?
	"${arm[@]}" check --now 2026-08-26T10:20:30Z --format "$1" tests/cases >"$tmp/there" 2>&1
	is "$?" "$status"
	cmp "$tmp/here" "$tmp/there"
	[ -s "$tmp/here" ] || echo "nothing was said"
}

inspected() { # architecture: what skopeo says of it
	skopeo --override-arch "$1" inspect "oci-archive:$tmp/image.tar" |
		jq -r '"\(.Architecture) \(.Labels["org.opencontainers.image.version"]) \(.Created)"'
}

is() { # got, wanted
	[ "$1" = "$2" ] || echo "got '$1', not '$2'"
}

echo "Criterion for arm64"
(criterion build/criterion-arm64) || exit
libraries=$PWD/build/criterion-arm64/usr/lib/aarch64-linux-gnu
MAKEFLAGS='' make -s -j2 ARCH=arm64 CRITERION="-L$libraries -l:libcriterion.so.3 -Wl,--disable-new-dtags,-rpath,$libraries -Wl,-rpath-link,$libraries" \
	"$build/backup-guard" "$build/unit" || exit
check "it says its version" is "$("${arm[@]}" version)" "$("$guard" version)"
for format in text json sarif html; do
	check "check --format $format says of tests/cases what it says here" same_words "$format"
done
check "an image of both is written" bash -c "deploy/image.sh '$tmp/image.tar' '$guard' $build/backup-guard >/dev/null"
if command -v skopeo >/dev/null; then
	for architecture in amd64 arm64; do
		check "skopeo finds $architecture in it" is "$(inspected "$architecture")" "$architecture $(deploy/version.sh version) $(deploy/version.sh time)"
	done
else
	skip "what skopeo says of the image" "it is not installed"
fi
mkdir "$tmp/layout" "$tmp/root"
tar -xf "$tmp/image.tar" -C "$tmp/layout"
blob() { # digest
	echo "$tmp/layout/blobs/sha256/${1#sha256:}"
}
index=$(blob "$(jq -r '.manifests[0].digest' "$tmp/layout/index.json")")
manifest=$(blob "$(jq -r '.manifests[] | select(.platform.architecture == "arm64").digest' "$index")")
tar -xf "$(blob "$(jq -r '.layers[0].digest' "$manifest")")" -C "$tmp/root"
check "with nothing but what is in it, it runs" is "$(qemu-aarch64 -L "$tmp/root" "$tmp/root/backup-guard" version)" "$("$guard" version)"
check "all its packages are for arm64" is "$(sed -n 's/^Architecture: //p' "$tmp/root/var/lib/dpkg/status" | sort -u)" arm64
check "and the SPDX document names as many" is "$(jq '.packages | length - 1' "$tmp/image.arm64.spdx.json")" \
	"$(grep -c ^Package: "$tmp/root/var/lib/dpkg/status")"

if "$build/backup-guard" version >/dev/null 2>&1; then
	"$build/unit" -j2 >"$tmp/unit" 2>&1
	sed -n 's/^\[FAIL\] \(.*\): Timed out.*/skipped - \1: qemu takes longer than the test allows/p' "$tmp/unit"
	check "the unit tests pass" sh -c "! grep -E '^\[(----|FAIL)\]|CRASH' '$tmp/unit' | grep -v ': Timed out' && grep -q 'Tested: [1-9]' '$tmp/unit'"
	tail -n 1 "$tmp/unit"
else
	skip "the unit tests" "the kernel runs no programs for arm64 (Debian's package qemu-user-static or qemu-user-binfmt registers them)"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
