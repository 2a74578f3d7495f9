# shellcheck shell=bash disable=SC2154
# Many objects: pages as large as they are asked for, each object once. Sourced by run.sh.

serve fleet --generate 300
config "server: 'http://$address'" 'token: t0ken' >fleet.kubeconfig
audit -A --kubeconfig fleet.kubeconfig --format json
is "300 Clusters with stores, schedules and 6,600 Backups: each is counted once" \
	"$status $(jq -c '[.summary.objects, (.clusters | length), ([.clusters[].name] | unique | length)]' <<<"$out")" "0 [900,300,300]"
is "the last Backup of each is the last that was made" \
	"$(jq -r '.clusters[].lastBackup' <<<"$out" | sort | uniq -c | awk '{ print $1, $2 }')" "300 2026-11-22T03:05:00Z"
is "they come in pages of 250" \
	"$(grep -oE '/(clusters|objectstores|scheduledbackups|backups)\?' "$log" | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd ' ')" \
	"27 /backups? 2 /clusters? 2 /objectstores? 2 /scheduledbackups?"
audit -A --kubeconfig fleet.kubeconfig --now 2026-12-22T12:00:00Z
is "of 300 findings of a rule text shows 20 in full, below the table" \
	"$(sed '1,/^$/d' <<<"$out" | grep -c '^error.live-no-recent') $(awk 'NF == 0 { exit } { n++ } END { print n }' <<<"$out")" "20 301"
says "and how many more there are" "$out" '280 more of live-no-recent-backup: --group-by rule has them all' '300 errors'
audit -A --kubeconfig fleet.kubeconfig --now 2026-12-22T12:00:00Z --group-by rule
is "which it does" "$(grep -c '^  Cluster .*: no backup was completed since' <<<"$out")" 300
audit -A --kubeconfig fleet.kubeconfig --now 2026-12-22T12:00:00Z --format compact
is "as do the formats for machines" "$(grep -c 'live-no-recent' <<<"$out")" 300
