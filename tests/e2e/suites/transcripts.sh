# shellcheck shell=bash disable=SC2154
# What one who follows the page sees in the terminal (golden/*.txt), under the profile homelab.
cd "$here/../demo" || exit 1

page_is() { # there, gone
	kubectl delete --ignore-not-found -f good/page.yaml
	[ "$1" = gone ] || kubectl apply -f good/page.yaml
}

kubectl create namespace paperless >/dev/null 2>&1
kubectl label namespace paperless backup-guard.io/mode=enforce >/dev/null 2>&1
webhooks_settled

{
	typed apply --dry-run=server -f good/page.yaml
	typed apply -f good/page.yaml
	typed diff -f good/page.yaml
	typed apply -f good/page.yaml
	typed apply --server-side -f good/page.yaml
	typed delete -f good/page.yaml
	typed apply --server-side -f good/page.yaml
} | transcript page "the page's objects are admitted"

page_is gone >/dev/null 2>&1
for how in apply "apply --server-side" "apply --dry-run=server"; do
	read -ra words <<<"$how"
	name=${how// --/-}
	for file in bad/*.yaml; do
		typed "${words[@]}" -f "$file"
		page_is gone >/dev/null 2>&1
	done | transcript "mistakes-${name%=*}" "each mistake is refused: kubectl $how"
done

{
	typed apply -f bad
	page_is gone >/dev/null 2>&1
	typed apply --server-side -f bad
	page_is gone >/dev/null 2>&1
	typed create -f bad/01-plugin-forgotten.yaml -f bad/06-bucket-in-endpoint.yaml -f good/page.yaml
	page_is gone >/dev/null 2>&1
	cd ../e2e/manifests || exit 1
	typed apply -f many-in-one.yaml
	cd - >/dev/null || exit 1
	typed apply --server-side -f ../e2e/manifests/many-in-one.yaml -f bad/11-method-forgotten.yaml
} | transcript several "several objects at once, each told apart"

{
	page_is there >/dev/null 2>&1
	typed diff -f bad/08-hourly-every-quarter.yaml
	typed diff -f bad/12-offsite-store-ignored.yaml
	typed replace -f bad/04-plugin-misspelt.yaml
	typed -n paperless patch cluster paperless-db --type=json \
		-p '[{"op": "remove", "path": "/spec/plugins/0/isWALArchiver"}]'
	typed -n paperless patch scheduledbackup paperless-db-backup --type=merge -p '{"spec": {"suspend": true}}'
	typed -n paperless annotate scheduledbackup paperless-db-backup owner=me
	typed -n paperless label cluster paperless-db team=home
	typed -n paperless scale cluster paperless-db --replicas=2
	typed apply --warnings-as-errors --dry-run=server -f bad/12-offsite-store-ignored.yaml
	typed -n paperless delete objectstore paperless-minio-store --dry-run=server
} | transcript changes "changes of what is there: only what is newly wrong is refused"

cat >"$work/editor" <<'END'
#!/bin/sh
[ ! -e "$0.ran" ] || { sed -n '/^#/p' "$1" >"$0.saw"; exit; }
touch "$0.ran"
sed -i 's/schedule: .*/schedule: 0 0 3 * * 7/' "$1"
END
chmod +x "$work/editor"
rm -f "$work/editor".* # of a run before
{
	export KUBE_EDITOR=$work/editor
	typed -n paperless edit scheduledbackup paperless-db-backup
	echo 'and in the editor, when it opens again:'
	cat "$work/editor.saw"
} | transcript edit "kubectl edit says in the editor what is wrong"
page_is gone >/dev/null 2>&1

# kubectl's own completion of the plugin: it looks for both names in PATH
mkdir -p "$work/plugin"
for name in kubectl-backup_guard kubectl_complete-backup_guard; do
	ln -sf "$guard" "$work/plugin/$name"
done
completed() {
	PATH=$work/plugin:$PATH kubectl __complete backup-guard "$@" 2>/dev/null | cut -f 1 | paste -sd ' '
}
check "kubectl completes the plugin's words" same "$(completed policy pr)" 'print-default :4'
check "and its values" same "$(completed check --profile=ho)" 'homelab :4'
