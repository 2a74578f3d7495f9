# shellcheck shell=bash disable=SC2154
# What a retention policy keeps, and what a shorter one deletes: as plan reckons it from manifests, and as
# barman-cloud-backup-delete does it with the backups that such a schedule left.
gofakes3_up
curl -fsX PUT "$opaque/planned"
# far from now, so that none crosses an edge meanwhile
hour=$(((10#$(date -u +%H) + 12) % 24)) today=$(date -u +%F)

planned_backup() { # server, moment in seconds
	local id begin
	id=$(date -ud "@$2" +%Y%m%dT%H%M%S) begin=$(date -ud "@$2" '+%F %T.541048+00:00')
	printf '%s\n' "begin_time=$begin" 'begin_wal=000000010000000000000002' 'begin_xlog=0/2000028' "end_time=$begin" 'end_wal=000000010000000000000002' \
		'end_xlog=0/2000100' 'status=DONE' 'systemid=7713606499394828123' 'timeline=1' 'version=150018' 'xlog_segment_size=16777216' 'server_name=cloud' \
		'error=None' 'tablespaces=None' | curl -fsX PUT --data-binary @- "$opaque/planned/pg/$1/base/$id/backup.info"
	curl -fsX PUT --data-binary x "$opaque/planned/pg/$1/base/$id/data.tar"
}

planned_server() { # server, every so many days, how many
	local day moment
	for ((day = 0; day < $2 * $3; day += $2)); do
		moment=$(date -ud "$today $hour:00 $day days ago" +%s)
		[ "$moment" -gt "$(date +%s)" ] || planned_backup "$1" "$moment"
	done
}

kept_by_barman() { # server, policy: the ids, oldest first
	barman-cloud-backup-delete --dry-run --retention-policy "RECOVERY WINDOW OF $2" --endpoint-url "$opaque" --cloud-provider aws-s3 s3://planned/pg "$1" |
		grep -oE 'base/[0-9T]+/backup.info' | cut -d/ -f2 | sort >"$work/obsolete"
	curl -fs "$opaque/planned?list-type=2&prefix=pg/$1/base/" | grep -oE '[0-9T]+/backup.info' | cut -d/ -f1 | sort | comm -23 - "$work/obsolete"
}

planned_manifests() { # server, schedule, policy
	cat <<-EOF2
		apiVersion: postgresql.cnpg.io/v1
		kind: Cluster
		metadata: {name: $1, namespace: app}
		spec:
		  storage: {size: 1Gi}
		  instances: 1
		  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s}}]
		---
		apiVersion: postgresql.cnpg.io/v1
		kind: ScheduledBackup
		metadata: {name: $1, namespace: app}
		spec: {schedule: "$2", cluster: {name: $1}, method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}}
		---
		apiVersion: barmancloud.cnpg.io/v1
		kind: ObjectStore
		metadata: {name: s, namespace: app}
		spec: {retentionPolicy: $3, configuration: {destinationPath: s3://planned/pg, endpointURL: $opaque}}
	EOF2
}

day_of() { # id
	echo "${1:0:4}-${1:4:2}-${1:6:2}"
}

planned_change() { # server, schedule, policy and barman's words for it, and the same of what comes after
	local before after plan n
	mkdir -p "$work/planned/old"
	planned_manifests "$1" "$2" "$3" >"$work/planned/old/db.yaml"
	planned_manifests "$1" "$2" "$5" >"$work/planned/db.yaml"
	mapfile -t before < <(kept_by_barman "$1" "$4")
	mapfile -t after < <(kept_by_barman "$1" "$6")
	plan=$("$guard" plan --profile generic --format json "$work/planned/db.yaml" --against "$work/planned/old")
	n=$((${#before[@]} - ${#after[@]}))
	is "$1, $3 -> $5: as many go as barman-cloud-backup-delete deletes, up to the same one" "$(jq -r '.losses[].text' <<<"$plan")" \
		"retentionPolicy $3 -> $5: $n base backups go within 5 minutes, if its schedules always ran; the oldest moment moves from $(day_of "${before[0]}") to $(day_of "${after[0]}")"
	is "$1, $5: in the long run as many are kept as it keeps" "$(jq --argjson n "${#after[@]}" '.clusters[0].kept | .least <= $n and $n <= .most and .most - .least <= 1' <<<"$plan")" true
}

planned_server daily 1 70
planned_server weekly 7 12
weekday=$(date -ud "$today" +%w)
planned_change daily "0 0 $hour * * *" 3w '3 WEEKS' 7d '7 DAYS'
planned_change daily "0 0 $hour * * *" 2m '2 MONTHS' 1m '1 MONTHS'
planned_change weekly "0 0 $hour * * $weekday" 8w '8 WEEKS' 20d '20 DAYS'
