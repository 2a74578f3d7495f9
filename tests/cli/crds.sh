#!/bin/bash
# check --crds: manifests against the CRDs of what runs, or is to run; good ones and broken ones.
#   tests/cli/crds.sh BACKUP-GUARD
set -uo pipefail
shopt -s lastpipe # the checks behind a pipe count, too
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
cd "$tmp" || exit 1

# crd KIND GROUP SCHEMA-OF-SPEC
crd() {
	cat <<-END
		---
		apiVersion: apiextensions.k8s.io/v1
		kind: CustomResourceDefinition
		metadata: {name: x.$2}
		spec:
		  group: $2
		  names: {kind: $1}
		  versions:
		    - name: v1
		      storage: true
		      schema:
		        openAPIV3Schema: {type: object, required: [spec], properties: {metadata: {type: object}, spec: $3}}
	END
}

cat >cluster.yaml <<'END'
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: pg, namespace: blog}
spec:
  instances: 1
  storage: {size: 1Gi}
  future: {mode: fast}
  backup:
    barmanObjectStore:
      destinationPath: s3://backups/pg
      s3Credentials: {inheritFromIAMRole: true}
END

# findings ARGS: "severity rule path" of what is said about the API server; $status, $err
findings() {
	out=$("$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json "$@" 2>stderr)
	status=$?
	err=$(<stderr)
	jq -r '[.findings[] | select(.rule | test("^(unknown-field|invalid-value|in-tree-deprecated)$"))
		| "\(.severity) \(.rule) \(.path)"] | sort | join("; ")' <<<"$out"
}

storage='storage: {type: object, properties: {size: {type: string}}}, instances: {type: integer}'
mkdir -p newer older
crd Cluster postgresql.cnpg.io "{type: object, properties: {$storage, future: {type: object, properties: {mode: {type: string, enum: [slow]}}}}}" >newer/cluster.yaml
crd Cluster postgresql.cnpg.io "{type: object, properties: {$storage, backup: {x-kubernetes-preserve-unknown-fields: true}}}" >older/cluster.yaml
echo 'not: a CRD' >newer/kustomization.yaml

is "without --crds an unknown field may be one of a newer release" "$(findings cluster.yaml)" \
	'warn in-tree-deprecated spec.backup.barmanObjectStore; warn unknown-field spec.future'
is "with them it is refused" "$(findings --crds older cluster.yaml)" \
	'deny unknown-field spec.future; warn in-tree-deprecated spec.backup.barmanObjectStore'
is "what the next release drops and refuses is said before" "$(findings --crds newer cluster.yaml)" \
	'deny in-tree-deprecated spec.backup.barmanObjectStore; deny invalid-value spec.future.mode; deny unknown-field spec.backup'
is "a file is as good as a folder" "$(findings --crds newer/cluster.yaml cluster.yaml)" "$(findings --crds newer cluster.yaml)"
{ crd Pooler postgresql.cnpg.io '{type: object}' && cat newer/cluster.yaml && echo '---' && echo 'kind: Deployment'; } >release.yaml
is "and the manifest of a release, with all its other documents" "$(findings --crds release.yaml cluster.yaml)" "$(findings --crds newer cluster.yaml)"
{ echo 'apiVersion: v1' && echo 'kind: List' && echo 'items:' && sed -e 1d -e 's/^/    /' -e '2s/^    /  - /' newer/cluster.yaml | sed '1s/^    /  - /'; } >list.yaml
is "and what kubectl get -o yaml prints" "$(findings --crds list.yaml cluster.yaml)" "$(findings --crds newer cluster.yaml)"
"$guard" check --crds newer -v -q cluster.yaml >/dev/null 2>stderr
is "-v names the releases" "$(grep -c 'held against the CRDs in newer, and what they leave out against the CRDs of CloudNativePG 1.* and plugin 0.*' stderr)" 1

broken() { # title, what is said; the file is on standard input
	cat >broken.yaml
	findings --crds broken.yaml cluster.yaml >/dev/null
	is "$1" "$status $err" "3 backup-guard check: --crds: broken.yaml$2"
}
broken "no YAML has its place told" ":2:1: a value is expected here" <<<'kind: ['
crd Cluster postgresql.cnpg.io '{type: object, properties: [a]}' | broken "nor a schema that is none" \
	":12:131: CRD of Cluster: properties is no map, at the schema of spec"
crd Cluster cluster.x-k8s.io '{type: object}' | broken "CRDs of others are not enough" \
	": no CustomResourceDefinition of CloudNativePG or the plugin"
broken "an empty file neither" ": no CustomResourceDefinition of CloudNativePG or the plugin" </dev/null
findings --crds nowhere cluster.yaml >/dev/null
is "what is not there ends the run" "$status $err" "3 backup-guard check: --crds: nowhere: No such file or directory"
crd Cluster postgresql.cnpg.io "$(python3 -c 'print("{properties: {a: " * 150 + "{}" + "}}" * 150)')" >broken.yaml
findings --crds broken.yaml cluster.yaml >/dev/null
is "a schema that is too deep is an error, no crash" "$status" 3

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
