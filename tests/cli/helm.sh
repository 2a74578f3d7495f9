#!/bin/bash
# check --helm: chart folders and releases of charts of the repository, rendered by a helm that prints what lies in the
# chart, and by the real one where the cache has it.
#   tests/cli/helm.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
real=$(PATH=$PATH:$(echo "${XDG_CACHE_HOME:-$HOME/.cache}"/backup-guard/helm-*) command -v helm)
path=$PATH

# helm template NAME CHART OPTION...: what it was told, in the file called
mkdir "$tmp/bin"
cat >"$tmp/bin/helm" <<'END'
#!/bin/sh
echo "$*" >>"$CALLED"
case $* in *'--values -'*) cat >>"$CALLED" ;; esac
[ ! -e "$3/fails" ] || { cat "$3/fails" >&2; exit 1; }
[ ! -e "$3/floods" ] || exec yes 'a: 1'
cat "$3/printed"
END
chmod +x "$tmp/bin/helm"
export CALLED="$tmp/called" PATH="$tmp/bin:$path"
: >"$CALLED"

put() { # file: stdin
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

chart() { # folder [name]: one with a schedule in a template
	put "$1/Chart.yaml" <<<"{apiVersion: v2, name: ${2:-db}, version: 0.1.0}"
	put "$1/values.yaml" <<<'schedule: 0 3 * * *'
	put "$1/templates/backup.yaml" <<-'END'
		{{- /* a schedule */}}
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata:
		  name: {{ .Release.Name }}-daily
		spec:
		  schedule: {{ .Values.schedule | quote }}
		  method: volumeSnapshot
		  backupOwnerReference: selff
		  cluster: {name: {{ .Release.Name }}}
	END
	put "$1/printed" <<-END
		---
		# Source: ${2:-db}/templates/backup.yaml
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata:
		  name: one-daily
		spec:
		  schedule: "0 3 * * *"
		  method: volumeSnapshot
		  backupOwnerReference: selff
		  cluster: {name: one}
	END
}

check() {
	: >"$CALLED"
	"$guard" check --now 2026-08-26T10:20:30Z --profile generic --format json --helm "$@"
}

found() { # "RULE FILE:LINE:COLUMN NAMESPACE/NAME from ORIGIN", in order
	check . | jq -r '[.findings[] | "\(.rule) \(.file):\(.line):\(.column) \(.object.namespace)/\(.object.name) from \(.origin)"] |
		join("; ")'
}

errors() {
	check . 2>/dev/null | jq -r '[.errors[] | "\(.file): \(.message)"] | join("; ")'
}

called() { # as it was, with the folder as .
	sed "s,$PWD,.,g" "$CALLED"
}

tree
chart charts/db
"$guard" check --format json . >out.json
is 'without --helm the templates are counted' \
	"$(jq -c '[.summary.objects, .summary.skipped]' out.json; called)" '[0,1]'
rm out.json
is 'with it findings stand in the template: at its line, else at the line with the key' "$(found)" \
	'schedule-five-fields charts/db/templates/backup.yaml:7:3 /one-daily from charts/db/Chart.yaml; invalid-value charts/db/templates/backup.yaml:9:25 /one-daily from charts/db/Chart.yaml'
is 'Helm is called once, for the chart as it is' "$(called)" 'template release-name ./charts/db'
says 'what the template does not show is said' "$("$guard" check --helm . 2>&1 | tr -s '\n ' ' ')" \
	'UTC; rendered as schedule: "0 3 * * *" = fix'
is 'nothing is skipped' "$(check . | jq -c '[.summary.objects, .summary.skipped]')" '[1,0]'
before=$(cat charts/db/templates/backup.yaml)
"$guard" check --helm --fix . >/dev/null 2>&1
is '--fix edits no template' "$(cat charts/db/templates/backup.yaml)" "$before"
is 'a namespace is told to Helm' "$(check -n app . >/dev/null; called)" 'template release-name ./charts/db --namespace app'
printf '  schedule: other\n' >>charts/db/templates/backup.yaml
is 'a line that cannot be told from others is not shown' "$(found | cut -d' ' -f1,2)" \
	'schedule-five-fields charts/db/templates/backup.yaml:0:0'

tree
chart charts/db
chart charts/db/charts/sub sub
chart lib
echo 'type: library' >lib/Chart.yaml
rm charts/db/charts/sub/printed lib/printed
sed 's/Source: db/Source: db\/charts\/sub/; s/daily/nightly/' charts/db/printed >added
cat added >>charts/db/printed
rm added
is 'a chart in a chart is rendered with it' "$(found | tr ';' '\n' | grep -c 'five-fields charts/db/charts/sub/templates/backup.yaml')" 1
is 'and only so' "$(called)" 'template release-name ./charts/db'

tree
chart charts/db
put app/pg.yaml <<'END'
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: one, namespace: app}
spec:
  releaseName: first
  targetNamespace: db
  chart: {spec: {chart: ./charts/db, valuesFiles: [charts/db/values.yaml], sourceRef: {kind: GitRepository, name: all}}}
  values: {schedule: 0 4 * * *}
