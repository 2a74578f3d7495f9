#!/bin/bash
# The policy that a site follows already: what is learned, who differs, what teaches nothing.
#   tests/cli/learn.sh BACKUP-GUARD      (GUARD_WRITE_EXPECT=1 writes tests/learn: read the difference)
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
root=$(dirname "$(dirname "$(dirname "$(realpath "$0")")")")
cases=$root/tests/learn

learn() {
	"$guard" policy learn --now 2026-08-26T10:20:30Z "$@"
}

tree
for in in "$cases"/*/in; do
	case=${in%/in} name=$(basename "${in%/in}")
	(cd "$in" && learn . >"$tmp/$name.yaml" 2>"$tmp/$name.said")
	is "$name: a policy is learned" "$?" 0
	if [ -n "${GUARD_WRITE_EXPECT:-}" ]; then
		cp "$tmp/$name.yaml" "$case/policy.yaml"
		cp "$tmp/$name.said" "$case/said"
	fi
	if diff -u "$case/policy.yaml" "$tmp/$name.yaml" >difference; then ok "$name: it is this"; else not_ok "$name: it is this" "$(<difference)"; fi
	is "$name: who differs is told" "$(<"$tmp/$name.said")" "$(<"$case/said")"
done

# --- of any folder: policy check takes it, and check finds those who were named and nobody else
wrong=$("$cases/property.py" "$guard" "$cases"/*/in "$root"/tests/{cases,demo/good,kustomize/cases} "$root"/tests/golden/input/* 2>&1)
is "check with what is learned finds those who were named, and nobody else" "$? $wrong" '0 '

# --- the page that the profile homelab is made of
same=$(python3 - "$root/deploy/policy/homelab.yaml" "$cases/page/policy.yaml" "$cases/apps/policy.yaml" <<'END'
import sys, yaml
home, page, apps = (yaml.safe_load(open(path))["spec"] for path in sys.argv[1:])
store = dict(home["stores"][0])
store["credentials"] = {k: v for k, v in store["credentials"].items() if not k.startswith("required")}
wanted = [[store], home["scheduledBackup"]]
if wanted != [page["stores"], page["scheduledBackup"]]:
    print("the page:", page["stores"], page["scheduledBackup"])
keys = apps["stores"][0]["credentials"].pop("requiredKeys")
if wanted != [apps["stores"], apps["scheduledBackup"]] or sorted(keys) != sorted(home["stores"][0]["credentials"]["requiredKeys"]):
    print("three apps:", apps["stores"], apps["scheduledBackup"], keys)
for learned in page, apps:
    for rule, how in learned["rules"].items():
        if home["rules"].get(rule) != how:
            print(rule, how)
END
)
is "of the page, and of apps as it has them, it is the profile homelab" "$same" ''
roles=$(grep -E 'role|objectStoreName|s3:' "$cases/two-site/policy.yaml" | sed 's/ *#.*//')
says "of two stores for each app it finds both" "$roles" 'role: archive' '"s3://homelab-postgres-backups/{app}/{cluster}"' \
	'role: offsite' '"{app}-b2-store"' '"s3://homelab-postgres-offsite/{app}/{cluster}"'

# --- where it is written
tree
learn "$cases/apps/in" --out .backup-guard.yaml >out 2>said
is "--out writes it there" "$? $(wc -c <out) $(tail -n +2 .backup-guard.yaml | cmp - <(tail -n +2 "$cases/apps/policy.yaml") && echo same)" '0 0 same'
echo mine >mine.yaml
learn "$cases/apps/in" --out mine.yaml >out 2>said
is "nothing is written over" "$? $(tail -1 said) $(<mine.yaml)" '3 backup-guard policy: mine.yaml: File exists mine'
cat "$cases"/apps/in/*.yaml | sed 's/^apiVersion/---\n&/' | learn - 2>said | grep -c objectStoreName >out
is "standard input teaches too" "$(<out)" 1

# --- what teaches nothing
tree
learn . --out policy.yaml >out 2>said
is "nothing is there" "$? $(tail -1 said) $([ -e policy.yaml ] || echo none)" \
	'3 backup-guard policy: no Cluster, ObjectStore or ScheduledBackup is there to learn from none'
cp "$cases/apps/in/immich.yaml" .
learn . --out policy.yaml >out 2>said
is "one of each is no convention" "$? $(tail -1 said) $([ -e policy.yaml ] || echo none)" \
	'3 backup-guard policy: nothing is learned: there is nothing that two objects have in common none'
sed "s/immich/\${APP}/g" immich.yaml >a.yaml
sed "s/immich/\${NAME}/g; s/truenas/\${HOST}/" immich.yaml >b.yaml
rm immich.yaml
learn . >out 2>said
is "what is filled in later names nothing" "$(grep -cE 'objectStoreName|destinationPath|name: "' out)" 0
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: Cluster' 'spec: [' >broken.yaml
cp "$cases"/apps/in/*.yaml .
learn . >out 2>said
is "what cannot be read is told, and the rest teaches" "$? $(grep -c '^broken.yaml:[34]' said) $(grep -c objectStoreName out)" '3 1 1'
learn missing >out 2>said
is "so is a folder that is not there" "$? $(wc -c <out)" '3 0'

# --- a schedule that looks like a mistake sets no bound; one beyond what is usual needs another
tree
schedule() { # file app schedule
	sed "s/shop-pg/$2-db/g; s/shop/$2/g; s|0 0 4 \* \* 0|$3|" "$cases/apps/in/shop.yaml" >"$1"
}
intervals() {
	learn . 2>/dev/null | sed -n 's/ *#.*//; s/^ *m\(in\|ax\)Interval: //p' | tr '\n' ' '
}
schedule a.yaml a '0 0 3 * * *'
schedule b.yaml b '0 0 3 * * 0'
is "the shortest and the longest" "$(intervals)" '1d 7d '
schedule c.yaml c '0 3 * * *'
is "five fields are nobody's interval" "$(intervals)" '1d 7d '
schedule c.yaml c '0 3 * * * *'
is "nor are six that were five" "$(intervals)" '1d 7d '
learn . >out 2>said
says "but it differs from the others" "$(<said)" 'schedule-too-frequent: 2 of 3 ScheduledBackups; not: c/c-db-backup (c.yaml)'
schedule c.yaml c '0 0 3 1 * *'
is "monthly is one alone" "$(intervals)" '1d 7d '
schedule d.yaml d '0 0 3 15 * *'
is "two are meant so" "$(intervals)" '1d 31d '
schedule c.yaml c '0 */30 * * * *' && rm d.yaml
is "every half an hour is an error" "$(intervals)" '1d 7d '
schedule d.yaml d '0 */30 * * * *'
is "also if there are two" "$(intervals)" '1d 7d '
rm [ab].yaml
for often in '*/10 * * * * *' '@every 1s'; do
	schedule c.yaml c "$often" && schedule d.yaml d "$often"
	is "and nothing else is there: $often" "$(intervals)" ''
