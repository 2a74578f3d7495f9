# shellcheck shell=bash disable=SC2154,SC2034
# An archive of three timelines: a promotion begins the second; on it somebody restores in place to a moment that lies
# back, which begins the third. What was written of the second behind that moment is on the path to it alone; and a
# history that is missing in the middle is missed by whoever follows timelines one by one.
gofakes3_up
endpoint=$opaque bucket=timelines destination=s3://timelines/clusters server=db
curl -fsX PUT "$endpoint/$bucket"

second() { # of now; what is committed from the next one on is behind it
	date -u +%FT%TZ
	pass_seconds 1
}

server_make "$work/data/first"
db=$postmaster
writer_start
base_backup backup-1
segments 1
on_first=$(second)
segments 1
writer_stop
first=$(sql "select max(id) from rows")
promote "$work/data/first"
writer_start
segments 2
branch=$(second)
segments 2
on_second=$(second)
segments 2
writer_stop
ledger >"$work/second.ledger"
kill -QUIT "$db"
ended "$db"

go_on=$work/data/third
restore_start "$(what '.backups[0].id' 2)" "$branch" 2 || give_up "no restore in place"
unset go_on
db=$postmaster
until_true sql "create table restored as select 1" # it is promoted
is "restored in place it has the rows of that moment" "$(sql "select id from rows order by id")" "$(rows_until "$work/second.ledger" "$branch")"
writer_start
segments 1
pass_seconds 2
base_backup backup-2
segments 2
writer_stop
ledger >"$work/third.ledger"
kill -QUIT "$db"
ended "$db"

cp "$work/third.ledger" "$work/ledger"
is "the path to the third timeline has a hole where the second was left" "$(what '[.windows[].end] | join(" ")' 3)" "left newest"
yes "a moment of the first timeline" "$on_first" 3
yes "the last moment before the branch" "$(what '.windows[0].until' 3)" 3
yes "the first moment behind the branch" "$(what '.windows[1].from' 3)" 3

# PostgreSQL takes a moment of the hole, and has what there was where the second timeline was left.
is "a moment of the timeline that was left is not on the path to the third" "$(catalogue 3 "$on_second" | jq -r '.moments[0].can')" no
restore "$(what '.backups[0].id' 3)" "$on_second" 3 >"$work/got"
is "PostgreSQL has the rows of the branch in its place" "$(cat "$work/got")" "$(rows_until "$work/second.ledger" "$branch")"
cp "$work/second.ledger" "$work/ledger"
yes "it is there when that timeline is named" "$on_second" 2
no "but none behind its last segment" "$(after "$(what '.windows[-1].until' 2)" 2)" 2

history=$endpoint/$bucket/clusters/db/wals/00000002.history
curl -fsX DELETE "$history"
no "without its history it cannot be named" "$on_second" 2
cp "$work/third.ledger" "$work/ledger"
yes "the third timeline, whose own history names both, can" "$(what '.windows[0].until' 3)" 3
restore "$(what '.backups[0].id' 3)" latest latest >"$work/got"
is "from the first base backup PostgreSQL finds no other timeline than the first by itself" "$(tail -n 1 "$work/got")" "$first"
