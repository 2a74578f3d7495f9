# shellcheck shell=bash disable=SC2154
# The CloudNativePG operator with its own webhooks beside ours, in a namespace where everything is enforced and
# most things are wrong: none of its writes, and nothing that ends an object, is ever refused.
old=$here/manifests/old.yaml # what was there before us

kubectl create namespace old >/dev/null
kubectl apply -f "$old" >"$work/old.log" 2>&1
kubectl label namespace old backup-guard.io/mode=enforce >/dev/null
wait_until "the label in force" refused "$here/manifests/refused.yaml"

check "the operator starts" operator_start
check "it fills in what its webhook would have defaulted" eventually old '.spec.imageName' cluster plain
check "it writes the status of a Cluster" eventually old '.status.phase' cluster plain
check "of one that it cannot serve, too" eventually old '.status.phase | test("plugin")' cluster misspelt
check "it makes what belongs to a Cluster" eventually old '.metadata.ownerReferences[0].name == "plain"' service plain-rw
check "it makes Backups for a schedule that is too frequent" wait_until backups has_backups old often
check "it writes when it did" eventually old '.status.lastScheduleTime' scheduledbackup often
check "it makes Backups that a user could not" wait_until backups has_backups old misspelt
check "where a user's Backup is refused" refused "$here/manifests/refused.yaml"
check "of which we were asked" has "$(requests)" 'kind="Backup",operation="CREATE",decision="skip",dry_run="false"'
check "a user scales what is wrong already" kubectl -n old scale cluster plain --replicas=2
check "and hibernates it" kubectl -n old annotate cluster plain cnpg.io/hibernation=on
check "the operator sees it" eventually old '.status.conditions[] | select(.type == "cnpg.io/hibernation")' cluster plain
check "nothing of the operator was refused" lacks "$(cat "$work/operator.log")" backup-guard.io

check "a schedule takes its Backups with it" kubectl -n old delete scheduledbackup often
check "all of them" wait_until garbage has_none old often
kubectl -n old patch objectstore wrong --type=merge -p '{"metadata": {"finalizers": ["example.org/hold"]}}' >/dev/null
kubectl -n old delete objectstore wrong --wait=false >/dev/null
check "what is being deleted stays while it has a finalizer" holds old .metadata.deletionTimestamp objectstore wrong
check "which can be taken away" kubectl -n old patch objectstore wrong --type=merge -p '{"metadata": {"finalizers": null}}'
check "and it goes" wait_until gone gone old objectstore wrong
check "a Cluster goes after all that it owns" kubectl -n old delete cluster plain --cascade=foreground --timeout=60s
check "and a namespace with all that is wrong in it" kubectl delete namespace old --timeout=60s
