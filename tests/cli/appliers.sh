#!/bin/bash
# What Flux and Argo CD make of a repository: each Kustomization or Application is a root, with the values that it applies.
#   tests/cli/appliers.sh BACKUP-GUARD
# shellcheck disable=SC2016  # ${...} is Flux's
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

put() { # file: stdin
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

schedule() { # file name schedule: it stands at 6:13
	put "$1" <<-END
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata: {name: $2}
		spec:
		  cluster: {name: pg}
		  schedule: $3
		  backupOwnerReference: self
		  method: volumeSnapshot
	END
}

cluster() { # isWALArchiver barmanObjectName
	put apps/db/db.yaml <<-END
		apiVersion: postgresql.cnpg.io/v1
		kind: Cluster
		metadata: {name: pg}
		spec:
		  instances: 1
		  storage: {size: 1Gi}
		  plugins:
		    - name: barman-cloud.cloudnative-pg.io
		      isWALArchiver: $1
		      parameters: {barmanObjectName: $2}
	END
}

kustomization() { # folder line...
	local folder=$1
	shift
	mkdir -p "$folder"
	printf '%s\n' "$@" >"$folder/kustomization.yaml"
}

flux() { # file name path line-of-spec...
	local file=$1 name=$2 path=$3
	shift 3
	mkdir -p "$(dirname "$file")"
	{
		printf '%s\n' 'apiVersion: kustomize.toolkit.fluxcd.io/v1' 'kind: Kustomization' \
			"metadata: {name: $name, namespace: flux-system}" 'spec:' "  path: $path"
		printf '  %s\n' "$@"
	} >"$file"
}

check() {
	"$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json "$@"
}

# What is said about schedules: "FILE:LINE:COLUMN NAMESPACE/NAME" and the fix, in order.
found() {
	check . | jq -r '[.findings[] | select(.rule == "schedule-five-fields") |
		"\(.file):\(.line):\(.column) \(.object.namespace)/\(.object.name) \(.fix | split(" - ")[0])"] | join("; ")'
}

errors() {
	check . 2>/dev/null | jq -r '[.errors[] | "\(.file):\(.line):\(.column) \(.message)"] | join("; ")'
}

component() { # schedule
	schedule component/backup.yaml '"${APP}-daily"' "$1"
	kustomization component 'kind: Component' 'resources: [backup.yaml]'
	for app in blog shop; do
		kustomization apps/$app/app 'resources: []'
	done
}

tree
component '"${CRON:=0 0 3 * * *}"'
flux apps/blog/ks.yaml blog ./apps/blog/app 'components: [../../../component]' 'targetNamespace: blog' \
	'postBuild: {substitute: {APP: blog}}'
flux apps/shop/ks.yaml shop ./apps/shop/app 'components: [../../../component]' 'targetNamespace: shop' \
	'postBuild: {substitute: {APP: shop, CRON: 0 3 * * *}}'
is 'a value that is a variable stands where the variable is set, under its key' "$(found)" \
	"apps/shop/ks.yaml:8:45 shop/shop-daily CRON: '0 0 3 * * *'"

is 'and where it is used is said' "$(check . | jq -r '.findings[] | select(.rule == "schedule-five-fields").fix | split("; ")[1]')" \
	'this value is used at component/backup.yaml:6'

tree
component '"0 3 * * *"'
for app in blog shop; do
	flux apps/$app/ks.yaml $app ./apps/$app/app 'components: [../../../component]' "targetNamespace: $app" \
		"postBuild: {substitute: {APP: $app}}"
done
is 'what all uses share is one finding' "$(found)" "component/backup.yaml:6:13 blog/blog-daily schedule: '0 0 3 * * *'"
is 'which names them' \
	"$(check . | jq -r '.findings[] | select(.rule == "schedule-five-fields").usedBy | join(" ")')" \
	'apps/blog/app apps/shop/app'