done
schedule c.yaml c '0 0 * * * *' && schedule d.yaml d '0 0 * * * *'
is "every hour is allowed" "$(intervals)" '1h 1h '

# --- what a store says in its environment, and what is nobody's rule
tree
sidecar() { # variable value: instead of the endpoint in the configuration
	for in in "$cases"/apps/in/*.yaml; do
		sed "/endpointURL:/d; s|^\( *\)configuration:|\1instanceSidecarConfiguration: {env: [{name: $1, value: \"$2\"}]}\n&|" "$in" >"${in##*/}"
	done
}
endpoint() {
	learn . 2>/dev/null | grep -A1 '^ *endpointURL:' | tail -1
}
for variable in AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3; do
	sidecar $variable https://s3.example.com
	is "an endpoint is read of $variable, too" "$(endpoint)" '        - https://s3.example.com  # 3 of 3'
done
# shellcheck disable=SC2016 # of a manifest
sed -i 's|value: "https:|value: "$SCHEME:|' shop.yaml
is "one that is filled in later does not follow it" "$(endpoint)" '        - https://s3.example.com  # 2 of 3'
cp "$cases"/apps/in/*.yaml . && sed -i 's|endpointURL: .*|endpointURL: https://me:geheim@s3.example.com|' ./*.yaml
learn . >out 2>said
is "a password is nobody's rule" "$(grep -c -e endpointURL -e geheim out said | paste -sd ' ')" 'out:0 said:0'
is "what a chart makes teaches, too" "$(learn "$root"/tests/migrate/{listed/in/values,values/in/argo,values/in/flux} 2>&1 >/dev/null | head -1)" \
	'read 9 Clusters, 9 ScheduledBackups'
tree
mkdir -p base a b && cp "$cases/apps/in/shop.yaml" base && echo 'resources: [shop.yaml]' >base/kustomization.yaml
for overlay in a b; do
	printf '%s\n' 'resources: [../base]' 'patches: [{target: {kind: ScheduledBackup}, patch: "[{op: add, path: /spec/suspend, value: true}]"}]' >$overlay/kustomization.yaml
done
says "of one name in two overlays there is one" "$(learn . 2>&1)" 'read 1 Cluster, 1 ObjectStore, 1 ScheduledBackup, 1 ExternalSecret'

# --- an object counts once, in whatever folders it is
tree
mkdir -p a b
cp "$cases/apps/in/immich.yaml" a && cp "$cases/apps/in/immich.yaml" b
learn . >out 2>said
is "one object in two folders is no convention" "$? $(wc -c <out) $(head -1 said)" \
	'3 0 read 1 Cluster, 1 ObjectStore, 1 ScheduledBackup, 1 ExternalSecret'
sed -i '/^ *namespace:/d; s/, namespace: [a-z]*//' [ab]/immich.yaml
learn . >out 2>said
is "nor is one that names no namespace" "$? $(wc -c <out)" '3 0'
sed -i 's/destinationPath: .*/&-b/' b/immich.yaml
learn . >out 2>said
says "but one that says something else is another" "$(<said)" '2 ObjectStores'

is "it needs something to learn from" "$(learn 2>&1 | head -1; learn --live . 2>&1 | head -1)" \
	$'backup-guard policy: learn: give PATH, or --live\nbackup-guard policy: learn: give PATH, or --live'
is "-A is for what is live" "$(learn -A . 2>&1 | head -1; learn -A . >/dev/null 2>&1; echo $?)" $'backup-guard policy: learn: --all-namespaces is for --live, and excludes --namespace\n2'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
