#!/bin/bash
# What check says of what a kustomization makes: names that references do not follow, lists that a patch replaces, files
# that nothing applies, objects that two folders define.
#   tests/cli/rendered.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

# shellcheck disable=SC2016  # $patch is kustomize's
gone='$patch: delete'

put() { # file line...
	mkdir -p "$(dirname "$1")"
	printf '%s\n' "${@:2}" >"$1"
}

database() { # folder: a Cluster, its store and its schedule
	put "$1/db.yaml" 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: pg}' 'spec:' '  storage: {size: 1Gi}' '  plugins:' \
		'    - name: barman-cloud.cloudnative-pg.io' '      isWALArchiver: true' '      parameters: {barmanObjectName: minio}' '---' \
		'apiVersion: barmancloud.cnpg.io/v1' 'kind: ObjectStore' 'metadata: {name: minio}' 'spec:' '  retentionPolicy: 30d' '  configuration:' \
		'    destinationPath: s3://backups/pg' '    s3Credentials: {inheritFromIAMRole: true}' '---' \
		'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'metadata: {name: pg-daily}' 'spec:' "  schedule: '0 0 3 * * *'" \
		'  backupOwnerReference: self' '  cluster: {name: pg}' '  method: plugin' '  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}'
}

check() {
	"$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json .
}

# "FILE:LINE RULE FIX" of each error, the fix without its words.
denials() {
	check 2>/dev/null | jq -r '[.findings[] | select(.severity == "deny") | "\(.file):\(.line) \(.rule) \(.fix | split(" - ")[0])"] | join("; ")'
}

rules() { # severity
	check 2>/dev/null | jq -r --arg s "$1" '[.findings[] | select(.severity == $s) | "\(.file) \(.rule)"] | join("; ")'
}

errors() {
	check 2>/dev/null | jq -r '[.errors[] | "\(.file):\(.line):\(.column) \(.message)"] | join("; ")'
}

cd "$tmp" && mkdir .git || exit
database base
put base/kustomization.yaml 'resources: [db.yaml]'
is "a base is in order" "$(denials)" ''
put prod/kustomization.yaml 'resources: [../base]' 'namePrefix: prod-'
is "references do not follow a prefix: what to write is what there is" "$(denials)" \
	'base/db.yaml:9 objectstore-missing barmanObjectName: prod-minio; base/db.yaml:26 schedule-cluster-missing cluster: {name: prod-pg}'
is "it is one mistake: nothing is said of the store or the Cluster" "$(rules warn)" ''
put prod/kustomization.yaml 'resources: [../base]' 'namePrefix: prod-' 'configurations: [names.yaml]'
put prod/names.yaml 'nameReference:' '- kind: ObjectStore' '  fieldSpecs:' '  - {kind: Cluster, path: spec/plugins/parameters/barmanObjectName}' \
	'- kind: Cluster' '  fieldSpecs:' '  - {kind: ScheduledBackup, path: spec/cluster/name}'
is "configurations make them follow" "$(denials)" ''

put prod/kustomization.yaml 'resources: [../base]' 'patches: [{path: patch.yaml}]'
put prod/patch.yaml 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: pg}' 'spec:' '  plugins:' \
	'    - name: barman-cloud.cloudnative-pg.io' '      parameters: {serverName: v2}'
is "a list in a patch replaces the list: the findings stand in the patch" "$(denials)" \
	'prod/patch.yaml:6 wal-archiver-off isWALArchiver: true; prod/patch.yaml:7 barman-object-name-missing barmanObjectName: <ObjectStore>'
put prod/kustomization.yaml 'resources: [../base]' 'openapi: {path: schema.json}' 'patches: [{path: patch.yaml}]'
put prod/schema.json '{}'
is "unless a schema may say that it is merged" "$(denials)$(errors)" ''
put prod/kustomization.yaml 'resources: [../base]' 'patches: [{path: patch.yaml}]'
is "and say so" "$(check | jq -r '.findings[] | select(.rule == "wal-archiver-off") | .fix | contains("replaces the whole list")')" true
put prod/kustomization.yaml 'resources: [../base]' 'patches:' '- path: patch.yaml' '- target: {kind: Cluster}' '  patch: |' \
	'    - {op: remove, path: /spec/plugins/0/isWALArchiver}' '    - {op: move, from: /spec/plugins/0/parameters/barmanObjectName, path: /spec/x}'
