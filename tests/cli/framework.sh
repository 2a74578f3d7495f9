#!/bin/bash
# --framework: which controls each Cluster meets, as far as files tell. What is live is in tests/kube and tests/probe.
#   tests/cli/framework.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"

tree
cat >db.yaml <<'END'
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: db, namespace: app}
spec:
  instances: 3
  storage: {size: 20Gi}
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: {barmanObjectName: s3}
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: s3, namespace: app}
spec:
  retentionPolicy: 60d
  configuration:
    destinationPath: s3://backups/app
    wal: {compression: gzip, encryption: AES256}
    data: {encryption: AES256}
    s3Credentials: {inheritFromIAMRole: true}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: db-daily, namespace: app}
spec:
  schedule: 0 0 3 * * *
  cluster: {name: db}
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
END
cp db.yaml whole.yaml
printf 'apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nspec:\n  profile: generic\n' >policy.yaml

judged() { # framework, arguments of check: its part of the text
	"$guard" check --now 2026-10-10T10:20:30Z --policy policy.yaml --framework "$@" 2>&1 | sed '/^$/,$d'
}
verdict() { # title, sed of the manifests, framework, control, what is said of db
	sed "$2" whole.yaml >db.yaml
	is "$1" "$(judged "$3" db.yaml | sed -n "/^  $4: /,/^  [^ ]/s|^    app/db  ||p")" "$5"
}

verdict "a schedule that runs is a plan" '' aws-backup-audit plan met
verdict "each day, and kept for long" '' aws-backup-audit frequency met
verdict "35 days are enough" 's/60d/35d/' aws-backup-audit retention met
verdict "what nothing deletes is kept" '/retentionPolicy/d' aws-backup-audit retention met
verdict "34 days are not enough" 's/60d/34d/' aws-backup-audit retention 'not met: kept for less than 35 days'
# shellcheck disable=SC2016 # a variable of manifests
verdict "what is filled in later is not known" 's/60d/${DAYS}/' aws-backup-audit retention 'not known: how long backups are kept'
verdict "nor is a store that is not there" '/^kind: ObjectStore/,/^---/s/name: s3/name: other/' aws-backup-audit retention 'not known: how long backups are kept'
verdict "nor does one run while the Cluster is hibernated" '0,/namespace: app/s/namespace: app/&, annotations: {cnpg.io\/hibernation: "on"}/' aws-backup-audit plan 'not known: which schedule runs'
# shellcheck disable=SC2016 # a variable of manifests
verdict "nor whether one runs that something else may suspend" 's/  cluster:/  suspend: ${LATER}\n&/' aws-backup-audit plan 'not known: which schedule runs'
{ cat whole.yaml && printf -- '---\n' && sed -n '/^kind: ScheduledBackup/,$p' whole.yaml | sed 's/db-daily/db-weekly/; s/3 \* \* \*/3 * * 0/; 1i apiVersion: postgresql.cnpg.io/v1'; } >more.yaml
# shellcheck disable=SC2016 # variables of manifests
for open in 's/0 0 3 \* \* \*$/${CRON}/' '/daily/,/---/s/method: plugin/method: ${METHOD}/'; do
	sed "$open" more.yaml >db.yaml
	says "one that is filled in later may run each day ($open)" "$(judged aws-backup-audit db.yaml)" 'app/db  not known: how often it is backed up'
done
verdict "each week is not each day" 's/3 \* \* \*/3 * * 0/' aws-backup-audit frequency 'not met: more than a day between two backups'
verdict "a suspended schedule is none" 's/  cluster:/  suspend: true\n&/' aws-backup-audit plan 'not met: schedule-suspended'
verdict "nor is one whose method the Cluster lacks" 's/method: plugin/method: volumeSnapshot/;/pluginConfiguration/d' aws-backup-audit plan 'not met: method-section-missing'
verdict "base backups and WAL are encrypted" '' aws-backup-audit encrypted met
verdict "WAL alone is not all" '/^    data: /d' aws-backup-audit encrypted 'not known: whether the store encrypts'
verdict "what a store that is not AWS makes of it is not known" 's|    s3Cred|    endpointURL: https://minio.example.com\n&|' aws-backup-audit encrypted 'not known: whether the store encrypts'
verdict "nor what a snapshot of a volume is, whatever the store is told" 's/^  plugins:/  backup: {volumeSnapshot: {className: csi}}\n&/; s/method: plugin/method: volumeSnapshot/; /pluginConfiguration/d' \
	aws-backup-audit encrypted 'not known: whether the store encrypts'
is "each control of AWS Backup Audit Manager is there" "$(judged aws-backup-audit whole.yaml | sed -n 's/^  \([a-z-]*\): .*/\1/p' | tr '\n' ' ')" \
	'plan frequency deletion encrypted retention cross-region cross-account vault-lock last restore-time air-gapped '
