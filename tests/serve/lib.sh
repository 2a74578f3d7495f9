# shellcheck shell=bash disable=SC2034 # used where it is sourced
# What the tests of the server share: the program as guard, a folder tmp with a certificate in tls/, and the words
# in which checks are written. Sourced with the program as $1.
guard=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
tmp=$(mktemp -d)
pids=()
passed=0
failed=0

clean() {
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
trap 'exit 1' INT TERM

check() { # sentence, command...
	local sentence=$1
	shift
	if "$@" >"$tmp/why" 2>&1; then
		echo "ok - $sentence"
		passed=$((passed + 1))
	else
		echo "not ok - $sentence"
		sed 's/^/#   /' "$tmp/why"
		failed=$((failed + 1))
	fi
}

same() { # got, wanted
	[ "$1" = "$2" ] || { printf 'got    %s\nwanted %s\n' "$1" "$2"; return 1; }
}

has() { # text, part
	case $1 in *"$2"*) return 0 ;; esac
	printf 'no     %s\nin     %s\n' "$2" "$1"
	return 1
}

# A bounded wait for a condition: 60 s, which only a hanging machine needs.
await() {
	for _ in $(seq 600); do
		"$@" >"$tmp/await" 2>&1 && return 0
		sleep 0.1
	done
	echo "never came true: $*"
	cat "$tmp/await"
	return 1
}

# Sets pid, listen, health; the log goes to $tmp/NAME.log.
start() { # name, option...
	local name=$1 addresses=$tmp/$1.addresses
	shift
	rm -f "$addresses"
	"$guard" serve --cert "$tmp/tls/tls.crt" --key "$tmp/tls/tls.key" --listen 127.0.0.1:0 \
		--health 127.0.0.1:0 --profile generic --address-file "$addresses" "$@" 2>"$tmp/$name.log" &
	pid=$!
	pids+=("$pid")
	await test -s "$addresses" || { cat "$tmp/$name.log"; exit 1; }
	listen=$(sed -n 's/^listen=//p' "$addresses")
	health=$(sed -n 's/^health=//p' "$addresses")
}

ends_well() { # pid: after SIGTERM, with 0
	kill -TERM "$1"
	wait "$1"
	same $? 0
}

# Status on stdout; body in $tmp/body, headers in $tmp/head.
call() { # path, curl option...
	local path=$1
	shift
	curl -s --max-time 60 --cacert "$tmp/tls/ca.crt" -o "$tmp/body" -D "$tmp/head" \
		-w '%{http_code}' "$@" "https://$listen$path"
}

post() { # file, curl option...
	local file=$1
	shift
	call "/validate?timeout=5s" -H 'Content-Type: application/json' --data-binary "@$file" "$@"
}

field() { # jq expression over the body
	jq -r "$1" "$tmp/body"
}

head_field() { # name
	sed -n "s/^$1: //Ip" "$tmp/head" | tr -d '\r'
}

metric() { # name with labels
	curl -s --max-time 60 "http://$health/metrics" | awk -v name="backup_guard_$1" '$1 == name { print $2 }'
}

metric_is() { # name with labels, value
	same "$(metric "$1")" "$2"
}

at_least() {
	[ "$1" -ge "$2" ] || { echo "$1 is less than $2"; return 1; }
}

"$guard" certs init "$tmp/tls" localhost 127.0.0.1 >/dev/null || exit 1