tree
component '"${CRON:=0 3 * * *}"'
flux apps/blog/ks.yaml blog ./apps/blog/app 'components: [../../../component]' 'targetNamespace: blog' \
	'postBuild: {substituteFrom: [{kind: Secret, name: s}]}'
is 'a default counts, what is unknown stays' "$(found)" \
	"component/backup.yaml:6:13 blog/\${APP}-daily schedule: '0 0 3 * * *'"

tree
component '"${CRON}"'
flux apps/blog/ks.yaml blog ./apps/blog/app 'components: [../../../component]' 'targetNamespace: blog' \
	'postBuild: {substituteFrom: [{kind: Secret, name: s}]}'
is 'nothing is said of a variable that nobody is seen to set' "$(found)$(errors)" ''

tree
component '"${CRON:=@daily}"'
flux apps/blog/ks.yaml blog ./apps/blog/app 'components: [../../../component]' 'postBuild: {substitute: {APP: a}}'
is 'what cannot be read with its variables filled in is an error' "$(errors)" \
	"component/backup.yaml:6:13 with its variables filled in this is no YAML any more: '@daily' must be quoted in YAML: write schedule: '@daily'"

tree
component '"${CRON:=@daily}"'
flux apps/blog/ks.yaml blog ./apps/blog/app 'components: [../../../component]'
is 'without postBuild nothing is filled in' "$(errors)" ''

tree
schedule apps/db/backup.yaml nightly '"0 0 3 * * *"'
kustomization apps/db 'resources: [backup.yaml]'
flux flux/db.yaml db ./apps/db 'targetNamespace: db' 'patches:' '  - target: {kind: ScheduledBackup}' '    patch: |' \
	'      - {op: replace, path: /spec/schedule, value: 0 3 * * *}'
is 'a patch of the Kustomization is one of its kustomization' "$(found)" \
	"flux/db.yaml:10:54 db/nightly value: '0 0 3 * * *'"

tree
schedule apps/db/app/backup.yaml nightly '"${CRON:=0 0 3 * * *}"'
kustomization apps/db/app 'resources: [backup.yaml]'
kustomization apps/db 'resources: [ks.yaml]'
flux apps/db/ks.yaml db ./apps/db/app 'targetNamespace: db'
flux flux/apps.yaml apps ./apps 'patches:' '  - target: {kind: Kustomization}' '    patch: |' \
	'      kind: Kustomization' '      metadata: {name: _}' '      spec: {postBuild: {substitute: {CRON: 0 3 * * *}}}'
is 'one that another applies is built as that one has it' "$(found)" \
	"flux/apps.yaml:11:47 db/nightly CRON: '0 0 3 * * *'"

tree
schedule apps/db/backup.yaml nightly '"0 3 * * *"'
schedule apps/web/deep/backup.yaml weekly '"0 3 * * *"'
kustomization apps/web 'resources: []'
flux flux/apps.yaml apps ./apps 'targetNamespace: all'
is 'a folder without a kustomization is all that is in it, but for what a kustomization in it leaves out' \
	"$(found | grep -o ' [a-z]*/nightly')" ' all/nightly'

argo() { # file kind line-below-the-spec-of-an-application...
	local file=$1 kind=$2 deep='  '
	shift 2
	mkdir -p "$(dirname "$file")"
	{
		printf '%s\n' 'apiVersion: argoproj.io/v1alpha1' "kind: $kind" 'metadata: {name: db, namespace: argocd}' 'spec:'
		if [ "$kind" = ApplicationSet ]; then
			printf '%s\n' '  generators: [{list: {elements: [{cluster: a}]}}]' '  template:' '    spec:'
			deep='      '
		fi
		printf "$deep%s\n" "$@"
	} >"$file"
}