verdict "who may delete is not known" '' aws-backup-audit deletion 'not known: who may delete'
verdict "nor of a file when it was backed up" '' cis-11 11.2 'not known: when the last backup was completed'
verdict "nor what lies in the bucket" '' 3-2-1 2 'not known: what lies in the bucket'
verdict "a key in clear is against it" 's|  configuration:|  instanceSidecarConfiguration: {env: [{name: AWS_SECRET_ACCESS_KEY, value: wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY}]}\n&|' \
	cis-11 11.3 'not met: plaintext-credentials-in-env'
verdict "an error is against it, whatever it is" 's|s3://backups|s3:/backups|' iso-27001-a8.13 maintained 'not met: destination-path-invalid'

# Silence proves nothing.
printf '  rules: {schedule-suspended: {severity: "off"}, cluster-without-schedule: {severity: "off"}, method-section-missing: {severity: "off"}}\n' >>policy.yaml
verdict "a rule that is off meets no control" 's/  cluster:/  suspend: true\n&/' aws-backup-audit plan 'not known: which schedule runs'
verdict "nor a schedule that makes nothing" 's/method: plugin/method: volumeSnapshot/;/pluginConfiguration/d' aws-backup-audit plan 'not known: which schedule runs'
sed -i '$d' policy.yaml
verdict "what is exempted is neither met nor not" '0,/namespace: app/s|namespace: app|&, annotations: {backup-guard.io/allow: wal-archiver-off, backup-guard.io/reason: later}|; s/isWALArchiver: true/isWALArchiver: false/' \
	aws-backup-audit plan 'not known: exempted: wal-archiver-off'
printf '  exempt: {namespaces: [app]}\n' >>policy.yaml
verdict "nor is what the policy takes out" '' aws-backup-audit plan 'not known: exempted by the policy'
sed -i '$d' policy.yaml
sed 's/60d/34d/; s/isWALArchiver: true/isWALArchiver: false/' whole.yaml >db.yaml
"$guard" check --policy policy.yaml --write-baseline base.json db.yaml >/dev/null 2>&1
says "a baseline hides nothing of it" "$(judged aws-backup-audit --baseline base.json db.yaml)" 'app/db  not met: wal-archiver-off'
says "nor does --quiet" "$("$guard" check --policy policy.yaml --framework aws-backup-audit --quiet --format html db.yaml)" '✗ not met</span>: wal-archiver-off'

is "what nobody can know of any Cluster has no column" "$("$guard" check --policy policy.yaml --framework cis-11 --format html whole.yaml | sed -n 's|.*<th scope="col">CLUSTER</th>||p')" \
	"$(printf '<th scope="col">%s</th>' 11.2 11.3 11.4 11.5)</tr>"

# Each Cluster for itself; of overlays the worse counts.
{ cat whole.yaml && printf -- '---\n' && sed 's/name: db/name: web/; s/name: s3/name: slow/; s/ObjectName: s3/ObjectName: slow/; s/60d/7d/; s|backups/app|backups/web|' whole.yaml; } >two.yaml
is "each has its own" "$(judged aws-backup-audit two.yaml | sed -n '/^  retention: /,/^  cross/{/^    /p}')" $'    app/db  met\n    app/web  not met: kept for less than 35 days'
says "they are counted" "$(judged aws-backup-audit two.yaml)" 'recovery point [35 days]: 1 met, 1 not met, 0 not known'
mkdir -p base prod test
cp whole.yaml base/db.yaml
printf 'resources: [db.yaml]\n' >base/kustomization.yaml
printf 'resources: [../base]\npatches:\n  - target: {kind: ObjectStore}\n    patch: |\n      - {op: replace, path: /spec/retentionPolicy, value: 5d}\n' >test/kustomization.yaml
printf 'resources: [../base]\n' >prod/kustomization.yaml
is "of two overlays the worse counts" "$(judged aws-backup-audit base prod test | sed -n '/^  retention: /,/^  cross/{/^    /p}')" '    app/db  not met: kept for less than 35 days'
sed -i 's/5d/90d/' test/kustomization.yaml && sed -i 's/60d/5d/' base/db.yaml
is "whichever comes first" "$(judged aws-backup-audit base prod test | sed -n '/^  retention: /,/^  cross/{/^    /p}')" '    app/db  not met: kept for less than 35 days'

# The words of the command.
says "an unknown one is told, with those there are" "$(judged cis db.yaml; "$guard" check --framework cis db.yaml >/dev/null 2>&1; echo $?)" \
	"--framework: 'cis' is none of 3-2-1, aws-backup-audit, cis-11, iso-27001-a8.13" $'\n2'
says "what does not show it is told" "$("$guard" check --framework cis-11 --format json,sarif --output x db.yaml 2>&1; echo $?)" '--framework is shown by --format text and html' $'\n2'
is "one that does is enough" "$("$guard" check --policy policy.yaml --framework cis-11 --format json,html --output x whole.yaml >/dev/null; echo $?; grep -c '<h2>CIS Controls v8, 11 Data Recovery</h2>' x.html)" $'0\n1'
says "completion and help know them" "$("$guard" __complete audit --framework ''; "$guard" audit --help)" aws-backup-audit cis-11 '3-2-1, aws-backup-audit'
is "without it nothing is said" "$("$guard" check --policy policy.yaml --format html whole.yaml | grep -c CONTROL)" 0

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
