# shellcheck shell=bash disable=SC2154,SC2034
# What probe says of the manifests of store-vectors, of which each differs in one point from a set that works, and of
# which is known what the real commands did: where they worked every call is answered, where a store refused them we
# name the same cause. Of the 214
#   99 worked, 43 of them at a store with opaque keys, too;
#   37 failed at the store or on the way to it: its keys, certificate, bucket, region, tags, names;
#   69 stopped before a store was asked, at an argument, a value of the environment, or the form of an address: that is
#      for check to say, which has the manifest alone (tests/store_vectors.py), and probe says nothing or that it cannot
#      ask;
#    4 are not asked, and we say why: a user or a fragment in the address, a CA in a file of the Pod;
#    5 are seen otherwise from here (ELSEWHERE in vectors.py says why).
vectors=${SHARED-}/store-vectors
if [ ! -d "$vectors" ]; then
	echo "# skipped: no store-vectors here"
	return
fi
gofakes3_up
folder=$work/vectors
mkdir -p "$folder/accounts" "$folder/manifests" "$folder"/root/{backups,back..ups}/pg/db "$folder/root/$(printf 'b%.0s' {1..63})"
touch "$folder/root/backups/pg/db/stays" # so that its folder does: what is written and deleted beside it is at once
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=store -addext subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost \
	-keyout "$folder/key.pem" -out "$folder/ca.pem" 2>/dev/null
for tls in "" "--port 127.0.0.1:7171 --port 127.0.0.2:7171 --port [::1]:7171 --cert $folder/ca.pem --key $folder/key.pem"; do
	# shellcheck disable=SC2086 # words
	"$versitygw/versitygw" --access backupkey1234 --secret Secret/Key+0123456789abcdefghij --iam-dir "$folder/accounts" \
		${tls:---port 127.0.0.1:7170} posix "$folder/root" >>"$work/vectors.log" 2>&1 &
	pids[$!]=$!
done
until_true curl -s http://127.0.0.1:7170/ || give_up "no store"
until_true curl -s --cacert "$folder/ca.pem" https://127.0.0.1:7171/ || give_up "no store"
for bucket in backups "$(printf 'b%.0s' {1..63})"; do
	curl -fsX PUT "$opaque/$bucket"
done
said=$(unset "${!AWS_@}" && python3 "$here/vectors.py" "$guard" "$vectors" "$folder/ca.pem" "$folder/manifests")
is "of the vectors that a store can tell probe says what the commands found" "$said" "# 37 failed for the cause that we name
# 4 not asked, as we say
# 5 seen otherwise from here
# 69 stopped before a store was asked
# 1 with opaque keys: failed for the cause that we name
# 43 with opaque keys: worked, and every call is answered
# 99 worked, and every call is answered"