for kind in Application ApplicationSet; do
	tree
	schedule apps/db/backup.yaml nightly '"0 3 * * *"'
	kustomization apps/db 'resources: [backup.yaml]'
	argo argo/db.yaml $kind 'destination: {namespace: data}' 'source: {path: apps/db, kustomize: {namePrefix: x-}}'
	is "$kind: its prefix, and the namespace of its destination where there is none" "$(found)" \
		"apps/db/backup.yaml:6:13 data/x-nightly schedule: '0 0 3 * * *'"
	kustomization apps/db 'namespace: own' 'resources: [backup.yaml]'
	is "$kind: not where there is one" "$(found | cut -d' ' -f2)" 'own/x-nightly'
done

tree
schedule apps/db/backup.yaml nightly '"0 0 3 * * *"'
kustomization apps/db 'namespace: own' 'resources: [backup.yaml]'
argo argo/db.yaml Application 'sources:' '  - {chart: c, repoURL: https://charts.example.org}' '  - path: apps/db' \
	'    kustomize:' '      namespace: other' '      patches:' '        - target: {kind: ScheduledBackup}' \
	'          patch: |' '            - {op: replace, path: /spec/schedule, value: 0 3 * * *}'
is 'of several sources those with a path; their patches and their namespace' "$(found)" \
	"argo/db.yaml:13:60 other/nightly value: '0 0 3 * * *'"

tree
schedule apps/db/backup.yaml nightly '"0 3 * * *"'
kustomization apps/db 'namespace: own' 'resources: [backup.yaml]'
argo argo/db.yaml ApplicationSet 'destination: {namespace: data}' 'source: {path: "apps/{{name}}", kustomize: {namePrefix: x-}}'
is 'a path that a generator fills in with a name that it does not give is unknown' "$(found | cut -d' ' -f2)" 'own/nightly'

set_of() { # generator, line-of-spec...
	mkdir -p argo
	{
		printf '%s\n' 'apiVersion: argoproj.io/v1alpha1' 'kind: ApplicationSet' 'metadata: {name: apps}' 'spec:' '  generators:'
		printf '    - %s\n' "$1"
		printf '%s\n' '  template:' '    spec:'
		shift
		printf '      %s\n' "$@"
	} >argo/set.yaml
}

used() { # namespace/name of each schedule that is judged, also of those that are right
	check --fail-on never . | jq -r '[.findings[] | select(.rule == "schedule-five-fields") | .object.namespace + "/" + .object.name] | sort | join(" ")'
}

three() { # a plain folder, a kustomization, and one that is left out
	tree
	git init -q .
	for app in blog shop old; do
		schedule apps/$app/backup.yaml nightly '"0 3 * * *"'
	done
	kustomization apps/shop 'resources: [backup.yaml]'
}

for words in '{{path}}|{{path.basename}}' '{{.path.path}}|{{ .path.basename }}' '{{ .path.path }}|{{index .path.segments 1}}' 'apps/{{path[1]}}|{{path.basenameNormalized}}'; do
	IFS='|' read -r path namespace <<<"$words"
	three
	set_of 'git: {directories: [{path: apps/*}, {path: apps/old, exclude: true}]}' \
		"destination: {namespace: '$namespace'}" "source: {path: '$path'}"
	is "directories of git fill in $words" "$(used)" '/nightly blog/nightly shop/nightly'
done

three
mkdir -p clusters/a
touch apps/{blog,shop}/config.json
set_of 'matrix: {generators: [{git: {files: [{path: apps/*/config.json}]}}, {clusters: {}}, {list: {elements: [{stage: dev, values: {ns: x}}, {stage: prod, values: {ns: x}}]}}]}' \
	"destination: {namespace: '{{path.basename}}-{{values.ns}}-{{stage}}', server: '{{server}}'}" "source: {path: '{{path}}', kustomize: {namePrefix: '{{stage}}-'}}"
is 'a matrix: files of git beside a list; clusters are not known' \
	"$(check . | jq -r '[.findings[] | select(.rule == "schedule-five-fields") | .object.namespace + "/" + .object.name + " " + ((.usedBy // []) | length | tostring)] | sort | join(", ")')" \
	'/nightly 0, /nightly 0, shop-x-dev/dev-nightly 2'

