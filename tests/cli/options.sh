#!/bin/bash
# Both sides of every bound of an option, words that do not fit, and what `certs` makes and shows.
#   tests/cli/options.sh BACKUP-GUARD
set -uo pipefail
guard=$(realpath "$1")
passed=0 failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset KUBECONFIG BACKUP_GUARD_POLICY KUBERNETES_SERVICE_HOST
export HOME=$tmp
cd "$tmp" || exit 4

is() { # title got wanted
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
		diff <(echo "$3") <(echo "$2") | sed 's/^/#   /'
	fi
}

# says TITLE WANTED ARGUMENT...: the first line on stderr, without the program's name
says() {
	local title=$1 wanted=$2
	shift 2
	is "$title" "$("$guard" "$@" 2>&1 >/dev/null </dev/null | sed -n '1s/^backup-guard //p')" "$wanted"
}

# bounds COMMAND OPTION LEAST MOST WORDS ONE-LESS ONE-MORE ARGUMENT...: least and most are taken, what is beyond is not
bounds() {
	local command=$1 option=$2 least=$3 most=$4 words=$5 less=$6 more=$7 value
	shift 7
	for value in "$least" "$most"; do
		is "$command --$option $value is taken" "$("$guard" "$command" "$@" "--$option" "$value" 2>&1 </dev/null | grep -c -e "--$option: '")" 0
	done
	for value in "$less" "$more"; do
		says "$command --$option $value is not" "$command: --$option: '$value' is $words" "$command" "$@" "--$option" "$value"
	done
}

bounds cron count 1 10000 'no number from 1 to 10000' 0 10001 --from 2026-08-26T10:20:30Z '0 0 3 * * *'
is "so many are shown" "$("$guard" cron --count 4 --format jsonl '0 0 3 * * *' | jq '.next | length')" 4
seconds() { # least most
	echo "no duration from ${1}s to ${2}s (90s, 5m, 1h30m)"
}
bounds serve drain 0s 1h "$(seconds 0 3600)" -1s 1h1s --cert a --key b
bounds serve renew-check 1s 24h "$(seconds 1 86400)" 0s 86401s --self-manage
bounds serve cert-lifetime 1s 3652d "$(seconds 1 315532800)" 0s 315532801s --self-manage
bounds serve ca-lifetime 1s 3652d "$(seconds 1 315532800)" 0s 315532801s --self-manage

says "a flag takes no value" 'check: --quiet takes no value' check --quiet=yes .
says "an option needs its value" 'check: --format needs NAME[,NAME...]' check . --format
says "an unknown letter" 'check: unknown option -Z' check -Z .
says "one operand too many" "version: unexpected 'more'" version more
says "of certs, too" "certs: 'look' is none of init, show" certs look at
says "of policy, too" "policy: unexpected 'more'" policy schema more

# --- certs init
"$guard" certs init pki localhost 127.0.0.1 >made
is "certs init says what it has made" "$(sed 's/until [^,]*/until .../' made)" "made pki/ca.crt   the CA, for caBundle of the webhook (base64 -w0 < pki/ca.crt)
made pki/ca.key   its key: keep it out of the cluster and out of git
made pki/tls.crt  the serving certificate, until ..., for localhost, 127.0.0.1
made pki/tls.key  its key
next: backup-guard serve --cert pki/tls.crt --key pki/tls.key"
is "keys are their owner's alone" "$(stat -c %a pki/*.key | paste -sd ' ')" '600 600'
"$guard" certs init others >/dev/null
is "without names it is for the Service, and this machine" "$("$guard" certs show others/tls.crt | sed -n 's/^  names *//p')" \
	'backup-guard.backup-guard.svc, backup-guard.backup-guard.svc.cluster.local, localhost, 127.0.0.1'