put prod/patch.yaml 'apiVersion: barmancloud.cnpg.io/v1' 'kind: ObjectStore' 'metadata: {name: minio}' 'spec:' '  retentionPolicy: null' \
	'  configuration:' '    s3Credentials:' "      $gone"
is "what a patch takes away is missed where the patch says so" "$(denials)" \
	'prod/kustomization.yaml:6 wal-archiver-off do not remove isWALArchiver here; prod/kustomization.yaml:7 barman-object-name-missing do not remove barmanObjectName here; prod/patch.yaml:8 credentials-absent do not remove s3Credentials here'
put prod/kustomization.yaml 'resources: [../base]' 'patches:' '- target: {kind: Cluster}' '  patch: |' '    - {op: remove, path: /spec/plugins/0}'
is "of a list that has lost its members, too, and of what another object needs of it" "$(denials | cut -d' ' -f1,2) $(rules warn | grep -o '[^ ]* cluster-without-backup')" \
	'prod/kustomization.yaml:5 method-section-missing prod/kustomization.yaml cluster-without-backup'
put prod/kustomization.yaml 'resources: [../base]' 'patches: [{path: patch.yaml}]'
put prod/patch.yaml 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: other}' 'spec: {instances: 2}'
is "a patch for nothing is an error at its place" "$(errors)" \
	"prod/patch.yaml:1:1 no object is called as this patch, Cluster 'other': kustomize builds nothing"
put prod/patch.yaml 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: other}' "$gone"
put prod/kustomization.yaml 'resources: [../base]' 'patches: [{path: patch.yaml}]' 'namePrefix: a-'
is "and nothing is found in what is not built" "$(denials)" ''
put prod/kustomization.yaml 'resources: [../base, more.yaml]'
is "a resource that is not there is an error at its place" "$(errors)" \
	"prod/kustomization.yaml:1:22 'more.yaml' is not there: kustomize builds nothing"
put prod/kustomization.yaml 'resources: [../base, secrets.yaml]'
is "but for what holds secrets, which may be kept elsewhere" "$(errors)" ''
put prod/kustomization.yaml 'resources: [../base, https://example.org/more.yaml]' 'patches:' "- patch: '{apiVersion: v1, kind: A, metadata: {name: far}}'"
is "what is not seen may be what a patch is for" "$(errors)" ''
rm -r prod

put base/old.yaml 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'metadata: {name: pg-weekly}' 'spec:' "  schedule: '0 0 3 * * 0'" \
	'  backupOwnerReference: self' '  immediate: true' '  cluster: {name: gone}' '  method: plugin' '  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}'
is "a manifest that its kustomization does not list is told of, and not held against the others" "$(denials) $(rules warn)" ' base/old.yaml manifest-not-applied'
sed -i 's/0 0 3 \* \* 0/0 3 * * */' base/old.yaml
is "what is wrong in it is a warning at most" "$(denials) $(rules warn)" ' base/old.yaml manifest-not-applied; base/old.yaml schedule-five-fields'
rm base/kustomization.yaml
is "unless nothing says what is applied" "$(denials | grep -o '[^ ]* schedule-five-fields')" 'base/old.yaml:5 schedule-five-fields'
sed -i 's/0 3 \* \* \*/0 0 3 * * 0/' base/old.yaml
put base/kustomization.yaml 'resources: [db.yaml]' 'configMapGenerator: [{name: a, files: [b=old.yaml]}]'
is "unless it is named there for something else" "$(rules warn)" ''
rm -r base

flux() { # file name folder
	put "$1" 'apiVersion: kustomize.toolkit.fluxcd.io/v1' 'kind: Kustomization' "metadata: {name: $2, namespace: flux-system}" \
		"spec: {path: ./$3, targetNamespace: data, interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: repo}}"
}
twice() { check 2>/dev/null | jq '[.findings[] | select(.rule == "object-defined-twice")] | length'; }

for app in shop blog; do
	database apps/$app/db
	put apps/$app/db/kustomization.yaml 'resources: [db.yaml]'
	flux apps/$app/ks.yaml $app apps/$app/db