three
set_of 'list: {elements: [{app: blog, ns: b}, {app: shop, ns: s}]}' "destination: {namespace: '{{ns}}'}" "source: {path: 'apps/{{app}}'}"
is 'elements of a list' "$(used)" '/nightly b/nightly s/nightly'
set_of 'list: {elements: [{app: ../x, ns: b}, {app: /etc, ns: s}, {app: {a: b}}, 3, null]}' "destination: {namespace: '{{ns}}'}" "source: {path: 'apps/{{app}}'}"
is 'odd elements hurt nobody' "$(used)$(errors)" '/nightly /nightly /nightly'
set_of 'git: {directories: [{path: "../*"}, {path: "/*"}, {path: "[a"}, {}]}' "destination: {namespace: '{{path.basename}}'}" "source: {path: '{{path}}'}"
is 'nor do odd patterns' "$(used)$(errors)" '/nightly /nightly /nightly'

tree
settings() { # folder cron
	put "$1/settings.yaml" <<-END
		apiVersion: v1
		kind: ConfigMap
		metadata: {name: settings, namespace: flux-system}
		data:
		  CRON: $2
	END
}
schedule app/backup.yaml nightly '"${CRON}"'
kustomization app 'resources: [backup.yaml]'
settings clusters/one '0 3 * * *'
flux clusters/one/app.yaml app ./app 'targetNamespace: db' 'postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}'
is 'what a ConfigMap among the files sets is known' "$(found)" "clusters/one/settings.yaml:5:9 db/nightly CRON: '0 0 3 * * *'"
settings clusters/two '0 0 3 * * *'
flux clusters/two/app.yaml app ./app 'targetNamespace: db' 'postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}'
is 'of two clusters each has its own' "$(found)" "clusters/one/settings.yaml:5:9 db/nightly CRON: '0 0 3 * * *'"
rm -r clusters/two
settings other '0 0 3 * * *'
mv clusters/one/app.yaml flux.yaml
is 'where several are as near, none is meant' "$(found)" ''
rm -r other
is 'and the only one is' "$(found | cut -d' ' -f1)" clusters/one/settings.yaml:5:9
sed -i 's/name: settings}/&, {kind: Secret, name: more}/' flux.yaml
is 'a Secret behind it may set another' "$(found)" ''
sed -i 's/{kind: Secret/{kind: ConfigMap/' flux.yaml
is 'and so may a ConfigMap that is not seen' "$(found)" ''
sed -i 's/, {kind: ConfigMap, name: more}//; s/postBuild: {/&substitute: {CRON: 0 0 3 * * *}, /' flux.yaml
is 'what the Kustomization sets itself comes first' "$(found)" ''
sed -i 's/CRON: 0/OTHER: 0/; s/  CRON/  CRONS/' flux.yaml clusters/one/settings.yaml
is 'what nobody sets is unknown' "$(found)" ''

tree
cluster '${ARCHIVES}' 'minio'
flux ks.yaml db ./apps/db 'targetNamespace: data' 'postBuild: {substitute: {ARCHIVES: "false"}}'
is 'a variable is a text, also where it is a boolean to be' \
	"$(check . | jq -r '[.findings[] | select(.rule == "wal-archiver-off") | "\(.file):\(.line) \(.fix | split(" - ")[0])"] | join("; ")')" \
	'ks.yaml:7 ARCHIVES: "true"'

cluster 'true' '"${APP}"'
flux ks.yaml db ./apps/db 'targetNamespace: data' 'postBuild: {substitute: {APP: shop}}'
missing() {
	check . | jq -r '[.findings[] | select(.rule == "objectstore-missing") | "\(.file):\(.line) \(.fix)"] | join("; ")'
}
is 'a reference that is a variable is wrong where it is used' "$(missing)" \
	'apps/db/db.yaml:10 an ObjectStore shop in namespace data, with the Secret that it names - the value comes from ks.yaml:7'
