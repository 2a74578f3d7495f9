#!/bin/sh
# The files of the image, for deploy/Dockerfile and deploy/image.sh: the program, the libraries it is linked with,
# the name of the user, and what scanners read: which Debian it is, and which of its packages the libraries are of.
# No shell, no package manager, no certificates of public CAs.
#   deploy/rootfs.sh BACKUP-GUARD FOLDER
set -eu
program=$1 root=$2
# shellcheck source=deploy/elf.sh
. "$(dirname "$0")/elf.sh"

mkdir -p "$root/etc" "$root/var/lib/dpkg"
"$(elf_triplet "$(elf_architecture "$program")")-strip" -o "$root/backup-guard" "$program"
chmod 755 "$root/backup-guard"
echo 'backup-guard:x:65532:65532::/:/nonexistent' >"$root/etc/passwd"
echo 'backup-guard:x:65532:' >"$root/etc/group"
libraries=$(elf_libraries "$program")
for library in $libraries; do
	install -D -m 755 "$library" "$root$library" # follows links: the name that the loader looks for, as a file
done
install -m 644 /etc/os-release "$root/etc/os-release"
elf_packages "$program" >"$root/var/lib/dpkg/status"
