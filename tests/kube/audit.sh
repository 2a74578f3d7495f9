# shellcheck shell=bash disable=SC2154
# What an audit says. Sourced by run.sh.

audit -A
is "an audit with denials exits 1" "$status" 1
is "an audit of a cluster that answers says nothing on stderr" "$err" ""
golden text "$out"
readme=$here/../../README.md
{
	printf '```console\n$ backup-guard audit --all-namespaces\n'
	awk -v RS= 'NR == 1' <<<"$out"
	printf '...\n%s\n```\n' "$(tail -1 <<<"$out")"
} >example
[ -z "${GUARD_WRITE_EXPECT:-}" ] ||
	sed -i -e '/^<!-- begin audit -->$/,/^<!-- end audit -->$/{/^<!-- begin/{p;r example
};/^<!-- end/p;d}' "$readme"
is "README shows what an audit says" "$(sed -n '/^<!-- begin audit -->$/,/^<!-- end audit -->$/p' "$readme" | sed '1d;$d')" "$(<example)"
is "no value of a Secret is told" "$(grep -c not-told "$log" <<<"$out")" 0
for format in compact html json jsonl sarif junit markdown prometheus; do
	audit -A --format "$format"
	[ "$format" != json ] || out=$(jq . <<<"$out")
	[ "$format" != sarif ] || out=$(jq '.runs[0] | del(.tool, .results[].ruleIndex)' <<<"$out")
	golden "$format" "$out"
done
audit -A
text=$out
echo before >page.html
audit -A --report-page page.html
is "a page beside the report: neither changes the other" "$status $err $(cmp page.html "$here/golden/html" 2>&1)" "1  "
is "which is the one without it" "$out" "$text"
audit -A --framework cis-11
is "a framework says what is live" "$(sed -n '/^  11.2: /,/^  11.3: /{/^    /p}' <<<"$out")" '    forgejo/forgejo-db  not met: live-backup-stuck
    immich/immich-db  not met: live-last-backup-failed
    legacy/legacy-db  met
    n8n/n8n-db  not met: cluster-without-backup
    paperless/paperless-db  met'
audit -A --framework aws-backup-audit --format json --report-page page.html
says "the page has it, whatever else is written" "$(<page.html)" '<h2>AWS Backup Audit Manager</h2>' '<th scope="row">paperless/paperless-db</th>' '✗ not met</span>: no backup completed within a day'
audit -A --framework iso-27001-a8.13 --now 2026-12-22T12:00:00Z
is "what was made long ago is not maintained" "$(sed -n '/^  maintained: /,/^  policy: /{/paperless/p}' <<<"$out")" '    paperless/paperless-db  not met: live-no-recent-backup'
audit -A --report-page nowhere/page.html
is "a page that cannot be written is told, beside the report" "$status $err $([ "$out" = "$text" ] && echo same)" \
	"3 backup-guard audit: --report-page: nowhere/page.html: No such file or directory same"
config "server: 'http://127.0.0.1:1'" 'token: t0ken' >silent
for format in text nagios; do
	echo before >page.html
	audit -A --kubeconfig silent --format $format --report-page page.html
	is "when no API server answers the page before stays ($format)" "$status $(<page.html)" '3 before'
	says "which is said ($format)" "$err" '--report-page: page.html is left as it is: nothing was read'
done
for other in '--format html --output' '--baseline' '--write-baseline'; do
	echo before >both.html
	# shellcheck disable=SC2086 # several words
	audit -A --report-page both.html $other ./both.html
	is "a page and what ${other##* } has are two files" "$status $(<both.html)" '2 before'
done
audit -A --report-page ''
is "a page without a name is no page" "$status $err" "2 backup-guard audit: --report-page: '' is no file
see 'backup-guard audit --help'"
fault '{"path": "/clusters", "times": 9, "status": 500, "body": "no"}'
audit -A --report-page page.html
says "what could not be listed is in it" "$(<page.html)" 'Could not be read' 'clusters'
rm "$plan"

audit
says "without -n it is the namespace of the context" "$out" 'in namespace immich of context fake' 'immich/immich-db '
is "and no other" "$(grep -c paperless <<<"$out")" 0
audit -n paperless
is "a namespace without denials exits 0" "$status" 0
audit -n legacy --fail-on warn
is "--fail-on counts here, too" "$status" 1
audit -n nowhere
is "an empty namespace is no error" "$status $out" "0 checked 0 objects in namespace nowhere of context fake (profile generic)"
fault '{"path": "/namespaces/nowhere$", "status": 404, "body": {"kind": "Status", "message": "namespaces \"nowhere\" not found"}}'
audit -n nowhere
is "one that does not exist is" "$status $err" '3 error: GET /api/v1/namespaces/nowhere: 404: namespaces "nowhere" not found'
fault '{"path": "/namespaces/nowhere$", "status": 403, "body": {"kind": "Status", "message": "no permission"}}'
audit -n nowhere
is "who may not ask is not held up, and nothing found is said" "$status $err" \
	"0 no Cluster and no ObjectStore is in namespace nowhere of context fake: -n NAMESPACE names another namespace, -A all of them, --context names another cluster"