rm ks.yaml
sed -i 's/\${APP}/none/' apps/db/db.yaml
kustomization apps/db 'resources: [db.yaml]' 'replacements:' '- source: {kind: Cluster, fieldPath: metadata.name}' \
	'  targets: [{select: {kind: Cluster}, fieldPaths: [spec.plugins.0.parameters.barmanObjectName, spec.storage.size]}]'
is 'as is one that a replacement fills in' "$(missing)" \
	'apps/db/db.yaml:10 an ObjectStore pg, with the Secret that it names - the value comes from apps/db/db.yaml:3'
is 'and what takes the name of an object for something else' \
	"$(check . | jq -r '[.findings[] | select(.rule == "operator-refuses") | "\(.file):\(.line) \(.fix)"] | join("; ")')" \
	'apps/db/db.yaml:6 size: 10Gi - the value comes from apps/db/db.yaml:3'

tree
put component/db.yaml <<-'END'
	apiVersion: postgresql.cnpg.io/v1
	kind: Cluster
	metadata: {name: pg}
	spec:
	  storage: {size: 1Gi}
	  plugins:
	    - name: barman-cloud.cloudnative-pg.io
	      isWALArchiver: true
	      parameters: {barmanObjectName: minio}
	---
	apiVersion: barmancloud.cnpg.io/v1
	kind: ObjectStore
	metadata: {name: minio}
	spec:
	  configuration:
	    destinationPath: s3://backups/pg
	    s3Credentials: {inheritFromIAMRole: true}
END
kustomization component 'kind: Component' 'resources: [db.yaml]'
shared() {
	check . | jq -r '[.findings[] | select(.rule == "archive-location-shared") | "\(.file):\(.line) \(.object.namespace) \(.fix)"] | join("; ")'
}
for app in blog shop; do
	kustomization apps/$app/app 'resources: []'
	flux apps/$app/ks.yaml $app ./apps/$app/app 'components: [../../../component]' "targetNamespace: $app"
done
is 'of what two make of one component one gets another place, in its overlay' "$(shared)" \
	'component/db.yaml:9 shop a patch in the overlay of this Cluster alone: {op: add, path: /spec/plugins/0/parameters/serverName, value: shop-pg} - written here, both would have it'
sed -i 's/barmanObjectName: minio/&, serverName: "${SERVER}"/' component/db.yaml
for app in blog shop; do
	flux apps/$app/ks.yaml $app ./apps/$app/app 'components: [../../../component]' "targetNamespace: $app" 'postBuild: {substitute: {SERVER: one}}'
done
is 'or in its variable' "$(shared)" 'apps/shop/ks.yaml:8 shop SERVER: pg - this value is used at component/db.yaml:9'

twice() {
	check . | jq -r '[.findings[] | select(.rule == "object-defined-twice") | .message | split(";")[0]] | unique | join("; ")'
}
application() { # name line-of-spec...
	argo argo/any Application "${@:2}"
	sed "s/name: db,/name: $1,/" argo/any >"argo/$1.yaml" && rm argo/any
}
here='destination: {server: https://kubernetes.default.svc, namespace: data}'
tree
schedule apps/db/backup.yaml nightly '"0 3 * * *"'
schedule apps/db/more/off.yaml weekly '"0 3 * * *"'
schedule apps/db/test.yaml testing '"0 3 * * *"'
application db "$here" 'source: {path: apps/db, directory: {exclude: "test*"}}'
is 'an Application applies the files of a folder, but for what is below, and what it excludes' "$(found | grep -o 'data/[a-z]*')" 'data/nightly'
application db "$here" 'source: {path: apps/db, directory: {recurse: true, include: "*.yaml", exclude: test.yaml}}'
is 'with recurse what is below, too' "$(found | grep -o 'data/[a-z]*' | tr '\n' ' ')" 'data/nightly data/weekly '
application db "$here" 'source: {path: apps/db, directory: {recurse: true, include: "*/off.yaml"}}'
is 'and only what it includes' "$(found | grep -o 'data/[a-z]*')" 'data/weekly'
touch apps/db/Chart.yaml
is 'a chart is another matter' "$(found | grep -o 'data/[a-z]*')" ''
rm apps/db/Chart.yaml
application db "$here" 'source: {path: apps/db, directory: {include: "{a,b}.yaml"}}'
is 'and so is a glob that is more than that' "$(found | grep -o 'data/[a-z]*')" ''

