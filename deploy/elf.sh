# shellcheck shell=sh
# Sourced: of a program built for amd64 or arm64, wherever it was built, what runs with it. Needs readelf and dpkg.

elf_architecture() { # program: the word that Debian and OCI have for it
	case $(readelf -h "$1" | sed -n 's/^ *Machine: *//p') in
	*X86-64) echo amd64 ;;
	AArch64) echo arm64 ;;
	*) echo "$1 is for a machine that is neither amd64 nor arm64" >&2 && return 1 ;;
	esac
}

elf_triplet() { # architecture
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	esac
}

# The loader and all libraries, each by the path that the loader looks for.
elf_libraries() { # program
	elf_in=$(elf_triplet "$(elf_architecture "$1")")
	readelf -l "$1" | sed -n 's/.*program interpreter: \(.*\)]$/\1/p'
	elf_next=$1 elf_all=' '
	while [ -n "$elf_next" ]; do
		# shellcheck disable=SC2086 # paths without blanks
		elf_names=$(readelf -d $elf_next | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | grep -v '^ld-linux' | sort -u)
		elf_next=
		for elf_name in $elf_names; do
			case $elf_all in *" $elf_name "*) continue ;; esac
			elf_all="$elf_all$elf_name "
			for elf_path in "/lib/$elf_in/$elf_name" "/usr/lib/$elf_in/$elf_name" ''; do
				[ ! -e "$elf_path" ] || break
			done
			[ -n "$elf_path" ] || { echo "$elf_name, which $1 needs, is not in /usr/lib/$elf_in" >&2 && return 1; }
			echo "$elf_path"
			elf_next="$elf_next $elf_path"
		done
	done
}

# What dpkg's status says of the packages that they are of. A file is known to dpkg with /usr in front of it or without.
elf_packages() { # program
	elf_found=$(elf_libraries "$1") || return
	elf_found=$(echo "$elf_found" | sed 's|^\(/usr\)\{0,1\}\(.*\)|\2 /usr\2|')
	# shellcheck disable=SC2086 # paths without blanks
	elf_found=$(dpkg-query -S $elf_found 2>/dev/null | sed '/^diversion /d; s/: .*//' | sort -u) || true
	# shellcheck disable=SC2016,SC2086 # the fields are dpkg's; names of packages
	dpkg-query -W -f 'Package: ${Package}\nStatus: ${Status}\nMaintainer: ${Maintainer}\nArchitecture: ${Architecture}\nSource: ${source:Package} (${source:Version})\nVersion: ${Version}\nDescription: ${binary:Summary}\n\n' $elf_found
}
