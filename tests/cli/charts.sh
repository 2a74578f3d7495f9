#!/bin/bash
# Values of CloudNativePG's own chart `cluster` are judged as what they become; findings stand in the values.
#   tests/cli/charts.sh BACKUP-GUARD
# shellcheck disable=SC2016  # ${...} and $values are of Flux and Argo CD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

put() { # file: stdin
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

release() { # file line-of-spec...: HelmRelease app/pg
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	{
		printf '%s\n' 'apiVersion: helm.toolkit.fluxcd.io/v2' 'kind: HelmRelease' \
			'metadata: {name: pg, namespace: app}' 'spec:' \
			'  chart: {spec: {chart: cluster, sourceRef: {kind: HelmRepository, name: cnpg}}}'
		printf '  %s\n' "$@"
	} >"$file"
}

five='{enabled: true, destinationPath: "s3://backups/pg", endpointURL: "https://s3.example.com", scheduledBackups: [{name: daily, schedule: 0 3 * * *, backupOwnerReference: self}]}'

check() {
	"$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json "$@"
}

# What a rule finds: "FILE:LINE:COLUMN KIND NAMESPACE/NAME: the fix", in order.
found() { # rule argument...
	local rule=$1
	shift
	check "$@" . | jq -r --arg rule "$rule" '[.findings[] | select(.rule == $rule) |
		"\(.file):\(.line):\(.column) \(.object.kind) \(.object.namespace)/\(.object.name): \(.fix | split(" - ")[0])"] |
		join("; ")'
}

rules() {
	check . | jq -r '[.findings[].rule] | unique | join(" ")'
}

daily="ScheduledBackup app/pg-cluster-daily: schedule: '0 0 3 * * *'"

tree
release pg.yaml "values:" "  backups: $five"
is 'a schedule among the values of a HelmRelease' "$(found schedule-five-fields)" "pg.yaml:7:148 $daily"
is 'a Cluster, a schedule and the HelmRelease are counted' \
	"$(check . | jq -c '[.summary.objects, .summary.otherKinds, .summary.errors]')" '[2,1,0]'
"$guard" check --fix -q --fail-on never . >/dev/null 2>&1
is '--fix changes the value' "$(grep -o 'schedule: 0 0 3 \* \* \*' pg.yaml)" 'schedule: 0 0 3 * * *'

tree
release pg.yaml 'values:' '  backups:' '    enabled: true' '    destinationPath: s3://backups/pg' \
	'    endpointURL: https://s3.example.com' '    retentionPolicy: 30'
is 'what the chart has by itself is there' "$(found invalid-value)" \
	'pg.yaml:11:24 Cluster app/pg-cluster: retentionPolicy: 30d'
is 'so is its Secret, and its schedule' "$(rules)" 'in-tree-deprecated invalid-value'
release pg.yaml 'values:' '  backups:' '    enabled: true' '    destinationPath: s3://backups/pg' \
	'    endpointURL: https://s3.example.com' '    secret:' '      create: false' '      name: keys'
is 'a Secret that it does not make is asked for' "$(found credentials-secret-missing)" \
	"pg.yaml:13:15 Cluster app/pg-cluster: a Secret or ExternalSecret keys in namespace app with the keys that are named here, or the name of the one that is meant"

tree
release pg.yaml 'values:' '  backups:' '    enabled: true' '    endpointURL: https://s3.example.com' \
	'    s3: {bucket: Backups, path: /pg, accessKey: AKIAEXAMPLE, secretKey: topsecret}'
is 'a destination is put together from its parts' "$(found destination-path-invalid)" \
	'pg.yaml:10:20 Cluster app/pg-cluster: a bucket of 3 to 63 lower case letters, digits, dots and hyphens'
is 'a line with a password beside it is not shown' \
	"$("$guard" check . 2>&1 | grep -c topsecret)" 0
release pg.yaml 'values:' '  backups:' '    enabled: true' '    endpointURL: https://s3.example.com' '    s3:' \
	'      bucket: backups' '      accessKey: AKIAEXAMPLE' '      secretKey: topsecret' '    scheduledBackups:' \
	'    - {name: daily, schedule: 0 3 * * *}'
is 'nor in a diff' "$("$guard" check --fix --diff . 2>&1 | grep -oE 'topsecret|AKIA|no diff')" 'no diff'
is 'of which the rest is found' "$(found schedule-five-fields)" "pg.yaml:15:33 $daily"

