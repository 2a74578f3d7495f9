# shellcheck shell=bash disable=SC2034,SC2154
# A PostgreSQL that archives as a Cluster does, whose rows carry the moment at which they were committed, and what
# becomes of its archive. Set before: $endpoint, $destination (below the $bucket) and $server, as an ObjectStore and a
# plugin have them.
pg=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
export PGHOST=$work/run PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
install -d -o postgres -g postgres "$PGHOST" "$work/data"

as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups) # not a function: its process is the server's

sql() { # statement
	psql -XAtqc "$1"
}

# server_start FOLDER: sets $postmaster; the log is beside the folder
server_start() {
	"${as_postgres[@]}" "$pg/postgres" -D "$1" >>"$1.log" 2>&1 &
	postmaster=$!
	pids[postmaster]=$postmaster
}

server_stop() {
	kill -INT "$postmaster"
	ended "$postmaster"
}

# server_make FOLDER: a new one that archives, the only one; segments are small, so that there are many of them
server_make() {
	! sql "select 1" >/dev/null 2>&1 || give_up "another PostgreSQL runs"
	"${as_postgres[@]}" "$pg/initdb" -D "$1" -U postgres -A trust --wal-segsize=1 --no-sync >"$1.initdb.log" || give_up "no initdb"
	cat >>"$1/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$PGHOST'
		fsync = off
		autovacuum = off
		track_commit_timestamp = on
		archive_mode = on
		archive_command = 'barman-cloud-wal-archive --endpoint-url $endpoint --cloud-provider aws-s3 $destination $server %p'
	END
	server_start "$1"
	until_true sql "select 1" || give_up "$(tail -n 1 "$1.log")"
	sql "create table rows (id bigserial primary key)
		;create procedure write_rows() language plpgsql as
		'begin loop insert into rows default values; commit; perform pg_sleep(0.03); end loop; end'"
}

has_more_rows() { # than
	[ "$(sql "select count(*) from rows")" -gt "$1" ]
}

# One row after the other, until writer_stop.
writer_start() {
	local before
	before=$(sql "select count(*) from rows")
	psql -Xqc "call write_rows()" 2>"$work/writer.log" &
	writer=$!
	pids[writer]=$writer
	until_true has_more_rows "$before" || give_up "$(tail -n 1 "$work/writer.log")"
}

writer_stop() {
	sql "select pg_terminate_backend(pid) from pg_stat_activity where query like 'call write_rows%'" >/dev/null
	ended "$writer"
}

is_second() { # or later
	[ "$(date +%s)" -ge "$1" ]
}

# What the store says of time has whole seconds: what is to lie apart lies this many apart.
pass_seconds() { # count
	until_true is_second $(($(date +%s) + $1))
}

is_archived() { # segment
	[[ ! $(sql "select last_archived_wal from pg_stat_archiver") < $1 ]]
}

# The segment that is being written ends here, and is in the store.
segment_end() {
	local segment
	segment=$(sql "select pg_walfile_name(pg_switch_wal())")
	until_true is_archived "$segment"
}

base_backup() { # name
	"${as_postgres[@]}" barman-cloud-backup --user postgres --name "$1" --immediate-checkpoint --endpoint-url "$endpoint" --cloud-provider aws-s3 "$destination" "$server" >"$work/$1.log" 2>&1 || give_up "$(tail -n 1 "$work/$1.log")"
}

# The rows of a server, and the microsecond at which each was committed.
ledger() {
	sql "select id, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint from rows order by id"
}

rows_until() { # ledger, time: ids
	awk -F'|' -v most="$(date -ud "$2" +%s)000000" '$2 <= most { print $1 }' "$1"
}

# restore_start BACKUP TIME TIMELINE: what the plugin runs, and PostgreSQL goes on from there; sets $restored. TIME
# "latest": to the end. It archives nothing, unless $go_on names a folder: there it takes the place of the old one.
restore_start() {
	restored=${go_on:-$work/data/restored}
	rm -rf "$restored"*
	"${as_postgres[@]}" barman-cloud-restore --cloud-provider aws-s3 --endpoint-url "$endpoint" "$destination" "$server" "$1" "$restored" >"$restored.restore.log" 2>&1 || return
	# shellcheck disable=SC2016 # it is that shell's $1
	"${as_postgres[@]}" sh -c 'chmod 700 "$1"; touch "$1/recovery.signal"; cat >>"$1/postgresql.auto.conf"' - "$restored" <<-END
		$([ -n "${go_on-}" ] || printf '%s\n' "port = 5433" "archive_mode = off")
		restore_command = 'barman-cloud-wal-restore --endpoint-url $endpoint --cloud-provider aws-s3 $destination $server %f %p'
		$([ "$2" = latest ] || date -ud "$2" +"recovery_target_time = '%F %T+00'")
		recovery_target_timeline = '$3'
		recovery_target_action = promote
	END
	server_start "$restored"
}

# promote FOLDER: its server, $db, is gone, and one that had followed it is promoted: here it is the same.
promote() {
	kill -QUIT "$db"
	ended "$db"
	"${as_postgres[@]}" touch "$1/standby.signal"
	server_start "$1"
	db=$postmaster
	until_true sql "select pg_promote()"
}

is_promoted_or_gone() {
	! kill -0 "$postmaster" || [ "$(PGPORT=5433 sql "select pg_is_in_recovery()")" = f ]
}

# restore BACKUP TIME TIMELINE: prints the ids of the rows that are there then, or why PostgreSQL did not start
restore() {
	restore_start "$@" || { echo "not restored: $(tail -n 1 "$restored.restore.log")"; return; }
	until_true is_promoted_or_gone
	if kill -0 "$postmaster" 2>/dev/null; then
		PGPORT=5433 sql "select id from rows order by id"
		server_stop
	else
		sed -n 's/.*FATAL: *//p' "$restored.log" | grep -v "^the database system is" | tail -n 1 # that was said to us, who ask
		ended "$postmaster"
	fi
}

catalogue() { # timeline [time]
	"$archive" "$endpoint" "$bucket" clusters "$server" "$@"
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
	"recovery ended before configured recovery target was reached" | "requested recovery stop point is before consistent recovery point" | "recovery target timeline $timeline does not exist") ok "$1: $said" ;;
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
