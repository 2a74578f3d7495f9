#!/bin/bash
# Builds the package of each program, for the release of Debian that this is, into FOLDER: writes debian/ into build/, lays beside it
# what `make install` installs, and lets debhelper do the rest. The same program gives the same bytes. Beside each package
# FILE.spdx.json says what it is made of.
#   deploy/debian/build.sh FOLDER BACKUP-GUARD...      DEBFULLNAME, DEBEMAIL: who publishes it; SOURCE_URL: its home page
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$1
shift
# shellcheck source=deploy/elf.sh
. deploy/elf.sh
# shellcheck source=/dev/null
. /etc/os-release
version=$(deploy/version.sh version)+${ID/debian/deb}${VERSION_ID-}
SOURCE_DATE_EPOCH=$(deploy/version.sh epoch)
publisher="${DEBFULLNAME:-cnpg-backup-guard} <${DEBEMAIL:-backup-guard@example.org}>"
export SOURCE_DATE_EPOCH
umask 022

control() {
	cat <<-END
		Source: backup-guard
		Section: admin
		Priority: optional
		Maintainer: $publisher
		Build-Depends: debhelper-compat (= 13)
		Standards-Version: 4.6.2
		Rules-Requires-Root: no
		${SOURCE_URL:+Homepage: $SOURCE_URL}

		Package: backup-guard
		Architecture: amd64 arm64
		Depends: \${shlibs:Depends}, \${misc:Depends}
		Recommends: procps
		Description: refuse CloudNativePG resources whose backups would not work
		 CloudNativePG accepts schedules, stores and clusters whose backups are never
		 made or cannot be restored. backup-guard says what is wrong, where, and what
		 to write instead: as a checker of manifests for people, pre-commit and CI, as
		 a validating admission webhook, and as an audit of what is live. It also tells
		 to when a database can be restored, and writes the manifest that does it.
		 .
		 The unit backup-guard.service is the webhook outside of a cluster. It is not
		 started before /etc/backup-guard has its certificate and policy.
	END
}

# The newest version of the change log, an item a point.
changes() {
	awk '/^## \[[0-9]/ { on = !seen++ } !on || /^##/ { next } /^- / { if (item) print item; item = substr($0, 3); next }
		/^  / { item = item substr($0, 2) } END { print item }' .github/CHANGELOG.md | tr -d '\140' | while read -r item; do
		fold -s -w 74 <<<"$item" | sed '1s/^/  * /; 2,$s/^/    /; s/ *$//'
	done
}

changelog() {
	printf 'backup-guard (%s) %s; urgency=medium\n\n%s\n\n -- %s  %s\n' "$version" "${VERSION_CODENAME:-unstable}" "$(changes)" \
		"$publisher" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

copyright() {
	cat <<-END
		Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
		Upstream-Name: cnpg-backup-guard
		${SOURCE_URL:+Source: $SOURCE_URL}

		Files: *
		Copyright: $(deploy/version.sh time | cut -c 1-4) the authors of cnpg-backup-guard
		License: Apache-2.0
		 On Debian systems the text of this license is
		 /usr/share/common-licenses/Apache-2.0.
	END
}

rules() {
	printf '%s\n' '#!/usr/bin/make -f' '%:' '	dh $@ --with installsysusers' \
		'override_dh_strip:' '	dh_strip --no-automatic-dbgsym' \
		'override_dh_installsystemd:' '	dh_installsystemd --no-enable --no-start'
}

package() { # program
	local architecture tree debian file name
	architecture=$(elf_architecture "$1")
	tree=build/deb/$architecture debian=build/deb/$architecture/source/debian
	rm -rf "$tree"
	mkdir -p "$debian/source" "$folder"
	# -o: what was built after it for another machine is no reason to link it of that
	MAKEFLAGS='' make -s -o "$1" install BIN="$1" SAYS="$said" DESTDIR="$tree/source/installed" PREFIX=/usr
	mv "$tree/source/installed/usr/share/zsh/site-functions" "$tree/source/installed/usr/share/zsh/vendor-completions"
	control | sed '/^$/{N;/\n$/D}' | cat -s >"$debian/control"
	changelog >"$debian/changelog"
	copyright >"$debian/copyright"
	rules >"$debian/rules"
	chmod 755 "$debian/rules"
	echo '3.0 (native)' >"$debian/source/format"
	echo 'installed/usr/* usr' >"$debian/install"
	echo etc/backup-guard >"$debian/dirs"
	for name in kubectl-backup_guard kubectl_complete-backup_guard; do
		echo usr/share/man/man1/backup-guard.1 "usr/share/man/man1/$name.1"
	done >"$debian/links"
	sed 's|/usr/local/|/usr/|' deploy/systemd/backup-guard.service >"$debian/backup-guard.service"
	cp deploy/systemd/backup-guard.sysusers "$debian/"
	file=backup-guard_${version}_$architecture.deb
	(cd "$tree/source" && dpkg-buildpackage -b -us -uc -d -a "$architecture") >"$tree/log" 2>&1 || {
		tail -n 20 "$tree/log" >&2
		return 1
	}
	cp "$tree/$file" "$folder/"
	elf_packages "$1" | deploy/spdx.sh "$folder/$file" >"$folder/$file.spdx.json"
	echo "$folder/$file"
}

said=$1 # the first one runs here, and says the man page and the completion of all
for program; do
	package "$program"
done