tree
for named in 'releaseName: own-cluster' 'targetNamespace: db' 'releaseName: x' 'values: {fullnameOverride: full, backups: %}' \
	'values: {nameOverride: z, namespaceOverride: ns, backups: %}'; do
	case $named in
	values:*) release pg.yaml "${named/'%'/$five}" ;;
	*) release pg.yaml "$named" "values: {backups: $five}" ;;
	esac
	names+="$(check . | jq -r '[.findings[] | select(.rule == "schedule-five-fields") | .object |
		"\(.namespace)/\(.name)"] | join(" ")') "
done
is 'names are made as the chart makes them' "$names" \
	'app/own-cluster-daily db/db-pg-cluster-daily app/x-cluster-daily app/full-daily ns/pg-z-daily '

tree
release pg.yaml 'valuesFrom: [{kind: ConfigMap, name: more}]' "values: {backups: $five}"
is 'with values from elsewhere what is there is judged' "$(found schedule-five-fields)" "pg.yaml:7:155 $daily"
release pg.yaml 'valuesFrom: [{kind: ConfigMap, name: more}]' 'values: {backups: {enabled: true}}'
is 'and nothing is missing' "$(rules)" ''

tree
release pg.yaml "values: {backups: $five}"
sed -i 's/name: cnpg}/name: charts}/' pg.yaml
is 'a chart of a repository that nobody knows is none of ours' "$(rules)" ''
put repository.yaml <<'END'
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {url: https://cloudnative-pg.github.io/charts}
END
is 'it is when its address is seen' "$(found schedule-five-fields)" "pg.yaml:6:155 $daily"
sed -i 's/cloudnative-pg.github.io/example.com/' repository.yaml
sed -i 's/name: charts/name: cnpg/' pg.yaml repository.yaml
is 'and is not when that is another one' "$(rules)" ''
put repository.yaml <<'END'
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: pg}
spec: {url: oci://ghcr.io/cloudnative-pg/charts/cluster}
END
sed -i 's/^  chart: .*/  chartRef: {kind: OCIRepository, name: pg}/' pg.yaml
is 'a chart by its own address' "$(found schedule-five-fields)" "pg.yaml:6:155 $daily"

tree
release base/pg.yaml "values: {backups: $five}"
put base/kustomization.yaml <<<'resources: [pg.yaml]'
put prod/kustomization.yaml <<'END'
namespace: prod
resources: [../base]
patches:
- patch: |
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: pg, namespace: app}
    spec:
      values:
        backups:
          scheduledBackups: [{name: nightly, schedule: 0 4 * * *, backupOwnerReference: self}]
END
is 'what a patch writes is judged in the patch, in its namespace' "$(found schedule-five-fields)" \
	"prod/kustomization.yaml:11:56 ScheduledBackup prod/pg-cluster-nightly: schedule: '0 0 4 * * *'"

tree
release app/pg.yaml 'values:' '  backups:' '    enabled: true' '    destinationPath: s3://${BUCKET}/pg' \
	'    endpointURL: https://s3.example.com' '    scheduledBackups: [{name: daily, schedule: "${CRON}", backupOwnerReference: self}]'
put app/kustomization.yaml <<<'resources: [pg.yaml]'
put ks.yaml <<'END'
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: flux-system}
spec:
  path: ./app
  postBuild: {substitute: {CRON: 0 3 * * *}}
END
is 'a variable of Flux' "$(found schedule-five-fields)" \
	"ks.yaml:6:34 ScheduledBackup app/pg-cluster-daily: CRON: '0 0 3 * * *'"

application() { # line-of-helm...
	{
		printf '%s\n' 'apiVersion: argoproj.io/v1alpha1' 'kind: Application' \
			'metadata: {name: pg, namespace: argocd}' 'spec:' '  destination: {namespace: app}' '  source:' \
			'    repoURL: https://cloudnative-pg.github.io/charts' '    chart: cluster' '    helm:'
		printf '      %s\n' "$@"
	} >app.yaml
}

tree
application 'values: |' "  backups: $five"
is 'the values of an Application, as text' "$(found schedule-five-fields)" "app.yaml:11:152 $daily"
application 'valuesObject:' "  backups: $five"
is 'and as a map' "$(found schedule-five-fields)" "app.yaml:11:152 $daily"
application 'valuesObject:' "  backups: $five" 'releaseName: own' \
	'parameters: [{name: "backups.scheduledBackups[0].schedule", value: 0 0 3 * * *}]'