fault
audit -n a -A
is "-n and -A exclude each other" "$status" 2
: >"$log"
audit -A --no-secrets
is "--no-secrets asks for none" "$(grep -c /secrets/ "$log")" 0
says "and says so" "$out" '4 Secrets not read'
is "and then nothing about Secrets is found" "$(grep -c 'secret-\|credentials-' <<<"$out")" 0

ln -s "$guard" kubectl-backup_guard
says "it works as a plugin of kubectl" "$(./kubectl-backup_guard audit -A --profile generic --now 2026-11-22T12:00:00Z)" \
	'kubectl backup-guard explain' 'checked 12 objects in context fake'

# --- a name that cannot be one is not asked for: it would lead elsewhere
jq --argjson names '["..", "a/b", "%2e%2e", ".", "s3"]' '[.[] | select(.resource == "objectstores" and .metadata.namespace == "paperless") as $store
	| range(5) as $n | $store | .metadata.name += "-\($n)" | .spec.configuration.s3Credentials.accessKeyId.name = $names[$n]
	]' objects.json >"$tmp/server-plain/objects.json"
fault
audit -n paperless
is "of Secrets with strange names in stores only what may be one is asked for" "$(grep -o '/secrets/[^ ]*' "$log" | sort -u)" "/secrets/s3"
is "and the others hold nothing up" "$err" ""
cp objects.json "$tmp/server-plain/objects.json"
: >"$log"
for name in .. . a/b; do
	audit -n "$name"
	is "a namespace $name cannot be: nothing is asked" "$status $(wc -l <"$log")" "3 0"
	says "which is said" "$err" "clusters?limit=250: a name in it cannot be one"
done

# --- what could not be listed is unknown, and never held against anybody
fault "$(jq -nc '{path: "secrets/", times: 9, status: 403, body: {kind: "Status", message: "secrets \"s3\" is forbidden"}}')"
audit -A
is "Secrets that may not be read are no error" "$status $err" "1 "
says "they are counted" "$out" '4 Secrets not read'
is "and nothing is found about them" "$(grep -c 'secret-\|credentials-' <<<"$out")" 0

fault "$(jq -nc '{path: "secrets/", times: 9, status: 500, body: {kind: "Status", message: "etcd is gone"}}')"
audit -A
is "a server that fails at a Secret is not asked again" "$status $(grep -c /secrets/ "$log")" "3 1"
says "it is told once" "$err" 'error: GET /api/v1/namespaces/legacy/secrets/old: 500: etcd is gone'

forbidden() { # resource
	jq -nc --arg path "/$1\\?" '{path: $path, times: 9, status: 403, body: {kind: "Status", message: "no permission"}}'
}
fault "$(forbidden backups)"
audit -A
is "Backups that may not be listed: exit 3" "$status" 3
says "the table says unknown, where the store does not know" "$out" 'forgejo-db-store    unknown' '2026-11-18 03:04'
is "and no Cluster is blamed" "$(grep -c 'live-no-recent\|live-backup-stuck\|live-last' <<<"$out")" 0
audit -A --framework aws-backup-audit
is "nor is a control met or not that asks for them" "$(sed -n '/^  last: /,/^$/{/forgejo/p}' <<<"$out")" '    forgejo/forgejo-db  not known: when the last backup was completed'
audit -A
says "but for what needs no Backup" "$out" 'live-continuous-archiving-false' '1 not read'
fault "$(forbidden objectstores)"
audit -A
is "stores that may not be listed are not missing" "$status $(grep -c 'objectstore-missing\|live-no-recent' <<<"$out")" "3 0"
fault "$(forbidden scheduledbackups)"
audit -A
is "schedules that may not be listed are not missing" "$status $(grep -c 'cluster-without-schedule' <<<"$out")" "3 0"
says "the next run is unknown" "$out" '8h55m   unknown'
audit -A --framework aws-backup-audit
is "and whether it is planned" "$(sed -n '/^  plan: /,/^  freq/{/paperless/p}' <<<"$out")" '    paperless/paperless-db  not known: which schedule runs'
fault "$(forbidden clusters)"
audit -A
is "Clusters that may not be listed are not missing" "$status $(grep -c 'schedule-cluster-missing\|objectstore-unused' <<<"$out")" "3 0"

fault "$(jq -nc '{path: "objectstores", status: 404, body: "404 page not found\n", kind: "text/plain"}')"
audit -A
says "without the plugin's CRD the plugin is missing, not a store" "$out" \
	'error[objectstore-missing]: the Barman Cloud plugin is not installed'
is "and of stores nothing is said" "$(grep -c 'store does not exist' <<<"$out")" 0
is "and that is no error" "$status $err" "1 "
fault "$(jq -nc '{path: "/clusters", status: 404, body: "404 page not found\n", kind: "text/plain"}')"
audit -A
is "without CloudNativePG there is nothing to ask" "$status $(wc -l <"$log")" "3 1"
says "which is said" "$err" 'error: CloudNativePG is not installed'
