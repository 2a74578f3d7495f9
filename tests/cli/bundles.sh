#!/bin/bash
# What check holds together and what it keeps apart: kustomizations, Flux, folders, environments.
#   tests/cli/bundles.sh BACKUP-GUARD
# shellcheck disable=SC2016  # ${...} is Flux's
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

put() { # file: stdin
	mkdir -p "$(dirname "$1")"
	cat >>"$1"
}

cluster() { # file name store [namespace]: the store is named at 10:38
	put "$1" <<-END
		---
		apiVersion: postgresql.cnpg.io/v1
		kind: Cluster
		metadata: {name: $2${4:+, namespace: $4}}
		spec:
		  storage: {size: 1Gi}
		  plugins:
		    - name: barman-cloud.cloudnative-pg.io
		      isWALArchiver: true
		      parameters: {barmanObjectName: $3}
	END
}

store() { # file name [namespace]
	put "$1" <<-END
		---
		apiVersion: barmancloud.cnpg.io/v1
		kind: ObjectStore
		metadata: {name: $2${3:+, namespace: $3}}
		spec:
		  retentionPolicy: 30d
		  configuration:
		    destinationPath: s3://backups/pg
		    endpointURL: https://s3.example.org
		    s3Credentials: {inheritFromIAMRole: true}
	END
}

kustomization() { # folder line...
	local folder=$1
	shift
	mkdir -p "$folder"
	printf '%s\n' 'apiVersion: kustomize.config.k8s.io/v1beta1' "$@" >"$folder/kustomization.yaml"
}

check() {
	"$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json "$@"
}

# What the rules that look at others find: "FILE:LINE:COLUMN SEVERITY RULE" in order.
found() {
	check "$@" | jq -r '[.findings[] | select(.rule == ("objectstore-missing", "archive-location-shared")) |
		"\(.file):\(.line):\(.column) \(.severity) \(.rule)"] | join("; ")'
}

# The namespaces of the Clusters that have findings.
namespaces() {
	check "$@" | jq -r '[.findings[].object | select(.kind == "Cluster") | "\(.name)=\(.namespace)"] | unique | join(" ")'
}

objects() {
	check "$@" | jq -r .summary.objects
}

# --- two files
tree
cluster cluster.yaml pg minoi
store store.yaml minio
is "a wrong reference is found where it stands" "$(found .)" 'cluster.yaml:10:38 deny objectstore-missing'
is "in whatever order the files are given" "$(check cluster.yaml store.yaml)" "$(check store.yaml cluster.yaml)"
is "a file alone may have its store elsewhere" "$(found cluster.yaml)" 'cluster.yaml:10:38 warn objectstore-missing'
cat cluster.yaml store.yaml >all
is "stdin is a bundle" "$(found - <all)" '<stdin>:10:38 deny objectstore-missing'
is "and beside it stands what the files hold" "$(found - cluster.yaml <store.yaml)" 'cluster.yaml:10:38 deny objectstore-missing'
printf '%s\n' 'apiVersion: backup-guard.io/v1alpha1' 'kind: BackupPolicy' 'metadata: {name: strict}' \
	'spec: {profile: generic, strictReferences: true}' >policy
is "strictReferences says that a file alone is whole" "$(found --policy policy cluster.yaml)" 'cluster.yaml:10:38 deny objectstore-missing'

# --- two Clusters at one place: the copy is told, whichever is read first
tree
for app in files photos; do
	cluster $app/cluster.yaml photos-db minio $app
	store $app/store.yaml minio $app
done
is "the one that does not fit its folder is one too many" "$(found .)" 'files/cluster.yaml:10:7 deny archive-location-shared'

# --- overlays
tree
cluster base/cluster.yaml pg minio
kustomization base 'resources: [cluster.yaml]'
for env in prod lab; do
	kustomization overlays/$env "namespace: $env" 'resources: [../../base, store.yaml]'
	store overlays/$env/store.yaml minio