done
is "two folders that Flux applies define the same objects" "$(twice)" 6
sed -i 's/30d/60d/' apps/shop/db/db.yaml
is "which is an error where they differ" "$(rules deny)" 'apps/blog/db/db.yaml object-defined-twice; apps/shop/db/db.yaml object-defined-twice'
flux apps/blog/ks.yaml shop apps/blog/db
is "two Kubernetes clusters may: their Kustomizations have one name" "$(twice)" 0
flux apps/blog/ks.yaml blog apps/blog/db
sed -i 's/prune: true/suspend: true/' apps/blog/ks.yaml
is "one that is suspended makes none" "$(twice)" 0
flux apps/blog/ks.yaml blog apps/blog/db
sed -i 's/prune: true/kubeConfig: {secretRef: {name: edge}}/' apps/blog/ks.yaml
is "nor one that goes to another cluster" "$(twice)" 0
mkdir -p clusters/alpha clusters/beta && mv apps/shop/ks.yaml clusters/alpha/ks.yaml
flux clusters/beta/ks.yaml blog apps/blog/db
rm apps/blog/ks.yaml
is "nor folders of two clusters that apply them" "$(twice)" 0
mv clusters/alpha/ks.yaml apps/shop/ks.yaml
rm -r clusters
flux apps/blog/ks.yaml blog apps/blog/db
mkdir clusters && mv apps/shop clusters/prod && mv apps/blog clusters/lab
for env in prod lab; do flux clusters/$env/ks.yaml $env clusters/$env/db; done
is "and two environments" "$(twice)" 0

tree
database a
put a/kustomization.yaml 'resources: [db.yaml, ../b]'
put b/kustomization.yaml 'resources: [../a]'
is "two that include each other are an error" "$(errors)" \
	'b/kustomization.yaml:1:13 kustomize refuses a folder in which the kustomization stands that lists it: a circle'

