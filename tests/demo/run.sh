#!/bin/bash
# The main job in front of the reader: a throw-away CA, the real webhook over TLS, real AdmissionReview
# requests, and what kubectl would print for each; then `check` on the same files.
#   tests/demo/run.sh BACKUP-GUARD ADMIT
set -euo pipefail
guard=$(realpath "$1") admit=$(realpath "$2")
cd "$(dirname "$0")"

tmp=$(mktemp -d)
pid=
stop() {
	[ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true
	rm -rf "$tmp"
}
trap stop EXIT

"$guard" certs init "$tmp/certs" localhost 127.0.0.1 >/dev/null
"$guard" serve --profile homelab --cert "$tmp/certs/tls.crt" --key "$tmp/certs/tls.key" --listen 127.0.0.1:0 \
	--health 127.0.0.1:0 --drain 1s --address-file "$tmp/address" 2>"$tmp/log" &
pid=$!
for _ in $(seq 100); do
	[ ! -s "$tmp/address" ] || break
	read -rt 0.05 <> <(:) || true
done
[ -s "$tmp/address" ] || { cat "$tmp/log"; exit 1; }
url=https://$(sed -n 's/^listen=//p' "$tmp/address")/validate
echo "'backup-guard serve' answers AdmissionReviews on $url"
echo "with --profile homelab, the rules of one site. For each manifest: what kubectl prints, as it did at a real"
echo "API server (tests/e2e/golden). Three objects that are right first, then mistakes."

# What kubectl apply prints for an answer; see how kubectl shows causes in its cmd/util/helpers.go.
apply() { # file
	echo
	echo "\$ kubectl apply -f $1"
	"$admit" "$1" | while IFS= read -r review; do
		answer=$(curl -sS --cacert "$tmp/certs/ca.crt" -H 'Content-Type: application/json' \
			--data-binary "$review" "$url")
		jq -r --argjson review "$review" '
			.response as $r | $review.request as $q
			| ($r.warnings // [] | map("Warning: " + .))
			+ if $r.allowed then [($q.kind.kind | ascii_downcase) + "."
				+ $q.kind.group + "/" + $q.name + " created"]
			else $r.status.details as $d
				| ["The \($d.kind) \"\($d.name)\" is invalid: "
				+ if $d.causes | length == 1 then "\($d.causes[0].field): \($d.causes[0].message)"
				else ($d.causes | map("\n* \(.field): \(.message)") | join("")) end]
			end | .[]' <<<"$answer"
	done
}

apply good/page.yaml
for file in bad/*.yaml; do
	apply "$file"
done

# what is too long ends at a blank: the sentences have been read above
shorter() {
	awk -v most=110 'length <= most { print; next }
		{ line = substr($0, 1, most - 3); sub(/ [^ ]*$/, "", line); print line " ..." }'
}

echo
echo "The same files before they are applied, each by itself:"
echo
# shellcheck disable=SC2016 # it is shown, not run
echo '$ for file in good/*.yaml bad/*.yaml; do backup-guard check --profile homelab --format compact $file; done'
for file in good/*.yaml bad/*.yaml; do
	{ "$guard" check --profile homelab --format compact "$file" 2>/dev/null || [ $? = 1 ]; } | grep -v ': info: ' | shorter
done

echo
echo "What to try next:"
echo "  $1 check FOLDER                     # your own manifests, by the rules that hold everywhere"
echo "  $1 check --profile homelab tests/demo/bad/08-hourly-every-quarter.yaml"
echo "  $1 policy learn FOLDER              # the rules of your own site, from what it has"
echo "  $1 audit --all-namespaces           # what is live, with your kubeconfig"