done
is "overlays of one base are never held against one another" "$(found .)" ''
is "each document counts once" "$(objects .)" 3
is "each overlay judges the base" "$(check . | jq '[.findings[] | select(.file == "base/cluster.yaml") | .rule] | group_by(.) | map(length) | max')" 1
sed -i 's/name: minio/name: other/' overlays/lab/store.yaml
is "what one overlay lacks is found, though the other has it" "$(found .)" 'base/cluster.yaml:10:38 deny objectstore-missing'
is "with the namespace of the overlay that lacks it" \
	"$(check . | jq -r '.findings[] | select(.rule == "objectstore-missing") | .object.namespace')" lab
is "a base alone is judged as it is" "$(found base)" 'base/cluster.yaml:10:38 warn objectstore-missing'

tree
cluster base/cluster.yaml pg minio
kustomization base 'resources: [cluster.yaml]'
kustomization prod 'resources: [../base]' 'components: [../stores]'
kustomization stores 'kind: Component' 'resources: [store.yaml]'
store stores/store.yaml minio
is "components are followed" "$(found .)" ''
kustomization lab 'resources: [../base]'
is "a component is of those that include it" "$(found .)" 'base/cluster.yaml:10:38 warn objectstore-missing'
rm -r prod lab
store base/second.yaml second
is "a component that nobody includes stands by itself" "$(objects .)" 3

tree
cluster base/cluster.yaml pg ''
sed -i '/plugins/,$d' base/cluster.yaml
kustomization base 'resources: [cluster.yaml]'
kustomization none 'kind: Component' 'resources: [../base]'
unbacked() {
	check . | jq -r '[.findings[] | select(.rule == "cluster-without-backup") | "\(.file):\(.line)"] | join(" ")'
}
is "what a component lacks that nobody includes, another may bring" "$(unbacked)" ''
kustomization app 'resources: [../base]'
is "what a root lacks is told" "$(unbacked)" base/cluster.yaml:5

# --- the same object in two environments
tree
for env in prod lab; do
	cluster envs/$env/db/cluster.yaml pg minio app
	store envs/$env/stores/store.yaml minio app
done
is "environments are never held against one another" "$(found .)" ''
cluster envs/prod/other/cluster.yaml second minio app
sed -i 's/barmanObjectName: minio/&, serverName: pg/' envs/prod/other/cluster.yaml
is "inside one they are" "$(found . | tr ';' '\n' | sed 's/.* //' | sort -u)" archive-location-shared
is "and nothing of it in the other" "$(found . | grep -c lab)" 0
rm -r envs/prod/other
sed -i 's/name: minio/name: other/' envs/lab/stores/store.yaml
is "what another environment has is lacking here" "$(found .)" 'envs/lab/db/cluster.yaml:10:38 deny objectstore-missing'

tree
cluster cluster.yaml pg minio
store cluster.yaml minio
cluster restore.yaml pg minio
cluster lost/restore.yaml pg minio
is "a second definition beside the first may use its store" "$(found .)" ''
sed -i 's/Name: minio/Name: none/' restore.yaml
is "but not one that nobody has" "$(found .)" 'restore.yaml:10:38 warn objectstore-missing'

tree
for tenant in a b; do
	kustomization tenants/$tenant "namespace: $tenant" 'resources: [../../base]'
done
kustomization base 'resources: [db.yaml]'
cluster base/db.yaml pg minio
store base/db.yaml minio
kustomization all 'resources: [../tenants/a, ../tenants/b]'
is "a base that is included twice is made twice, at one place" "$(found .) $(namespaces .)" \
	'base/db.yaml:10:7 deny archive-location-shared pg=a pg=b'

# --- Secrets
secrets() {
	check "$@" | jq -r '[.findings[] | select(.rule | test("^credentials-|^secret-wrong")) | "\(.file) \(.severity) \(.rule)"] | unique | join("; ")'
}

