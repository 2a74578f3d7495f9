#!/bin/bash
# From barmanObjectStore to the plugin: what is written, byte by byte, what is told, and what is left alone.
#   tests/cli/migrate.sh BACKUP-GUARD      (GUARD_WRITE_EXPECT=1 writes tests/migrate: read the difference)
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
cases=$(dirname "$(dirname "$(realpath "$0")")")/migrate

migrate() {
	"$guard" migrate --profile generic --now 2026-08-26T10:20:30Z "$@"
}

denied() { # folder: rules that deny something there; Backups stay as they are
	(cd "$1" && "$guard" check --profile generic --now 2026-08-26T10:20:30Z --format json . | jq -r '.findings[] | select(.severity == "deny" and .object.kind != "Backup") | .rule' | sort)
}

# same title folder folder
same() {
	local difference
	if difference=$(diff -r "$2" "$3"); then ok "$1"; else not_ok "$1" "$difference"; fi
}

tree
for in in "$cases"/*/in; do
	case=${in%/in} name=$(basename "${in%/in}")
	cp -r "$in" "$name.out" && cp -r "$in" "$name.patched"
	(cd "$name.out" && migrate . >"../$name.diff" 2>"../$name.said")
	same "$name: without --write nothing is written" "$name.out" "$in"
	(cd "$name.out" && migrate --write --partial . >/dev/null 2>&1)
	if [ -n "${GUARD_WRITE_EXPECT:-}" ]; then
		rm -rf "$case/out" && cp -r "$name.out" "$case/out"
		cp "$name.said" "$case/said"
	fi
	same "$name: the files become these" "$name.out" "$case/out"
	is "$name: it is told" "$(<"$name.said")" "$(<"$case/said")"
	(cd "$name.patched" && patch -s --binary -p1 <"../$name.diff") || not_ok "$name: patch takes the diff"
	same "$name: the diff says what --write does" "$name.patched" "$name.out"
	is "$name: a second run changes nothing" "$(cd "$name.out" && migrate . 2>/dev/null)" ''
	is "$name: nothing is denied that was not" "$(comm -13 <(denied "$in") <(denied "$name.out"))" ''
done

documents() { # what they hold, but for the server name of an archive, which is that of its Cluster by default
	python3 -c 'import glob, json, yaml
for path in sorted(glob.glob("*.yaml")):
    for document in yaml.safe_load_all(open(path)):
        for plugin in document["spec"].get("plugins", []):
            if plugin["parameters"].get("serverName") == document["metadata"]["name"]:
                del plugin["parameters"]["serverName"]
        print(path, json.dumps(document, sort_keys=True))'
}
is "what the guide of the plugin has done by hand is the same" "$(cd "$cases/guide/out" && documents)" "$(cd "$cases/guide/hand" && documents)"

tree
cp -r "$cases/left/in" left
migrate --write left >/dev/null 2>said
is "nothing is written while something is left alone" "$? $(grep -c '^would migrate: left/fine.yaml:1 ' said) $(grep -c ': --partial writes the rest$' said)" '1 1 1'
same "not a byte" left "$cases/left/in"
migrate --write left/fine.yaml >/dev/null 2>said
is "what can be is written alone" "$? $(head -1 said)" '0 migrated: left/fine.yaml:1 Cluster fine'
migrate --write left/fine.yaml >/dev/null 2>said
is "and then there is nothing to do" "$? $(<said)" '0 nothing to migrate: no Cluster has a barmanObjectStore'
is "standard input is no file" "$(migrate - <"$cases/crlf/in/db.yaml" 2>&1; echo $?)" 'left alone: <stdin>:1 Cluster db: standard input is not a file
1'
migrate --diff --write left >/dev/null 2>said
is "--diff and --write are two things" "$?" 2

tree
cp -r "$cases/kept/in" kept
says "a file of a kustomization is not given alone" "$(migrate kept/cluster.yaml 2>&1)" 'give the folder kept as PATH'
printf '%s\n' 'resources: [kept/schedules.yaml, kept/cluster.yaml]' >kustomization.yaml && rm kept/kustomization.yaml
says "nor without that of a folder above" "$(migrate kept 2>&1)" 'give the folder . as PATH'
is "one above that is about something else does not matter" "$(echo 'resources: [other]' >kustomization.yaml; migrate kept 2>&1 | grep -c '^would migrate')" 1

tree
cp -r "$cases/kept/in" kept
chmod a-w kept/schedules.yaml
migrate --write kept >/dev/null 2>said
is "a file that cannot be written" "$? $(grep -c 'schedules.yaml.*read-only' said)" '3 1'
chmod u+w kept/schedules.yaml
same "leaves the others as they were" kept "$cases/kept/in"

tree
cp -r "$cases/beside/in" beside
chmod a-w beside/taken/kustomization.yaml
migrate --write beside >/dev/null 2>said
is "nor does a new file stay when another cannot be written" "$?" 3
chmod u+w beside/taken/kustomization.yaml
same "all is as it was" beside "$cases/beside/in"

tree
cp "$cases/left/in/fine.yaml" .
printf '%s\n' 'apiVersion: postgresql.cnpg.io/v1' 'kind: ScheduledBackup' 'spec: [' >broken.yaml
migrate --write . >/dev/null 2>said
is "what cannot be read may be a schedule of it" "$? $(grep -c '^not all could be read' said) $(cmp fine.yaml "$cases/left/in/fine.yaml" && echo same)" '3 1 same'
migrate --write --partial . >/dev/null 2>&1
is "--partial takes no notice" "$? $(grep -c barmanObjectName fine.yaml)" '3 1'
mkdir -p in/apps && cp "$cases/left/in/fine.yaml" . && ln -s ../../fine.yaml in/apps/db.yaml
says "what a link leads to outside stays" "$(migrate in 2>&1)" 'it is outside of what is given, and was only read'
printf '%s\n' 'apiVersion: kustomize.config.k8s.io/v1alpha1' 'kind: Component' 'resources: [fine.yaml]' >in/kustomization.yaml && rm -r in/apps && cp fine.yaml in
says "what becomes of a component is not seen where none applies it" "$(migrate in 2>&1)" 'no kustomization that was given applies that'
rm in/kustomization.yaml && ln -s nowhere in/fine-objectstore.yaml
is "a link that leads nowhere is in the way, too" "$(migrate --write in/fine.yaml 2>&1 | grep -o 'in/[a-z0-9-]*objectstore[^ ]*yaml')" in/fine-objectstore-2.yaml

{ cat "$cases/left/in/fine.yaml" && printf '%s\n' --- 'apiVersion: v1' 'kind: ConfigMap' 'metadata: {name: x}' 'data:' '  a: |' && printf '    no end'; } >end.yaml
says "a block without an end of its last line keeps its value" "$(migrate end.yaml 2>&1)" 'the documents of its file would not be what they were'
echo >>end.yaml
is "with one there is nothing against it" "$(migrate end.yaml 2>&1 | grep -c '^would migrate')" 1

printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata: {name: s3}' 'stringData: {key: geheim}' >secret.yaml
{ cat secret.yaml && echo --- && cat "$cases/sources/in/db.yaml"; } >both.yaml
is "a diff shows no line of a Secret" "$(migrate both.yaml 2>/dev/null | grep -c geheim)" 0
{ cat "$cases/sources/in/db.yaml" && echo --- && head -c -1 secret.yaml; } >last.yaml
is "one whose last line has no end is not touched" "$(migrate last.yaml 2>&1; echo $?)" 'left alone: last.yaml:1 Cluster app/db: a line of a Secret would change in last.yaml, which no diff may show: if the last line has no end, give it one
1'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
