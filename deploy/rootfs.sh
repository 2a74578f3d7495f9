#!/bin/sh
# The files of the image, for deploy/Dockerfile and deploy/image.sh: the program, the libraries it is linked with,
# the name of the user, and what scanners read: which Debian it is, and which of its packages the libraries are of.
# No shell, no package manager, no certificates of public CAs.
#   deploy/rootfs.sh BACKUP-GUARD FOLDER
set -eu
program=$1 root=$2

mkdir -p "$root/etc"
strip -o "$root/backup-guard" "$program"
chmod 755 "$root/backup-guard"
echo 'backup-guard:x:65532:65532::/:/nonexistent' >"$root/etc/passwd"
echo 'backup-guard:x:65532:' >"$root/etc/group"
ldd "$program" | sed -nE 's/^.*[[:space:]](\/[^ ]+) \(0x[0-9a-f]+\)$/\1/p' | while read -r library; do
	install -D -m 755 "$library" "$root$library" # follows links: the name that the loader looks for, as a file
done

mkdir -p "$root/var/lib/dpkg"
install -m 644 /etc/os-release "$root/etc/os-release"
# A file is known to dpkg with /usr in front of it or without.
(cd "$root" && find lib* usr -type f 2>/dev/null) | while read -r library; do
	dpkg-query -S "/$library" "/usr/$library" "/${library#usr/}" 2>/dev/null | cut -d : -f 1,2 | head -n 1
done | sed 's/: .*//' | sort -u | while read -r package; do
	# shellcheck disable=SC2016 # the fields are dpkg's
	dpkg-query -W -f 'Package: ${Package}\nStatus: ${Status}\nMaintainer: ${Maintainer}\nArchitecture: ${Architecture}\nSource: ${source:Package} (${source:Version})\nVersion: ${Version}\nDescription: ${binary:Summary}\n\n' "$package"
done >"$root/var/lib/dpkg/status"