is 'a parameter comes before the values' "$(found schedule-five-fields)" ''
application 'valuesObject:' "  backups: $five" 'parameters:' '- {name: "backups.scheduledBackups[0].schedule", value: 0 4 * * *}'
is 'and is judged where it stands' "$(found schedule-five-fields | cut -d' ' -f1,2,4-)" \
	"app.yaml:13:63 ScheduledBackup value: '0 0 4 * * *'"
application 'valuesObject:' "  backups: $five" 'parameters: [{name: "backups.scheduledBackups", value: "{a,b}"}]'
is 'what one of another form says is unknown' "$(found schedule-five-fields)" ''
application 'parameters:' '- {name: backups.enabled, value: "true"}' '- {name: backups.provider, value: s3}' \
	'- {name: backups.s3.bucket, value: backups}' '- {name: backups.s3.inheritFromIAMRole, value: "true"}' \
	'- {name: "backups.scheduledBackups[0].name", value: daily}' '- {name: "backups.scheduledBackups[0].schedule", value: 0 3 * * *}' \
	'- {name: fullnameOverride, value: "12", forceString: true}'
is 'parameters alone are values, too' "$(found schedule-five-fields | cut -d' ' -f1-3)" 'app.yaml:16:63 ScheduledBackup app/12-daily:'
application 'valuesObject:' "  backups: $five" 'parameters: [{name: cluster.instances, value: "2"}]'
is 'but not before others' "$(found schedule-five-fields)" "app.yaml:11:152 $daily"
sed -i 's,https://cloudnative-pg.github.io,https://example.com,' app.yaml
is 'a chart of somebody else is none of ours' "$(rules)" ''

