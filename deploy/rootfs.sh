#!/bin/sh
# The files of the image, for deploy/Dockerfile and deploy/image.sh: the program, the libraries it is linked with,
# and the name of the user. No shell, no package manager, no certificates of public CAs.
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
