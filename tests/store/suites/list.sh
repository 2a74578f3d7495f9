# shellcheck shell=bash disable=SC2154,SC2034
# The backups of an archive as barman-cloud-backup-list knows them, beside ours.
gofakes3_up
endpoint=$opaque destination=s3://listed/clusters server=db
curl -fsX PUT "$endpoint/listed"
server_make "$work/data/listed"
base_backup backup-1
server_stop

# More of them, of which some were not ended.
bases=$endpoint/listed/clusters/db/base
made=$("$archive" "$endpoint" listed clusters db 1 | jq -r '.backups[0].id')
curl -fs "$bases/$made/backup.info" >"$work/backup.info"
for day in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
	case $day in
	07) change="s/^status=.*/status=STARTED/; s/^end_time=.*/end_time=None/" ;;
	09) change="s/^status=.*/status=FAILED/; s/^error=.*/error='killed'/" ;;
	*) change= ;;
	esac
	sed -E "s/20[0-9]{2}-[0-9]{2}-[0-9]{2} /2020-01-$day /; $change" "$work/backup.info" |
		curl -fsX PUT --data-binary @- "$bases/202001${day}T000000/backup.info"
done

TIMEFORMAT='%U %S'
list_theirs() {
	TZ=UTC barman-cloud-backup-list --format json --endpoint-url "$endpoint" --cloud-provider aws-s3 "$destination" "$server"
}
list_ours() {
	"$archive" "$endpoint" listed clusters db 1
}
{ time list_theirs >"$work/theirs.json" 2>"$work/list.log"; } 2>"$work/theirs.time"
{ time list_ours >"$work/ours.json"; } 2>"$work/ours.time"

# Theirs are cut to the second, ours are the next one: what has a fraction is not over before.
is "the same backups as barman-cloud-backup-list: ids, status, begin and end" \
	"$(jq -r '.backups[] | [.id, .status, .begin, .end] | map(. // "none") | join(" ")' "$work/ours.json")" \
	"$(jq -r 'def next: if . then strptime("%a %b %d %H:%M:%S %Y") | mktime + 1 | todate else "none" end;
		.backups_list[] | [.backup_id, .status, (.begin_time | next), (.end_time | next)] | join(" ")' "$work/theirs.json")"
is "all of them" "$(jq '.backups | length' "$work/ours.json")" 21
awk '{ cpu[NR] = $1 + $2 } END { printf "# CPU time for 21 backups: ours %.3f s, barman-cloud-backup-list %.3f s\n", cpu[1], cpu[2] }' "$work/ours.time" "$work/theirs.time"