before=$(cat pki/*)
"$guard" certs init pki localhost >/dev/null 2>&1
is "what is there is not overwritten" "$? $(cat pki/*)" "3 $before"
"$guard" certs init none 'no name' >/dev/null 2>refused
is "a name that is none is a usage error" $? 2
is "and nothing is made" "$(find none -type f 2>/dev/null | wc -l)" 0
is "a folder is not made in one that is not there" "$("$guard" certs init no/folder 2>&1; echo $?)" 'backup-guard certs: no/folder: No such file or directory
3'
mkdir half && ln -s nowhere half/tls.crt
is "when one cannot be made those before it go again" "$("$guard" certs init half 2>&1; echo $?; ls half)" 'backup-guard certs: half/tls.crt: File exists
3
tls.crt'

# --- certs show; days, dates and digests are those of the day
shown() { # file...: the exit code, and what is said
	"$guard" certs show "$@" >out 2>&1
	echo "exit $?"
	sed 's/, -*[0-9]* days left//; s/[0-9]\{4\}-[0-9-]*T[0-9:]*Z/TIME/g; s/\(sha256 *\)[0-9a-f]\{64\}$/\1DIGEST/' out
}
request() { # name, openssl option...: a certificate that is its own
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -days 30 -subj "/CN=$1" -out "$1.crt" "${@:2}" 2>/dev/null
}
signed() { # name, extensions: one of pki's
	openssl req -newkey rsa:2048 -nodes -keyout key -subj "/CN=$1" 2>/dev/null |
		openssl x509 -req -CA pki/ca.crt -CAkey pki/ca.key -days 30 -extfile <(printf %b "$2") -out "$1.crt" 2>/dev/null
}
of_pki='  subject   CN=backup-guard
  issuer    CN=backup-guard CA
  names     localhost, 127.0.0.1
  validity  TIME to TIME
  key       P-256
  sha256    DIGEST'
is "a certificate and its CA" "$(shown pki/tls.crt pki/ca.crt)" "exit 0
pki/tls.crt: serving certificate
$of_pki
pki/ca.crt: CA
  subject   CN=backup-guard CA
  issuer    CN=backup-guard CA
  names     none
  validity  TIME to TIME
  key       P-256
  sha256    DIGEST"
is "its digest is what openssl says" "$("$guard" certs show pki/tls.crt | sed -n 's/^  sha256 *//p')" \
	"$(openssl x509 -in pki/tls.crt -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f)"
is "beside another CA it is of no use" "$(shown pki/tls.crt others/ca.crt | grep -e exit -e wrong)" "exit 1
  wrong     with the CA shown: the certificate is not signed by this CA: unable to get local issuer certificate"
request both -addext subjectAltName=DNS:both.example
is "a CA with names" "$(shown both.crt | grep -e exit -e : -e wrong)" "exit 1
both.crt: CA
  wrong     is a CA and has names: a serving certificate must be no CA, else its key can sign others"
signed client 'extendedKeyUsage=clientAuth\nbasicConstraints=CA:false\n'
is "a client's certificate" "$(shown client.crt)" "exit 1
client.crt: client certificate
  subject   CN=client
  issuer    CN=backup-guard CA
  names     none
  validity  TIME to TIME
  key       RSA 2048
  sha256    DIGEST
  wrong     has no subject alternative name: the API server does not read the common name
  wrong     its extended key usage lacks serverAuth: it cannot serve"
keyed() { # option of openssl...: what its key is called
	request keyed "$@"
	"$guard" certs show keyed.crt | sed -n 's/^  key *//p'
}
is "keys are called as they are known" "$(keyed -pkeyopt ec_paramgen_curve:P-384) $(keyed -pkeyopt ec_paramgen_curve:P-521)" 'P-384 P-521'
is "or by the name of their group, or kind" "$(keyed -pkeyopt ec_paramgen_curve:secp256k1) $(openssl req -x509 -newkey ed25519 -nodes -keyout key -subj /CN=x -out keyed.crt 2>/dev/null; "$guard" certs show keyed.crt | sed -n 's/^  key *//p')" 'secp256k1 ED25519'
is "its days are counted" "$("$guard" certs show client.crt | grep -c -e ', 30 days left$' -e ', 29 days left$')" 1
is "which no CA makes a serving one" "$(shown client.crt others/ca.crt | grep -c 'with the CA')" 0
signed neither 'subjectAltName=DNS:neither.example\nextendedKeyUsage=codeSigning\nbasicConstraints=CA:false\n'
is "one that is neither" "$(shown neither.crt | grep -e exit -e : -e wrong)" "exit 1
neither.crt: certificate
  wrong     its extended key usage lacks serverAuth: it cannot serve"
dated() { # name, its first and its last second: one of pki's for localhost
	mkdir "$1.d" && touch "$1.d/index" && echo 01 >"$1.d/serial"
	printf '%s\n' '[ca]' 'default_ca=c' '[c]' "database=$1.d/index" "serial=$1.d/serial" "new_certs_dir=$1.d" 'policy=p' 'default_md=sha256' \
		'x509_extensions=e' '[p]' 'commonName=supplied' '[e]' 'subjectAltName=DNS:localhost' 'extendedKeyUsage=serverAuth' >"$1.d/config"
	openssl req -newkey rsa:2048 -nodes -keyout key -subj "/CN=$1" -out "$1.d/request" 2>/dev/null
	openssl ca -batch -notext -config "$1.d/config" -cert pki/ca.crt -keyfile pki/ca.key -startdate "$2" -enddate "$3" -in "$1.d/request" -out "$1.crt" 2>/dev/null
}
dated old 20200101000000Z 20210101000000Z
is "one that has expired" "$(shown old.crt | grep -e exit -e wrong)" "exit 1
  wrong     has expired"
dated new 20900101000000Z 20910101000000Z
is "one that begins later" "$(shown new.crt | grep -e exit -e wrong)" "exit 1
  wrong     is not valid yet"
cat pki/tls.crt pki/ca.crt >chain.crt
is "of a chain each is shown" "$(shown chain.crt | grep -e exit -e :)" "exit 0
chain.crt: serving certificate
chain.crt: CA"
is "what cannot be read does not stop the others" "$(shown no.crt pki/ca.crt | grep -e exit -e :)" "exit 3
backup-guard certs: no.crt: No such file or directory
pki/ca.crt: CA"

# --- what goes together
together() { # title, what is said, words
	is "$1" "$("$guard" "${@:3}" 2>&1 | head -1; echo "${PIPESTATUS[0]}")" "backup-guard $2"$'\n2'
}
together "who makes the certificate is given none" 'serve: --self-manage makes the certificate itself: no --cert, no --key' serve --self-manage --cert a
together "nor a key" 'serve: --self-manage makes the certificate itself: no --cert, no --key' serve --self-manage --key a
together "a configuration has a name" 'serve: --webhook-configuration must be a name' serve --self-manage --webhook-configuration ''
together "a name is one in a certificate" 'serve: --client-name needs --client-ca FILE' serve --cert a --key b --client-name x
for word in -h --help; do
	is "$word is help" "$("$guard" $word)" "$("$guard" help)"
done
many=$(printf -- '--context c%s ' {1..16})
# shellcheck disable=SC2086 # words
is "of an option that may be given again there is an end" "$("$guard" audit $many --context x 2>&1 | head -1)" "backup-guard audit: --context: 'x' is one too many: 16 are known"
# shellcheck disable=SC2086 # words
is "and that many are taken" "$("$guard" audit $many --kubeconfig none 2>&1 | grep -c 'one too many')" 0
is "a folder holds no schedules" "$("$guard" cron - <. 2>&1; echo $?)" 'backup-guard cron: stdin: Is a directory
3'
is "of many schedules none is lost" "$(yes '0 0 3 * * *' | head -10000 | "$guard" cron --format jsonl - | jq -r .spec | sort | uniq -c | tr -s ' ')" ' 10000 0 0 3 * * *'
is "what cannot be written otherwise is told why" "$("$guard" cron '0 0 3 ? * 1#2' | sed -n 's/^  note: *//p')" 'there is no # and no such L: this day of the month cannot be written'
is "what can, how" "$("$guard" cron '0 0 3 L * *' | sed -n 's/^  write: *//p')" '0 0 3 28-31 * *'
is "a policy that is not there is none" "$("$guard" policy check none 2>&1; echo $?)" 'backup-guard policy: none: No such file or directory
3'
is "nor is anything learned without a cluster" "$("$guard" policy learn --live --kubeconfig none 2>&1; echo $?)" 'backup-guard policy: none: No such file or directory
3'

# --- what a script has not filled in is no file
for option in policy output baseline write-baseline; do
	says "--$option without a name" "check: --$option: '' is no file" check "--$option=" .
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
