# shellcheck shell=bash disable=SC2154,SC2034
# Paths that only a server with opaque keys, as Amazon's, keeps apart from a/pg: what the real command stored there is
# seen below the path as it was written, or below the one that it amounts to.
gofakes3_up
versitygw_up
truncate -s 1M "$work/000000010000000000000001"

# seen ENDPOINT PATH SERVER: how many segments we see there
seen() {
	"$archive" "$1" keys "$2" "$3" 1 | jq .segments
}

n=0
for endpoint in "$opaque" "$signed"; do
	"$work/barman/bin/python" "$here/bucket.py" "$endpoint" keys || give_up "no bucket"
	for path in a/pg a//pg a/./pg a/b/../pg; do
		n=$((n + 1))
		barman-cloud-wal-archive --endpoint-url "$endpoint" --cloud-provider aws-s3 "s3://keys/$path" "db-$n" "$work/000000010000000000000001" >"$work/keys.log" 2>&1 ||
			not_ok "WAL is stored below $path" "$(tail -n 1 "$work/keys.log")"
		case $endpoint/$path in
		"$opaque"/a/pg | "$signed"/a/pg) wanted="1 1" ;;
		"$opaque"/*) wanted="1 0" ;;
		*) wanted="0 1" ;;
		esac
		is "below $path, and below a/pg, at ${endpoint##*:}" "$(seen "$endpoint" "$path" "db-$n") $(seen "$endpoint" a/pg "db-$n")" "$wanted"
	done
done
