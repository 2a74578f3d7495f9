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
