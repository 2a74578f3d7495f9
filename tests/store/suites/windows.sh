# shellcheck shell=bash disable=SC2154,SC2034
# To when an archive can be restored: for moments inside, at both edges and outside of each window PostgreSQL is started
# from the archive, as the plugin does it. Where we say yes it has the rows of that moment, where we say no it does not
# start. The last moment that can be surely is `surely`; behind `until` none can; between them nothing is said.
gofakes3_up
endpoint=$opaque bucket=backups destination=s3://backups/clusters server=db
curl -fsX PUT "$endpoint/$bucket"

server_make "$work/data/db"
db=$postmaster
writer_start
pass_seconds 2
base_backup backup-1
segments 2
lost=$(sql "select pg_walfile_name(pg_current_wal_lsn())") # until it is deleted below
segments 1
pass_seconds 2
behind_lost=$(date -u +%FT%TZ)
segments 2
base_backup backup-2
segments 3
pass_seconds 3
writer_stop
ledger >"$work/ledger"

is "two backups" "$(what '[.backups[].status] | join(" ")')" "DONE DONE"
is "one window" "$(what '.windows | length')" 1
from=$(what '.windows[0].from') surely=$(what '.windows[0].surely') until=$(what '.windows[0].until') second=$(what '.backups[1].end')
no "before the first backup ended" "$(after "$from" -2)"
yes "when the first backup had ended" "$from"
yes "between the backups" "$behind_lost"
yes "when the second backup had ended" "$second"
yes "at the last moment that is sure" "$surely"
no "behind the last segment" "$(after "$until" 2)"

curl -fsX DELETE "$endpoint/backups/clusters/db/wals/${lost:0:16}/$lost"
is "a segment is lost: the window has a hole" "$(what '[.windows[].end] | join(" ")')" "gap newest"
yes "the last moment that is sure before the hole" "$(what '.windows[0].surely')"
no "in the hole" "$behind_lost"
yes "behind the hole, when the second backup had ended" "$(what '.windows[1].from')"

writer_start
segments 1
left=$(sql "select pg_walfile_name(pg_current_wal_lsn())")
pass_seconds 3
before=$(after "$(date -u +%FT%TZ)" -1)
writer_stop
promote "$work/data/db"
until_true curl -fsI "$endpoint/backups/clusters/db/wals/${left:0:16}/$left.partial"
ledger >"$work/ledger"
reaches "promoted, and nothing else is in the store yet" "$before" perhaps 2
reaches "the same on the timeline that was left" "$before" perhaps 1

writer_start
segments 2
pass_seconds 3
writer_stop
ledger >"$work/ledger"
sure=$(what '.windows[-1].surely' 2)

# A time at which nothing was written any more: PostgreSQL knows that it is past a time by the next commit alone. What is
# there at the end is what there was at that time. The last row's segment is stored in a later second than that row's.
pass_seconds 1
segment_end
pass_seconds 2
sql checkpoint
segment_end
idle=$(what '.windows[-1].surely' 2)

yes "just before the promotion" "$before" 2
yes "the last moment of the new timeline that was sure before it became idle" "$sure" 2
no "behind the last segment of the new timeline" "$(after "$(what '.windows[-1].until' 2)" 2)" 2
no "on the timeline that was left, after the promotion" "$(after "$(what '.windows[-1].until' 1)" 2)" 1
is "of a server that became idle it is sure until the last segment" "$(catalogue 2 "$idle" | jq -r '.moments[0].can')" yes
newest=$(what '.backups[-1].id')
is "PostgreSQL does not stop at that time" "$(restore "$newest" "$idle" 2 | tail -n 1)" "recovery ended before configured recovery target was reached"
is "but has the rows of that moment at the end" "$(restore "$newest" latest 2)" "$(rows_until "$work/ledger" "$idle")"
postmaster=$db
server_stop
