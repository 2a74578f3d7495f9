# shellcheck shell=bash disable=SC2154,SC2034
# What the plugin's commands answer to each kind of user and to each mistake that only the store can know: users.tsv, a
# line a case. The status of each command, and the first reason that it gives; beside it what each call answers to us,
# and what probe says of it: where, why, and the remedy. Not tried is a token of a session that has expired, or that
# lacks: no server here makes sessions.
versitygw_up
gofakes3_up # without TLS
endpoint=$signed destination=s3://users/pg server=template
expected=$here/users.tsv

users=(all minimal read-only write-only no-get no-delete no-list other-folder nothing)
for user in "${users[@]}"; do
	account "$user"
done
"$work/barman/bin/python" "$here/bucket.py" "$signed" users \
	all=ListBucket,GetObject,PutObject,DeleteObject minimal=ListBucket,GetObject,PutObject,DeleteObject@pg read-only=ListBucket,GetObject write-only=PutObject \
	no-get=ListBucket,PutObject,DeleteObject no-delete=ListBucket,GetObject,PutObject no-list=GetObject,PutObject,DeleteObject \
	other-folder=ListBucket,GetObject,PutObject,DeleteObject@other || give_up "no bucket"
"$work/barman/bin/python" "$here/bucket.py" "$signed" twice all=ListBucket,GetObject,PutObject,DeleteObject || give_up "no bucket"
server_make "$work/data/users"
base_backup backup-1
pass_seconds 1
segment_end
segment=$(sql "select left(last_archived_wal, 24) from pg_stat_archiver") # no retention needs less than it
# Two backups that a retention of one day does not need, of which it keeps one: that from which the day can be reached.
bases=$work/signed/root/users/pg/template/base
made=$(ls "$bases")
for day in 01 02; do
	cp -a "$bases/$made" "$bases/202001${day}T000000"
	sed -i -E "s/20[0-9]{2}-[0-9]{2}-[0-9]{2} /2020-01-$day /g" "$bases/202001${day}T000000/backup.info"
done
truncate -s 1M "$work/000000010000000000000001" # what is in it is not looked at
certificate "$work/signed/other"
faketime -f -40d "$BASH" -c "$(declare -f certificate); certificate $work/signed/expired"
openssl s_server -quiet -accept 127.0.0.1:7443 -cert "$work/signed/expired.pem" -key "$work/signed/expired.key" >"$work/expired.log" 2>&1 &
pids[$!]=$!

# cell COMMAND...: sets $said, what it says; prints its status, and the first reason that it gives. Whose upload is
# refused is told why, or finds the connection closed before all is sent: which of them is luck.
cell() {
	local status=0 complaint
	said=$("$@" 2>&1) || status=$?
	printf '%s\n%s\n' "$*" "$said" >>"$work/users.log"
	printf '\t%s' "$status"
	complaint=$said
	[ "$status" != 0 ] || complaint=$(grep WARNING <<<"$said")
	sed -nE -e 's/.*(when calling the (PutObject|CreateMultipartUpload|UploadPart) |EOF occurred in violation of protocol).*/ refused/p; t end' \
		-e 's/.*(An error occurred \(|error code: "?)([A-Za-z0-9]+).*/ \2/p; t end' \
		-e "s/.*(Invalid header value|CERTIFICATE_VERIFY_FAILED|WRONG_VERSION_NUMBER|doesn't match|Could not connect|Connection was closed).*/ \1/p" -e ':end' <<<"$complaint" | head -n 1 | tr -d '\n'
}

# The same of one that uploads. What of that is redirected to the right region in time is luck.
upload() {
	if [ "$case" = region-wrong ]; then
		cell "$@" >/dev/null
		printf '\tluck'
	else
		cell "$@"
	fi
}

