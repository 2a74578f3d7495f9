#!/bin/sh
# Makes what the archives of these tests are made with, each once for its version, in the cache where make e2e keeps its
# API server: two S3 servers from their Go modules, and Barman Cloud in a virtual environment. Prints their folders, one
# a line: gofakes3, versitygw (empty where only the suite demo is named, which has no use for it), barman. Exit 3:
# something is missing there, and no Go that could make it, or fetch one that could.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/backup-guard

is_go() { # oldest version
	version=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || version=
	printf '%s\n%s\n' "$1" "${version:-0}" | sort -CV
}

# The Go of Debian 12 is too old, but a newer one is a module that it can fetch. A module has no modes of files, and no
# go.mod below its own: they are set, and renamed.
fetch_go() {
	newer=$cache/go-1.25.0
	if [ ! -d "$newer" ]; then
		echo "store: fetching Go 1.25 (once)" >&2
		module=$(cd / && go mod download -json "golang.org/toolchain@v0.0.1-go1.25.0.linux-$(go env GOARCH)" | jq -r '.Dir // empty')
		[ -n "$module" ] || return
		mkdir -p "$cache"
		rm -rf "$newer.new"
		cp -r "$module" "$newer.new"
		chmod -R u+w "$newer.new"
		chmod +x "$newer.new"/bin/* "$newer.new"/pkg/tool/*/*
		find "$newer.new" -name _go.mod -execdir mv {} go.mod \;
		mv "$newer.new" "$newer"
	fi
	PATH=$newer/bin:$PATH
}

go_or_skip() { # oldest version, what to build
	is_go "$1" || { [ -n "$version" ] && fetch_go && is_go "$1"; } || {
		echo "Go $1 or newer is needed to build $2, found ${version:-none}" >&2
		exit 3
	}
}

# program MODULE VERSION PACKAGE OLDEST-GO
program() {
	name=$(basename "$1")
	folder=$cache/$name-$2
	if [ ! -x "$folder/$name" ]; then
		go_or_skip "$4" "$name"
		echo "store: building $name $2 (once)" >&2
		mkdir -p "$folder"
		GOBIN=$folder/new CGO_ENABLED=0 GOFLAGS=-trimpath go install -p 2 -ldflags "-s -w" "$1/$3@$2"
		mv "$folder/new/$name" "$folder/$name"
		rmdir "$folder/new"
	fi
	echo "$folder"
}

# The versions that the plugin has, as far as there is one for this Python. Not of a folder that only one user may read,
# as those of version managers are: PostgreSQL runs it.
barman() {
	python=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
	case $python in
	3.[0-9] | 3.10 | 3.11) version=3.19.1 ;;
	*) version=3.20.0 ;;
	esac
	folder=$cache/barman-$version-python$python
	if [ ! -e "$folder/whole" ]; then
		echo "store: installing barman[cloud] $version (once)" >&2
		rm -rf "$folder"
		/usr/bin/python3 -m venv "$folder"
		"$folder/bin/pip" install -q --disable-pip-version-check "barman[cloud]==$version" >&2
		touch "$folder/whole"
	fi
	echo "$folder"
}

program github.com/johannesboyne/gofakes3 v1.2.0 cmd/gofakes3 1.24
if [ "$*" = demo ]; then
	echo
else
	program github.com/versity/versitygw v1.8.0 cmd/versitygw 1.25
fi
barman
