# shellcheck shell=bash disable=SC2154
# What migrate makes of the cases in tests/migrate is taken by the CRDs and by CloudNativePG's own webhooks: all at once, as
# Flux and Argo CD do it, and step by step in the order that it tells. (tests/cli/migrate.sh holds that it writes these files.)
cases=$(realpath "$here/../migrate") migrated=$work/migrated
mkdir -p "$migrated"
operator_start >"$work/why" 2>&1 || cat "$work/why"

units() { # what is applied by itself: a folder with a kustomization, or a file without one in a folder above it; values are not
	local path folder
	find "$cases"/*/in/ -name '*.yaml' ! -path "$cases/values/*" | sort | while read -r path; do
		folder=${path%/*}
		if [ "${path##*/}" = kustomization.yaml ]; then
			grep -q '^kind: Component' "$path" || diff -rq "${path%%/in/*}/in" "${path%%/in/*}/out" >/dev/null || echo "$folder/"
			continue
		fi
		while [ "${folder##*/}" != in ] && [ ! -e "$folder/kustomization.yaml" ]; do folder=${folder%/*}; done
		[ -e "$folder/kustomization.yaml" ] || cmp -s "$path" "${path/\/in\///out/}" || echo "$path"
	done
}

# The objects of all units as JSON, where Flux has filled in the variables: each unit in a namespace of its own. The operator
# makes nothing of them, whose webhooks are asked all the same.
objects() { # in|out
	local number=0 unit file
	mkdir -p "$migrated/$1"
	while read -r unit; do
		number=$((number + 1))
		mkdir "$migrated/$1/$number"
		unit=${unit/\/in\///$1/}
		printf 'namespace: by-hand-%s\nresources:\n' "$number" >"$migrated/$1/$number/kustomization.yaml"
		for file in "$unit" "${unit%.yaml}-objectstore.yaml"; do # the second is new, beside a file of its own
			[ ! -e "$file" ] || echo "- $(realpath --relative-to "$migrated/$1/$number" "$file")"
		done >>"$migrated/$1/$number/kustomization.yaml"
		echo "- ./$number"
	done < <(units) | sed '1i resources:' >"$migrated/$1/kustomization.yaml"
	kubectl kustomize --load-restrictor LoadRestrictionsNone "$migrated/$1" | sed -E 's/\$\{[A-Z]+(:[^}]*)?\}/app/g' |
		kubectl create --dry-run=client --validate=ignore -o json -f - | jq -c 'select(.apiVersion | test("cnpg.io/")) | .metadata.annotations["cnpg.io/reconciliationLoop"] = "disabled"' >"$migrated/$1.json"
}

changed() { # FILE OTHER: the documents of the one that are not in the other
	jq -c --slurpfile other "$2" '. as $o | select($other | all(. != $o))' "$1"
}

for_flux() { # FILE: in namespaces of their own
	sed 's/"namespace":"by-hand-/"namespace":"by-flux-/' "$1" >"$1.flux"
	echo "$1.flux"
}

for side in in out; do objects $side; done >"$work/why" 2>&1
changed "$migrated/in.json" "$migrated/out.json" >"$migrated/before.json"
changed "$migrated/out.json" "$migrated/in.json" >"$migrated/after.json"
for kind in Cluster ScheduledBackup ObjectStore; do
	jq -c "select(.kind == \"$kind\")" "$migrated/after.json" >"$migrated/$kind.json"
done
for by in hand flux; do
	for unit in "$migrated"/in/*/; do echo '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "by-'$by-"$(basename "$unit")"'"}}'; done
done | kubectl create -f - >"$work/why" 2>&1

in_tree() { # how many Clusters of those by hand have what is gone
	kubectl get clusters -A -o json | jq '[.items[] | select(.metadata.namespace | test("^by-hand-"))
		| select(.spec.backup.barmanObjectStore or any(.spec.externalClusters[]?; .barmanObjectStore))] | length'
}

clusters=$(wc -l <"$migrated/Cluster.json")
check "the cases have Clusters, schedules and stores" test "$clusters" -gt 14 -a -s "$migrated/ScheduledBackup.json" -a -s "$migrated/ObjectStore.json"
check "Flux has applied what is written in-tree" kubectl apply --server-side -f "$(for_flux "$migrated/before.json")"
check "it asks for all of it at once, and nothing is refused" kubectl apply --server-side --dry-run=server -f "$(for_flux "$migrated/after.json")"
check "kubectl has applied it" kubectl apply -f "$migrated/before.json"
check "$clusters Clusters archive in-tree" same "$(in_tree)" "$clusters"
check "nothing is refused when all comes at once" kubectl apply --dry-run=server -f "$migrated/after.json"
check "by hand the ObjectStores come first" kubectl apply -f "$migrated/ObjectStore.json"
check "then the Clusters" kubectl apply -f "$migrated/Cluster.json"
check "then the ScheduledBackups" kubectl apply -f "$migrated/ScheduledBackup.json"
check "no Cluster archives in-tree any more" same "$(in_tree)" 0