tree
store db/store.yaml minio db
sed -i 's/{inheritFromIAMRole: true}/{accessKeyId: {name: keys, key: ID}, secretAccessKey: {name: keys, key: KEY}}/' db/store.yaml
is "of a Secret that may be elsewhere" "$(secrets .)" 'db/store.yaml info credentials-secret-missing'
kustomization db 'namespace: db' 'resources: [store.yaml]' 'secretGenerator:' '- {name: keys, literals: [ID=a, KEY=b]}'
is "a secretGenerator gives its Secret another name" "$(secrets .)" 'db/store.yaml deny credentials-secret-missing'
echo 'generatorOptions: {disableNameSuffixHash: true}' >>db/kustomization.yaml
is "unless it is told not to" "$(secrets .)" ''
sed -i 's/, KEY=b//' db/kustomization.yaml
is "with the keys that it names" "$(secrets .)" 'db/store.yaml deny credentials-key-missing'
kustomization db 'namespace: db' 'resources: [store.yaml]'
kustomization lab 'namespace: lab' 'secretGenerator:' '- {name: keys, literals: [ID=a, KEY=b], options: {disableNameSuffixHash: true}}'
is "in its own namespace" "$(secrets .)" 'db/store.yaml warn secret-wrong-namespace'
put db/sealed.yaml <<-END
	apiVersion: bitnami.com/v1alpha1
	kind: SealedSecret
	metadata: {name: keys, namespace: db}
	spec: {encryptedData: {ID: AgB, KEY: AgC}}
END
is "a SealedSecret provides it, too" "$(secrets .)" ''
is "and is no object of ours" "$(objects .)" 1

# --- what is not wholly known
tree
cluster db/cluster.yaml pg prod-minio
store db/store.yaml minio
kustomization db 'resources: [cluster.yaml, store.yaml]'
is "a bundle whose members are all there" "$(found .)" 'db/cluster.yaml:10:38 deny objectstore-missing'
kustomization db 'resources: [cluster.yaml, store.yaml]' 'namePrefix: prod-'
is "names that kustomize makes are not known" "$(found .)" ''
for line in 'resources: [cluster.yaml, store.yaml, "https://example.org/more.yaml"]' 'resources: [cluster.yaml, store.yaml, ../missing]'; do
	kustomization db "$line"
	is "with $line there may be more" "$(found .)" 'db/cluster.yaml:10:38 warn objectstore-missing'
done
kustomization db 'resources: [cluster.yaml, store.yaml]' 'patches:' '- target: {kind: Cluster}' '  patch: |' '    - {op: replace, path: /spec/instances, value: 3}'
is "a patch of other fields changes nothing" "$(found .)" 'db/cluster.yaml:10:38 deny objectstore-missing'
sed -i 's|/spec/instances, value: 3|/spec/plugins/0/parameters/barmanObjectName, value: minio|' db/kustomization.yaml
is "a patch of the reference does" "$(found .)" ''
printf 'a: [\n' >db/kustomization.yaml
is "a kustomization that cannot be read may do anything" "$(found . 2>/dev/null)" ''
rm db/kustomization.yaml
printf 'a: [\n' >db/broken.yaml
is "a file that is none of ours holds nothing of ours" "$(found . 2>/dev/null)" 'db/cluster.yaml:10:38 deny objectstore-missing'
printf 'apiVersion: barmancloud.cnpg.io/v1\na: [\n' >db/broken.yaml
is "a file of ours that cannot be read may hold anything" "$(found . 2>/dev/null)" 'db/cluster.yaml:10:38 warn objectstore-missing'

tree
kustomization a 'resources: [../b]'
kustomization b 'resources: [../a, cluster.yaml]'
cluster b/cluster.yaml pg minio
store b/cluster.yaml minio
is "a circle of kustomizations ends" "$(objects .) $(found .)" '2 '

# --- namespaces
tree
cluster base/deep/cluster.yaml pg minio
kustomization base/deep 'namespace: deep' 'resources: [cluster.yaml]'
kustomization base 'resources: [deep]'
is "the only namespace on the way" "$(namespaces .)" 'pg=deep'
kustomization top 'namespace: top' 'resources: [../base]'
is "the outermost namespace wins" "$(namespaces .)" 'pg=top'
is "inside the given paths" "$(namespaces base)" 'pg=deep'
sed -i 's/name: pg/&, namespace: own/' base/deep/cluster.yaml
is "it replaces that of the document" "$(namespaces .)" 'pg=top'
is "-n does not" "$(namespaces -n given base/deep/cluster.yaml)" 'pg=deep'
rm top/kustomization.yaml base/deep/kustomization.yaml
is "where no kustomization does, the document's own counts" "$(namespaces -n given .)" 'pg=own'

