# shellcheck shell=bash disable=SC2034,SC2154
# Barman Cloud as another user than the one whose cache it lies in may run it, and the S3 servers.

# The commands as barman-cloud-NAME in the PATH. Their own first line names a folder that only root may read.
barman_up() {
	local command
	mkdir "$work/barman" "$work/bin" "$work/home"
	mount --bind "$barman" "$work/barman" && mount -o remount,bind,ro "$work/barman" || exit 1
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

# Signatures, accounts and permissions, behind TLS; keys are paths of files below $work/signed/root/BUCKET. Sets $signed,
# its address, and AWS_CA_BUNDLE. At BUCKET.store.test it takes the bucket from the name, as Amazon does; its
# certificate has that name for the bucket "users", and not its other address, 127.0.0.2.
versitygw_up() {
	local folder=$work/signed
	[ -z "${signed-}" ] || return 0
	signed=https://127.0.0.1:7070
	mkdir -p "$folder/root" "$folder/accounts"
	printf '127.0.0.1 localhost\n127.0.0.1 users.store.test\n' >"$folder/hosts"
	mount --bind "$folder/hosts" /etc/hosts || exit 1 # ours alone: the namespace's
	certificate "$folder/cert"
	export AWS_CA_BUNDLE=$folder/cert.pem
	# it changes its folder: every path is absolute
	"$versitygw/versitygw" --access root --secret secret-of-root --port 127.0.0.1:7070 --port 127.0.0.2:7070 --virtual-domain store.test --cert "$folder/cert.pem" --key "$folder/cert.key" \
		--iam-dir "$folder/accounts" posix "$folder/root" >"$work/versitygw.log" 2>&1 &
	pids[$!]=$!
	until_true curl -s --cacert "$AWS_CA_BUNDLE" "$signed/" || exit 1
}

certificate() { # path: one that signs itself and lasts a month, and its key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=store -addext subjectAltName=IP:127.0.0.1,DNS:users.store.test -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# account NAME: with the secret key secret-of-NAME
account() {
	"$versitygw/versitygw" admin -a root -s secret-of-root -er "$signed" -ai create-user -a "$1" -s "secret-of-$1" -r user >>"$work/accounts.log" || exit 1
}
