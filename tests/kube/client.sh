# shellcheck shell=bash disable=SC2154
# What an API server, or what stands in its place, may answer. Sourced by run.sh.

body() { # status text: a Status
	jq -nc --argjson status "$1" --arg text "$2" '{path: "/clusters", status: $status, body: {kind: "Status", message: $text}}'
}
fault "$(body 401 Unauthorized)"
audit -A
is "401 ends it: one request" "$status $(wc -l <"$log")" "3 1"
says "with the API server's word" "$err" 'error: GET /apis/postgresql.cnpg.io/v1/clusters: 401: Unauthorized'

fault '{"path": "/clusters", "status": 302, "body": "<html>", "headers": {"Location": "/login"}}'
audit -A
says "a redirect is not followed" "$err" '302: this is not how an API server answers'
fault '{"path": "/clusters", "status": 200, "body": "<!DOCTYPE html><title>Sign in</title>", "kind": "text/html"}'
audit -A
is "a page to sign in is no empty list" "$status" 3
says "nor is it printed" "$err" 'clusters: this is not how an API server answers'
fault '{"path": "/clusters", "status": 502, "body": "<html><h1>Bad Gateway</h1></html>", "kind": "text/html"}'
audit -A
says "the page of a proxy" "$err" '502: this is not how an API server answers'
# the 200th byte stands within a character
fault "$(jq -nc '{path: "/clusters", status: 502, body: ("a" * 199 + "\u00e4 and more"), kind: "text/plain"}')"
audit -A
is "of any other words the beginning, up to a whole character" "$(LC_ALL=C grep -cx ' *a\{199\}' <<<"$err")" 1
fault '{"path": "/clusters", "status": 200, "body": {"kind": "Cluster", "metadata": {"name": "x"}}}'
audit -A
says "an object is no list" "$err" 'clusters: the answer is no list'
fault '{"path": "/clusters", "status": 200, "body": {"items": null, "metadata": {}}}'
audit -A
is "items may be null" "$status $err" "1 "
fault '{"path": "continue=2", "cut": 100}'
audit -A
is "an answer that is cut off is an error" "$status" 3
fault '{"path": "/secrets/", "huge": 8388609}'
audit -A
says "an answer beyond the limit" "$err" 'an answer of more than 8388608 bytes'
fault '{"path": "/clusters.*continue=2", "times": 9, "status": 200, "body": {"items": [], "metadata": {"continue": "2"}}}'
audit -A
says "a list that never goes on ends" "$err" 'the list does not go on'
turn() { # token, next token: a page without objects
	jq -nc --arg token "$1" --arg next "$2" '{path: ("/clusters.*continue=" + $token + "$"), times: 99, status: 200, body: {items: [], metadata: {continue: $next}}}'
}
fault "$(turn 2 3)" "$(turn 3 4)" "$(turn 4 5)" "$(turn 5 3)"
audit -A
says "so does one that goes round" "$err" 'the list does not go on'
fault '{"path": "/clusters", "endless": 0, "times": 9999}'
audit -A
says "and one that always goes on" "$err" 'clusters: a list of more than 4000 pages'
fault '{"path": "/clusters", "endless": 1000, "times": 9999}'
audit -A
says "of more objects than are kept no more are asked for" "$err" 'clusters: a list of more than 100000 objects'
is "a hundred pages of a thousand, and one" "$(grep -c '/clusters?' "$log")" 101

# --- again when the server says so
busy=$(jq -nc '{path: "/clusters", times: 2, status: 429, body: {kind: "Status", message: "too busy"}, headers: {"Retry-After": "0"}}')
fault "$busy"
audit -A
is "429 with Retry-After is tried again" "$status $(grep -c '/clusters?limit=250 ' "$log")" "1 3"
fault "$(jq -c '.status = 503 | .times = 99' <<<"$busy")"
audit -A
is "but not for ever" "$status $(grep -c /clusters "$log")" "3 5"
fault "$(jq -c 'del(.headers) | .status = 500' <<<"$busy")"
audit -A
is "and not when it does not say so" "$status $(grep -c /clusters "$log")" "3 1"

# --- 410 in the middle
gone='{"path": "continue=4", "status": 410, "body": {"kind": "Status", "message": "too old"}}'
fault
audit -A --format json
wanted=$(jq -c '[.summary, .clusters]' <<<"$out")
fault "$(jq -c '.path = "/clusters.*continue=4"' <<<"$gone")" "$(jq -c '.path = "/backups.*continue=4"' <<<"$gone")"
audit -A --format json
is "a list that begins anew counts nothing twice" "$(jq -c '[.summary, .clusters]' <<<"$out")" "$wanted"
is "it was begun anew" "$(grep -c '/clusters?limit=250 ' "$log") $(grep -c '/backups?limit=250 ' "$log")" "2 2"
fault "$(jq -c '.path = "/clusters" | .times = 99' <<<"$gone")"
audit -A
is "a server that always forgets is an error" "$status" 3

config "server: 'http://127.0.0.1:1'" 'token: t0ken' >nobody
audit -A --kubeconfig nobody
is "nobody there: exit 3, one error" "$status $(grep -c '^error' <<<"$err")" "3 1"
says "with the address" "$err" 'error: http://127.0.0.1:1: ' 'connect'
fault