for app in blog shop; do
	schedule apps/$app/backup.yaml nightly '"0 0 3 * * *"'
	application $app "$here" "source: {path: apps/$app}"
done
is 'two Applications define one object' "$(twice)" \
	'ScheduledBackup nightly is defined twice: apps/blog/backup.yaml is applied too; ScheduledBackup nightly is defined twice: apps/shop/backup.yaml is applied too'
application shop 'destination: {name: edge, namespace: data}' 'source: {path: apps/shop}'
is 'not of two clusters' "$(twice)" ''
application shop "$here" 'source: {path: apps/shop, targetRevision: next}'
is 'nor of another state of the repository' "$(twice)" ''
application shop "$here" 'source: {path: apps/shop}'
mkdir west && sed 's/name: shop/name: blog/' argo/shop.yaml >west/blog.yaml && rm argo/shop.yaml
is 'nor where they have one name' "$(twice)" ''

# --- what an applier adds to its kustomization
places() { # rule
	check . 2>/dev/null | jq -r --arg rule "$1" '[.findings[] | select(.rule == $rule) | "\(.file):\(.line) \(.object.namespace)/\(.object.name)"] | join("; ")'
}

tree
schedule apps/db/backup.yaml nightly '"0 0 3 * * *"'
cluster true minio
kustomization apps/db 'resources: [backup.yaml, db.yaml]' 'commonAnnotations: {a: b}' 'patches:' '- target: {kind: ScheduledBackup}' '  patch: |' \
	'    - {op: replace, path: /spec/backupOwnerReference, value: owner}'
argo argo/db.yaml Application 'destination: {namespace: data}' 'source:' '  path: apps/db' '  kustomize:' \
	'    commonAnnotations: {cnpg.io/validation: disabled}' '    patches:' '      - target: {kind: ScheduledBackup}' '        patch: |' \
	'          - {op: replace, path: /spec/schedule, value: 0 3 * * *}'
is 'annotations of an Application stand beside those of the kustomization' "$(places validation-disabled)" 'argo/db.yaml:9 data/pg'
is 'its patches stand behind those of the kustomization' "$(places schedule-five-fields); $(places invalid-value)" \
	'argo/db.yaml:13 data/nightly; apps/db/kustomization.yaml:6 data/nightly'
sed -i 's/commonAnnotations: .*/commonAnnotations: all/' apps/db/kustomization.yaml
is 'where the kustomization has no map for them, that is told' "$(errors)" \
	"argo/db.yaml:9:26 'commonAnnotations' is no map in the object that this changes"
rm -r argo
flux flux.yaml db ./apps/db 'targetNamespace: data' 'patches:' '- target: {kind: ScheduledBackup}' '  patch: |' \
	'    - {op: replace, path: /spec/schedule, value: 0 3 * * *}'
is 'and so do those of a Kustomization' "$(places schedule-five-fields); $(places invalid-value)" \
	'flux.yaml:10 data/nightly; apps/db/kustomization.yaml:6 data/nightly'

tree
schedule apps/one/backup.yaml first '"${CRON:=0 0 3 * * *}"'
schedule apps/two/backup.yaml second '"${CRON:=0 0 3 * * *}"'
for app in one two; do
	kustomization apps/$app 'resources: [backup.yaml]'
	flux all/$app.yaml $app ./apps/$app