tree
put clusters/prod/values.yaml <<<"backups: $five"
put app.yaml <<'END'
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: pg, namespace: argocd}
spec:
  destination: {namespace: app}
  sources:
  - repoURL: ghcr.io/cloudnative-pg/charts
    chart: cluster
    helm: {valueFiles: [$here/clusters/prod/values.yaml]}
  - {repoURL: https://github.com/me/me, ref: here}
END
is 'a values file of this repository' "$(found schedule-five-fields)" "clusters/prod/values.yaml:1:144 $daily"

is 'which is then none whose release nobody knows' "$(check . | jq .summary.objects)" 2

schedule='ScheduledBackup /{{ .Release.Name }}-cluster-daily: "schedule"'
tree
put values-prod.yaml <<<"{cluster: {instances: 2}, backups: $five}"
is 'a values file of a release that nobody knows' "$(found schedule-five-fields)" \
	"values-prod.yaml:1:170 $schedule: \"0 0 3 * * *\""
is 'of which what it does not say is unknown' "$(rules)" schedule-five-fields
put values-prod.yaml <<<"backups: $five"
is 'one that may be of another chart is not' "$(rules)" ''
put Chart.yaml <<'END'
apiVersion: v2
name: app
version: 0.1.0
dependencies: [{name: cluster, alias: db, version: 0.3.1, repository: https://cloudnative-pg.github.io/charts}]
END
put values.yaml <<<"{other: {backups: $five}, db: {backups: $five}}"
is 'what a chart gives to the chart as its dependency' "$(found schedule-five-fields)" \
	"values.yaml:1:344 $schedule: \"0 0 3 * * *\""
sed -i 's/cloudnative-pg.github.io/example.com/' Chart.yaml
is 'not to another one of that name' "$(rules)" ''

tree
release pg.yaml 'values:' '  mode: recovery' '  recovery:' '    method: object_store' '    clusterName: pg-cluster' \
	'    destinationPath: s3://backups/pg' '    endpointURL: https://s3.example.com' "  backups: $five"
is 'a recovery from the own archive' "$(found recovery-from-own-archive | cut -d: -f1-3)" \
	'pg.yaml:9:15 Cluster app/pg-cluster'
release pg.yaml 'values:' '  mode: replica' "  backups: $five"
is 'of a mode that releases differ about the rest is judged' "$(rules)" 'in-tree-deprecated schedule-five-fields'
release pg.yaml 'values:' '  backups:' '    enabled: true' '    method: plugin' '    destinationPath: s3:/backups' \
	'    scheduledBackups: [{name: daily, schedule: 0 3 * * *, method: plugin}]'
is 'so it is of backups by the plugin' "$(rules)" 'destination-path-invalid schedule-five-fields'

plugin='method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}'
release pg.yaml 'values:' '  backups: {enabled: true, '"$plugin"', destinationPath: "s3://backups/pg", endpointURL: "https://s3.example.com", retentionPolicy: 30,' \
	'    scheduledBackups: [{name: daily, schedule: 0 0 3 * * *, '"$plugin"'}]}'
is 'with its name the ObjectStore and the Cluster that uses it are known' "$(found invalid-value)" \
	'pg.yaml:7:199 ObjectStore app/pg-cluster-backups: retentionPolicy: 30d'
release pg.yaml 'values:' '  mode: recovery' \
	'  recovery: {'"$plugin"', clusterName: pg-cluster, destinationPath: "s3://backups/pg", endpointURL: "https://s3.example.com"}' \
	'  backups: {enabled: true, '"$plugin"', destinationPath: "s3://backups/pg", endpointURL: "https://s3.example.com"}'
is 'and so is a recovery by it' "$(found recovery-from-own-archive | cut -d: -f1,2)" 'pg.yaml:8'
release pg.yaml 'values:' "  backups: {enabled: true, $plugin, destinationPath: \"s3:/backups\"}"'' \
	'  cluster: {plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: mine}}]}'
is 'beside plugins of the Cluster it is not' "$(rules)" 'destination-path-invalid objectstore-missing'
release pg.yaml 'values:' '  backups: {enabled: true, method: plugin, pluginConfiguration: {name: mine, parameters: {a: b}}}'
put other.yaml <<<'{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: other}, spec: {instances: 1, storage: {size: 1Gi}}}'
is 'a Cluster that is known in part is there' "$(rules)" cluster-without-backup

tree
put kustomization.yaml <<END
namespace: shop
resources: [daily.yaml]
helmCharts:
- name: cluster
  repo: https://cloudnative-pg.github.io/charts
  releaseName: pg
  valuesFile: own.yaml
  valuesInline:
    backups: $five
END
put own.yaml <<<'fullnameOverride: full'
put daily.yaml <<'END'
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: daily}
spec: {schedule: 0 0 3 * * *, immediate: true, backupOwnerReference: self, cluster: {name: full}}
END
is 'helmCharts of a kustomization, with a values file' "$(found schedule-five-fields)" \
	"kustomization.yaml:9:148 ScheduledBackup shop/full-daily: schedule: '0 0 3 * * *'"
is 'what they make is there' "$(rules)" 'in-tree-deprecated schedule-five-fields'
"$guard" check --fix -q --fail-on never . >/dev/null 2>&1
is '--fix leaves it as it is' "$? $(found schedule-five-fields | cut -d: -f1,2)" '0 kustomization.yaml:9'
sed -i 's/own.yaml/own.yaml\n  valuesMerge: merge\n  additionalValuesFiles: [more.yaml]/' kustomization.yaml
put more.yaml <<<'fullnameOverride: more'
is 'and with files that hold above the rest' "$(found schedule-five-fields | grep -o 'shop/[a-z-]*')" shop/more-daily
sed -i '/valuesMerge/d; /additional/d' kustomization.yaml
sed -i 's/name: full/name: none/' daily.yaml
is 'and only that' "$(found schedule-cluster-missing | cut -d: -f1,2)" 'daily.yaml:4'
sed -i 's/cloudnative-pg.github.io/example.com/' kustomization.yaml
is 'of other charts it is unknown' "$(rules)" ''
sed -i 's/example.com/cloudnative-pg.github.io/' kustomization.yaml
printf 'patches: [{patch: "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: full}, spec: {plugins: []}}"}]\n' >>kustomization.yaml
is 'beside patches what is there is judged' "$(found schedule-five-fields | cut -d: -f1,2)" kustomization.yaml:9
is 'and no error is that they are not for others' "$("$guard" check --profile generic . 2>&1 | grep -c 'kustomize builds nothing')" 0

# --- a HelmChart of k3s and RKE2
tree
put pg.yaml <<'END'
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: pg, namespace: kube-system}
spec:
  repo: https://cloudnative-pg.github.io/charts
  chart: cluster
  targetNamespace: shop
  valuesContent: |-
    backups:
      enabled: true
      provider: s3
      s3: {bucket: b, inheritFromIAMRole: true}
      scheduledBackups: [{name: daily, schedule: "0 3 * * *"}]
END
is 'what a HelmChart of k3s makes is judged' "$(found schedule-five-fields)" \
	"pg.yaml:13:50 ScheduledBackup shop/pg-cluster-daily: schedule: '0 0 3 * * *'"
sed -i 's/  targetN/  set: {backups.enabled: "false"}\n  targetN/' pg.yaml
is 'with other values it is unknown' "$(rules)" ''
sed -i '/  set:/d; /  repo:/d; s,chart: cluster,chart: oci://ghcr.io/cloudnative-pg/charts/cluster,' pg.yaml
is 'of a registry too' "$(found schedule-five-fields | cut -d: -f1,2)" pg.yaml:12
sed -i '/valuesContent/,$d' pg.yaml
is 'without values it makes what the chart makes without them' "$(rules)" 'cluster-without-backup'

# --- parameters that reach into lists
arguments='backups: {enabled: true, provider: s3, method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}, destinationPath: "s3:/backups", data: {compression: "", additionalCommandArgs: [--one, 5, --two]}}'
for parameter in '[0]", value: --three' '[1]", value: --three' '[2]", value: --three' '[3]", value: --three' '[3]", value: "5"' \
	'[3]", value: "5", forceString: true' '[3].a", value: x' '[4]", value: --three' '[4].a", value: x' '[0].a", value: x' '[x]", value: --three' \
	'[-1]", value: --three' '[0", value: --three'; do
	application 'valuesObject:' "  $arguments" 'parameters:' '- {name: "backups.data.additionalCommandArgs'"$parameter}"
	set+="$(check . | jq -r '[.findings[] | select(.rule | startswith("additional-args-malformed")) |
		"\(.line):\(.column) \(.message | split(" ")[0])"] | join(" ")')|$(found destination-path-invalid | cut -c1-8)|"$'\n'
