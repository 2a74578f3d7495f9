#!/bin/bash
# What shells and kubectl offer for the word that is typed.
#   tests/cli/completion.sh BACKUP-GUARD
set -uo pipefail
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/../cli_lib.sh"
root=$(realpath "$(dirname "$0")/../..")
unset KUBECONFIG
export HOME=$tmp
cd "$tmp" || exit 4
ln -s "$guard" backup-guard
ln -s "$guard" kubectl_complete-backup_guard
cat >kubeconfig <<'END'
apiVersion: v1
kind: Config
current-context: admin@home
contexts:
- {name: admin@home, context: {cluster: a, user: a}}
- {name: "arn:aws:eks:eu-central-1:1:cluster/shop", context: {cluster: a, user: a}}
END

# --- the program: the words alone, and at last whether a file may stand there
offers() { # title, wanted, word...
	is "$1" "$(./kubectl_complete-backup_guard "${@:3}" | cut -f 1 | paste -sd ' ')" "$2"
}
offers "commands" 'certs check completion cron :4' c
is "with what they do" "$(./backup-guard __complete ch)" $'check\tcheck manifests on disk\n:4'
offers "no word at all is an empty one" "$("$guard" help | sed -n 's/^  \([a-z]*\) .*/\1/p' | paste -sd ' ') :4"
offers "of an unknown command nothing" ':4' chekc --f
offers "options" '--format --framework --fail-on --fix :4' check --f
offers "the help of each command" '--format --help :4' version -
offers "choices" 'deny :4' check --fail-on d
offers "choices behind =" 'deny :4' check --fail-on=d
offers "choices of a letter's option" ':0' probe -f ''
offers "all of them" 'warn info :4' check --show ''
for command in check audit probe plan alerts migrate restore policy review serve; do
	offers "profiles of $command" "homelab :4" $command --profile=h
done
offers "the first of several formats" 'sarif :4' check --format sa
offers "the next one" 'text,sarif :4' check --format text,sa
offers "none twice" ':4' check --format=text,te
offers "words of policy" 'check learn print-default schema vap :4' policy ''
offers "behind an option, too" 'print-default :4' policy --profile homelab p
offers "of certs" 'init show :4' certs ''
offers "of completion" 'bash zsh fish :4' completion ''
offers "behind the first word files" ':0' policy check ''
offers "where no file can stand" ':4' cron ''
offers "where files can" ':0' check ''
offers "as the value of an option" ':0' check --output ''
offers "rules by their beginning" 'schedule-five-fields :4' explain schedule-fi
offers "and once only" ':4' explain schedule-five-fields schedule-fi
offers "behind -- is no option" ':0' check -- --f
offers "an option's value is no option" '--format --framework --fail-on --fix :4' check --output --format --f
offers "contexts, without a kubeconfig" ':4' audit --context ''
offers "contexts of --kubeconfig" 'admin@home arn:aws:eks:eu-central-1:1:cluster/shop :4' audit --kubeconfig kubeconfig --context ''
KUBECONFIG=kubeconfig offers "contexts of KUBECONFIG" 'admin@home :4' audit --context=ad
printf 'contexts: [{name: "a\\tb"}, {name: "a\\nb"}, {name: ab}]\n' >odd
offers "a name that is no word is left out" 'ab :4' plan --kubeconfig=odd --context a
mkfifo pipe
is "nobody waits for a kubeconfig that is a pipe" "$(timeout 20 ./backup-guard __complete audit --kubeconfig pipe --context '')" ':4'
{ echo contexts: && seq -f '- {name: c%.0f}' 3000 && echo '- {name: c1}'; } >many
is "of many contexts each is offered once, as they stand" "$(./backup-guard __complete audit --kubeconfig many --context '' | cksum)" "$({ seq -f c%.0f 3000 && echo :4; } | cksum)"
# what an option takes is what is offered for it, and nothing else
wrong=
for command in $("$guard" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	for option in $(./backup-guard __complete "$command" -- | cut -f 1); do
		known=$("$guard" "$command" "$option=-" 2>&1 </dev/null | sed -n "s/.*'-' is none of //p" | tr -d ,)
		got=$(./backup-guard __complete "$command" "$option=" | sed '$d' | paste -sd ' ')
		[ -z "$known" ] || [ "$got" = "${known%;*}" ] || wrong+="$command $option: $got; "
	done
done
is "every option offers what it takes" "$wrong" ''

# --- bash: line is what is typed, $2 of the function what is behind the last of COMP_WORDBREAKS
"$guard" completion bash >completion.bash
bash_offers() { # title, wanted, line, what stands behind the last break
	is "bash: $1" "$(bash -c '
		source ./completion.bash
		COMP_LINE=$1 COMP_POINT=${#1}
		_backup_guard ./backup-guard "$2"
		echo "${COMPREPLY[*]}"' bash "$3" "$4")" "$2"
}
bash_offers "a command" 'check' 'backup-guard ch' ch
bash_offers "a new word" 'init show' 'backup-guard certs ' ''
bash_offers "behind =" 'homelab' 'backup-guard check --profile=ho' ho
bash_offers "right behind =" 'generic homelab strict' 'backup-guard check --profile=' ''
bash_offers "behind a comma" 'text,sarif' 'backup-guard check --format text,sa' text,sa
bash_offers "behind = and a comma" 'text,sarif' 'backup-guard check --format=text,sa' text,sa
export KUBECONFIG=kubeconfig
bash_offers "a context with @" 'home' 'backup-guard audit --context admin@h' h
bash_offers "and with colons, behind =" 'eks:eu-central-1:1:cluster/shop' 'backup-guard audit --context=arn:aws:e' e
# shellcheck disable=SC2016 # names that a shell must not run
printf 'contexts: [{name: "$(touch x)"}, {name: "a b"}, {name: "a;b"}]\n' >hostile
# shellcheck disable=SC2016
KUBECONFIG=hostile bash_offers "a name is offered as a shell reads it as one word" '\$\(touch\ x\) a\ b a\;b' 'backup-guard audit --context ' ''
bash_offers "a pattern is no file" '' 'backup-guard check --profile *' '*'

for shell in bash zsh fish; do
	command -v $shell >/dev/null || continue
	"$guard" completion $shell >script
	is "completion $shell is $shell" "$($shell -n script 2>&1)" ''
done

installed() { # make's target
	make -s -C "$root" -o "$guard" "$1" BIN="$guard" DESTDIR="$tmp/root" PREFIX=/usr >/dev/null 2>&1
}
installed install
is "make install puts kubectl's there" "$("$tmp/root/usr/bin/kubectl_complete-backup_guard" certs sh)" $'show\n:4'
installed uninstall
is "and make uninstall takes all of it away" "$(find root ! -type d)" ''

echo "$passed passed, $failed failed"
[ $failed = 0 ]
