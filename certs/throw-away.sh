#!/bin/sh
# A CA, a serving certificate and a client certificate for trying things out: valid for a week, made
# by openssl alone, so also before anything is built. Git ignores the folder.
#   certs/throw-away.sh [DIR [NAME...]]       default: certs/throw-away, localhost and 127.0.0.1
set -eu
umask 077
dir=${1:-$(dirname "$0")/throw-away}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- localhost 127.0.0.1
if [ -e "$dir" ]; then
	echo "$dir is there already; remove it first" >&2
	exit 1
fi
mkdir -p "$dir"

names=
for name in "$@"; do
	case $name in
	*[!0-9.]*:* | *:*) names="$names,IP:$name" ;;
	*[!0-9.]*) names="$names,DNS:$name" ;;
	*) names="$names,IP:$name" ;;
	esac
done

new_key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
# shellcheck disable=SC2086 # the words of new_key are options
issue() { # file, common name, extensions
	openssl req $new_key -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$2" 2>/dev/null
	printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n%s\n' "$3" >"$dir/$1.ext"
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -days 7 \
		-extfile "$dir/$1.ext" -out "$dir/$1.crt" 2>/dev/null
	rm "$dir/$1.csr" "$dir/$1.ext"
}

# shellcheck disable=SC2086
openssl req -x509 $new_key -keyout "$dir/ca.key" -out "$dir/ca.crt" -days 7 -subj "/CN=throw-away CA" \
	-addext "keyUsage=critical,keyCertSign" 2>/dev/null
issue tls backup-guard "extendedKeyUsage=serverAuth
subjectAltName=${names#,}"
issue client kube-apiserver "extendedKeyUsage=clientAuth"
echo "made $dir: ca.crt, tls.crt and client.crt (CN kube-apiserver) with their keys, for a week"