done
is 'one member is replaced, or is the next one; else the list is unknown, and the rest is not' "$set" \
	'11:215 --two 13:64 --three|app.yaml|
|app.yaml|
11:205 --one 13:64 --three|app.yaml|
11:205 --one 11:215 --two 13:64 --three|app.yaml|
11:205 --one 11:215 --two|app.yaml|
11:205 --one 11:215 --two 13:64 "5"|app.yaml|
11:205 --one 11:215 --two|app.yaml|
|app.yaml|
|app.yaml|
|app.yaml|
|app.yaml|
|app.yaml|
|app.yaml|
'
application 'valuesObject:' "  $arguments" 'parameters: [{value: x}, {name: "", value: x}, {name: .a, value: x}]'
is 'a parameter without a name takes nothing away' "$(found destination-path-invalid | cut -c1-8)" app.yaml

tree
put values/right.yaml <<<"backups: $five"
put values/wrong.yaml <<<'backups: ['
put values/two.yaml <<<"{}
---
backups: $five"
put values/list.yaml <<<'backups: [1]'
for files in '$here/values/right.yaml' '$here/values/wrong.yaml' '$here/values/two.yaml' '$here/values/none.yaml' 'values/right.yaml' '$here' \
	'$here/values/right.yaml, $here/values/wrong.yaml' '$here/values/right.yaml, $here/values/list.yaml'; do
	cat >app.yaml <<-END
		apiVersion: argoproj.io/v1alpha1
		kind: Application
		metadata: {name: pg, namespace: argocd}
		spec:
		  destination: {namespace: app}
		  sources:
		  - repoURL: ghcr.io/cloudnative-pg/charts
		    chart: cluster
		    helm: {valueFiles: [$files]}
		  - {repoURL: https://github.com/me/me, ref: here}
	END
	made+="$(check --fail-on never app.yaml | jq -r '[.summary.objects, ([.findings[].rule] | join(" "))] | join(" ")')|"
done
is 'a values file that is not there, or no values, leaves the rest unknown; one that does not fit makes nothing' "$made" \
	'2 in-tree-deprecated schedule-five-fields|1 |1 |1 |1 |1 |2 schedule-five-fields|0 |'
application 'values: |' '  backups: ['
is 'and so do values that cannot be read' "$(check --fail-on never . | jq -r '[.summary.objects, ([.findings[].rule] | join(" "))] | join(" ")')" '1 '
rm app.yaml
put own/values.yaml <<<"{cluster: {instances: 1}, backups: $five}"
is 'values of a release that nobody knows' "$(found schedule-five-fields | cut -d: -f1)" own/values.yaml
cat >app.yaml <<'END'
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: pg, namespace: argocd}
spec:
  destination: {namespace: app}
  sources:
  - repoURL: ghcr.io/cloudnative-pg/charts
    chart: cluster
    helm: {valueFiles: [$here/own/values.yaml]}
  - {repoURL: https://github.com/me/me, ref: here}
END
is 'are judged once when one has them' "$(check . | jq -c '[.summary.objects, ([.findings[] | select(.rule == "schedule-five-fields") | .object.name])]')" \
	'[2,["pg-cluster-daily"]]'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
