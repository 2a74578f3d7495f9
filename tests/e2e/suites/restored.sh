# shellcheck shell=bash disable=SC2154
# What restore writes of a Cluster is accepted by CloudNativePG's own webhook and CRD, where the Cluster itself is: of
# every Cluster of the cases, the demo, and the corpus when it is there. (make test holds it against our own rules.)
restored=$work/restored
mkdir -p "$restored"
operator_start >"$work/why" 2>&1 || cat "$work/why"
check "every Cluster that can be is restored, to be used and as a drill" \
	env -C "$here/../.." GUARD_RESTORED="$restored" "$(dirname "$guard")/unit" --filter 'restore_all/*'

# The numbers of Clusters, of FILE..., that are refused.
refused_of() {
	printf -- '-f\n%s\n' "$@" | xargs -n 400 kubectl create --dry-run=server --validate=ignore 2>&1 |
		sed -nE 's/^.*error.*"[^"]*\/([0-9]+-[0-9]+)[-.][^"]*".*/\1/p' | sort -u
}

sed -nE 's/^  namespace: "?([^"]*)"?$/\1/p; s/.*"namespace":"([^"]*)".*/\1/p' "$restored"/* | sort -u | while read -r namespace; do
	kubectl create namespace "$namespace"
done >"$work/why" 2>&1
refused_of "$restored"/*.json >"$work/refused"
refused_of "$restored"/*.yaml >"$work/refused-restored"
clusters=$(find "$restored" -name '*.json' | wc -l) manifests=$(find "$restored" -name '*.yaml' | wc -l)
check "CloudNativePG accepts Clusters among them" test "$(wc -l <"$work/refused")" -lt $((clusters / 2))
check "and no manifest of theirs is refused: $manifests of $clusters Clusters, $(wc -l <"$work/refused") of which it refuses, as it does what is made of $(wc -l <"$work/refused-restored")" \
	same "$(comm -13 "$work/refused" "$work/refused-restored")" ""
rm -rf "$restored"