tree
cluster apps/db/cluster.yaml pg minio
cluster apps/db/below/cluster.yaml second minio
put clusters/home/db.yaml <<'END'
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: db, namespace: flux-system}
spec: {path: ./apps/db, targetNamespace: database}
END
is "Flux names the namespace of a folder and those below" "$(namespaces .)" 'pg=database second=database'
is "for a part of the input too, when its file is there" "$(namespaces apps clusters)" 'pg=database second=database'
is "and not when it is elsewhere" "$(namespaces apps)" 'pg= second='
kustomization apps/db 'namespace: mine' 'resources: [cluster.yaml]'
is "it comes before the folder's own kustomization, which says what is included" "$(namespaces .)" 'pg=database second=mine'
sed -i 's|./apps/db|apps/db/|' clusters/home/db.yaml
is "the path may be written without dot" "$(namespaces .)" 'pg=database second=mine'
sed 's/database/other/' clusters/home/db.yaml >clusters/home/second.yaml
is "of two different ones each is a use" "$(namespaces .)" 'pg=database second=mine'
is "which is told by its name" "$(check . | jq -r '[.findings[].usedBy | select(.) | join(", ")] | unique | join("; ")')" \
	'apps/db (db), apps/db (db)'
rm clusters/home/second.yaml apps/db/kustomization.yaml
sed -i 's/targetNamespace: database/targetNamespace: "${NS}"/' clusters/home/db.yaml
store stores/minio.yaml minio elsewhere
is "one that is filled in later may be any" "$(found .)" ''
mv clusters/home/db.yaml apps/db/kustomization.yaml
is "a file of Flux may be called kustomization.yaml" "$(objects .)" 3

# --- what an overlay that is not seen may bring
tree
lacking() { # file: a Cluster without storage, and a schedule without a Cluster
	printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {instances: 1}\n' | put "$1"
	printf -- '---\napiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: db}\nspec: {schedule: "0 0 3 * * *"}\n' | put "$1"
}
required() {
	"$guard" check --profile generic --format json "$@" |
		jq -r '[.findings[] | select(.rule == "operator-refuses" or .rule == "invalid-value") | "\(.severity) \(.path)"] | sort | join(" ")'
}
lacking apps/db/db.yaml
lacking apps/base/db.yaml
is "what is required is missing" "$(required apps/db)" 'deny spec.cluster deny spec.storage'
is "in a base, something else may bring it" "$(required apps/base)" 'warn spec.cluster warn spec.storage'
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db, annotations: {a: b}}\n' | put apps/two/one.yaml
is "so is all of it" "$(required apps/two)" 'deny spec'
printf 'kind: Kustomization\nresources: [other.yaml]\n' | put apps/two/kustomization.yaml
is "but beside a kustomization it may be a patch" "$(required apps/two/one.yaml)" ''

# --- names that are filled in later
tree
variable() { # name of the Cluster that the schedule names, and of the store
	rm -f db.yaml
	cluster db.yaml '"${APP}-v2"' "\"$2\"" app
	store db.yaml '"${APP}-store"' app
	printf -- '---\napiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: d, namespace: app}\nspec:\n  schedule: "0 0 3 * * *"\n  method: plugin\n  immediate: true\n  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n  cluster: {name: "%s"}\n' "$1" | put db.yaml
	"$guard" check --profile generic --format json db.yaml | jq -r '[.findings[] | select(.rule != "iam-on-custom-endpoint" and (.severity != "info" or .rule == "immediate-with-new-cluster")) | "\(.severity) \(.rule)"] | join(" ")'
}
is "a name with a variable is that with the same one" "$(variable '${APP}-v2' '${APP}-store')" 'info immediate-with-new-cluster'
is "and any other may be it" "$(variable '${APP}-v3' '${STORE}')$(variable 'shop-v2' 'shop-store')" ''

echo "$passed passed, $failed failed"
[ $failed = 0 ]
