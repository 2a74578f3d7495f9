#!/bin/bash
# What plan says of manifests, in each format, and what a change takes away.
#   tests/cli/plan.sh BACKUP-GUARD         (GUARD_WRITE_EXPECT=1 writes tests/plan: read the difference)
# shellcheck disable=SC2016 # variables of manifests
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
cases=$(dirname "$(dirname "$(realpath "$0")")")/plan

plan() {
	"$guard" plan --now 2026-10-10T10:20:30Z --profile generic "$@"
}

golden() { # file, arguments of plan
	local file=$cases/$1
	(cd "$cases" && plan "${@:2}" >"$tmp/out" 2>&1)
	[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$tmp/out" "$file"
	is "$1" "$(<"$tmp/out")" "$(<"$file")"
}

golden shop.txt shop.yaml --size 20Gi --churn 5Gi --tz Europe/Berlin
golden shop.md shop.yaml --format markdown --churn 5Gi
golden shop.html shop.yaml --format html --size 20Gi --tz Europe/Berlin
golden fleet.txt fleet.yaml --days 3
plan "$cases/shop.yaml" --format json | jq . >"$tmp/json"
sed -i s,"$cases"/,, "$tmp/json"
[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp "$tmp/json" "$cases/shop.json"
is shop.json "$(<"$tmp/json")" "$(<"$cases/shop.json")"

# What is proposed is apart: the same manifests with it begin together no more.
tree
cp "$cases/fleet.yaml" .
plan fleet.yaml --format json | jq -r '.collisions[].schedules[] | select(.instead) | "/name: \(.name)$/,/schedule:/s|schedule: .*|schedule: \"\(.instead)\"|"' >script.sed
sed -i -f script.sed fleet.yaml
is "schedules as proposed do not begin together" "$(wc -l <script.sed) $(plan fleet.yaml --format json | jq '.collisions | length')" '3 0'
begin_together() { # title, sed of the fleet, what is said of it
	sed "$2" "$cases/fleet.yaml" >other.yaml
	says "$1" "$(plan other.yaml --days 3 | grep -A 4 '^In ')" "${@:3}"
}
begin_together "what is proposed is apart from all others of the bucket" 's/0 7 1 /0 15 0 /' "b of fleet/b  schedule: '0 14 0 * * *'"
begin_together "some of them at a time are not all of them" 's/0 7 1 /0 0 6 /' '5 schedules begin together, some of them at a time, '
begin_together "of a descriptor its fields are moved" "s/ 0 0 0 . . ./ '@hourly'/;s/'@daily'/'@hourly'/" "72 times in 3 days, first at 2026-10-10T11:00:00Z; apart they are as" "a of fleet/a  schedule: '@hourly'" "b of fleet/b  schedule: '0 15 * * * *'" "d of fleet/d  schedule: '0 45 * * * *'"
begin_together "what fires at several minutes is not moved" 's, 0 0 0 . . ., 0 */30 0 * * *,' "6 times in 3 days, first at 2026-10-11T00:00:00Z
  a of fleet/a  schedule: '@daily'
  b of fleet/b  schedule: '0 */30 0 * * *'"
begin_together "what is not compared is told" "s/: 0 7 1 .*/: '* * * * * *'/" 'In s3.example.com/backups whether schedules begin together after 2026-10-11T08:33:50Z is not known: there are too many starts'
is "nor to any other program" "$(plan other.yaml --days 3 --format json | jq -c '[.notCompared[] | [.bucket, .after]], [.collisions[] | [.until, .first, .times]]')" '[["s3.example.com/backups","2026-10-11T08:33:50Z"]]
[["2026-10-11T08:33:50Z","2026-10-10T12:00:00Z",4]]'
says "nor in a comment" "$(plan other.yaml --days 3 --format markdown)" 'In `s3.example.com/backups` whether schedules begin together after 2026-10-11T08:33:50Z is not known: there are too many starts.'
sed "s/'@daily'/'@every 24h'/" "$cases/fleet.yaml" >other.yaml
is "when @every begins is not known" "$(plan other.yaml --days 3 --format json | jq -c '[.clusters[0].schedules[0].next, .collisions[0].schedules[0].name]')" '[[],"b"]'
says "and is told" "$(plan other.yaml)" 'next:     not known: @every counts from when CloudNativePG looked last'
printf 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db, namespace: x}\nspec: [1]\n' >other.yaml
is "a spec that is none is an error, and no Cluster that is not there" "$(plan other.yaml 2>&1; echo $?)" $'other.yaml:4:7: error: spec of Cluster db is not a map: it is not planned\n3'

# Where the runs are, cron says, too.
is "the runs are those of cron" "$(plan "$cases/shop.yaml" --format json | jq -c '.clusters[0].schedules[0].next')" \
	"$("$guard" cron --from 2026-10-10T10:20:30Z --format json '0 0 3 * * *' | jq -c .next)"

tree
sed 's/0 0 3 \* \* \*/* * * * * */' "$cases/shop.yaml" >db.yaml
says "what is too much to reckon is not guessed" "$(plan db.yaml)" 'not known: by 2026-10-11T' 'by day:     from none: 86400'
is "sizes beyond a number are still told" "$(plan "$cases/shop.yaml" --size 1048576Ti --churn 1048576Ti --format json | jq '.clusters[0] | .baseBackupBytes > 1e19 and .walBytes > 9e18')" true
says "a size is a size" "$(plan db.yaml --size 20GB 2>&1; echo $?)" "--size: '20GB' is no size such as 20Gi" $'\n2'
says "either files or what is live" "$(plan db.yaml --live 2>&1; echo $?)" 'give PATH, or --live' $'\n2'
says "a zone is one" "$(plan db.yaml --tz Mars/Base 2>&1; echo $?)" "--tz: 'Mars/Base' " $'\n2'
is "what cannot be read is told" "$(plan nowhere.yaml >/dev/null 2>&1; echo $?)" 3
for option in --size --churn --tz; do
	says "$option: none is not one that is empty" "$(plan db.yaml "$option" '' 2>&1; echo $?)" "$option: '' is no " $'\n2'
done
says "nor are no days" "$(plan db.yaml --days 0 2>&1; echo $?)" "--days: '0' is no number from 1 to 400" $'\n2'
mkdir empty
is "nothing is nothing" "$(plan empty 2>&1; echo $?)" $'nothing to plan: no Cluster is there\n0'

# Without a namespace.
tree
for folder in a b; do
	mkdir $folder
	printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'metadata: {name: db}' "spec: {instances: 1, imageName: $folder}" >$folder/db.yaml
	printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' "metadata: {name: of-$folder}" \
		'spec: {schedule: 0 0 3 * * *, cluster: {name: db}}' >$folder/daily.yaml
done
schedules() {
	plan "$@" --format json | jq -c '[.clusters[].schedules[].name]'
}
is "a ScheduledBackup without a namespace is of the Cluster beside it" "$(schedules a) $(schedules a b)" '["of-a"] ["of-a","of-b"]'
sed -i 's/name: of-a/&, namespace: app/' a/daily.yaml
is "so is one with a namespace" "$(schedules a)" '["of-a"]'
sed -i 's/name: db/&, namespace: app/' a/db.yaml && sed -i 's/, namespace: app//' a/daily.yaml
is "and one without may be of a Cluster with one" "$(schedules a)" '["of-a"]'
rm a/daily.yaml
is "it may lie elsewhere" "$(schedules a b)" '["of-b","of-b"]'

# By others.
says "what a chart makes is planned" "$(plan "$cases/../migrate/listed/in/values")" $'\nCluster app/snap-cluster  ' "snap-cluster-other '0 0 4 * * *', barmanObjectStore: 30 runs in 30 days"
tree
mkdir base a b && cp "$cases/shop.yaml" base && echo 'resources: [shop.yaml]' >base/kustomization.yaml
for folder in a b; do echo 'resources: [../base]' >$folder/kustomization.yaml; done
is "what is the same in two overlays is one" "$(plan . --format json | jq -c '[.clusters[].place]')" '["base/shop.yaml:1","base/shop.yaml:52","base/shop.yaml:78"]'
printf 'namespace: other\n' >>b/kustomization.yaml
is "another namespace makes it another" "$(plan . --format json | jq -c '[.clusters[].namespace]')" '["shop","other","books","other","books","other"]'

# What is not there in the common case.
tree
variant() { # title, sed of the manifests, what is said of it
	sed "$2" "$cases/shop.yaml" >db.yaml
	says "$1" "$(plan db.yaml --size 20Gi --churn 5Gi 2>&1)" "${@:3}"
}
no_timeout='s/instances: 3/&\n  postgresql: {parameters: {archive_timeout: "0"}}/'
segment() { # MiB
	printf '%s\n' "s/storage: {size: 20Gi}/&\\n  bootstrap: {initdb: {walSegmentSize: $1}}/"
}
variant "the first base backup is long after" 's/0 0 3 \* \* \*/0 0 3 29 2 */;s/volumeSnapshot/none/' 'worst loss: not known: nor is what a schedule makes'
variant "until it nothing is restored" 's/0 0 3 \* \* \*/0 0 3 29 2 */;s/0 30 4 \* \* 0/0 0 0 1 1 */' 'worst loss: everything, until the first backup at 2027-01-01T00:00:00Z'
variant "and its WAL is there from the first day" 's/0 0 3 \* \* \*/0 0 3 29 2 */' 'space:      at most 285 GiB of WAL after 30 days'
variant "without isWALArchiver it fails open" 's/isWALArchiver: true/isWALArchiver: false/' 'isWALArchiver is not true: where the sidecar is missing WAL is thrown away, and nothing fails'
variant "whether it is suspended may be filled in later" '/name: db-daily/,/cluster/s/^  cluster/  suspend: ${OFF}\n&/' 'what it makes is not known: whether it is suspended is filled in later'
variant "or by which method it backs up" 's/^  method: plugin/  method: ${METHOD}/' 'what it makes is not known: its method is filled in later'
variant "or by which plugin" 's/^  pluginConfiguration: .*/  pluginConfiguration: {name: "${PLUGIN}"}/' 'what it makes is not known: its method is filled in later'
variant "a Cluster that is hibernated makes none" '1,4s/name: db,/name: db, annotations: {cnpg.io\/hibernation: "on"},/' "db-daily '0 0 3 * * *', plugin, target primary
              makes no backup: the Cluster is hibernated"
variant "nor does a schedule that is refused" 's/0 0 3 \* \* \*/0 0 24 * * */' 'makes no backup: CloudNativePG refuses its schedule: End of range (24) above maximum (23): 24'
variant "a snapshot in years is one" 's/isWALArchiver: true/enabled: false/;s/0 30 4 \* \* 0/0 0 0 29 2 */' 'worst loss: what was written since the snapshot: no WAL is archived'
variant "what a variable makes may be a snapshot" 's/isWALArchiver: true/enabled: false/;s/0 30 4 \* \* 0/${AT}/' 'worst loss: not known: nor is what a schedule makes'
variant "when the first of an @every is, is not told" 's/0 0 3 \* \* \*/@every 2000h/;s/method: volumeSnapshot/&\n  suspend: true/' $'worst loss: everything, until the first backup\n'
variant "a segment of WAL has 16 MiB" "$no_timeout" 'what fits into a segment of WAL (16 MiB), however old'
variant "one MiB is the least" "$no_timeout;$(segment 1)" 'a segment of WAL (1 MiB)'
variant "less is none" "$no_timeout;$(segment 0)" 'a segment of WAL (16 MiB)'
variant "one GiB is the most" "$no_timeout;$(segment 1024)" 'a segment of WAL (1 GiB)'
variant "more is none" "$no_timeout;$(segment 1025)" 'a segment of WAL (16 MiB)'
variant "what is pruned seldom is there longer" 's/  retentionPolicy: 7d/&\n  instanceSidecarConfiguration: {retentionPolicyIntervalSeconds: 172800}/' 'kept:       8 to 11 base backups in the long run'
sed 's,isWALArchiver: true,isWALArchiver: false,; s,    volumeSnapshot: .*,&\n    barmanObjectStore: {destinationPath: "s3://old/db"},' "$cases/shop.yaml" >db.yaml
says "in the first step of a migration the in-tree archive goes on" "$(plan db.yaml)" 'archive:    s3://old/db, server db' 'beside it:  ObjectStore minio, server db: WAL goes there, too'
is "and in the JSON" "$(plan db.yaml --format json | jq -c '[.clusters[].beside]')" '["ObjectStore minio, server db",null,null]'
sed -i '/name: db-forgotten/,/cluster/s/^  cluster/  suspend: true\n&/' db.yaml
says "until base backups go to the other" "$(plan db.yaml)" 'archive:    ObjectStore minio, server db' 'beside it:  s3://old/db, server db: WAL goes there, too'

# The page: what is not known, or not backed up, is never said to be.
page() { # title, sed of the manifests, what is in the row of the first Cluster
	sed "$2" "$cases/shop.yaml" >db.yaml
	says "$1" "$(plan db.yaml --format html | sed -n '/<b>shop/,/<dl>/p')" "${@:3}"
}
page "its page: without isWALArchiver there is a gap" 's/isWALArchiver: true/isWALArchiver: false/' 'class="risk">! backed up with a gap'
page "without archive_timeout, too" 's/instances: 3/&\n  postgresql: {parameters: {archive_timeout: "0"}}/' '! backed up with a gap'
page "a timeout that is none is not known" 's/instances: 3/&\n  postgresql: {parameters: {archive_timeout: "often"}}/' 'class="unknown">? not known' '<rect class="u" x="0" y="10" width="1200"'
page "another plugin is not known" 's/name: barman-cloud.cloudnative-pg.io$/name: other.example.com/' '? not known' '<rect class="u" x="0"'
is "nor is it in the JSON" "$(plan db.yaml --format json | jq -c '[.clusters[].wal]')" '[null,"archived","nowhere"]'
page "where it is not known what is kept no bar is drawn" 's/retentionPolicy: 7d/retentionPolicy: ${DAYS}/' '✓ backed up' '<rect class="u" x="0" y="10" width="1200"'
page "the first backup is long after" 's/0 0 3 \* \* \*/0 0 3 29 2 */;s/0 30 4 \* \* 0/0 0 0 1 1 */' 'class="none">✗ not backed up' '<rect class="h" x="0" y="10" width="1200"'
page "snapshots without WAL are a gap" 's/name: barman-cloud.cloudnative-pg.io$/name: barman-cloud.cloudnative-pg.io\n      enabled: false/' '! backed up with a gap' 'class="n"'
page "what is too much to reckon is not drawn" 's/0 0 3 \* \* \*/* * * * * */' '<rect class="u" x="40" y="10" width="1160"'
is "without a Cluster it has no days" "$(plan nowhere.yaml --format html 2>/dev/null | grep -c '<h2>The days to come')" 0
says "what could not be read is in it" "$(plan db.yaml nowhere.yaml --format html 2>/dev/null; echo $?)" '<h2>Could not be read</h2>' 'nowhere.yaml: ' $'\n3'

# A change: against a folder, and against a revision, which says the same.
tree
rm -r .git && git init -q . && mkdir apps && cp "$cases/shop.yaml" apps && printf 'resources: [shop.yaml]\n' >apps/kustomization.yaml
git add . && git -c user.name=a -c user.email=a@example.com commit -qm before
cp -r apps before
sed -i 's/retentionPolicy: 7d/retentionPolicy: 2d/; s/retentionPolicy: 2w/retentionPolicy: 10d/; s/0 30 4 \* \* 0/0 30 4 1 * */; s/name: scratch/name: kept/' apps/shop.yaml
losses() {
	plan "$@" | grep -E '^(lost|changed|not known|nothing)'
}
losses apps --against before >said
[ -z "${GUARD_WRITE_EXPECT:-}" ] || cp said "$cases/losses.txt"
is "what a change takes away" "$(<said)" "$(<"$cases/losses.txt")"
is "of a revision it is the same" "$(losses apps --against HEAD)" "$(<said)"
is "wherever one stands" "$(cd apps && losses . --against HEAD)" "$(<said)"
plan apps --against HEAD >/dev/null
is "what does not come back is exit code 1" "$?" 1
is "the table has it, too" "$(plan apps --against HEAD --format markdown | grep -cE '^- (\*|Cluster)')" "$(wc -l <said)"
says "and the page" "$(plan apps --against HEAD --format html)" 'Compared with <code>HEAD</code>:' '<span class="none">✗ lost</span>: Cluster shop/db: retentionPolicy 7d -&gt; 2d' \
	'<span class="risk">! changed</span>: Cluster books/ledger: '
is "the other way nothing is lost" "$(plan before --against apps --format json | jq -c '[.losses[] | select(.final) | .object]')" '["Cluster books/kept"]'
fenced() { # what shop.yaml has, in the fences of a page
	printf '# Ours\n\n```yaml\n%s\n```\n\nsee above\n' "$(<"$1/shop.yaml")"
}
fenced before >page.md && git add page.md && git -c user.name=a -c user.email=a@example.com commit -qm page
fenced apps >page.md && mkdir pages && fenced before >pages/page.md
is "a page that shows it is planned" "$(plan page.md --format json | jq -c '[.clusters[].name]')" "$(plan apps --format json | jq -c '[.clusters[].name]')"
is "and compared with that of a revision" "$(losses page.md --against HEAD)" "$(<said)"
is "or with those of a folder" "$(losses page.md --against pages)" "$(sed 's/before$/pages/' said)"
is "what the pages of a folder show is not what is applied" "$(plan pages --format json | jq .clusters)" '[]'
is "no folder is left" "$(mkdir here && TMPDIR=$PWD/here plan apps --against HEAD >/dev/null; ls -A here)" ''
git checkout -q apps
says "as the page says" "$(plan apps --against HEAD --format html)" 'Compared with <code>HEAD</code>: nothing.'
is "no change takes nothing away" "$(losses apps --against HEAD)$(plan apps --against HEAD >/dev/null; echo $?)" 'nothing is taken away: compared with HEAD0'
move() { # title, serverName, wanted
	sed -i "s/barmanObjectName: minio.*/barmanObjectName: minio$2}/" apps/shop.yaml
	says "$1" "$(losses apps --against HEAD; plan apps --against HEAD >/dev/null; echo $?)" "$3" $'\n0'
	git checkout -q apps
}
move "another server name" ', serverName: db2' 'changed: Cluster shop/db: the archive moves from s3.example.com/backups/shop/db to s3.example.com/backups/shop/db2: up to 8 days of backups are no longer pruned, nor restored from by default'
sed -i 's/isWALArchiver: true/enabled: false/' apps/shop.yaml
says "no archive any more" "$(losses apps --against HEAD)" 'archives nowhere any more, before to ObjectStore minio, server db: up to 8 days of backups' \
	'no base backup is made any more: there was one at least every 1 day' 'WAL is no longer archived'
git checkout -q apps
change() { # title, of what is now, of what was before, wanted
	sed "$2" before/shop.yaml >apps/shop.yaml
	[ -z "$3" ] || { cp -r before older && sed -i "$3" older/shop.yaml; }
	local was=before
	[ -z "$3" ] || was=older
	says "$1" "$(losses apps --against $was)" "$4"
	rm -rf older
	git checkout -q apps
}
days='s/7d/${DAYS}/' often='s/0 0 3 \* \* \*/* * * * * */' later='s/0 0 3 \* \* \*/${AT}/' gone='/name: db-daily/s/db-daily/x/;/^  schedule: .0 0 3 \* \* \*/s/schedule/suspend: true\n  schedule/'
change "a retention that is a variable is not known" "$days" '' 'not known: Cluster shop/db: retentionPolicy 7d -> ${DAYS}: what it is now is not known, nor what goes'
change "nor is one that was" 's/7d/1d/' "$days" 'not known: Cluster shop/db: retentionPolicy ${DAYS} -> 1d: what it was is not known, nor what goes'
change "a variable that stays takes nothing away" "$days;$later" "$days;$later" 'nothing is taken away'
change "those that are too many to reckon become rarer, too" '' "$often" 'changed: Cluster shop/db: base backups become rarer: 2592000 in 30 days, and now 30'
change "or are made no more" "$gone" "$often" 'changed: Cluster shop/db: no base backup is made any more'
change "a schedule that is a variable makes nobody knows what" "$later" '' 'not known: Cluster shop/db: whether base backups become rarer is not known: nor is what a schedule makes'
change "so it is with one that was" 's/0 0 3 \* \* \*/0 0 3 * * 0/' "$later" 'not known: Cluster shop/db: whether backups become rarer is not known: nor is what a schedule made before'
change "a path that is a variable may be any" 's,s3://backups/shop,s3://${BUCKET}/shop,' '' 'not known: Cluster shop/db: where it archives is filled in later: '
lost_store='s/{name: minio,/{name: gone,/' no_db='1,/^---/d' idle='s/^  schedule:/  suspend: true\n&/'
change "a Cluster that is gone leaves its backups" "$no_db" '' 'lost: Cluster shop/db: it is no longer there: where it is deleted its volumes go with it; up to 8 days of backups at ObjectStore minio, server db stay and are no longer pruned'
change "of how many days is not always known" "$no_db" "$often" 'go with it; the backups made so far at ObjectStore minio, server db stay and are no longer pruned'
change "without its ObjectStore nothing is archived" "$lost_store" '' 'changed: Cluster shop/db: its ObjectStore minio is no longer there, or is filled in later: no WAL is archived without it'
change "what was not there is not lost" "$lost_store" "$lost_store" 'nothing is taken away'
change "of two that are not there the names are told" "$lost_store;s/barmanObjectName: minio/barmanObjectName: other/" "$lost_store" 'changed: Cluster shop/db: the archive moves from ObjectStore minio, server db to ObjectStore other, server db: the backups made so far are no longer pruned'
change "a migration may keep its place" "$lost_store" 's/isWALArchiver: true/enabled: false/; s,    volumeSnapshot: .*,&\n    barmanObjectStore: {destinationPath: "s3://old/db"},' 'nothing is taken away'
change "what was kept for ever goes" 's/7d/2d/' '/retentionPolicy: 7d/d' 'lost: Cluster shop/db: retentionPolicy (none) -> 2d: every base backup before 2026-10-08 goes within 5 minutes'
change "in-tree it goes with the next one" 's/2w/2d/' '' 'lost: Cluster books/ledger: retentionPolicy 2w -> 2d: 1 base backup goes after the next base backup, if its schedules always ran; the oldest moment moves from 2026-09-26 to 2026-10-03'
change "how many go without schedules is not said" "s/7d/2d/;$idle" "$idle" 'lost: Cluster shop/db: retentionPolicy 7d -> 2d: what is older goes within 5 minutes'
change "nor of too many" 's/7d/2d/' "$often" 'lost: Cluster shop/db: retentionPolicy 7d -> 2d: what is older goes within 5 minutes'
change "none goes where the next is as old" 's/2w/13d/' '' 'changed: Cluster books/ledger: retentionPolicy 2w -> 13d: as its schedules run none goes now, and later sooner'
change "one base backup in years is one" 's/0 0 3 \* \* \*/0 0 3 29 2 */' '' 'changed: Cluster shop/db: base backups become rarer: there was one at least every 1 day, and now there is one in the coming '
sed "$later;s/method: volumeSnapshot/suspend: true\n  method: volumeSnapshot/" before/shop.yaml >apps/shop.yaml
says "what a variable makes is not told as nothing" "$(plan apps --size 1Gi)" 'what it makes is not known: its schedule is filled in later' 'worst loss: not known: nor is what a schedule makes'
git checkout -q apps
git rm -q --cached apps/kustomization.yaml && git -c user.name=a -c user.email=a@example.com commit -qm less
is "nor is it known to be lost" "$(plan apps/kustomization.yaml --against HEAD --format json | jq -c '.losses[] | [.final, .unknown]')" '[false,true]'
says "nor in the page" "$(plan apps/kustomization.yaml --against HEAD --format html)" '<span class="unknown">? not known</span>: apps/kustomization.yaml: '
is "a path that was not there is not compared" "$(losses apps/kustomization.yaml --against HEAD)" 'not known: apps/kustomization.yaml: nothing was there under this name in HEAD: it is new, or had another name, and is not compared'
git mv apps moved
is "nor is one of another name" "$(losses moved --against HEAD)" 'not known: moved: nothing was there under this name in HEAD: it is new, or had another name, and is not compared'
git mv moved apps
printf 'a: [\n' >apps/kustomization.yaml
is "what cannot be read is not taken for gone" "$(plan apps --against before 2>/dev/null | grep -c '^lost'; plan apps --against before >/dev/null 2>&1; echo $?)" $'0\n3'
rm apps/kustomization.yaml
refuse() { # revision, what is said
	says "--against $1 is refused" "$(plan apps --against "$1" 2>&1; echo $?)" "error: --against: $2" $'\n3'
}
{ cat before/shop.yaml && echo 'a: ['; } >broken.yaml && git add broken.yaml && git -c user.name=a -c user.email=a@example.com commit -qm broken && cp before/shop.yaml broken.yaml
is "what cannot be read in a revision is called as there" "$(plan broken.yaml --against HEAD 2>&1 | grep error)" 'HEAD:broken.yaml:85:1: error: a value is expected here'
says "an empty one is no revision" "$(plan apps --against '' 2>&1; echo $?)" "--against: '' is neither" $'\n2'
refuse nowhere "'nowhere' is no folder, and no revision of "
refuse --output=x "'--output=x' is no revision"
refuse HEAD:apps "'HEAD:apps' is no folder, and no revision of "
says "a live cluster has no revision" "$(plan --live --against HEAD 2>&1; echo $?)" '--against is for PATH, not for --live' $'\n2'
says "outside of a repository there is none" "$(cd / && cp "$cases/shop.yaml" "$tmp/alone.yaml" && GIT_CEILING_DIRECTORIES=$tmp plan "$tmp/alone.yaml" --against HEAD 2>&1; echo $?)" 'error: --against: git rev-parse: fatal: not a git repository' $'\n3'
mkdir "$tmp/advice" && printf '#!/bin/sh\nprintf "warning: w\\nfatal: dubious ownership\\nTo add an exception, call:\\n" >&2\nexit 128\n' >"$tmp/advice/git" && chmod +x "$tmp/advice/git"
says "of what git says, the reason is told, not its advice" "$(PATH=$tmp/advice:$PATH plan apps --against HEAD 2>&1)" 'git rev-parse: fatal: dubious ownership'
says "without git that is the error" "$(PATH=$tmp/empty "$guard" plan --profile generic apps --against HEAD 2>&1; echo $?)" 'error: --against: the program git is not in PATH' $'\n3'

# A repository that was unpacked may have any configuration: nothing of it is run.
tree
rm -r .git && git init -q . && cp "$cases/shop.yaml" . && git add . && git -c user.name=a -c user.email=a@example.com commit -qm a
is "the repository of a hook is not that of the paths" "$(GIT_DIR=$tmp/nowhere GIT_WORK_TREE=$tmp GIT_INDEX_FILE=$tmp/none losses shop.yaml --against HEAD)" 'nothing is taken away: compared with HEAD'
mkdir links && ln -s ../shop.yaml links/shop.yaml && touch links/text && ln -s text links/README && git add . && git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),links/sub" && git -c user.name=a -c user.email=a@example.com commit -qm links
says "what links and submodules led to is not known" "$(plan links --against HEAD 2>&1; echo $?)" 'HEAD:links/shop.yaml: error: it is a link: ' 'HEAD:links/sub: error: it is a submodule: ' $'\n3'
is "but where they are not asked for" "$(losses shop.yaml --against HEAD)" 'nothing is taken away: compared with HEAD'
lacking=$(git rev-parse HEAD:shop.yaml)
rm -f ".git/objects/${lacking:0:2}/${lacking:2}"
git config core.repositoryFormatVersion 1
git config extensions.partialClone origin
git config remote.origin.promisor true
git config remote.origin.url "ext::sh -c touch% $tmp/ran"
git config protocol.ext.allow always
says "what a partial clone lacks is not fetched" "$(plan shop.yaml --against HEAD 2>&1; echo $?)" 'HEAD:shop.yaml: error: it is not in this clone, and nothing is fetched' $'\n3'
is "and nothing was run for it" "$([ -e "$tmp/ran" ]; echo $?)" 1

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
