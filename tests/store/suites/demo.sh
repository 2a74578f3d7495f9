# shellcheck shell=bash disable=SC2154,SC2034
# For the reader (make demo STORE=1): an archive that the real commands make in front of them, what probe and restore
# say of it, and what PostgreSQL makes of that.
gofakes3_up
endpoint=$opaque destination=s3://backups/paperless server=paperless-db
folder=$work/demo
mkdir "$folder"
cd "$folder" || exit
cat >paperless.yaml <<END
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: paperless-db, namespace: paperless}
spec:
  instances: 1
  imageName: ghcr.io/cloudnative-pg/postgresql:$(basename "${pg%/bin}")
  storage: {size: 1Gi}
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: {barmanObjectName: minio, serverName: $server}
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: minio, namespace: paperless}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: $destination
    endpointURL: $endpoint
    s3Credentials:
      accessKeyId: {name: minio, key: ACCESS_KEY_ID}
      secretAccessKey: {name: minio, key: ACCESS_SECRET_KEY}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: paperless-db, namespace: paperless}
spec:
  schedule: "0 0 3 * * *"
  cluster: {name: paperless-db}
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
END

shown() { # words
	printf '\n$ backup-guard %s\n' "$*"
	"$guard" "$@"
}

echo "PostgreSQL writes rows and archives to $destination at $endpoint by barman-cloud-wal-archive and barman-cloud-backup:"
curl -fsX PUT "$endpoint/backups"
server_make "$work/data/demo"
writer_start
base_backup backup-1
segment_end
pass_seconds 2
segment_end
moment=$(date -u +%FT%TZ)
pass_seconds 2
lost=$(sql "select pg_walfile_name(pg_current_wal_lsn())")
segment_end
pass_seconds 2
segment_end
writer_stop
ledger >"$work/ledger"

shown probe --file paperless.yaml --credentials env --write
is "the archive is in order" $? 0
shown restore paperless-db --file paperless.yaml --credentials env --to "$moment" --output restored.yaml
is "it is restored to $moment by restored.yaml, with the steps in restored.md" "$?,$(printf '%s,' restored.*)" 0,restored.md,restored.yaml,
sed -n '/^  bootstrap:/,/^  plugins:/p' restored.yaml
backup=$("$guard" probe --file paperless.yaml --credentials env --format json | jq -r '.stores[0].servers[0].backups[0].id')
is "PostgreSQL, restored so by the commands that the plugin runs, has the rows of that moment" \
	"$(restore "$backup" "$moment" latest | wc -l) rows" "$(rows_until "$work/ledger" "$moment" | wc -l) rows"

printf '\nOne segment of WAL is lost, and an hour later:\n'
curl -fsX DELETE "$endpoint/backups/paperless/$server/wals/${lost:0:16}/$lost"
shown probe --file paperless.yaml --credentials env --now "$(date -ud "1 hour" +%FT%TZ)"
is "it is told" $? 1