END
is 'a HelmRelease of a chart of the repository' "$(found | cut -d\; -f1)" \
	'schedule-five-fields charts/db/templates/backup.yaml:7:3 db/one-daily from app/pg.yaml'
is 'with its values, instead of those of the chart alone' "$(called)" \
	'template first ./charts/db --values ./charts/db/values.yaml --values - --namespace db
{"schedule":"0 4 * * *"}'
sed -i 's/releaseName: .*/releaseName: --post-renderer=x/' app/pg.yaml
check . >/dev/null
is 'a name is no option' "$(called | head -n 1)" \
	'template release-name ./charts/db --values ./charts/db/values.yaml --values - --namespace db'

tree
chart apps/charts/db
put apps/kustomization.yaml <<'END'
namespace: shop
resources: [db.yaml]
helmCharts:
- {name: db, releaseName: first, valuesFile: own.yaml, valuesInline: {schedule: 0 4 * * *}}
- {name: other, repo: "https://example.com", releaseName: second}
END
put apps/db.yaml <<<'{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: two}, spec: {instances: 1, storage: {size: 1Gi}}}'
is 'a chart beside a kustomization that installs it' "$(found | tr ';' '\n' | grep five-fields)" \
	'schedule-five-fields apps/charts/db/templates/backup.yaml:7:3 shop/one-daily from apps/kustomization.yaml'
is 'with its values, once' "$(called)" \
	'template first ./apps/charts/db --values ./apps/own.yaml --values - --namespace shop
{"schedule":"0 4 * * *"}'
sed -i 's/own.yaml,/own.yaml, valuesMerge: merge, additionalValuesFiles: [more.yaml],/' apps/kustomization.yaml
put apps/more.yaml <<<'{}'
found >/dev/null
is 'of which kustomize lets a file hold above what stands inline' "$(called)" \
	'template first ./apps/charts/db --values - --values ./apps/own.yaml --values ./apps/more.yaml --namespace shop
{"schedule":"0 4 * * *"}'
sed -i 's/valuesMerge: merge/valuesMerge: replace/' apps/kustomization.yaml
found >/dev/null
is 'or none but those beside it' "$(called)" \
	'template first ./apps/charts/db --values - --values ./apps/more.yaml --namespace shop
{"schedule":"0 4 * * *"}'
missing() {
	check . | jq -r '[.findings[] | select(.rule == "schedule-cluster-missing") | .severity] | join(" ")'
}
is 'what the other makes is unknown' "$(missing)" ''
sed -i '/other/d' apps/kustomization.yaml
is 'and without it all is known' "$(missing)" deny
rm apps/db.yaml
put apps/kustomization.yaml <<'END'
namespace: shop
helmGlobals: {chartHome: ../charts}
helmCharts:
- {name: db, repo: "https://example.com", version: 1.2.3, namespace: own}
END
mkdir -p charts/db-1.2.3 && mv apps/charts/db charts/db-1.2.3/db
is 'where kustomize has put it' "$(found | cut -d\; -f1; called)" \
	'schedule-five-fields charts/db-1.2.3/db/templates/backup.yaml:7:3 shop/one-daily from apps/kustomization.yaml
template release-name ./charts/db-1.2.3/db --namespace shop'

tree
chart charts/db
put app.yaml <<'END'
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: one, namespace: argocd}
spec:
  destination: {namespace: app}
  source:
    path: charts/db
    helm:
      releaseName: shop
      valueFiles: [values.yaml, /charts/db/values.yaml]
      values: |
        schedule: 0 4 * * *
      parameters: [{name: a.b, value: "1"}, {name: c, value: "2", forceString: true}]
END
is 'an Application of a chart of the repository' "$(found | cut -d\; -f1)" \
	'schedule-five-fields charts/db/templates/backup.yaml:7:3 app/one-daily from app.yaml'
is 'with its values and parameters' "$(called)" \
	'template shop ./charts/db --values ./charts/db/values.yaml --values ./charts/db/values.yaml --set a.b=1 --set-string c=2 --values - --namespace app
schedule: 0 4 * * *'