two() { # folder folder: of what Flux applies
	rm -rf apps clusters
	local name=a
	for folder in "$1" "$2"; do
		database "$folder"
		put "$folder/kustomization.yaml" 'resources: [db.yaml]'
		flux ks-$name.yaml $name "$folder"
		name=b
	done
}
two apps/shop apps/test-blog
is "the name of an application that says test is no environment" "$(twice)" 6
two apps/shop apps/shop-test
is "what is added to a name may be" "$(twice)" 0
two apps/eu-prod apps/us-dev
is "and so may two that differ" "$(twice)" 0
two apps/shop apps/test/shop
is "and a folder that one has" "$(twice)" 0
two apps/cluster-a apps/cluster-b
is "and two clusters" "$(twice)" 0
two sites/a/db sites/b/db
is "and what lies in a folder of them" "$(twice)" 0
rm -r sites
two apps/shop apps/blog
rm apps/*/db.yaml
database base
put base/kustomization.yaml 'resources: [db.yaml]'
for app in shop blog; do put apps/$app/kustomization.yaml 'resources: [../../base]'; done
is "one base that is applied twice is defined twice" "$(twice)" 3
is "and who applies it too is named" "$(check | jq -r '[.findings[] | select(.rule == "object-defined-twice").message] | first | split(";")[0]')" \
	'Cluster pg is defined twice: apps/blog is applied too'
rm ks-b.yaml
flux ks-a.yaml a base
put base/old.yaml 'apiVersion: barmancloud.cnpg.io/v1' 'kind: ObjectStore' 'metadata: {name: old}' 'spec:' '  configuration: {destinationPath: s3://old/pg, s3Credentials: {inheritFromIAMRole: true}}'
left_out() { rules warn | tr ';' '\n' | grep -c manifest-not-applied; }
is "what the kustomization of a folder that Flux applies leaves out is not applied" "$(left_out)" 1
mkdir all && mv base all && flux ks-a.yaml a all
is "nor what one of a folder below does, where Flux takes all there is" "$(left_out)" 1
rm -r apps all/base/kustomization.yaml
is "but for what none leaves out" "$(left_out)" 0
put all/base/kustomization.yaml 'kind: Component' 'apiVersion: kustomize.config.k8s.io/v1alpha1' 'resources: [db.yaml]'
is "of a component that nobody uses nothing is known" "$(left_out)" 0
put app/kustomization.yaml 'components: [../all/base]'
is "what one that is used leaves out is not applied" "$(left_out)" 1
rm -r app
put all/base/kustomization.yaml 'resources: [db.yaml]'
mv all/base . && rm base/old.yaml
flux ks-a.yaml a base
flux ks-b.yaml b base
is "so is one folder" "$(check | jq -r '[.findings[] | select(.rule == "object-defined-twice").message] | first | split(";")[0]')" 'Cluster pg is defined twice: base (b) is applied too'
sed -i 's/targetNamespace: data/targetNamespace: more/' ks-b.yaml
is "but not in two namespaces" "$(twice)" 0

# --- what may have changed an object in a way that is not known
tree
database base
put base/kustomization.yaml 'resources: [db.yaml]'
sed -i '/isWALArchiver/d' base/db.yaml
missing() { denials | grep -o '[^ ]* wal-archiver-off'; }
put prod/kustomization.yaml 'resources: [../base]'
is "a field is missing" "$(missing)" 'base/db.yaml:7 wal-archiver-off'
for name in 'p\w' 'p{1}g' '(?i)pg' 'p\1' 'p\Zg'; do
	put prod/kustomization.yaml 'resources: [../base]' 'patches:' "- target: {name: '$name'}" '  patch: |' '    - {op: add, path: /spec/logLevel, value: debug}'
	unknown+="$(missing)|"
	put prod/kustomization.yaml 'resources: [../base]' 'patches:' "- target: {name: '$name'}" '  patch: |' \
		'    {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: x}, spec: {logLevel: debug}}'
	unknown+="$(missing)|"
done
is "a target that says more than is known here may be any object" "$unknown" '||||||||||'
for name in 'p[^0]' 'p\.g' 'pg\?' 'no\.thing'; do
	put prod/kustomization.yaml 'resources: [../base]' 'patches:' "- target: {name: '$name'}" '  patch: |' '    - {op: add, path: /spec/logLevel, value: debug}'
	known+="$(missing | wc -l) "
done
is "one that is known is for some of them" "$known" '1 1 1 1 '
replacement() { # source target
	put prod/kustomization.yaml 'resources: [../base]' 'replacements:' "- source: {kind: ScheduledBackup, $1}" "  targets: [{select: {kind: Cluster}, $2}]"
	echo "$(errors)$(missing)"
}
is "a replacement that would make an entry of a list changes what is not known" \
	"$(replacement 'fieldPath: spec.method' 'fieldPaths: ["spec.plugins.[name=other].name"], options: {create: true}')" ''
is "so does one of a part that is not there" \
	"$(replacement 'fieldPath: spec.schedule, options: {delimiter: "*", index: 9}' 'fieldPaths: [spec.logLevel], options: {create: true}')" ''
is "and one that puts a map in place of an entry" \
	"$(replacement 'fieldPath: spec.cluster' 'fieldPaths: [spec.plugins.0]')" ''
is "but not one of another field" \
	"$(replacement 'fieldPath: spec.method' 'fieldPaths: [spec.logLevel], options: {create: true}')" 'base/db.yaml:7 wal-archiver-off'
put prod/kustomization.yaml 'resources: [../base]' 'patches: [{path: bad.yaml}]'
put prod/bad.yaml 'apiVersion: ['
is "a patch that cannot be read is an error in it" "$(errors | cut -d: -f1)" prod/bad.yaml
is "and may be for any object" "$(missing)" ''
put prod/kustomization.yaml 'resources: [../base]' 'patches:' '- target: {kind: Cluster}' '  patch: |' '    apiVersion: ['
is "so may one that stands in the kustomization, for what it is for" "$(errors | cut -d: -f1)$(missing)" prod/kustomization.yaml
sed -i 's/kind: Cluster/kind: ObjectStore/' prod/kustomization.yaml
is "and no other" "$(missing)" 'base/db.yaml:7 wal-archiver-off'

# --- a Secret whose name changes
tree
put base/store.yaml 'apiVersion: barmancloud.cnpg.io/v1' 'kind: ObjectStore' 'metadata: {name: minio}' 'spec:' '  retentionPolicy: 30d' '  configuration:' \
	'    destinationPath: s3://backups/pg' '    s3Credentials:' '      accessKeyId: {name: keys, key: id}' '      secretAccessKey: {name: keys, key: secret}' '---' \
	'apiVersion: v1' 'kind: Secret' 'metadata: {name: keys}' 'stringData: {id: a, secret: b}'
put base/kustomization.yaml 'resources: [store.yaml]'
put prod/kustomization.yaml 'resources: [../base]'
is "a Secret that keeps its name is there" "$(denials)" ''
put prod/kustomization.yaml 'resources: [../base]' 'namePrefix: prod-'
is "one that a prefix renames is not, and its new name is said" "$(denials)" 'base/store.yaml:9 credentials-secret-missing name: prod-keys'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
