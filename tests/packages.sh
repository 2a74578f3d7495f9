#!/bin/bash
# What is given away: the same bytes from two folders, under other names, zones and masks; a package that lintian has nothing to
# say of, and that a clean Debian of this release takes, runs and gives back whole (as root, from deb.debian.org or MIRROR).
#   tests/packages.sh      ALONE= builds for arm64, too
set -uo pipefail
cd "$(dirname "$0")/.." || exit 4
export ALONE=${ALONE-1} SOURCE_URL=https://git.example.org/backup-guard
tmp=$(mktemp -d)
trap 'clean' EXIT
. tests/deploy/lib.sh
one=$tmp/one another=$tmp/and-another/of-a-longer-name

clean() {
	! mountpoint -q "$tmp/root/proc" || umount "$tmp/root/proc"
	rm -rf --one-file-system "$tmp"
}

is() { # got, wanted
	[ "$1" = "$2" ] || echo "got '$1', not '$2'"
}

build() { # folder
	MAKEFLAGS='' make -s -j2 -C "$1" VARIANT=release CC=gcc ALONE="$ALONE" deb image
}

same_bytes() { # file...
	local file
	for file; do cmp "$one/$file" "$another/$file"; done
}

inside() { # command...
	chroot "$tmp/root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@" 2>&1
}

left() { # what is of ours
	find "$tmp/root" -xdev \( -name '*backup-guard*' -o -name '*backup_guard*' \) ! -name '*.deb' ! -path '*/var/log/*'
}

SOURCE_COMMIT=$(deploy/version.sh commit) SOURCE_DATE_EPOCH=$(deploy/version.sh epoch)
export SOURCE_COMMIT SOURCE_DATE_EPOCH
for folder in "$one" "$another"; do
	mkdir -p "$folder"
	git ls-files -z | tar -c --null -T - | tar -xC "$folder"
done
[ -n "$ALONE" ] || tests/deps.sh arm64 || exit # it may bring newer headers for both
build "$one" || exit
[ -n "$ALONE" ] || (cd "$another" && deploy/arm64.sh) || exit # in the other order: neither is linked for the other's machine
(umask 077 && TZ=Asia/Kathmandu LC_ALL=C.UTF-8 build "$another") || exit
mapfile -t made < <(cd "$one" && ls build/*.deb build/*.tar build/*.spdx.json)
check "program, packages, image and SPDX documents are the same bytes from two folders" same_bytes build/release/backup-guard "${made[@]}"
check "and there are all of them" is "$(printf '%s\n' "${made[@]##*.}" | sort | uniq -c | xargs)" \
	"$(if [ -n "$ALONE" ]; then echo "1 deb 2 json 1 tar"; else echo "2 deb 4 json 1 tar"; fi)"
check "lintian has nothing to say of the packages" lintian --profile debian --allow-root --fail-on error,warning "$one"/build/*.deb

deb=$(ls "$one"/build/*_"$(dpkg --print-architecture)".deb)
check "it depends on what the program is linked with, of this release" is "$(dpkg-deb -f "$deb" Depends | grep -oE 'lib(c6|ssl|curl|yaml|microhttpd)[^ ,]*' | sed 's/[0-9t.-]*$//' | sort | xargs)" \
	"libc libcurl libmicrohttpd libssl libyaml"
if [ "$(id -u)" != 0 ]; then
	skip "the package in a clean Debian" "that is for root"
else
	# shellcheck source=/dev/null
	debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$tmp/root" ${MIRROR:+"$MIRROR"} >"$tmp/log" 2>&1 || {
		tail -n 5 "$tmp/log"
		exit 1
	}
	mount -t proc proc "$tmp/root/proc"
	cp "$deb" "$tmp/root/package.deb"
	check "a clean Debian takes it" bash -c "$(declare -f inside); tmp=$tmp; inside apt-get install -y -q --no-install-recommends /package.deb procps >$tmp/log || cat $tmp/log"
	check "it runs there" is "$(inside backup-guard version) $(inside kubectl-backup_guard version)" \
		"$("$one/build/release/backup-guard" version) $("$one/build/release/backup-guard" version)"
	check "and has a user of its own, who may not log in" is "$(inside getent passwd backup-guard | cut -d : -f 1,6,7)" "backup-guard:/nonexistent:/usr/sbin/nologin"
	check "the unit is there, and not started before it has its files" is "$(inside systemctl is-enabled backup-guard.service)" disabled
	check "systemd finds nothing wrong in it" is "$(inside systemd-analyze verify --man=no /usr/lib/systemd/system/backup-guard.service | grep backup-guard)" ""
	check "the man page and completion are there" is "$(inside ls /usr/share/man/man1/backup-guard.1.gz \
		/usr/share/bash-completion/completions/backup-guard /usr/share/zsh/vendor-completions/_backup-guard \
		/usr/share/fish/vendor_completions.d/backup-guard.fish | wc -l)" 4
	inside apt-get remove -y -q backup-guard >"$tmp/log"
	check "removed, it is gone" is "$(inside sh -c 'command -v backup-guard kubectl-backup_guard')" ""
	inside apt-get purge -y -q backup-guard >"$tmp/log"
	check "purged, it leaves nothing" left
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
