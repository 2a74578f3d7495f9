# shellcheck shell=bash disable=SC2034,SC2154
# Barman Cloud as another user than the one whose cache it lies in may run it, and the S3 servers.

# The commands as barman-cloud-NAME in the PATH. Their own first line names a folder that only root may read.
barman_up() {
	local command
	mkdir "$work/barman" "$work/bin" "$work/home"
	mount --bind "$barman" "$work/barman" || exit 1
	for command in "$barman"/bin/barman-cloud-*; do
		command=$(basename "$command")
		printf '#!/bin/sh\nexec %s %s "$@"\n' "$work/barman/bin/python" "$work/barman/bin/$command" >"$work/bin/$command"
	done
	chmod 755 "$work"/bin/*
	export PATH=$work/bin:$PATH HOME=$work/home # no ~/.aws of anybody
	unset "${!AWS_@}" http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	export AWS_ACCESS_KEY_ID=root AWS_SECRET_ACCESS_KEY=secret-of-root AWS_DEFAULT_REGION=us-east-1
}

# Keys are opaque, as Amazon's are; signatures are not asked for. Sets $opaque, its address.
gofakes3_up() {
	[ -z "${opaque-}" ] || return 0
	opaque=http://127.0.0.1:9000
	"$gofakes3/gofakes3" -host 127.0.0.1:9000 -backend memory -quiet >"$work/gofakes3.log" 2>&1 &
	pids[$!]=$!
	until_true curl -s "$opaque/" || exit 1
}
