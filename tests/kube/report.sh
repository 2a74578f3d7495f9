# shellcheck shell=bash disable=SC2154
# audit --report: Report objects, written when something has changed. Sourced by run.sh.
serve reports
config "server: 'http://$address'" 'token: t0ken' >reporting
export KUBECONFIG=$tmp/reporting
folder=$tmp/server-reports
writes() { # what was written: method and namespace
	grep -o '^\(PATCH\|DELETE\) [^ ?]*' "$log" | sed 's|/apis/\([a-z0-9.]*\)/.*namespaces/\([^/]*\).*|\1 \2|' | sort | tr '\n' ';'
	: >"$log"
}
audit -A --report
says "a cluster without the CRD says so" "$status $err" '3 ' \
	'error: --report: the cluster knows neither openreports.io/v1alpha1 nor wgpolicyk8s.io/v1alpha2'

echo '["openreports.io", "wgpolicyk8s.io"]' >"$folder/groups.json"
: >"$log"
audit -A --report
is "writing reports does not change what an audit says" "$status $err" "1 "
is "one in each namespace with findings" "$(writes)" \
	"PATCH openreports.io forgejo;PATCH openreports.io immich;PATCH openreports.io legacy;PATCH openreports.io n8n;"
jq -S . "$folder/applied.json" >last
golden report "$(<last)"
audit -A --report --now 2026-11-22T13:00:00Z
is "nothing has changed: nothing is written" "$(writes)" ""
is "server-side apply, by a manager of its own" \
	"$(audit -n n8n --report --profile strict && grep -o 'n8n/reports/backup-guard.*' "$log" | head -1)" \
	'n8n/reports/backup-guard?fieldManager=backup-guard&force=true Authorization=Bearer t0ken'
: >"$log"

# the credential is repaired and the backups of immich are made again; n8n goes
sed 's/"namespace": "n8n"/"namespace": "gone"/' objects.json |
	jq '[.[] | select(.metadata.namespace != "gone" and (.metadata.namespace != "immich" or .resource == "secrets"))]' >"$folder/objects.json"
audit -A --report
is "namespaces that are clean lose theirs" "$(writes)" "DELETE openreports.io immich;DELETE openreports.io n8n;"
cp objects.json "$folder"
audit -n immich --report
is "-n writes there alone" "$(writes)" "PATCH openreports.io immich;"

fault '{"path": "/backups", "status": 403, "body": {"kind": "Status", "message": "no"}}'
rm "$folder/objects.json"
audit -A --report
is "what could not be seen is not clean: nothing is written or removed" "$status $(writes)" "3 "
cp objects.json "$folder"

fault '{"path": "/apis/openreports.io/v1alpha1$", "status": 403, "body": {"kind": "Status", "message": "no"}}'
audit -A --report
says "what the cluster knows may not be asked" "$status $err" '3 ' 'GET /apis/openreports.io/v1alpha1: 403: no'
is "then nothing is written" "$(writes)" ''
fault

fault '{"path": "namespaces/n8n/reports", "status": 403, "body": {"kind": "Status", "message": "no"}}'
audit -A --report
is "one that cannot be written does not stop the others, and is told" "$status $(writes)" \
	"3 PATCH openreports.io n8n;"
says "with the API server's word" "$err" 'PATCH /apis/openreports.io/v1alpha1/namespaces/n8n/reports/backup-guard: 403: no'

jq '. + [range(10; 50) | {resource: "reports", metadata: {name: "backup-guard", namespace: "old\(.)", labels: {"app.kubernetes.io/managed-by": "backup-guard"}}}]' objects.json >"$folder/objects.json"
fault '{"path": "namespaces/old20/reports", "status": 403, "body": {"kind": "Status", "message": "no"}}'
audit -A --report
is "of many that are clean each loses its own" "$(writes | tr ';' '\n' | grep -c '^DELETE openreports.io old')" 40
says "and one that cannot be removed is told" "$status $err" '3 ' 'DELETE /apis/openreports.io/v1alpha1/namespaces/old20/reports/backup-guard: 403: no'
fault
cp objects.json "$folder"

echo '["wgpolicyk8s.io"]' >"$folder/groups.json"
audit -n forgejo --report
is "PolicyReport where Report is not known" "$(jq -r '.apiVersion + " " + .kind' "$folder/applied.json")" 'wgpolicyk8s.io/v1alpha2 PolicyReport'
is "no value of a Secret is in a report" "$(grep -c not-told "$folder/applied.json" last)" "$folder/applied.json:0
last:0"
