# shellcheck shell=bash disable=SC2154,SC2034
# To when an archive can be restored: for moments inside, at both edges and outside of each window PostgreSQL is started
# from the archive, as the plugin does it. Where we say yes it has the rows of that moment, where we say no it does not
# start. The last moment that can be surely is `surely`; behind `until` none can; between them nothing is said.
gofakes3_up
endpoint=$opaque destination=s3://backups/clusters server=db
curl -fsX PUT "$endpoint/backups"

catalogue() { # timeline [time]
	"$archive" "$endpoint" backups clusters db "$@"
}

# what FILTER [TIMELINE]: of the catalogue
what() {
	catalogue "${2-1}" | jq -r "$1"
}

after() { # time, seconds
	date -ud "$1 + $2 seconds" +%FT%TZ
}

# reaches SENTENCE TIME yes|perhaps [TIMELINE]: it is said of it, and PostgreSQL gets there
reaches() {
	local timeline=${4-1} can backup count
	read -r can backup < <(catalogue "$timeline" "$2" | jq -r '.moments[0] | "\(.can) \(.backup)"')
	[ "$can" = "$3" ] || { not_ok "$1" "the catalogue says $can of $2"; return; }
	rows_until "$work/ledger" "$2" >"$work/wanted"
	restore "$backup" "$2" "$timeline" >"$work/got"
	count="$(wc -l <"$work/wanted") of $(wc -l <"$work/ledger") rows"
	if [ -s "$work/wanted" ] && cmp -s "$work/got" "$work/wanted"; then
		ok "$1: $count"
	else
		not_ok "$1" "to $2 from $backup, $count; got $(wc -l <"$work/got"): $(tail -n 1 "$work/got")"
	fi
}

yes() { # sentence, time [timeline]
	reaches "$1" "$2" yes "${3-1}"
}

# no SENTENCE TIME [TIMELINE]: it cannot be restored, not by the newest backup that ended before either
no() {
	local timeline=${3-1} can backup said
	can=$(catalogue "$timeline" "$2" | jq -r '.moments[0].can')
	[ "$can" = no ] || { not_ok "$1" "the catalogue says $can of $2"; return; }
	backup=$(what "([.backups[] | select(.end <= \"$2\")][-1] // .backups[0]).id")
	said=$(restore "$backup" "$2" "$timeline" | tail -n 1)
	case $said in
	"recovery ended before configured recovery target was reached" | "requested recovery stop point is before consistent recovery point") ok "$1: $said" ;;
	*) not_ok "$1" "to $2 from $backup: $said" ;;
	esac
}

segments() { # how many, seconds apart
	local n
	for ((n = 0; n < $1; n++)); do
		pass_seconds 2
		segment_end || give_up "WAL is not archived"
	done
}

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

# The server is gone, and one that had followed it is promoted: here it is the same.
writer_start
segments 1
left=$(sql "select pg_walfile_name(pg_current_wal_lsn())")
pass_seconds 3
before=$(after "$(date -u +%FT%TZ)" -1)
writer_stop
kill -QUIT "$db"
ended "$db"
"${as_postgres[@]}" touch "$work/data/db/standby.signal"
server_start "$work/data/db"
db=$postmaster
until_true sql "select pg_promote()"
until_true curl -fsI "$endpoint/backups/clusters/db/wals/${left:0:16}/$left.partial"
ledger >"$work/ledger"
reaches "promoted, and nothing else is in the store yet" "$before" perhaps 2
reaches "the same on the timeline that was left" "$before" perhaps 1

writer_start
segments 2
pass_seconds 3
writer_stop
ledger >"$work/ledger"
yes "just before the promotion" "$before" 2
yes "the last moment of the new timeline that is sure" "$(what '.windows[-1].surely' 2)" 2
no "behind the last segment of the new timeline" "$(after "$(what '.windows[-1].until' 2)" 2)" 2
no "on the timeline that was left, after the promotion" "$(after "$(what '.windows[-1].until' 1)" 2)" 1

# A time at which nothing was written any more: PostgreSQL knows that it is past a time by the next commit alone. What is
# there at the end is what there was at that time.
segment_end
pass_seconds 2
sql checkpoint
segment_end
idle=$(what '.windows[-1].surely' 2)
is "of a server that became idle it is sure until the last segment" "$(catalogue 2 "$idle" | jq -r '.moments[0].can')" yes
newest=$(what '.backups[-1].id')
is "PostgreSQL does not stop at that time" "$(restore "$newest" "$idle" 2 | tail -n 1)" "recovery ended before configured recovery target was reached"
is "but has the rows of that moment at the end" "$(restore "$newest" latest 2)" "$(rows_until "$work/ledger" "$idle")"
postmaster=$db
server_stop