# probed WORD...: what probe says of $destination at $endpoint for the server $case. Of each finding about the store: the
# rule, the field, the message to where its effect begins, and the remedy.
probed() {
	cat >"$work/$case.yaml" <<-END
		apiVersion: barmancloud.cnpg.io/v1
		kind: ObjectStore
		metadata: {name: store}
		spec:
		  configuration:
		    destinationPath: $destination
		    endpointURL: $endpoint
		    s3Credentials:
		      accessKeyId: {name: keys, key: id}
		      secretAccessKey: {name: keys, key: secret}
		      region: {name: keys, key: region}
		      sessionToken: {name: keys, key: token}
		---
		apiVersion: postgresql.cnpg.io/v1
		kind: Cluster
		metadata: {name: $case}
		spec:
		  plugins:
		    - name: barman-cloud.cloudnative-pg.io
		      isWALArchiver: true
		      parameters: {barmanObjectName: store}
	END
	"$@" "$guard" probe --file "$work/$case.yaml" --credentials env --write --format json >"$work/$case.json" 2>>"$work/users.log"
	jq -r '[.findings[] | select(.rule | startswith("store-")) | "\(.rule) at \(.path | sub(".*configuration.";"")): \(.message | split("; ")[0]) -> \(.fix // "NO REMEDY")"] + [.errors[] | "ERROR: \(.message)"]
		| join(" | ") | gsub("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+"; "DATE") | sub("16 minutes( [0-9]+ seconds?)?"; "16 minutes")' "$work/$case.json"
}

