# shellcheck shell=bash disable=SC2034 # who sources it uses what is set here
# What the runners of tests/cli and tests/kube begin with, sourced with the program as $1. The runner ends with
# "$passed passed, $failed failed".
guard=$(realpath "$1")
passed=0 failed=0
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
unset BACKUP_GUARD_POLICY NO_COLOR

ok() {
	passed=$((passed + 1))
	echo "ok - $1"
}

not_ok() { # title [text]
	failed=$((failed + 1))
	echo "not ok - $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/#   /'
}

is() { # title got wanted
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got:    $2"$'\n'"wanted: $3"; fi
}

says() { # title text part...
	local title=$1 text=$2 part
	shift 2
	for part in "$@"; do
		[[ $text == *"$part"* ]] || {
			not_ok "$title" "'$part' is not in: $text"
			return
		}
	done
	ok "$title"
}

tree() { # begins a new one
	cd "$(mktemp -d -p "$tmp")" && mkdir .git || exit
}
