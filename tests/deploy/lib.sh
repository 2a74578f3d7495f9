# shellcheck shell=bash
# Sourced: counting, and the tools that are not of Debian.
passed=0 failed=0 skipped=0

ok() {
	passed=$((passed + 1))
	echo "ok - $1"
}

not_ok() { # title, why
	failed=$((failed + 1))
	echo "not ok - $1"
	[ -z "${2-}" ] || printf '%s\n' "$2" | head -n 30 | sed 's/^/#   /'
}

check() { # title, command...: silence is success
	local title=$1 said
	shift
	if said=$("$@" 2>&1) && [ -z "$said" ]; then ok "$title"; else not_ok "$title" "${said:-failed: $*}"; fi
}

skip() { # what is not tested, why
	skipped=$((skipped + 1))
	echo "skipped - $1: $2"
}

# In PATH, else the newest of those that tests/deploy/tools.sh and tests/e2e leave in the cache; empty: none.
tool() { # name
	local found
	found=$(find "${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard" -mindepth 2 -maxdepth 2 -name "$1" 2>/dev/null | sort -V | tail -n 1)
	[ -z "$found" ] || {
		echo "$found"
		return
	}
	command -v "$1" || true
}