# answers CASE WORD...: a line of the table; the words stand in front of each command
answers() {
	local case=$1 said backups bucket ours probed to=(--endpoint-url "$endpoint" --cloud-provider aws-s3)
	shift
	cp -a "$work/signed/root/users/pg/template" "$work/signed/root/users/pg/$case"
	bucket=${destination#s3://} # we ask first: the commands may make the bucket
	ours=$("$@" "$archive" --write "$endpoint" "${bucket%/pg}" pg "$case" 1 |
		jq -r '.calls | [.head, .list, .read, .write, .find, .delete] | map(if . == "not asked" then "-" elif test(" ") then "no-answer" else . end) | join(" ")')
	probed=$(probed "$@")
	printf '%s' "$case"
	cell "$@" barman-cloud-check-wal-archive "${to[@]}" "$destination" "new-$case"
	upload "$@" barman-cloud-wal-archive "${to[@]}" "$destination" "$case" "$work/000000010000000000000001"
	upload "$@" barman-cloud-backup --user postgres --name "backup-$case" --immediate-checkpoint "${to[@]}" "$destination" "$case"
	cell "$@" barman-cloud-backup-list --format json "${to[@]}" "$destination" "$case"
	backups=$(grep '^{' <<<"$said" | jq '.backups_list | length')
	[ "$case" != region-wrong ] || backups=some
	[ -z "$backups" ] || printf ', %s backups' "$backups"
	cell "$@" barman-cloud-backup-delete "${to[@]}" --retention-policy "RECOVERY WINDOW OF 1 DAYS" "$destination" "$case"
	cell "$@" barman-cloud-wal-restore "${to[@]}" "$destination" "$case" "$segment" "$work/restored-$case"
	printf '\t%s\t%s\n' "$ours" "$probed"
}

keys() { # access key id, secret access key
	echo env "AWS_ACCESS_KEY_ID=$1" "AWS_SECRET_ACCESS_KEY=$2"
}

cases=0 running=()
tried() { # case, word...; two at once
	cases=$((cases + 1))
	answers "$@" >"$work/case-$cases.tsv" &
	running+=($!)
	[ ${#running[@]} = 1 ] || { wait "${running[@]}"; running=(); }
}

for user in "${users[@]}"; do
	# shellcheck disable=SC2046 # words
	tried "$user" $(keys "$user" "secret-of-$user")
done
export AWS_ACCESS_KEY_ID=all AWS_SECRET_ACCESS_KEY=secret-of-all
tried key-unknown env AWS_ACCESS_KEY_ID=nobody
tried key-wrong env AWS_SECRET_ACCESS_KEY=secret-of-nobody
tried keys-swapped env AWS_ACCESS_KEY_ID=secret-of-all AWS_SECRET_ACCESS_KEY=all
tried region-wrong env AWS_DEFAULT_REGION=eu-central-1
tried ca-wrong env AWS_CA_BUNDLE="$work/signed/other.pem"
tried clock-14-minutes-ahead faketime -f +14m
tried clock-16-minutes-ahead faketime -f +16m
tried token-bogus env AWS_SESSION_TOKEN=token
tried key-with-line-end env AWS_ACCESS_KEY_ID=$'all\n'
tried secret-with-line-end env AWS_SECRET_ACCESS_KEY=$'secret-of-all\n'
destination=s3://missing/pg tried bucket-missing
# shellcheck disable=SC2046 # words
destination=s3://made/pg tried bucket-missing-may-create $(keys root secret-of-root)
destination=s3://Users/pg tried bucket-invalid
endpoint=$signed/twice destination=s3://twice/pg tried bucket-twice
endpoint=https://users.store.test:7070 tried bucket-in-host
export AWS_MAX_ATTEMPTS=1
endpoint=https://127.0.0.2:7070 tried certificate-of-another-name
endpoint=https://127.0.0.1:7443 tried certificate-expired env AWS_CA_BUNDLE="$work/signed/expired.pem"
endpoint=http://127.0.0.1:7070 tried http-for-https
endpoint=${opaque/http/https} tried https-for-http
endpoint=https://127.0.0.1:7071 tried nobody-listens
endpoint=https://no-such-host.invalid:7070 tried host-unknown
unset AWS_MAX_ATTEMPTS
[ ${#running[@]} = 0 ] || wait "${running[@]}"
export AWS_ACCESS_KEY_ID=root AWS_SECRET_ACCESS_KEY=secret-of-root
{
	printf '# case\tcheck-wal-archive\twal-archive\tbackup\tbackup-list\tbackup-delete\twal-restore\thead list read write find delete, as we ask\tprobe\n'
	for ((n = 1; n <= cases; n++)); do
		cat "$work/case-$n.tsv"
	done
} >"$work/users.tsv"
server_stop

[ -z "${GUARD_WRITE_EXPECT-}" ] || cp "$work/users.tsv" "$expected"
while IFS= read -r line; do
	is "the commands answer as they did: ${line%%$'\t'*}" "$line" "$(grep "^${line%%$'\t'*}"$'\t' "$expected")"
done < <(tail -n +2 "$work/users.tsv")
is "no case is gone" "$(cut -f1 "$work/users.tsv")" "$(cut -f1 "$expected")"

# Where we are told yes the command works, where we are told no it does not; of what we did not ask nothing follows. With
# a wrong region both go where the store says, but an upload that finds the connection closed is not told. What the
# first command makes in place of a bucket that it does not find is not there when we ask.
contradictions() {
	awk -F'\t' '
		function holds(command, works, calls, n, i, no, open, call) {
			n = split(calls, call, " ")
			for (i = 1; i <= n; i++) {
				open += said[call[i]] == "-"
				no += said[call[i]] != "-" && said[call[i]] != "yes"
			}
			if ((no && works) || (!no && !open && !works))
				print $1 ": " command
		}
		!/^#/ {
			split($8, said, " ")
			if ($1 ~ /^bucket-(missing-may-create|twice|in-host)$/)
				next
			holds("check-wal-archive", $2 ~ /^0/, "1 2")
			if ($1 != "region-wrong") {
				holds("wal-archive", $3 ~ /^0/, "4")
				holds("backup", $4 ~ /^0/, "4")
			}
			holds("backup-list", $5 ~ /^0, /, "2 3")
			holds("backup-delete", $6 ~ /^0/, "2 3 6")
			holds("wal-restore", $7 ~ /^0/, "2 3")
		}' "$work/users.tsv"
}
is "what we are told is what the commands can do" "$(contradictions)" ""
is "of each case in which a command fails probe says why" \
	"$(awk -F'\t' '!/^#/ && $9 == "" && $2 $3 $4 $5 $6 $7 !~ /^0*, [0-9]* backups0*$/ { print $1 }' "$work/users.tsv")" ""
is "and what to do" "$(grep 'NO REMEDY' "$work/users.tsv" | cut -f1)" ""