tree
chart charts/db
printf '%s\n' 'walk.go: noise' 'Error: missing in charts/ directory: postgresql' >charts/db/fails
is "Helm's own words are an error of the chart" "$(errors)" \
	'charts/db/Chart.yaml: helm template: missing in charts/ directory: postgresql'
check . >/dev/null 2>&1
is 'which exits 3' $? 3
sed -i 's/postgresql.cnpg.io/apps/' charts/db/templates/backup.yaml charts/db/printed
is 'a chart that names nothing of ours is not rendered' "$(errors; called)" ''
is 'it is counted' "$(check . | jq .summary.skipped)" 1
mkdir charts/db/charts
is 'it is where charts lie in it, and then may fail' "$(errors)$(called)" 'template release-name ./charts/db'

tree
chart charts/db
touch charts/db/floods
is 'what it prints is limited' "$(errors)" 'charts/db/Chart.yaml: helm prints more than 67108864 bytes'

tree
chart charts/db
mkdir empty
is 'without helm that is the error' "$(PATH=$tmp/empty "$guard" check --helm --format compact . 2>&1 >/dev/null)" \
	'charts/db/Chart.yaml: error: --helm: the program helm is not in PATH'

# --- what a release prints, and values that are not seen
tree
chart charts/db
put app.yaml <<'END'
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: one, namespace: app}
spec: {chart: {spec: {chart: ./charts/db, valuesFiles: [charts/db/values.yaml], sourceRef: {kind: GitRepository, name: all}}}}
END
cat >charts/db/printed <<'END'
---
# Source: db/templates/backup.yaml
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: store}
spec:
  configuration:
    destinationPath: s3://backups/db
    s3Credentials:
      accessKeyId: {name: keys, key: id}
      secretAccessKey: {name: keys, key: secret}
---
# Source: db/templates/backup.yaml
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {id: a, secret: b}
---
# Source: db/templates/backup.yaml
no: object
END
absent() { # rules about what is not there
	check . 2>/dev/null | jq -r '[.findings[] | select(.rule == ("credentials-secret-missing", "retention-missing")) | "\(.rule) \(.severity)"] | join(" ")'
}
is 'a Secret that it prints is there' "$(absent)" 'retention-missing warn'
sed -i 's/name: keys}/name: others}/' charts/db/printed
is 'and one that it does not is not' "$(absent)" 'credentials-secret-missing warn retention-missing warn'
sed -i 's,\[charts/db/values.yaml\],[charts/db/none.yaml],' app.yaml
is 'with a values file that is not there what is missing is unknown' "$(absent)" ''
# shellcheck disable=SC2016 # $all is Argo CD's
for files in 'values.yaml' '$all/charts/db/values.yaml' '$all/charts/db/none.yaml' 'https://example.com/values.yaml' '/none.yaml'; do
	cat >app.yaml <<-END
		apiVersion: argoproj.io/v1alpha1
		kind: Application
		metadata: {name: one, namespace: argocd}
		spec:
		  destination: {namespace: app}
		  source: {path: charts/db, helm: {valueFiles: [$files]}}
	END
	seen+="$(absent | wc -w) $(called)|"
done
is 'of an Application, too' "$seen" \
	'4 template one ./charts/db --values ./charts/db/values.yaml --namespace app|4 template one ./charts/db --values ./charts/db/values.yaml --namespace app|0 template one ./charts/db --namespace app|0 template one ./charts/db --namespace app|0 template one ./charts/db --namespace app|'
echo 'Error: no such value' >charts/db/fails
is 'what Helm refuses is an error of the release' "$(errors)" 'app.yaml: helm template: no such value'
sed -i 's/postgresql.cnpg.io/apps/' charts/db/templates/backup.yaml
is 'but for a chart that is none of ours' "$(errors)" ''

if [ -n "$real" ]; then
	tree
	chart charts/db
	rm charts/db/printed
	PATH=$(dirname "$real"):$path
	is 'the real Helm' "$(found)" \
		'schedule-five-fields charts/db/templates/backup.yaml:7:3 /release-name-daily from charts/db/Chart.yaml; invalid-value charts/db/templates/backup.yaml:9:25 /release-name-daily from charts/db/Chart.yaml'
	echo 'dependencies: [{name: more, version: 1.0.0, repository: https://charts.example.com}]' >>charts/db/Chart.yaml
	sed -i '1s/.*/apiVersion: v2\nname: db\nversion: 0.1.0/' charts/db/Chart.yaml
	says 'and its error' "$(errors)" 'charts/db/Chart.yaml: helm template: ' 'missing in charts/ directory: more'
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