done
kustomization all 'resources: [one.yaml, two.yaml]'
flux root.yaml root ./all 'patches:' '  - target: {kind: Kustomization}' '    patch: |' \
	'      kind: Kustomization' '      metadata: {name: _}' '      spec: {postBuild: {substitute: {CRON: 0 3 * * *}}}'
is 'of two that another applies each is built as that one has it' "$(found | grep -o '/[a-z]* ' | tr -d '\n')" '/first /second '
sed -i 's/spec: {post.*/spec: {path: "${ELSEWHERE}"}/' root.yaml
is 'and not where its path is not known' "$(check --fail-on never . | jq -c '[.summary.objects, .findings]')" '[2,[]]'

tree
schedule app/backup.yaml nightly '"${CRON}"'
kustomization app 'resources: [backup.yaml]'
for value in 5 '"${OTHER}"' '"0 3\n* * *"' '"0 4 * * *"'; do
	flux ks.yaml app ./app "postBuild: {substitute: {CRON: $value}}"
	said+="$(found | cut -d' ' -f1)|"
	flux ks.yaml app ./app 'postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}'
	settings all "$value"
	said+="$(found | cut -d' ' -f1)|"
	rm -r all
done
is 'a variable that is no text of one line, or another variable, is unknown' "$said" '||||||ks.yaml:6:34|all/settings.yaml:5:9|'
settings one '0 4 * * *'
settings two '0 4 * * *'
is 'of several that are as near and agree one is meant' "$(found | cut -d/ -f2 | cut -d' ' -f1)" 'settings.yaml:5:9'
schedule app/backup.yaml nightly '"0 3 * * *"'
for path in ./ / ''; do
	flux ks.yaml app "$path" 'targetNamespace: db'
	where+="$(found | cut -d' ' -f2) "
done
is 'a Kustomization of the whole repository, or of none, says nothing of a folder in it' "$where" '/nightly /nightly /nightly '

tree
put app/store.yaml <<-'END'
	apiVersion: barmancloud.cnpg.io/v1
	kind: ObjectStore
	metadata: {name: minio}
	spec:
	  configuration:
	    destinationPath: s3://backups/pg
	    s3Credentials:
	      accessKeyId: {name: blog-s3, key: ID}
	      secretAccessKey: {name: blog-s3, key: SECRET}
END
kustomization app 'resources: [store.yaml]' 'generatorOptions: {disableNameSuffixHash: true}' 'secretGenerator: [{name: "${APP}-s3", literals: [ID=a, SECRET=b]}]'
for name in blog shop; do
	flux ks.yaml app ./app "postBuild: {substitute: {APP: $name}}"
	secrets+="$name: $(places credentials-secret-missing) "
done
is 'the name of a generated Secret has its variables filled in' "$secrets" 'blog:  shop: app/store.yaml:8 /minio '

tree
schedule part/backup.yaml nightly '"0 3 * * *"'
kustomization part 'kind: Component' 'resources: [backup.yaml]'
flux ks.yaml part ./part 'targetNamespace: db'
is 'a Component that is told to stand alone has the namespace' "$(places schedule-five-fields)" 'part/backup.yaml:6 db/nightly'

three
mkdir apps/Shop_2.Z
mv apps/shop/* apps/Shop_2.Z
set_of 'git: {directories: [{path: apps/*_*}]}' "destination: {namespace: '{{path.basenameNormalized}}{{'}" "source: {path: '{{path}}'}"
is 'a name is made one of Kubernetes; what is not closed stays' "$(used)" '/nightly /nightly shop-2.z{{/nightly'
elements=$(printf '{ns: n%s}, ' {1..40})
set_of "list: {elements: [$elements]}" "destination: {namespace: '{{ns}}'}" "source: {path: apps/blog}"
is 'each of many elements is an application' \
	"$(check . | jq '[.findings[] | select(.rule == "schedule-five-fields") | (.usedBy // []) | length] | max')" 40

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
